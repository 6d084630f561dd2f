"""Gather cosignatures for what is published, and never make an append wait for one.

The publisher hands over each note before it puts it in its place. Witnesses are
asked side by side; once those of the quorum have answered the others get a
short while more, and in all they get two seconds. What comes later is kept and
joins the published note. A witness that fails is left alone for a while that
doubles, so that one that is away delays one publication and not the next.

A line is stored by the thread that asked for it: the database may be busy, and
publishing does not wait for it.

Units: seconds, but for the ledger's clock, which gives milliseconds.

Source: spec 5; C2SP tlog-witness.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
import structlog

from crypto.checkpoint import parse_checkpoint
from crypto.cosignature import verify_cosignature
from crypto.errors import BadSignature, CryptoError
from crypto.note import (
    Note,
    VKey,
    format_note,
    format_signature,
    format_vkey,
    match_signatures,
    names,
    parse_note,
    parse_signatures,
)
from crypto.policy import NO_QUORUM, Policy
from ledger.errors import LedgerError
from ledger.exchange import Unanswered
from ledger.log.clock import Clock
from ledger.store.cosignature_rows import (
    CosignatureRow,
    add_cosignature,
    first_beyond,
    last_within,
    newest_of_size,
)
from ledger.store.engine import reading, writing
from ledger.witnessing.ask import Asker
from ledger.witnessing.eye import Cosignature, Eye, Prove, Refused
from ledger.witnessing.interval import Interval, proven_interval

WAIT_S = 2.0  # for all together, while the publisher waits
LINGER_S = 0.2  # for the others, once there is a quorum
RENEW_S = 3_300  # a quiet ledger's checkpoint is cosigned anew within the hour
PAUSE_S = 1.0  # after a failure; doubled with each that follows
MAX_PAUSE_S = 60.0
LOOK_S = 0.25  # how often who waits for a quorum looks whether one can still be met
LARGEST = 2**63 - 1
MISFITS = frozenset({409, 422})  # a fork or a rollback would be answered so

log = structlog.get_logger("zelian.witnessing")


@dataclass(slots=True)
class Asked:
    """How it stands with asking one witness."""

    eye: Eye
    busy: bool = False
    failures: int = 0
    quiet_until: float = 0.0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one witness.

    Args:
        name: the policy's.
        size: the largest that it cosigned; None: nothing yet.
        time_s: when it cosigned that last, by its own clock.
        age_s: how long ago that was, by the ledger's clock; never below 0.
        error: why it did not when it was asked last; None: it did, or was not asked yet.
    """

    name: str
    size: int | None
    time_s: int | None
    age_s: int | None
    error: str | None


@dataclass(slots=True)
class Round:
    """One note brought to several witnesses, *open* of which have not answered."""

    open: int
    closed: bool = False
    lines: list[Cosignature] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def end_one(self, line: Cosignature | None) -> bool:
        """Take what came of one witness; tell whether it came too late."""
        with self.changed:
            self.open -= 1
            if line is not None:
                self.lines.append(line)
            self.changed.notify_all()
            return self.closed


