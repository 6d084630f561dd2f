"""The wall clock as the ledger uses it: whole milliseconds, handed in, never a setting."""

import time
from collections.abc import Callable

Clock = Callable[[], int]


def system_clock() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000
