"""Time the sequencer's transaction from outside, without a line of the product's for it."""

import time
from collections.abc import Sequence
from typing import Any

from ledger.log.sequencer import Sequencer


class TransactionWatch:
    """From the sequencer's first step to the one that follows the commit.

    In between lie the transaction and all that is done inside it: duplicates,
    judging, headers, chains, the tree, the checkpoint's signature, rows, fdatasync.
    Receipts are made afterwards.
    """

    def __init__(self, sequencer: Sequencer) -> None:
        self._began = 0.0
        self._seconds = 0.0
        commit, after_commit = sequencer._commit, sequencer._after_commit

        def timed_commit(batch: Sequence[Any]) -> Any:
            self._began = time.perf_counter()
            return commit(batch)

        def noting_after_commit(*arguments: Any) -> None:
            self._seconds += time.perf_counter() - self._began
            after_commit(*arguments)

        for name, replaced in (("_commit", timed_commit), ("_after_commit", noting_after_commit)):
            setattr(sequencer, name, replaced)

    def taken(self) -> float:
        """Return the seconds in transactions since this was asked last."""
        seconds, self._seconds = self._seconds, 0.0
        return seconds
