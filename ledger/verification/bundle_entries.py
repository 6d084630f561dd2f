"""Check each entry of a bundle by itself: header, place in the tree, statement.

Source: spec 3, 5, 6 and 7.
"""

from crypto.checkpoint import Checkpoint
from crypto.errors import CryptoError, Mismatch
from crypto.header import Header, parse_header
from crypto.inclusion import verify_inclusion
from crypto.merkle import leaf_hash
from crypto.notation import parse_time
from crypto.tlog_proof import parse_tlog_proof
from ledger.access.speak import check_times
from ledger.admission.checks import check_unsigned, read
from ledger.errors import Refused
from ledger.evidence.bundle import Contents, EntryShown
from ledger.verification.bundle_checks import Known, Work
from ledger.verification.continuity import Place, continuity_problems


def known_entries(contents: Contents) -> dict[int, Known]:
    """Return the entries by index, read by nobody yet."""
    return {shown.index: Known(shown, leaf_hash(shown.header)) for shown in contents.entries}


def check_entries(work: Work, checkpoint: Checkpoint | None) -> None:
    """Check headers, inclusion and statements; what can be read is left in *work*."""
    for name in ("headers", "inclusion"):
        work.tallies[name].of = len(work.known)
    stated = sum(one.shown.statement is not None for one in work.known.values())
    for name in ("digests", "statements", "signatures", "speakers", "unique", "chain_names"):
        work.tallies[name].of = stated
    for known in work.known.values():
        _check_header(work, known)
        _check_inclusion(work, known, checkpoint)
        if known.shown.statement is not None:
            _check_statement(work, known, known.shown.statement)
    _check_neighbours(work)
    _check_ids(work)


def _check_header(work: Work, known: Known) -> None:
    index = known.shown.index
    try:
        header = parse_header(known.shown.header)
    except CryptoError as error:
        work.find("headers", index, error.en, error.zh)
        return
    if header.index != index:
        work.find(
            "headers", index, f"its header states {header.index}", f"记录头的序号为 {header.index}"
        )
        return
    work.tallies["headers"].done += 1
    known.header = header


def _check_inclusion(work: Work, known: Known, checkpoint: Checkpoint | None) -> None:
    if checkpoint is None:
        return
    try:
        _verify_inclusion(known.shown, known.leaf, work.contents.checkpoint, checkpoint)
    except CryptoError as error:
        work.find("inclusion", known.shown.index, error.en, error.zh)
        return
    work.tallies["inclusion"].done += 1


def _verify_inclusion(shown: EntryShown, leaf: bytes, note: str, under: Checkpoint) -> None:
    proof = parse_tlog_proof(shown.proof)
    if proof.checkpoint != note or proof.index != shown.index:
        raise Mismatch(
            "its proof does not end in the bundle's checkpoint, or is of another entry",
            "其证明的末尾不是包内检查点，或属于另一条",
        )
    verify_inclusion(leaf, proof.index, under.size, proof.path, under.root)


def _check_neighbours(work: Work) -> None:
    """SPEC: spec 3, links and times, wherever two entries that are shown follow one another."""
    last: Header | None = None
    for known in work.known.values():
        header = known.header
        if header is None:
            last = None
            continue
        if last is not None:
            before = work.known[last.index]
            # Of entries that lie apart only the times can be compared.
            leaf = before.leaf if header.index == last.index + 1 else header.prev
            place = Place(header.index - 1, leaf, last.recorded_at)
            for _, index, en, zh in continuity_problems(place, header.index, header):
                work.tallies["headers"].find(index, en, zh)
        last = header


def _check_ids(work: Work) -> None:
    """SPEC: spec 6, ``conflict``: one statement for one source and id."""
    seen: dict[tuple[str, str], int] = {}
    for index, known in work.known.items():
        if known.statement is None:
            continue
        earlier = seen.setdefault((known.statement.source, known.statement.id), index)
        work.tallies["unique"].done += 1
        if earlier != index:
            work.find(
                "unique", index, f"its source and id are those of entry {earlier}",
                f"其 source 与 id 和第 {earlier} 条相同",
            )  # fmt: skip


def _check_statement(work: Work, known: Known, envelope: bytes) -> None:
    index, header = known.shown.index, known.header
    try:
        statement = read(envelope)
    except Refused as refusal:
        work.find("statements", index, refusal.en, refusal.zh)
        return
    if header is None:
        return
    work.tallies["digests"].done += 1
    if statement.digest != header.statement:
        work.find(
            "digests", index, "its statement is not the one that its header records",
            "其陈述并非记录头所记",
        )  # fmt: skip
        return
    known.statement = statement
    try:
        names = check_unsigned(statement, work.contents.origin)
        check_times(statement, header.recorded_at, parse_time(header.recorded_at))
    except Refused as refusal:
        work.find("statements", index, refusal.en, refusal.zh)
        return
    known.names = names
    work.tallies["statements"].done += 1