class Witnessing:
    """The witnesses of one ledger.

    Args:
        policy: its witnesses; those with an address are asked.
        own: the ledger's own key.
        engine: where cosignatures are kept.
        prove: the consistency proof between two sizes.
        clock: the ledger's.
        pause_s: how long one that failed is left alone at first.
    """

    def __init__(
        self,
        policy: Policy,
        own: VKey,
        engine: sa.Engine,
        prove: Prove,
        clock: Clock,
        pause_s: float = PAUSE_S,
    ) -> None:
        self.policy = policy
        self._own, self._engine, self._prove, self._clock = own, engine, prove, clock
        self._pause_s = pause_s
        self._keys = {format_vkey(one.key): one.name for one in policy.witnesses}
        self._asked = [
            Asked(Eye(one, Asker(one.url))) for one in policy.witnesses if one.url is not None
        ]
        self._asking = False
        self._best: tuple[int, str] = (0, "")  # the newest note with a quorum, by its size
        self._better = threading.Condition()
        self._late: Callable[[], None] = lambda: None
        self._suspect: Callable[[Eye], None] = lambda eye: None

    def start(self, late: Callable[[], None], suspect: Callable[[Eye], None]) -> None:
        """Ask from now on.

        Args:
            late: called when a line came after its round.
            suspect: called with one that answered as it would to a fork or a rollback.
        """
        self._late, self._suspect, self._asking = late, suspect, True

    def close(self) -> None:
        """Ask no more; what is under way ends by itself, and nobody is waited for."""
        self._asking = False
        with self._better:
            self._better.notify_all()

    def await_quorum(self, size: int, wait_s: float) -> str | None:
        """Return a note of at least *size* that a quorum cosigned, as soon as there is one.

        None where there is none in time; at once where too few answer for a quorum.
        """
        ends = time.monotonic() + wait_s
        with self._better:
            while self._best[0] < size:
                left = ends - time.monotonic()
                if left <= 0 or not self._can_meet():
                    return None
                self._better.wait(min(left, LOOK_S))
            return self._best[1]

    def _can_meet(self) -> bool:
        """Whether those that did not fail when they were asked last are a quorum."""
        well = [one.eye.name for one in self._asked if one.error is None]
        return self._asking and self.policy.quorum != NO_QUORUM and self.policy.met_by(well)

    def cosigned(self, note_text: str) -> str:
        """Return a note of ours with the newest line of each witness; waits two seconds at most.

        Only witnesses whose line is missing, or nearly an hour old, are asked. What
        goes wrong with them or with the database costs lines, never the note.
        """
        if not self._keys:
            return note_text
        note = parse_note(note_text)
        plain = Note(note.text, tuple(one for one in note.signatures if names(one, self._own)))
        lines = self._with_kept(note)
        due = [asked for asked in self._asked if self._is_due(asked, lines.get(asked.eye.vkey))]
        if self._asking and due:
            lines = _newest([*lines.values(), *self._gather(plain, lines, due)])
        ordered = [lines[vkey].line for vkey in self._keys if vkey in lines]
        more = parse_signatures("".join(ordered)) if ordered else ()
        made = format_note(Note(plain.text, (*plain.signatures, *more)))
        if self._is_quorum(lines.values()):
            self._tell(parse_checkpoint(plain.text).size, made)
        return made

    def _tell(self, size: int, note_text: str) -> None:
        with self._better:
            if size >= self._best[0]:
                self._best = (size, note_text)
                self._better.notify_all()

    def kept(self, note_text: str) -> str:
        """Return a note of ours with the lines that are kept for it; nobody is asked."""
        if not self._keys:
            return note_text
        try:
            lines = self._with_kept(parse_note(note_text))
        except CryptoError:  # a note that somebody altered: whoever opens it says so
            return note_text
        return note_text + "".join(
            lines[vkey].line
            for vkey in self._keys
            if vkey in lines and lines[vkey].line not in note_text
        )

    def standings(self) -> list[Standing]:
        """How it stands with each witness that has an address."""
        with reading(self._engine) as connection:
            rows = [last_within(connection, one.eye.vkey, LARGEST) for one in self._asked]
        return [self._standing(asked, row) for asked, row in zip(self._asked, rows, strict=True)]

    def _standing(self, asked: Asked, row: CosignatureRow | None) -> Standing:
        if row is None:
            return Standing(asked.eye.name, None, None, None, asked.error)
        size, _, time_s, _ = row
        age_s = max(0, self._clock() // 1000 - time_s)
        return Standing(asked.eye.name, size, time_s, age_s, asked.error)

    def interval(self, index: int) -> Interval:
        """Between which times a quorum proves that entry *index* came."""
        with reading(self._engine) as connection:
            without = [last_within(connection, vkey, index) for vkey in self._keys]
            with_it = [first_beyond(connection, vkey, index) for vkey in self._keys]
        return proven_interval(self.policy, self._times(without), self._times(with_it))

    def _times(self, rows: Iterable[CosignatureRow | None]) -> dict[str, int]:
        """The time of each row's witness, by the name that the policy has for it."""
        return {self._keys[row[1]]: row[2] for row in rows if row is not None}

    def _with_kept(self, note: Note) -> dict[str, Cosignature]:
        """The newest line of each witness: of those in the note and those kept for its size."""
        found = list(self._carried(note))
        size = parse_checkpoint(note.text).size
        try:
            with reading(self._engine) as connection:
                rows = [newest_of_size(connection, vkey, size) for vkey in self._keys]
        except sa.exc.SQLAlchemyError:  # published files need no database
            rows = []
        return _newest([*found, *(Cosignature(*row) for row in rows if row is not None)])

    def _carried(self, note: Note) -> Iterable[Cosignature]:
        size = parse_checkpoint(note.text).size
        for line, key in match_signatures(note, [one.key for one in self.policy.witnesses]):
            try:
                time_s = verify_cosignature(note.text, line, key)
            except BadSignature:  # whoever altered our file: it is written anew without it
                continue
            yield Cosignature(size, format_vkey(key), time_s, format_signature(line))

    def _is_due(self, asked: Asked, line: Cosignature | None) -> bool:
        if asked.busy or time.monotonic() < asked.quiet_until:
            return False
        return line is None or self._clock() // 1000 - line.time_s >= RENEW_S

    def _gather(
        self, plain: Note, have: Mapping[str, Cosignature], due: Sequence[Asked]
    ) -> list[Cosignature]:
        """Ask all that are *due* at once, and wait for as many as the time allows."""
        asking = Round(len(due))
        for asked in due:
            asked.busy = True
            threading.Thread(
                target=self._ask, args=(asked, plain, asking), name="witnessing", daemon=True
            ).start()
        ends = time.monotonic() + WAIT_S
        quorum = False
        with asking.changed:
            while asking.open and (left := ends - time.monotonic()) > 0:
                asking.changed.wait(left)
                if not quorum and self._is_quorum([*have.values(), *asking.lines]):
                    quorum, ends = True, min(ends, time.monotonic() + LINGER_S)
            asking.closed = True
            return list(asking.lines)

    def _is_quorum(self, lines: Iterable[Cosignature]) -> bool:
        return self.policy.met_by([self._keys[line.witness] for line in lines])

    def _ask(self, asked: Asked, plain: Note, asking: Round) -> None:
        """Bring the note to one witness; hand over its line, then keep it."""
        line: Cosignature | None = None
        error = "a fault of the program"
        try:
            line = asked.eye.ask(plain, self._prove)
        except Refused as refused:
            error = f"HTTP {refused.status}"
            if refused.status in MISFITS:
                self._suspect(asked.eye)
        except (Unanswered, CryptoError, LedgerError, sa.exc.SQLAlchemyError) as failure:
            error = str(failure) if isinstance(failure, Unanswered) else type(failure).__name__
        finally:
            late = asking.end_one(line)
            if line is not None:
                self._keep(line)
            self._note(asked, error if line is None else None)
            if late and line is not None:
                self._late()

    def _keep(self, line: Cosignature) -> None:
        try:
            with writing(self._engine) as connection:
                add_cosignature(connection, line)
        except sa.exc.SQLAlchemyError as error:
            log.warning("a cosignature was not kept", error=type(error).__name__)

    def _note(self, asked: Asked, error: str | None) -> None:
        if error is None:
            asked.failures, asked.quiet_until = 0, 0.0
        else:
            pause_s = min(self._pause_s * 2.0**asked.failures, MAX_PAUSE_S)
            asked.failures = min(asked.failures + 1, 16)
            asked.quiet_until = time.monotonic() + pause_s
            if asked.error != error:
                log.warning("no cosignature", witness=asked.eye.name, error=error)
        asked.error, asked.busy = error, False


def _newest(lines: Iterable[Cosignature]) -> dict[str, Cosignature]:
    """The latest line of each witness."""
    return {line.witness: line for line in sorted(lines, key=lambda line: line.time_s)}
