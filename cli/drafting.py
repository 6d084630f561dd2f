"""Begin events: ids, times and the two members that never differ.

An id is a UUIDv7 (RFC 9562): the time in milliseconds, then 74 random bits.
Time and randomness come from the system, here and nowhere deeper.
"""

import secrets
from uuid import UUID

from crypto.notation import format_time
from ledger.log.clock import system_clock

CONSTANTS = {"datacontenttype": "application/json", "specversion": "1.0"}


def new_id() -> str:
    """Return a fresh id for an event."""
    return str(uuid7(system_clock(), secrets.randbits(74)))


def uuid7(now_ms: int, random: int) -> UUID:
    """Return the UUIDv7 of a time in milliseconds since 1970 and 74 random bits."""
    high, low = random >> 62, random & (1 << 62) - 1
    return UUID(int=now_ms << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


def now() -> str:
    """Return the present as T."""
    return format_time(system_clock())
