"""Turn the cells of a row into values, by the readings that the mapping gives them.

A time becomes T, in UTC, cut to milliseconds. An empty cell is an error unless the
mapping says otherwise: nothing is made up. Pure.

Source: spec, notation (*T*, *id*, *text*).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from cli.failures import Failure
from cli.importing.declared import ORDER, Field, LogMapping
from cli.importing.formats import cells_of
from cli.importing.identifiers import Translator
from cli.importing.mapping import value_check
from cli.importing.rows import Cells, Source
from cli.importing.templates import Value
from crypto.errors import Malformed
from crypto.notation import check_time

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\Z")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?\Z"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One event of the source.

    Args:
        line: where it begins in the file.
        instant: its time, in full, or the time that the mapping orders events by.
        values: by field; None where the source says nothing.
    """

    line: int
    instant: datetime
    values: Mapping[str, Value]

    def text(self, name: str) -> str:
        """Return the value of a field that every event has."""
        return str(self.values[name])


@dataclass(frozen=True, slots=True)
class Rows:
    """All events of a source in the order of the file, and how their ids came about.

    Args:
        ignored: how many rows were skipped because the mapping says so.
        sources: by field, the source's value of each id.
    """

    events: list[Row]
    ignored: int
    sources: Mapping[str, Mapping[str, str]]


def read_rows(source: Source, mapping: LogMapping) -> Rows:
    """Return the events of *source*.

    Raises:
        Failure: the first cell that is not as it must be, with its line and column.
    """
    reader = RowReader(source, mapping)
    events = list(reader.rows())
    _check_ids(source, mapping, events)
    sources = {name: made.sources for name, made in reader.translators.items()}
    return Rows(events, reader.ignored, sources)


def _check_ids(source: Source, mapping: LogMapping, events: list[Row]) -> None:
    """SPEC: spec 1, an event's id is unique per source."""
    lines: dict[tuple[str, str], int] = {}
    for row in events:
        key = (row.text("department"), row.text("event"))
        first = lines.setdefault(key, row.line)
        if first != row.line:
            raise source.error(
                row.line,
                mapping.fields["event"].column,
                f"id {key[1]} of department {key[0]} stands in line {first} already",
                f"部门 {key[0]} 的标识 {key[1]} 已见于第 {first} 行",
            )


class RowReader:
    """Reads rows, and keeps the ids that were given."""

    def __init__(self, source: Source, mapping: LogMapping) -> None:
        self._source = source
        self._mapping = mapping
        self.ignored = 0
        self.translators = {
            field.name: Translator(field.reading == "words", field.named, value_check(field))
            for field in mapping.fields.values()
            if field.reading in ("id", "words")
        }

    def rows(self) -> Iterator[Row]:
        """Yield the events; ignored activities are counted."""
        activity = self._mapping.fields["activity"]
        for cells in cells_of(self._source, self._mapping):
            if cells.ignored:
                self.ignored += 1
                continue
            self._expect(cells)
            label = self._read(activity, cells)
            if label in self._mapping.ignored:
                self.ignored += 1
                continue
            if label not in self._mapping.activities:
                raise self._error(
                    cells,
                    activity,
                    f"no activity {label!r} in the mapping: map it, or list it in ignore",
                    f"映射中没有活动 {label!r}：请为其映射，或列入 ignore",
                )
            yield self._row(cells)

    def _row(self, cells: Cells) -> Row:
        fields = self._mapping.fields
        values = {
            name: self._read(field, cells) for name, field in fields.items() if name != "time"
        }
        instant = self._instant(fields["time"], cells)
        values["time"] = self._written(fields["time"], cells, instant)
        if ORDER in fields:
            instant = self._instant(fields[ORDER], cells)
        return Row(cells.line, instant, values)

    def _expect(self, cells: Cells) -> None:
        for column, only in self._mapping.expected.items():
            if cells.cells[column] != only:
                raise self._source.error(
                    cells.line,
                    column,
                    f"{cells.cells[column]!r}, and the mapping expects {only!r} alone",
                    f"{cells.cells[column]!r}，而映射只接受 {only!r}",
                )

    def _read(self, field: Field, cells: Cells) -> Value:
        cell = cells.cells[field.column] if field.column is not None else str(field.constant)
        if field.named_only and cell not in field.named:
            return None
        if cell == "" and cell not in field.named:
            if field.may_be_empty:
                return None
            raise self._error(cells, field, "is empty", "为空")
        try:
            if field.reading in ("id", "words"):
                return self.translators[field.name].id_of(cell)
            if field.reading == "text":
                return str(value_check(field)(field.named.get(cell, cell), "it"))
        except Malformed as error:
            raise self._error(cells, field, error.en, error.zh) from None
        if field.reading == "time":
            return self._written(field, cells, self._instant(field, cells))
        if not _INTEGER.match(cell):
            raise self._error(cells, field, f"{cell!r} is no whole number", f"{cell!r} 不是整数")
        return int(cell)

    def _instant(self, field: Field, cells: Cells) -> datetime:
        cell = cells.cells[field.column] if field.column is not None else str(field.constant)
        found = _TIME.match(cell)
        try:
            if found is None:
                raise ValueError
            moment = datetime.fromisoformat(cell)
        except ValueError:
            raise self._error(
                cells,
                field,
                f"{cell!r} is no time such as 2026-11-01 08:30:00+08:00",
                f"{cell!r} 不是形如 2026-11-01 08:30:00+08:00 的时间",
            ) from None
        if moment.tzinfo is None:
            if field.offset is None:
                raise self._error(
                    cells,
                    field,
                    f"{cell!r} says no offset from UTC: give the field an offset",
                    f"{cell!r} 未写明与 UTC 的时差：请为该字段给出 offset",
                )
            moment = moment.replace(tzinfo=timezone(field.offset))
        return self._in_utc(field, cells, moment)

    def _in_utc(self, field: Field, cells: Cells, moment: datetime) -> datetime:
        try:
            return moment.astimezone(UTC)
        except OverflowError:
            raise self._error(cells, field, "no such year", "年份超出范围") from None

    def _written(self, field: Field, cells: Cells, instant: datetime) -> str:
        """Return T, cut to milliseconds."""
        cut = instant - timedelta(microseconds=instant.microsecond % 1000)
        try:
            return check_time(f"{cut:%Y-%m-%dT%H:%M:%S}.{cut.microsecond // 1000:03d}Z", "it")
        except Malformed as error:
            raise self._error(cells, field, error.en, error.zh) from None

    def _error(self, cells: Cells, field: Field, en: str, zh: str) -> Failure:
        return self._source.error(cells.line, field.column or field.name, en, zh)
