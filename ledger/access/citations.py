"""Statements of other ledgers that a statement cites, each by digest and receipt.

Whatever can be told without trusting anybody is asked of every receipt: that it is of
this digest and ledger, and that its path leads to the root of its checkpoint. Whether
that checkpoint counts is asked of the policy by which the registrar registered the
ledger *before* this entry, so that whoever replays the log comes to the same answer.
Where none was registered the citation is not checked, and is shown so.

Units: ``at`` is the index that the statement gets or has.

Source: spec 6.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

from crypto.checkpoint import Checkpoint, parse_checkpoint
from crypto.errors import CryptoError
from crypto.notation import read_b64
from crypto.note import parse_note
from crypto.policy import Policy, open_under_policy
from crypto.receipt import verify_cited_receipt
from ledger.errors import Refused
from ledger.registry.records import Peer
from ledger.registry.state import Registry

Standing: TypeAlias = Literal["verified", "not_checked"]
VERIFIED: Final = "verified"
NOT_CHECKED: Final = "not_checked"

REMEMBERED = 1_024  # receipts that held; what is verified before the queue is not verified in it

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Citation:
    """How it stands with one citation of an entry.

    Attributes:
        ledger: origin of the other ledger.
        statement: digest of its statement, hex.
        standing: ``verified`` when it was admitted, or ``not_checked``.
        by: index of the entry that registered the other ledger; None: none had.
    """

    ledger: str
    statement: str
    standing: Standing
    by: int | None

    def to_json(self) -> dict[str, Any]:
        """Return it as members, the same in every answer."""
        return asdict(self)


def cites(event: Event) -> bool:
    """Whether the event, its ``data`` an object, cites anything."""
    return "cites" in event["data"]


def check_receipts(event: Event) -> None:
    """Refuse ``bad_citation``: a receipt that is false whomever one trusts.

    Args:
        event: right by its schema.
    """
    for number, one in enumerate(event["data"].get("cites", ())):
        if one["ledger"] == event["ledger"]:
            raise Refused(
                "bad_citation",
                "it cites this ledger itself: name its own statements among the parents",
                "援引的是本账本：本账本的陈述请列入 parents",
                f"/data/cites/{number}/ledger",
            )
        try:
            _verify(one["receipt"], one["statement"], one["ledger"], None)
        except CryptoError as error:
            raise _refused(error, number) from None


def check_citations(event: Event, registry: Registry, at: int) -> None:
    """Refuse ``bad_citation``: a receipt that the policy of its ledger does not bear out."""
    for number, one in enumerate(event["data"].get("cites", ())):
        peer = _judged_by(registry, one["ledger"], at)
        if peer is None:
            continue
        try:
            _verify(one["receipt"], one["statement"], one["ledger"], peer.policy)
        except CryptoError as error:
            raise _refused(error, number) from None


def citations_of(event: Event, registry: Registry, at: int) -> tuple[Citation, ...]:
    """Return how it stands with what the event of entry *at* cites, in its order."""
    found = []
    for one in event["data"].get("cites", ()):
        peer = _judged_by(registry, one["ledger"], at)
        standing: Standing = NOT_CHECKED if peer is None else VERIFIED
        by = None if peer is None else peer.registered_at
        found.append(Citation(one["ledger"], one["statement"], standing, by))
    return tuple(found)


def _judged_by(registry: Registry, origin: str, at: int) -> Peer | None:
    peer = registry.peer(origin, at)
    return peer if peer is not None and peer.policy is not None else None


@lru_cache(REMEMBERED)
def _verify(receipt: str, statement: str, ledger: str, policy: Policy | None) -> None:
    """Verify a receipt under *policy*; None: as far as it goes without trust."""

    def open_note(text: str) -> Checkpoint:
        if policy is None:
            return parse_checkpoint(parse_note(text).text)
        return open_under_policy(text, policy).checkpoint

    verify_cited_receipt(read_b64(receipt), bytes.fromhex(statement), ledger, open_note)


def _refused(error: CryptoError, number: int) -> Refused:
    return Refused("bad_citation", error.en, error.zh, f"/data/cites/{number}/receipt")
