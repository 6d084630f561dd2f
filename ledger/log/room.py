"""Whether a disk that was full has room again, found out by writing on it.

Asking is cheap and may happen at any time; a write is tried at most once in a
few seconds, by one thread. What was found holds for the failure that was asked
about: when a later write meets a full disk again, it is looked for anew.
"""

import threading
import time
from collections.abc import Callable

import sqlalchemy as sa

from ledger.errors import ReadOnly
from ledger.store.room import try_room

EVERY_S = 5.0


class Room:
    """Looks for room on the disk of one database.

    Args:
        engine: of the database.
        now_s: seconds on a clock that never goes back.
    """

    def __init__(self, engine: sa.Engine, now_s: Callable[[], float] = time.monotonic) -> None:
        self._engine, self._now_s = engine, now_s
        self._looking = threading.Lock()
        self._tried_s = float("-inf")
        self._overcome: ReadOnly | None = None

    def is_back(self, failure: ReadOnly) -> bool:
        """Whether something could be written since *failure*, a ``disk_full``, was met."""
        if self._overcome is not failure and self._looking.acquire(blocking=False):
            try:
                self._look(failure)
            finally:
                self._looking.release()
        return self._overcome is failure

    def _look(self, failure: ReadOnly) -> None:
        if self._now_s() - self._tried_s < EVERY_S:
            return
        try:
            try_room(self._engine)
            self._overcome = failure
        except sa.exc.SQLAlchemyError:
            pass  # still full, or out of reach, which asking for the head tells
        finally:
            self._tried_s = self._now_s()
