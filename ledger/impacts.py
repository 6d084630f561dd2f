"""Fetch what relied on an item, in somebody's sight, and put the answer together.

Source: decree 809, article 26; design, HTTP API.
"""

from typing import TYPE_CHECKING, Any

from ledger.access.sight import Sight
from ledger.responsibility.chain import Chain
from ledger.responsibility.impact import Asked, first, further, impact
from ledger.traces import Fetching, nothing

if TYPE_CHECKING:
    from ledger.service import Ledger


def item_impact(ledger: "Ledger", sight: Sight, asked: Asked, as_of: int) -> dict[str, Any]:
    """Return what relied on an item, as members.

    Raises:
        NotFound: nothing of the item may be read.
        BadRequest: more statements rely on it than one answer holds.
    """
    fetching = Fetching(ledger, sight, as_of, None)
    fetching.search(*first(asked))
    fetching.search(*further(Chain(fetching.fetched()), asked))
    try:
        return impact(fetching.fetched(), asked)
    except LookupError:
        raise nothing() from None
