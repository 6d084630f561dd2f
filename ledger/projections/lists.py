"""Which projections each list reads, so that it waits for those and for no other.

Rules are slower than postings, and an erasure has them all judged anew: meanwhile
searches, chains and things are answered as ever. Whoever may see a row is told by
postings, so that every list reads them.
"""

from ledger.projections.postings import Postings
from ledger.projections.supervision import Supervision
from ledger.projections.things import Things

Reads = tuple[str, ...]  # names of projections; none: every one

ALL: Reads = ()
ENTRIES: Reads = (Postings.name,)
THINGS: Reads = (Postings.name, Things.name)
STORED: Reads = (Things.name,)  # how far the stored bodies of things have come
SUPERVISION: Reads = (Postings.name, Supervision.name)
