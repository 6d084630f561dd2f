"""Fetch what relied on an item, in somebody's sight, and put the answer together.

Source: decree 809, article 26; design, HTTP API.
"""

from typing import TYPE_CHECKING, Any

from ledger.access.reader import as_party
from ledger.access.sight import Sight
from ledger.log.failures import telling_of_the_database
from ledger.responsibility.chain import Chain
from ledger.responsibility.impact import Asked, first, further, impact
from ledger.responsibility.reach import Search
from ledger.traces import fetching, nothing

if TYPE_CHECKING:
    from ledger.service import Ledger

_reads = telling_of_the_database(reading=True)


@_reads
def item_impact(ledger: "Ledger", sight: Sight, asked: Asked, as_of: int) -> dict[str, Any]:
    """Return what relied on an item, as members.

    Raises:
        NotFound: nothing of the item may be read.
        BadRequest: more statements rely on it than one answer holds.
    """
    # Who knows of an item by the catalogue alone cannot tell that nothing relied on it.
    with fetching(ledger, as_party(sight), as_of) as one:
        waiting, done = first(asked), set[Search]()
        while waiting:
            one.search(*waiting)
            done.update(waiting)
            waiting = [s for s in further(Chain(one.fetched()), asked) if s not in done]
        fetched = one.fetched()
    try:
        return impact(fetched, asked)
    except LookupError:
        raise nothing() from None
