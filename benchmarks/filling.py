"""Fill a ledger fast and honestly: real signatures, the sequencer's own commits.

Workers sign while the sequencer commits. What is skipped is one thing: nobody
verifies a signature that was made a moment before. No measured statement comes
this way.
"""

from benchmarks.errors import BenchError
from benchmarks.signers import SPAN, Signers
from benchmarks.timing import say
from ledger.bootstrap import open_ledger
from ledger.log.candidate import Accepted
from ledger.settings import Settings

TELL_EVERY = 100_000


def fill(settings: Settings, signers: Signers, size: int) -> None:
    """Bring the ledger of a home to *size* entries; it may not have more."""
    ledger = open_ledger(settings)
    try:
        have = ledger.state().size
        if have > size:
            raise BenchError(f"the ledger to be filled to {size} has {have} entries")
        for candidates in signers.candidates(size - have):
            outcomes = ledger.parts.sequencer.submit(candidates)
            refused = [one for one in outcomes if not isinstance(one, Accepted)]
            if refused:
                raise BenchError(f"the ledger does not take a statement: {refused[0]}")
            have += len(candidates)
            if have % TELL_EVERY < SPAN:
                say(f"filled to {have:,}")
    finally:
        ledger.close()
