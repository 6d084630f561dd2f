"""What follows from the statements of a bundle: its ``report.json``.

One pure function serves the maker and the verifier, so that the report is never
believed: it is computed again. It reads statements and headers as they are written;
that they are sound is for other checks.

Source: spec 7; design, "Identity and roles" (signed and attested kept apart).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from crypto.canonical import write_canonical
from crypto.header import Header, parse_header
from crypto.keys import key_id_of
from crypto.notation import read_b64
from crypto.statement import Statement, read_statement
from ledger.evidence.bundle import ChainShown, Contents, EntryShown
from ledger.registry.records import ENROLLED

Holders = Mapping[str, str | None]  # of the keys whose enrolment is shown, by key id


def report_of(contents: Contents) -> bytes:
    """Return ``report.json``, canonical.

    Raises:
        CryptoError: a header or statement cannot be read.
    """
    return write_canonical(_report(contents))


def _report(contents: Contents) -> dict[str, Any]:
    read = [_Read(entry) for entry in contents.entries]
    holders = dict(_holders(read))
    asked = set(contents.asked())
    return {
        "chains": [_chain(chain, contents) for chain in contents.chains],
        "entries": [_entry(one, one.shown.index in asked, holders, contents) for one in read],
        "origin": contents.origin,
        "question": contents.question.to_json(),
        "size": contents.size,
        "v": 1,
    }


class _Read:
    """An entry shown, parsed."""

    def __init__(self, shown: EntryShown) -> None:
        self.shown = shown
        self.header: Header = parse_header(shown.header)
        self.statement: Statement | None = None
        if shown.statement is not None:
            self.statement = read_statement(shown.statement)


def _holders(read: Iterable[_Read]) -> Iterable[tuple[str, str | None]]:
    for one in read:
        if one.statement is not None and one.statement.type == ENROLLED:
            data = one.statement.data
            key_id = key_id_of(read_b64(data.get("public_key"), "/data/public_key"))
            yield key_id, data.get("holder")


def _chain(chain: ChainShown, contents: Contents) -> dict[str, Any]:
    asked = chain.name == contents.question.chain
    last = chain.entries[-1] if chain.entries else -1
    return {
        "asked": asked,
        # Below this size no entry of the chain is missing here.
        "complete_to": contents.size if asked and contents.tail is not None else last + 1,
        "id": chain.id.hex(),
        "length": len(chain.entries),
        "name": chain.name,
    }


def _entry(one: _Read, asked: bool, holders: Holders, contents: Contents) -> dict[str, Any]:
    shown, header = one.shown, one.header
    places = {link.id: link.seq for link in header.chains}
    absent = shown.absent
    return {
        "absent": None if absent is None else {"by": absent.by, "reason": absent.reason},
        "asked": asked,
        "chains": [
            {"name": chain.name, "seq": places[chain.id]}
            for chain in contents.chains
            if chain.id in places
        ],
        "index": shown.index,
        "recorded_at": header.recorded_at,
        "said": None if one.statement is None else _said(one.statement, holders),
        "statement": header.statement.hex(),
    }


def _said(statement: Statement, holders: Holders) -> dict[str, Any]:
    event = statement.event
    own: dict[str, Any] = {}
    own |= {name: event[name] for name in ("official", "tier", "notafter") if name in event}
    if "document" in statement.data:
        own["document"] = statement.data["document"]
    return own | {
        "department": statement.source,
        "id": statement.id,
        "parents": statement.parents,
        "refs": statement.refs,
        "signers": statement.signers,
        "subject": statement.subject,
        "time": statement.time,
        "type": statement.type,
        "voice": _voice(statement, holders),
    }


def _voice(statement: Statement, holders: Holders) -> str:
    """Signed by the official, attested by his department, said by a system; or not known here."""
    if statement.official is None:
        return "system"
    if any(signer not in holders for signer in statement.signers):
        return "unknown"
    return "attested" if holders[statement.signers[0]] is None else "signed"
