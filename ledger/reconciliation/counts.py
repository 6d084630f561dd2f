"""Read a platform's own counts: CSV, a row for each grant and window.

The first row names the columns: ``grant``, ``from``, ``to``, ``calls`` and, if it is
there, ``failed``, in any order and no other. ``grant`` is a ref of the ledger, or the
platform's own name of it that a mapping translates. ``from`` and ``to`` are times with
their offset from UTC, or dates, which are days in China (UTC+8): from the first on,
before the second. ``calls`` are those that succeeded; ``failed`` are apart, and
compared with nothing. Windows of one grant do not overlap.

Units: times in milliseconds since 1970.

Source: RFC 4180.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from crypto.notation import REF
from ledger.errors import BadRequest
from ledger.reconciliation.names import Names

MAX_ROWS = 500_000
NEEDED = ("grant", "from", "to", "calls")
ALLOWED = (*NEEDED, "failed")

_CHINA = timezone(timedelta(hours=8))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,3})?)?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})\Z"
)
_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,14})\Z")


@dataclass(frozen=True, slots=True)
class Counted:
    """What the platform counts under one grant in one window.

    Attributes:
        theirs: what the platform calls the grant; ``grant``: its ref, or None.
    """

    file: str
    line: int
    theirs: str
    grant: str | None
    since: int
    until: int
    calls: int
    failed: int


def read_counts(text: str, file: str, names: Names) -> list[Counted]:
    """Return the rows of *text*.

    Raises:
        BadRequest: it is not as it must be; says which line and column.
    """
    records = _records(text, file)
    _, header = next(records, (1, []))
    at = _columns(header, file)
    found: list[Counted] = []
    for line, record in records:
        if len(record) != len(header):
            raise _wrong(file, line, None, f"{len(record)} cells, not {len(header)}",
                         f"有 {len(record)} 格，应为 {len(header)} 格")  # fmt: skip
        if len(found) == MAX_ROWS:
            raise _wrong(file, line, None, f"more than {MAX_ROWS} rows", f"超过 {MAX_ROWS} 行")
        cells = {name: record[place] for name, place in at.items()}
        found.append(_counted(cells, file, line, names))
    return found


def check_apart(counts: Sequence[Counted]) -> None:
    """Raise BadRequest where two windows of one grant overlap, in one file or two."""
    last: dict[str, Counted] = {}
    for one in sorted(counts, key=lambda one: (one.grant or one.theirs, one.since, one.line)):
        name = one.grant or one.theirs
        before = last.get(name)
        if before is not None and one.since < before.until:
            raise _wrong(
                one.file,
                one.line,
                None,
                f"overlaps the window in line {before.line} of {before.file}",
                f"与 {before.file} 第 {before.line} 行的时段重叠",
            )
        last[name] = one


def _records(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for record in reader:
            yield begins, record
            begins = reader.line_num + 1
    except csv.Error as error:
        raise _wrong(file, begins, None, f"not CSV: {error}", f"不是 CSV：{error}") from None


def _columns(header: Sequence[str], file: str) -> Mapping[str, int]:
    for name in header:
        if name not in ALLOWED or header.count(name) > 1:
            raise _wrong(
                file, 1, name, f"the columns are {', '.join(NEEDED)} and failed, each once",
                f"可用的列为 {'、'.join(NEEDED)} 与 failed，各一次",
            )  # fmt: skip
    for name in NEEDED:
        if name not in header:
            raise _wrong(file, 1, name, "is missing", "缺少此列")
    return {name: place for place, name in enumerate(header)}


def _counted(cells: Mapping[str, str], file: str, line: int, names: Names) -> Counted:
    theirs = cells["grant"]
    if not theirs:
        raise _wrong(file, line, "grant", "is empty", "为空")
    since, until = (_moment(cells[name], file, line, name) for name in ("from", "to"))
    if until <= since:
        raise _wrong(file, line, "to", "must be later than from", "应晚于 from")
    calls, failed = (
        _number(cells.get(name, "0"), file, line, name) for name in ("calls", "failed")
    )
    own = theirs if REF.match(theirs) else None
    return Counted(file, line, theirs, names.grants.get(theirs, own), since, until, calls, failed)


def _moment(text: str, file: str, line: int, column: str) -> int:
    try:
        if _DATE.match(text):
            moment = datetime.fromisoformat(text).replace(tzinfo=_CHINA)
        elif _TIME.match(text):
            moment = datetime.fromisoformat(text)
        else:
            raise ValueError
        if moment < _EPOCH:
            raise ValueError
        return (moment - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        raise _wrong(
            file, line, column,
            f"{text!r} is no time such as 2026-11-01T00:00+08:00 and no date such as 2026-11-01",
            f"{text!r} 既不是形如 2026-11-01T00:00+08:00 的时间，也不是形如 2026-11-01 的日期",
        ) from None  # fmt: skip


def _number(text: str, file: str, line: int, column: str) -> int:
    if not _NUMBER.match(text):
        raise _wrong(file, line, column, f"{text!r} is no whole number", f"{text!r} 不是整数")
    return int(text)


def _wrong(file: str, line: int, column: str | None, en: str, zh: str) -> BadRequest:
    in_en = f", column {column!r}" if column is not None else ""
    in_zh = f"，列 {column!r}" if column is not None else ""
    return BadRequest(f"{file}, line {line}{in_en}: {en}", f"{file}，第 {line} 行{in_zh}：{zh}")
