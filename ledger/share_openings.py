"""By which entries things of a kind were opened, of which somebody sees a part.

To go through all things of a kind and ask of each whether it is seen takes long where
most is hidden. The entries that open them are found as any search finds entries: by
the type of what was said, and by who may read it.
"""

import sqlalchemy as sa

from ledger.sharing.touched import MACHINES
from ledger.store.posting_rows import PostingRows, TermRow, Wanted
from ledger.store.thing_rows import Seeing

_OPENED_BY_ANY = frozenset({"matter"})  # type of statement
# Whose counterparty may be another than the one that it was opened with.
_CHANGES_SIDES = frozenset({"grant"})


def openings(
    rows: PostingRows,
    connection: sa.Connection,
    kind: str,
    department: str | None,
    seeing: Seeing,
    below: int,
) -> list[Wanted] | None:
    """Return the seen entries below *below* that open things of a *kind*, by type.

    None: to go through the things themselves is no worse.

    Args:
        department: which is their owner or counterparty; what opens things of others may
            be among the entries too.
    """
    if kind in _OPENED_BY_ANY or (department is None and seeing == Seeing(None, ())):
        return None
    types = [f"type/{name}" for name in sorted(MACHINES[kind].opened_by)]
    party = [f"reader/{department}"] if department and kind not in _CHANGES_SIDES else []
    known = rows.find_terms(connection, [*types, *party])
    if not known.keys() >= {*party}:
        return []
    parties = [known[name] for name in party]
    return [_wanted([known[name], *parties], seeing, below) for name in types if name in known]


def _wanted(terms: list[TermRow], seeing: Seeing, below: int) -> Wanted:
    driver, *others = sorted(terms, key=lambda term: term.entries)
    all_of = tuple(term.id for term in others)
    return Wanted(driver, all_of, seeing.none_of, seeing.any_of, 0, below)
