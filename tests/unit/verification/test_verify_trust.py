"""Trust, identity, secret, what is missing: verdicts other than verified and failed."""

from dataclasses import replace
from hashlib import sha256

import pytest

from crypto.cosignature import cosign
from crypto.merkle import leaf_hash, root_of
from crypto.notation import write_b64
from crypto.note import COSIGNATURE, format_vkey, vkey_of
from crypto.policy import Policy, parse_policy
from crypto.tiles import entries_path, format_bundle, tile_path
from ledger.verification.report import Report, worst
from ledger.verification.source import FilesSource, MemorySource
from ledger.verification.stream import verify_stream
from ledger.verification.trust import Trust
from tests.unit.verification.ledgers import (
    ORIGIN,
    SECRET,
    STRANGER,
    SYSTEM,
    Book,
    log_vkey,
    seed,
    written,
)

WITNESS, COURT = seed(20), seed(21)


def policy(quorum: str = "w") -> Policy:
    witness = format_vkey(vkey_of("w.example", COSIGNATURE, WITNESS))
    return parse_policy(f"log {format_vkey(log_vkey())}\nwitness w {witness}\nquorum {quorum}\n")


def cosigned(source: MemorySource) -> MemorySource:
    assert source.published is not None
    line = cosign(source.published, "w.example", WITNESS, 1_800_000_000)
    return replace(source, published=source.published + line)


def report_of(
    source: MemorySource | FilesSource,
    book: Book,
    trust: Trust = None,
    identity: bytes | None = None,
    secret: bytes | None = SECRET,
) -> Report:
    return verify_stream(
        source, trust or policy(), identity or book.identity, secret, workers=0, span=7
    )


def test_everything_at_hand_is_verified() -> None:
    book = written()
    report = report_of(cosigned(book.source()), book)
    assert report.verdict == "verified"
    assert report.facts["cosigned"] == [{"time_s": 1_800_000_000, "witness": "w"}]


def test_another_log_key_is_untrusted() -> None:
    book = written()
    report = report_of(book.source(STRANGER), book)
    assert report.check("log_signature").verdict == "untrusted"
    assert report.check("checkpoints").verdict == "untrusted"
    assert report.verdict == "untrusted"


def test_a_quorum_unmet_is_incomplete() -> None:
    book = written()
    report = report_of(book.source(), book)
    assert report.check("log_signature").verdict == "verified"
    assert report.check("witnesses").verdict == "incomplete"
    assert report.verdict == "incomplete"


def test_a_false_cosignature_fails() -> None:
    book = written()
    source = cosigned(book.source())
    other = cosigned(written(21).source()).published or ""
    line = other.splitlines()[-1]
    report = report_of(replace(book.source(), published=f"{book.source().published}{line}\n"), book)
    assert source.published != other
    assert report.check("log_signature").verdict == "failed"


def test_another_identity_fails() -> None:
    book = written()
    report = report_of(cosigned(book.source()), book, identity=bytes(32))
    assert report.check("identity").verdict == "failed"
    assert report.check("identity").first_bad == 0


def test_unpinned_no_key_counts() -> None:
    book = written()
    report = verify_stream(cosigned(book.source()), policy(), None, SECRET, workers=0)
    for name in ("identity", "signatures", "speakers"):
        assert report.check(name).verdict == "not_checked"
    assert report.check("signatures").done == 25
    assert report.verdict == "not_checked"


def test_without_the_secret_chain_names_are_not_checked() -> None:
    book = written()
    report = report_of(cosigned(book.source()), book, secret=None)
    assert report.check("chain_names").verdict == "not_checked"
    assert report.verdict == "not_checked"


def test_another_secret_fails() -> None:
    book = written()
    report = report_of(cosigned(book.source()), book, secret=bytes(32))
    check = report.check("chain_names")
    assert check.first_bad == 0
    assert any("commits to the chain secret" in finding.en for finding in check.findings)


def test_a_checkpoint_stored_under_another_size_is_named() -> None:
    book = written()
    notes = [(14, book.notes([15])[0][1])]
    check = report_of(replace(cosigned(book.source()), notes=notes), book).check("checkpoints")
    assert check.first_bad == 13
    assert "it states size 15" in check.findings[0].en


def test_the_log_key_alone_leaves_witnesses_unchecked() -> None:
    book = written()
    report = report_of(book.source(), book, log_vkey())
    assert report.check("witnesses").verdict == "not_checked"
    assert report.check("log_signature").verdict == "verified"


def test_nobody_trusted_is_not_checked() -> None:
    book = written()
    report = verify_stream(book.source(), None, book.identity, SECRET, workers=0)
    assert report.check("log_signature").verdict == "not_checked"
    assert report.check("checkpoints").verdict == "not_checked"


# Missing statements


def without(source: MemorySource, index: int) -> MemorySource:
    envelopes = list(source.envelopes or [])
    envelopes[index] = None
    return replace(source, envelopes=envelopes)


def test_a_missing_statement_is_incomplete() -> None:
    book = written()
    report = report_of(without(cosigned(book.source()), 9), book)
    assert report.check("digests").verdict == "incomplete"
    assert report.check("digests").first_bad == 9
    assert report.check("signatures").verdict == "incomplete"
    assert report.verdict == "incomplete"


