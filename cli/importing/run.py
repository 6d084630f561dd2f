"""Run an import from a file to the ledger: the order of its steps, and nothing else.

Read all, look at what would be sent, make known who speaks, send. Until the reading
has succeeded nothing is written; until the registry knows the speakers no event is
sent. A run that is stopped anywhere is resumed by the same command.

Source: design ("Command line and home"), spec 8.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.door import Door
from cli.failures import usage
from cli.importing.cases import Step, in_order, lanes_of
from cli.importing.declared import OPENING, LogMapping
from cli.importing.events import Prepared, build_event, prepare
from cli.importing.registering import Wanted, wanted_of
from cli.importing.registration import Registered, Unsigned, register
from cli.importing.registry_store import RegistryStore
from cli.importing.rows import Source, read_source
from cli.importing.sending import (
    Send,
    Tally,
    check_only,
    send_compact,
    send_keeping,
    send_lanes,
)
from cli.importing.system_keys import SystemKeys
from cli.importing.values import Rows, read_rows
from cli.receipts import Outbox
from cli.signing import check_sound
from crypto.keys import PrivateKey
from crypto.policy import Policy
from crypto.statement import prepare_event
from ledger.admission.checks import read
from ledger.errors import Refused
from ledger.home import Home

TRIAL_ORIGIN = "trial.invalid"
_SOME_KEY = "0" * 64

Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Job:
    """A file that was read under its mapping: the events to send, in order."""

    source: Source
    mapping: LogMapping
    rows: Rows
    steps: Sequence[Step]


def read_job(file: Path, mapping: LogMapping, limit: int | None) -> Job:
    """Read *file* whole; take the first *limit* events in the order of time.

    Raises:
        Failure: something in the file is not as the mapping has it.
    """
    source = read_source(file, mapping.format)
    rows = read_rows(source, mapping)
    if not rows.events:
        raise usage(f"{source.name} holds no event", f"{source.name} 中没有事件")
    steps = in_order(rows.events, mapping)
    job = Job(source, mapping, rows, steps[:limit])
    _check_activities(source, job)
    return job


def _check_activities(source: Source, job: Job) -> None:
    """Refuse a mapping by which an activity never becomes an event that a ledger takes.

    One row that would be refused is the ledger's to refuse; all rows of an activity
    are a slip in the mapping, and the registry must not be filled for nothing.
    """
    sound: set[str] = set()
    failed: dict[str, tuple[int, Refused]] = {}
    for step in job.steps:
        activity = job.mapping.activities[step.row.text("activity")]
        if activity.label in sound:
            continue
        event = build_event(step, activity, job.mapping, TRIAL_ORIGIN, [])
        try:
            check_sound(prepare_event(event, [_SOME_KEY]))
        except Refused as refusal:
            failed.setdefault(activity.label, (step.row.line, refusal))
        else:
            sound.add(activity.label)
    for label, (line, why) in failed.items():
        if label not in sound:
            named = repr(label) if label != OPENING else "[opening]"
            raise source.error(
                line,
                None,
                f"activity {named} never becomes a sound event: {why.en}; correct the mapping",
                f"活动 {named} 无一能成为合格事件：{why.zh}；请更正映射",
            )


def try_job(job: Job, home: Home, tally: Tally, told: Told) -> list[Wanted]:
    """Build and judge every statement, send none; return what would be registered."""
    keys = SystemKeys(home.keys / "import" / job.mapping.name, lasting=False)
    prepared = prepare(job.steps, job.mapping, TRIAL_ORIGIN, keys.key_of)
    send_lanes([prepared], check_only(_judge), tally, told)
    return wanted_of(job.steps, job.rows, job.mapping, keys.key_of)


def _judge(prepared: Prepared) -> None:
    """Refuse what the ledger would for its form, whatever its registry holds."""
    check_sound(read(prepared.envelope).payload)


@dataclass(frozen=True, slots=True)
class Way:
    """How an import's statements go out.

    Args:
        door: where to.
        policy: under which receipts are verified.
        home: in which keys and registry statements lie.
        own: the registrar keys at hand.
        receipts: a folder to keep whole receipts in, or None.
        lanes: batches in flight.
    """

    door: Door
    policy: Policy
    home: Home
    own: Sequence[PrivateKey]
    receipts: Path | None
    lanes: int


def register_speakers(job: Job, way: Way) -> Registered | Unsigned:
    """Make the registry know the departments, their keys and the officials of *job*."""
    _check_origin(way)
    keys = _keys(job, way)
    wanted = wanted_of(job.steps, job.rows, job.mapping, keys.key_of)
    folder = way.home.path / "imports" / job.mapping.name
    store = RegistryStore(folder / "registry.ndjson", way.door.origin)
    return register(way.door, wanted, way.own, store, way.policy)


def _check_origin(way: Way) -> None:
    """Refuse to sign statements to a ledger that the trust policy does not name."""
    names = [log.key.name for log in way.policy.logs]
    if way.door.origin not in names:
        raise usage(
            f"the ledger calls itself {way.door.origin}, the trust policy names "
            f"{', '.join(names)}: correct --server or --policy",
            f"该账本自称 {way.door.origin}，而信任策略所列为 {'、'.join(names)}："
            "请更正 --server 或 --policy",
        )


def send_job(job: Job, way: Way, tally: Tally, told: Told) -> None:
    """Send every event of *job*; outcomes are counted in *tally* as they come."""
    keys = _keys(job, way)
    send: Send = (
        send_compact(way.door, way.policy)
        if way.receipts is None
        else send_keeping(Outbox(way.door, way.receipts, way.policy))
    )
    # In-process one batch at a time keeps both cores busy: its checks run in a pool.
    lanes = [
        prepare(lane, job.mapping, way.door.origin, keys.key_of)
        for lane in lanes_of(job.steps, way.lanes)
    ]
    send_lanes(lanes, send, tally, told)


def _keys(job: Job, way: Way) -> SystemKeys:
    return SystemKeys(way.home.keys / "import" / job.mapping.name, lasting=True)
