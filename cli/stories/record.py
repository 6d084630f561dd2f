"""What a home remembers of its demo, in ``demo/record.json``: when it is set, and how it ended.

The record is written before anything else, so that a demo which was cut short is
known again, and once more at the end, with what there is to see. A home without
one was never the demo's.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from cli.failures import REFUSED, Failure
from cli.receipts import write_durably
from cli.stories.line import DAY_MS, HOUR_MS
from crypto.errors import CryptoError
from crypto.notation import format_time, parse_time
from ledger.home import Home

FOLDER = "demo"
USUAL_START = "2026-07-05T16:00:00.000Z"  # Monday, 6 July 2026, 00:00 in China
LENGTH_MS = 35 * DAY_MS
_WEEK_MS = 7 * DAY_MS
_ZONE_MS = 8 * HOUR_MS
_FIRST_MONDAY_MS = 4 * DAY_MS  # 1970-01-05


@dataclass(frozen=True, slots=True)
class Record:
    """What is remembered; ``summary`` is None until the demo has ended."""

    start: str
    summary: dict[str, Any] | None = None

    @property
    def start_ms(self) -> int:
        """Midnight of the stories' first Monday."""
        return parse_time(self.start)


def start_before(now_ms: int) -> str:
    """Return a Monday of which all stories lie in the past: of 2026 if the clock allows."""
    if now_ms >= parse_time(USUAL_START) + LENGTH_MS:
        return USUAL_START
    local_ms = now_ms + _ZONE_MS - LENGTH_MS - _FIRST_MONDAY_MS
    return format_time(local_ms // _WEEK_MS * _WEEK_MS + _FIRST_MONDAY_MS - _ZONE_MS)


def read_record(home: Home) -> Record | None:
    """Return the home's record; None: there is none.

    Raises:
        Failure: there is one that this program did not write.
    """
    try:
        raw = json.loads((home.path / FOLDER / "record.json").read_bytes())
        record = Record(**raw)
        parse_time(record.start)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, CryptoError):
        raise Failure(
            REFUSED,
            "demo/record.json in this home cannot be read: choose an empty home; "
            "nothing was changed",
            "此主目录中的 demo/record.json 无法读取：请另选空目录；未作任何更改",
        ) from None
    return record


def write_record(home: Home, record: Record) -> None:
    """Keep *record* in the home, which is made if need be."""
    folder = home.path / FOLDER
    home.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(exist_ok=True, mode=0o700)
    text = json.dumps(
        {"start": record.start, "summary": record.summary},
        ensure_ascii=False,
        indent=2,
    )
    write_durably(folder / "record.json", text.encode() + b"\n")


def remove_record(home: Home) -> None:
    """Take back what ``write_record`` has just made in a home that turned out not to be free."""
    folder = home.path / FOLDER
    (folder / "record.json").unlink()
    with suppress(OSError):  # something else lies there
        folder.rmdir()
