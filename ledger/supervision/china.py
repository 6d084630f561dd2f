"""What the clock in China (UTC+8) shows at a T."""

from functools import lru_cache

from crypto.notation import format_time, parse_time

CHINA_MS = 8 * 3_600_000
_LAST_MS = parse_time("9999-12-31T23:59:59.999Z")


@lru_cache(1_000)
def china(time: str) -> str:
    """Return a T as the clock in China shows it, in the form of a T; the last of all at most."""
    return format_time(min(parse_time(time) + CHINA_MS, _LAST_MS))


def china_time(time: str) -> str:
    """Return a T for people to read, to the second and with its zone."""
    local = china(time)
    return f"{local[:10]} {local[11:19]} +08:00"
