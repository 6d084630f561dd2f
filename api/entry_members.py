"""The members by which an answer shows one entry: for everybody, and for who may read it.

Header and statement are given as text, byte for byte what was hashed and
signed; ``event`` repeats the statement's payload for convenience and proves
nothing. ``said`` keeps apart what an official signed himself, what a system
attested in an official's name, and what a system said.

Source: spec 3, 8.
"""

from typing import TYPE_CHECKING, Any

from api.languages import Language, Words
from api.reading import may_read, reader, show, why_not_shown
from crypto.notation import format_time

if TYPE_CHECKING:
    from ledger.anchoring.anchor import Stamped
    from ledger.entries import Entry
    from ledger.store.removal_rows import Removed
    from ledger.witnessing.interval import Interval

_MISSING = Words(
    "the statement is not in the ledger's database, though its header and proofs are: "
    "ask the operator to run `zelian fsck`",
    "该陈述不在账本数据库中，但其记录头与证明仍在：请联系运维人员运行 `zelian fsck`",
)

_REMOVED = {
    "erased": Words(
        "erased by entry {by}: its header and proofs stay, and /removal certifies it",
        "已由第 {by} 条删除：记录头与证明保留，可由 /removal 取得证书",
    ),
    "withheld": Words(
        "withheld by entry {by}: it is kept and shown to nobody, and /removal certifies it",
        "已由第 {by} 条停止提供：保留而不向任何人提供，可由 /removal 取得证书",
    ),
}


def members_of(entry: "Entry", language: Language) -> dict[str, Any]:
    """Return what the answer says of *entry*, and note that it was shown where it is."""
    members: dict[str, Any] = {
        "header": entry.header.decode(),
        "index": entry.index,
        "leaf_hash": entry.leaf.hex(),
    }
    if entry.removed is not None:
        return members | {"absent": _removed(entry.removed, language)}
    if entry.envelope is None and reader() is not None:
        absent = {"detail": _MISSING.spoken(language), "reason": "missing"}
        return members | {"absent": absent}
    if entry.envelope is None or not may_read(entry):
        return members | {"absent": why_not_shown(language)}
    show(entry)
    members |= {
        "event": entry.event,
        "said": _said(entry),
        "statement": entry.envelope.decode(),
    }
    if entry.citations:
        members["citations"] = [one.to_json() for one in entry.citations]
    return members


def proven_of(interval: "Interval") -> dict[str, Any]:
    """Return the member that tells a proven interval; none where nothing is proven."""
    if interval == (None, None):
        return {}
    ends = {"after": interval.after_s, "before": interval.before_s}
    shown = {end: None if at is None else format_time(at * 1_000) for end, at in ends.items()}
    return {"proven": shown}


def stamped_of(stamped: "Stamped") -> dict[str, Any]:
    """Return the member that tells between which time-stamps an entry came; none without any."""
    ends = {"after": stamped.not_before, "before": stamped.not_after}
    if ends == {"after": None, "before": None}:
        return {}
    shown = {
        end: None
        if one is None
        else {"at": one.stamped_at, "authority": one.authority, "entry": one.index}
        for end, one in ends.items()
    }
    return {"stamped": shown}


def _removed(removed: "Removed", language: Language) -> dict[str, Any]:
    """Say why nobody is shown it: the one thing that everybody may know of it."""
    said = _REMOVED[removed.kind].spoken(language).format(by=removed.by)
    return {"by": removed.by, "detail": said, "reason": removed.kind}


def _said(entry: "Entry") -> str:
    """Return who is behind the statement: an official's own key, or a system's."""
    if "official" not in (entry.event or {}):
        return "system"
    return "attested" if entry.attested else "signed"
