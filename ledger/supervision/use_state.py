"""What a use has come to, with whether feedback is owed of it: as clock O5 tells, and no other.

Source: decree 809, article 29; domain, 4.5 (O5).
"""

from collections.abc import Collection

from ledger.sharing.machine import Body
from ledger.supervision.obligation import OVERDUE, PENDING, status

_AWAITING = frozenset({"recorded", "bound", "feedback_given"})
_MOVED = ("reckoned", "extended")  # steps of which everybody is told the dates


def feedback_ref(use: Body) -> str:
    """Return the name of the obligation that the statement which opened a use starts, if any."""
    return f"{use['owner']}/O5-{use['opened']}"


def use_state(
    use: Body, owed: Body | None, at: str, size: int, hidden: Collection[int] = ()
) -> str:
    """Return the state of a use at the T *at*, in a tree of *size* entries.

    Args:
        owed: the obligation of that name; None: no feedback is owed, or it is not known yet.
        hidden: entries of its life that the asker may not read: what they brought is not told.
    """
    state: str = use["state"]
    if owed is None or state not in _AWAITING:
        return state
    life = [one for one in owed["life"] if one["what"] in _MOVED or one["index"] not in hidden]
    now = status({**owed, "life": life}, at, size)
    if now is None or now.state not in PENDING:
        return state
    return "overdue" if now.state in OVERDUE else "feedback_due"