def test_what_rests_on_a_missing_enrolment_is_incomplete_not_failed() -> None:
    book = written()
    report = report_of(without(cosigned(book.source()), 4), book)
    assert report.check("speakers").verdict == "incomplete"
    assert report.check("speakers").first_bad == 5
    assert report.verdict == "incomplete"


def erase(book: Book, index: int, kind: str, department: str = "MZ") -> int:
    envelope = book.envelopes[index]
    assert envelope is not None
    data = {
        "target": sha256(envelope).hexdigest(),
        "ground": "pipl_47",
        "decided_by": department,
        "document": "云发〔2026〕1号",
    }
    event = book.event(f"statement.{kind}", department, f"department/{department}", data)
    keys = {"FY": COURT, "MZ": SYSTEM}
    return book.log(event, keys.get(department, seed(22)))


def test_an_erasure_by_a_competent_body_explains_a_missing_statement() -> None:
    book = written()
    _enrol_court(book)
    at = erase(book, 9, "erased", "FY")
    report = report_of(without(cosigned(book.source()), 9), book)
    assert report.check("digests").verdict == "verified"
    assert report.verdict == "verified", at


def _enrol_court(book: Book) -> None:
    """The same system key cannot serve two departments: the court gets its own."""
    book.registry(
        "department.registered",
        "department/FY",
        {"department": "FY", "kind": "court", "name": {"zh": "云岭省法院"}},
    )
    data = {"department": "FY", "public_key": write_b64(COURT.public.spki)}
    book.registry("key.enrolled", "department/FY", data, COURT)


def test_a_withholding_explains_nothing() -> None:
    book = written()
    erase(book, 9, "withheld")
    assert report_of(cosigned(book.source()), book).verdict == "verified"
    assert report_of(without(cosigned(book.source()), 9), book).verdict == "incomplete"


def test_a_department_withholds_only_what_it_spoke() -> None:
    book = written()
    at = erase(book, 1, "withheld")  # the registrar spoke it
    report = report_of(cosigned(book.source()), book)
    assert report.check("speakers").verdict == "failed"
    assert report.check("speakers").first_bad == at


# Public files


def public_files(book: Book) -> dict[str, bytes]:
    size = len(book.headers)
    return {
        entries_path(0, size): format_bundle(book.headers),
        tile_path(0, 0, size): b"".join(map(leaf_hash, book.headers)),
    }


def files_source(book: Book, files: dict[str, bytes]) -> FilesSource:
    note = cosigned(book.source()).published or ""
    return FilesSource(ORIGIN, len(book.headers), note, files.get)


def test_public_files_prove_the_tree_and_no_signature() -> None:
    book = written()
    report = report_of(files_source(book, public_files(book)), book)
    for name in ("tree", "tiles", "headers", "links", "chains", "identity"):
        assert report.check(name).verdict == "verified"
    for name in ("digests", "signatures", "speakers", "chain_names", "unique", "opening"):
        assert report.check(name).verdict == "not_checked"
    assert report.verdict == "not_checked"


def test_missing_files_are_incomplete() -> None:
    book = written()
    report = report_of(files_source(book, {}), book)
    assert report.check("headers").verdict == "incomplete"
    assert report.check("tiles").verdict == "incomplete"
    assert report.check("tree").done == 0
    assert report.verdict == "incomplete"


def test_tiles_are_not_blamed_for_headers_that_are_missing() -> None:
    book = written()
    files = {path: raw for path, raw in public_files(book).items() if "entries" not in path}
    check = report_of(files_source(book, files), book).check("tiles")
    assert (check.verdict, check.done, check.of) == ("not_checked", 0, 1)


@pytest.mark.parametrize("of", ["tile/0/000.p/25", "tile/entries/000.p/25"])
def test_a_changed_file_fails(of: str) -> None:
    book = written()
    files = public_files(book)
    files[of] = files[of][:-3] + b"xyz"
    report = report_of(files_source(book, files), book)
    assert report.verdict == "failed"


def test_tiles_of_several_levels_are_compared() -> None:
    book = written(300)
    leaves = [leaf_hash(header) for header in book.headers]
    size = len(leaves)
    files = {
        entries_path(0): format_bundle(book.headers[:256]),
        entries_path(1, size - 256): format_bundle(book.headers[256:]),
        tile_path(0, 0): b"".join(leaves[:256]),
        tile_path(0, 1, size - 256): b"".join(leaves[256:]),
        tile_path(1, 0, 1): root_of(leaves[:256]),
    }
    check = report_of(files_source(book, files), book).check("tiles")
    assert (check.verdict, check.done) == ("verified", 3)
    files[tile_path(1, 0, 1)] = bytes(32)
    check = report_of(files_source(book, files), book).check("tiles")
    assert (check.verdict, check.first_bad) == ("failed", 0)


def test_the_worst_verdict_wins() -> None:
    assert worst([]) == "verified"
    assert worst(["verified", "not_checked", "incomplete"]) == "incomplete"
    assert worst(["failed", "untrusted"]) == "failed"
