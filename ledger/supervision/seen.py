"""What a clock sees of the ledger beside the statement that was just said.

    take(said: Said, seen: Seen, store: Store) -> list[Body]

in :mod:`ledger.supervision.obligations` is called once for each entry whose statement
is there, in order, after the bodies of what it touches were folded. It returns the
obligations that changed, whole, in the order of their refs; each was put into the
store as ``obligation/<ref>`` too. What it keeps besides are lists of refs under
``open/<name>``, so that a store can be read ahead by :func:`lists_asked`.

Source: decree 809, articles 17, 21, 22, 26 to 28; domain, 4.5.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import msgspec

from ledger.access.terms import short_of
from ledger.sharing.machine import Body
from ledger.supervision.calendar import WorkCalendar
from ledger.supervision.departments import Departments
from ledger.supervision.packs import Packs


class Store(Protocol):
    """Bodies by name, as the supervisor keeps them; a dict has nearly this face.

    What ``get`` returned is never changed in place; only ``put`` changes what is kept.
    """

    def get(self, name: str, /) -> Body | None:
        """Return the body under *name* as it was put last, or None."""

    def put(self, name: str, body: Body, /) -> None:
        """Keep *body* under *name* from here on."""

    def owed(self) -> Iterable[Body]:
        """Return every obligation that is open, by ref."""


class Seen(msgspec.Struct, frozen=True, gc=False):
    """What is known once an entry was folded.

    Attributes:
        thing: the body of (kind, ref) after this entry, or None.
        packs: adopted up to this entry, itself among them.
        calendar: made of the calendars adopted up to this entry, itself among them.
        anew: whether the statement says anew what met an obligation and was void.
    """

    thing: Callable[[str, str], Body | None]
    departments: Departments
    packs: Packs
    calendar: WorkCalendar
    anew: bool = False


def lists_asked(event: Mapping[str, Any]) -> list[str]:
    """Return the names, some perhaps twice, of lists that an admitted *event* may make one read."""
    data = event["data"]
    found = [f"open/{kind}/{ref}" for kind, ref in data["refs"].items()]
    found += [f"open/statement/{digest}" for digest in data["parents"]]
    for piece in data.get("contributions", ()):
        if "use" in piece:
            found.append(f"open/use/{piece['use']}")
    if short_of(event["type"]) == "statement.corrected":
        found += [f"open/statement/{data['target']}", f"open/ended/{data['target']}"]
    elif short_of(event["type"]) == "feedback.withdrawn":
        found.append(f"open/ended/feedback/{data['refs']['feedback']}")
    return found
