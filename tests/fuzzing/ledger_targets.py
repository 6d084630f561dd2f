"""The readers above ``crypto``: bundles, certificates, events, searches, imports, counts.

A small ledger is made for them; nothing of theirs is written into it.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from api.cursors import Cursor, read_cursor, write_cursor
from api.problems import Problem
from cli.importing.mapping import read_mapping
from cli.importing.rows import Source, read_source
from cli.importing.values import read_rows
from crypto.archive import read_archive, write_archive
from crypto.envelope import pae, read_envelope, write_envelope
from crypto.errors import Malformed
from crypto.notation import parse_time
from crypto.removal import REMOVAL_TYPE, open_removal
from crypto.statement import PAYLOAD_TYPE, sign_statement
from ledger.admission.checks import examine, judge, read
from ledger.errors import BadRequest
from ledger.evidence.bundle import MANIFEST, PAGE
from ledger.evidence.bundle_reader import read_contents, read_manifest
from ledger.evidence.bundle_writer import with_manifest
from ledger.evidence.question import Question, read_question
from ledger.projections.query import parse_query
from ledger.reconciliation.compare import span_of
from ledger.reconciliation.counts import check_apart, read_counts
from ledger.reconciliation.exchanges import pair
from ledger.reconciliation.names import Names
from ledger.reconciliation.xroad import read_records
from ledger.verification.certificate import certificate_report
from tests.erasures import logged, remove
from tests.fuzzing.driver import Target
from tests.fuzzing.targets import text
from tests.integration.evidence.conftest import Case, begin
from tests.unit.events.examples import PATHS, answer, event_of, load, signers, town
from tests.unit.importing.sample import ROWS, csv_text, sample_mapping, sample_toml
from tests.unit.importing.test_import_xes import CASE, XES, traces_of, xes_text
from tests.unit.reconciliation.exchanged import both
from tests.world import MZ

SEARCHES = (
    "type:use.recorded -department:GA after:2026-11-01",
    'item:"GA/I-1" before:2026-11-01T08:00+08:00 voice:signed',
    "subject:" + "ab" * 32,
    "",
)
COUNTS = (
    "grant,from,to,calls,failed\nGA/G-1,2026-11-01,2026-11-02,10,1\n"
    "YL/2,2026-11-02T00:00+08:00,2026-11-03T00:00:00.000Z,0,0\n"
)


@contextmanager
def of_ledger(home: Path) -> Iterator[list[Target]]:
    """Yield the targets; the ledger is open as long."""
    case = begin(home)
    try:
        yield [*_bundles(case), *_certificates(case), *_events(), *_questions(), *_platforms(home)]
    finally:
        case.world.close()


# Evidence


def _bundles(case: Case) -> list[Target]:
    whole = case.make(Question("entry", "", (0,))).raw
    act = case.make().raw
    # The page is far larger than all the rest, and is compared as a whole.
    bundles = [write_archive({n: b for n, b in read_archive(r).items() if n != PAGE})
               for r in (whole, act)]  # fmt: skip
    members = read_archive(bundles[1])

    def archive(raw: bytes) -> None:
        found = read_archive(raw)
        assert read_archive(write_archive(found)) == found

    def report(raw: bytes) -> None:
        case.verify(raw)

    def manifest(raw: bytes) -> bytes:
        found = read_manifest(members | {MANIFEST: raw})
        contents = read_contents(members, found)
        listed = {name: members[name] for name in found.members}
        return with_manifest(contents, found.asker, listed)[MANIFEST]

    return [
        Target("zip", bundles, archive),
        Target("evidence bundle", bundles, report),
        Target("manifest", [members[MANIFEST]], manifest),
        *(_member(case, members, name) for name in _one_of_each(members)),
    ]


def _one_of_each(members: dict[str, bytes]) -> list[str]:
    """A name of each kind of member but the manifest."""
    kinds = {name.rpartition(".")[2]: name for name in members}
    return [name for name in kinds.values() if name != MANIFEST]


def _member(case: Case, members: dict[str, bytes], name: str) -> Target:
    """One member changed, and the manifest made to fit, so that verifiers look into it."""

    def run(raw: bytes) -> None:
        manifest = json.loads(members[MANIFEST])
        manifest["members"][name] = sha256(raw).hexdigest()
        listed = json.dumps(manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        case.verify(write_archive(members | {name: raw, MANIFEST: listed.encode()}))

    return Target(f"bundle's {name.rpartition('/')[2]}", [members[name]], run)


def _certificates(case: Case) -> list[Target]:
    world, ledger = case.world, case.ledger
    statement, _ = logged(world, 7)
    remove(world, statement)
    ledger.catch_up()
    digest = sha256(statement).hexdigest()
    whole = ledger.certificate(digest)
    payload, signatures = read_envelope(whole, REMOVAL_TYPE)
    key = ledger.parts.home.read_key(ledger.parts.home.service_key)

    def report(raw: bytes) -> None:
        certificate_report(raw, None, case.policy)

    def signed_anew(raw: bytes) -> None:
        """Whoever forges one signs it himself."""
        signature = key.sign(pae(REMOVAL_TYPE, raw))
        envelope = write_envelope(raw, REMOVAL_TYPE, [(signatures[0][0], signature)])
        open_removal(envelope)
        certificate_report(envelope, None, case.policy)

    return [
        Target("certificate of removal", [whole], report),
        Target("certificate's payload", [payload], signed_anew),
    ]


# What is said and asked


def _events() -> list[Target]:
    """Events of every type, changed and then signed by whoever may say them."""
    story = town()
    payloads = []
    for path in PATHS:
        said = load(path)["accepted"]
        if said["voice"] == "registrar" or answer(story, path.stem, said) is not None:
            continue
        event = event_of(story, path.stem, said)
        raw = sign_statement(event, signers(story, path.stem, said))
        payloads.append(read_envelope(raw, PAYLOAD_TYPE)[0])
    by_id = {one.key_id: one for path in PATHS for one in _keys(story, path)}

    def run(raw: bytes) -> None:
        try:
            signed_by = json.loads(raw)["data"]["signers"]
            keys = [by_id[one] for one in signed_by]
        except (ValueError, KeyError, TypeError, RecursionError):
            keys = [next(iter(by_id.values()))]
        signed = [(key.key_id, key.sign(pae(PAYLOAD_TYPE, raw))) for key in keys]
        statement = read(write_envelope(raw, PAYLOAD_TYPE, signed))
        registry = story.registry
        examined = examine(statement, registry.origin, registry.public_keys)
        judge(examined, registry, registry.size, story.now, parse_time(story.now))

    return [Target("event that its speaker signed", payloads, run)]


def _keys(story, path: Path):  # type: ignore[no-untyped-def]
    said = load(path)["accepted"]
    return signers(story, path.stem, said)


def _questions() -> list[Target]:
    questions = [
        json.dumps(one.to_json()).encode()
        for one in (
            Question("act", f"{MZ}/A-1"),
            Question("query", "type:use.recorded", (1, 2)),
            Question("entry", "", (3,)),
        )
    ]
    places = [write_cursor(Cursor(10, 3, True)).encode()]

    def question(raw: bytes) -> None:
        try:
            value = json.loads(raw)
        except (ValueError, RecursionError):
            raise Malformed("no JSON", "不是 JSON") from None
        assert read_question(value).to_json() == value

    def cursor(raw: bytes) -> bytes:
        return write_cursor(_ours(lambda: read_cursor(text(raw)))).encode()

    return [
        Target("search", [one.encode() for one in SEARCHES], lambda raw: _search(text(raw))),
        Target("question", questions, question),
        Target("cursor", places, cursor),
    ]


def _search(asked: str) -> None:
    found = parse_query(asked)
    assert len(found.digest) == 16


def _ours(read: Callable[[], Cursor]) -> Cursor:
    """A problem is the edge's own error, and no LedgerError."""
    try:
        return read()
    except Problem:
        raise BadRequest("no cursor", "不是游标") from None


