"""Who asks, what he may see, and what has been shown to him.

The guard (``api.guard``) has looked the session up before a view runs; a view asks
``sight`` and tells with ``show`` which statements are in its answer, so that an
inspector's reading is recorded, once a request, before the answer leaves.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import g

from api.context import ledger
from api.languages import Language, Words
from ledger.access.reader import Reader
from ledger.access.readings import Given
from ledger.access.sight import Sight

if TYPE_CHECKING:
    from ledger.entries import Entry
    from ledger.sessions import Open

_NOT_SHOWN = Words(
    "statements are confidential, and this one is not within what this session, or somebody who "
    "has not signed in, may read; the header and the proofs are public",
    "陈述内容保密；本会话（或未登录者）无权读取此陈述；记录头与证明是公开的",
)


def session() -> "Open | None":
    """The session that this request is made in."""
    found: Open | None = g.get("session")
    return found


def reader() -> Reader | None:
    """Who asks; None: somebody who has not signed in."""
    found = session()
    return None if found is None else found.reader


def sight() -> Sight:
    """Which statements whoever asks may see."""
    if "sight" not in g:
        g.sight = ledger().sight_of(reader())
    seen: Sight = g.sight
    return seen


def may_read(entry: "Entry") -> bool:
    """Whether the statement of an entry may be in this answer."""
    return ledger().shows(sight(), entry)


def show(entry: "Entry") -> None:
    """Note that the statement of an entry is in this answer."""
    asker = reader()
    if asker is None or not asker.inspects or entry.event is None:
        return
    source = entry.event["source"].removeprefix("/departments/")
    shown().append(Given(source, entry.event["data"]["refs"], ledger().terms(entry)))


def ask_for(refs: Mapping[str, str]) -> None:
    """Note which thing was asked for by its name, such as ``{"grant": "GA/G-1"}``."""
    g.asked_for = dict(refs)


def note_recorded() -> None:
    """Note that the ledger has already recorded this reading."""
    g.recorded = True


def is_recorded() -> bool:
    """Whether the ledger has already recorded this reading."""
    return "recorded" in g


def shown() -> list[Given]:
    """Which statements are in this answer so far."""
    found: list[Given] = g.setdefault("shown", [])
    return found


def why_not_shown(language: Language) -> dict[str, str]:
    """What stands in place of a statement that the asker may not read."""
    return {"detail": _NOT_SHOWN.spoken(language), "reason": "not_allowed"}
