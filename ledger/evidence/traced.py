"""The trace of an act as far as the statements in its bundle go.

It is not in the bundle: whoever verifies one computes it from what the bundle shows and
from nothing else, by the code that makes every trace. What lies outside of the act's chain is not
here: a line says of each such hop that it is not in the bundle, never that it is missing.
Findings and terms follow from the whole ledger and are left out, as is what rests on them.

Source: spec 7; domain, 4.6.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from crypto.chain import REGISTRY_TYPES
from crypto.errors import CryptoError
from crypto.header import Header, parse_header
from crypto.statement import Statement, read_statement
from ledger.access.speak import role_of, signed_or_attested
from ledger.errors import Refused
from ledger.events.types import EVENT_TYPES
from ledger.evidence.bundle import Contents
from ledger.registry.state import Registry
from ledger.responsibility.chain import Fetched, Members
from ledger.responsibility.trace import lines_of, trace
from ledger.responsibility.words import WHAT
from ledger.sharing.machine import Said

# What a trace of a bundle does not tell: each rests on more than the act's chain.
LEFT_OUT = ("exemption", "findings", "terms")
_OUTSIDE = frozenset(
    {
        "use_not_found", "receipt_missing", "delivery_missing", "grant_missing",
        "request_missing", "reply_missing", "consent_missing", "item_missing",
        "notice_unanswered", "complaint_unanswered",
    }
)  # fmt: skip
Shown = tuple[Header, Statement]


def trace_in(contents: Contents) -> Members:
    """Return the trace of the act that a bundle is asked about, and what is ``left_out`` of it.

    Nothing is verified here: a statement that no ledger admits is passed over.

    Raises:
        CryptoError: a header or statement cannot be read.
        LookupError: it is not asked about an act, or shows no statement of it.
    """
    if contents.question.kind != "act" or not contents.entries:
        raise LookupError("no act is asked about")
    headers = [parse_header(one.header) for one in contents.entries]
    shown = [
        (header, read_statement(one.statement))
        for header, one in zip(headers, contents.entries, strict=True)
        if one.statement is not None
    ]
    registry, size = Registry(), contents.size
    said = list(_said(shown, registry))
    registry.advance(max(size, registry.size))
    fetched = Fetched(said, registry, size, headers[-1].recorded_at, since=headers[0].recorded_at)
    found = trace(fetched, contents.question.text)
    del found["exemption"]
    _tell_outside(lines_of(found))
    return found | {"left_out": list(LEFT_OUT)}


def _said(shown: Iterable[Shown], registry: Registry) -> Iterator[Said]:
    for header, statement in shown:
        if not _is_sound(statement):
            continue  # whoever verifies says so; nothing follows from it
        event, index = statement.event, header.index
        try:
            if event["type"] in REGISTRY_TYPES:
                registry.apply(index, header.recorded_at, event)
            else:
                registry.advance(max(index + 1, registry.size))
            role, voice = role_of(statement.source, registry, index), signed_or_attested(
                event, registry
            )  # fmt: skip
        except (ValueError, LookupError, CryptoError):
            continue
        whose = frozenset({statement.source})
        digest = statement.digest.hex()
        yield Said(index, header.recorded_at, event, digest, role, voice, whose)


def _is_sound(statement: Statement) -> bool:
    """Whether a statement is as its type declares; the registrar's have the same test."""
    kind = EVENT_TYPES.get(statement.type)
    if kind is None:
        return statement.type in REGISTRY_TYPES
    try:
        kind.check(statement.event)
    except Refused:
        return False
    return True


def _tell_outside(lines: Iterable[Members]) -> None:
    for one in lines:
        if one["what"] in _OUTSIDE:
            label: dict[str, Any] = WHAT["not_in_bundle"].both()
            one |= {"label": label, "of": one["what"], "what": "not_in_bundle"}
            one.pop("days", None)
