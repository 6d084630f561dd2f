"""What an export shows of an evidence bundle: the statements that answer its question.

Nothing is verified here. An export names the bundle that it was made from, by SHA-256,
and follows from it alone: whoever verifies the bundle makes the export again and compares.

Source: spec 7.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import orjson

from crypto.archive import read_archive
from crypto.canonical import write_canonical
from crypto.checkpoint import parse_checkpoint
from crypto.errors import CryptoError, Malformed
from crypto.merkle import leaf_hash
from crypto.notation import write_b64
from crypto.note import parse_note
from crypto.statement import Statement
from ledger.access.citations import Citation, check_citations, citations_of, cites
from ledger.admission.checks import check_unsigned, read
from ledger.errors import Refused
from ledger.evidence.bundle import Contents, EntryShown
from ledger.evidence.bundle_reader import read_contents, read_manifest
from ledger.evidence.question import Question
from ledger.evidence.report import report_of
from ledger.registry.records import PEERED
from ledger.registry.state import Registry

Members = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry of the answer.

    Attributes:
        leaf: of the tree, hex.
        digest: of the statement, hex.
        voice: ``signed``, ``attested``, ``system`` or ``unknown``; None without a statement.
        statement: None: it is not in the bundle, for the reason *absent*.
        cites: what it cites of other ledgers. ``verified``: the receipt holds under the policy
            that the bundle shows as registered before; ``not_checked``: it shows none.
    """

    index: int
    recorded_at: str
    leaf: str
    digest: str
    voice: str | None
    statement: Statement | None
    absent: str | None
    cites: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer of a bundle.

    Attributes:
        bundle: SHA-256 of the file, hex.
        root: of the tree of *size* entries, base64, as in *checkpoint*, the whole note.
        shown: by index.
    """

    bundle: str
    question: Question
    origin: str
    size: int
    root: str
    checkpoint: str
    shown: tuple[Shown, ...]

    def about(self) -> dict[str, Any]:
        """Return what every export says of where it comes from."""
        return {
            "bundle_sha256": self.bundle,
            "note": "made from a bundle and not verified by itself: verify the bundle and compare",
            "origin": self.origin,
            "question": self.question.to_json(),
            "root": self.root,
            "size": self.size,
        }

    def spoken(self) -> dict[str, str]:
        """Return the same as texts; what is none is canonical JSON."""
        return {
            name: value if isinstance(value, str) else write_canonical(value).decode()
            for name, value in self.about().items()
        }


def taken_from(raw: bytes) -> Taken:
    """Return the answer of a bundle.

    Args:
        raw: the zip file.

    Raises:
        CryptoError: it is no bundle, or holds a statement that no ledger admits.
    """
    members = read_archive(raw)
    contents = read_contents(members, read_manifest(members))
    told = {one["index"]: one for one in orjson.loads(report_of(contents))["entries"]}
    asked = set(contents.asked())
    checkpoint = parse_checkpoint(parse_note(contents.checkpoint).text)
    shown = (
        _shown(one, told[one.index], contents.origin)
        for one in contents.entries
        if one.index in asked
    )
    return Taken(
        sha256(raw).hexdigest(),
        contents.question,
        contents.origin,
        contents.size,
        write_b64(checkpoint.root),
        contents.checkpoint,
        _with_citations(tuple(shown), contents, told),
    )


def _shown(entry: EntryShown, told: Members, origin: str) -> Shown:
    said, absent = told["said"], told["absent"]
    return Shown(
        entry.index,
        told["recorded_at"],
        leaf_hash(entry.header).hex(),
        told["statement"],
        None if said is None else said["voice"],
        None if entry.statement is None else _admitted(entry.index, entry.statement, origin),
        None if absent is None else absent["reason"],
    )


def _admitted(index: int, envelope: bytes, origin: str) -> Statement:
    try:
        statement = read(envelope)
        check_unsigned(statement, origin)
    except Refused as refusal:
        raise _not_admitted(index, refusal) from None
    return statement


def _not_admitted(index: int, refusal: Refused) -> Malformed:
    return Malformed(
        f"entry {index}: {refusal.en}; verify the bundle",
        f"第 {index} 条：{refusal.zh}；请先验证该证据包",
        f"/entries/{index}.statement",
    )


def _with_citations(
    shown: tuple[Shown, ...], contents: Contents, told: Mapping[int, Members]
) -> tuple[Shown, ...]:
    """Return the entries with how it stands with what they cite."""
    if not any(one.statement is not None and cites(one.statement.event) for one in shown):
        return shown
    registry = _peers(contents, told)
    return tuple(_judged(one, registry) for one in shown)


def _peers(contents: Contents, told: Mapping[int, Members]) -> Registry:
    """Return the registered ledgers that the bundle shows."""
    registry = Registry()
    for entry in contents.entries:
        said = told[entry.index]["said"]
        if entry.statement is None or said is None or said["type"] != PEERED:
            continue
        statement = _admitted(entry.index, entry.statement, contents.origin)
        try:
            registry.apply(entry.index, told[entry.index]["recorded_at"], statement.event)
        except (ValueError, CryptoError):
            unfit = Refused("conflict", "it cannot be folded", "无法并入登记簿")
            raise _not_admitted(entry.index, unfit) from None
    return registry


def _judged(one: Shown, registry: Registry) -> Shown:
    if one.statement is None:
        return one
    event = one.statement.event
    try:
        check_citations(event, registry, one.index)
    except Refused as refusal:
        raise _not_admitted(one.index, refusal) from None
    return replace(one, cites=citations_of(event, registry, one.index))