# What other systems wrote


def _platforms(folder: Path) -> list[Target]:
    records = [json.dumps(both(1, 2)).encode(), "\n".join(map(json.dumps, both(3))).encode()]
    rows = csv_text(*ROWS)
    xes = xes_text(*traces_of(rows, "案件"))
    xes_mapping = sample_mapping(XES, CASE)
    names = Names()
    file = folder / "fuzzed"

    def counts(raw: bytes) -> None:
        check_apart(read_counts(text(raw), "counts.csv", names))

    def monitored(raw: bytes) -> None:
        found = pair(read_records(text(raw), "records.json"))
        span_of(found, None, None, 60_000)

    def imported(mapping, form):  # type: ignore[no-untyped-def]
        def run(raw: bytes) -> None:
            file.write_bytes(raw)
            source = read_source(file, form)
            read_rows(Source(source.name, source.text), mapping)

        return run

    return [
        Target("counts CSV", [COUNTS.encode()], counts),
        Target("X-Road JSON", records, monitored),
        Target("CSV import", [rows.encode(), _zipped(rows)], imported(sample_mapping(), "csv")),
        Target("XES import", [xes.encode(), _zipped(xes)], imported(xes_mapping, "xes")),
        Target("mapping", [sample_toml()], _mapping),
    ]


def _zipped(said: str) -> bytes:
    import gzip

    return gzip.compress(said.encode(), mtime=0)


def _mapping(raw: bytes) -> None:
    read_mapping(raw, "sample.toml")
