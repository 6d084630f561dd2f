"""One line of a report: what it says, the entries on which it rests, and why it stands there.

A report is made of such lines and of nothing else. ``because`` names a step of the
algorithm, or the row of a matrix; ``entries`` are indexes, ascending, never none: a line
that says that something is missing rests on what makes one expect it.

Source: domain, 4.6.
"""

from collections.abc import Iterable
from typing import Any

from ledger.events.wording import Wording
from ledger.responsibility.words import STEPS, WHAT

Members = dict[str, Any]


def line(step: int, what: str, entries: Iterable[int], **members: Any) -> Members:
    """Return one line of a report.

    Args:
        step: of the algorithm, 1 to 9; 10: of the way back from an item.
        what: a code of ``words.WHAT``.
        entries: indexes on which it rests.
        members: what else it says; those that are None are left out.

    Raises:
        ValueError: it rests on nothing.
    """
    rests = sorted(set(entries))
    if not rests:
        raise ValueError(f"{what}: a line rests on at least one entry")
    said = {name: value for name, value in members.items() if value is not None}
    because = {"code": f"4.6/{step}", **STEPS[step].both()}
    return {"because": because, "entries": rests, "label": WHAT[what].both(), "what": what, **said}


def by_row(found: Members, defect: str, words: Wording) -> Members:
    """Return the line *found* with the row of a matrix as its reason."""
    return found | {"because": {"code": f"matrix/{defect}", **words.both()}}
