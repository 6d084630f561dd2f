"""Read an event log's file, and the rows of a CSV one, strictly, telling where it is wrong.

The file may be gzipped, which its first bytes tell and not its name; it is UTF-8, a
byte order mark allowed. The first row names the columns. Every other row has as many
cells as that one; an empty line is such a row only at the very end. Rows come in any
order across cases, so all of them are held: at most 128 MiB of text and 500,000 rows.

Lines count from 1, the header's. Pure but for reading the file.

Source: RFC 4180 (CSV), RFC 1952 (gzip).
"""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.failures import NOT_FOUND, Failure, usage
from cli.importing.declared import Format, LogMapping

MAX_BYTES = 128 * 1024 * 1024  # unpacked
MAX_ROWS = 500_000
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Source:
    """A file's name, for errors, and the text in it."""

    name: str
    text: str
    counts: tuple[str, str] = ("line", "行")  # what is counted in it, in both languages

    def error(self, line: int, column: str | None, en: str, zh: str) -> Failure:
        """Return the failure that says what is wrong, and where."""
        in_en = f", column {column!r}" if column is not None else ""
        in_zh = f"，列 {column!r}" if column is not None else ""
        return usage(
            f"{self.name}, {self.counts[0]} {line}{in_en}: {en}; nothing was sent",
            f"{self.name}，第 {line} {self.counts[1]}{in_zh}：{zh}；未发送任何内容",
        )


@dataclass(frozen=True, slots=True)
class Cells:
    """One row as it stands: the line it begins in, and its cells by column.

    ``ignored``: it is counted and not looked at, for it repeats an earlier one or such.
    """

    line: int
    cells: dict[str, str]
    ignored: bool = False


def read_source(path: Path, form: Format = "csv") -> Source:
    """Return the text of the file at *path*, unpacked if need be.

    Args:
        form: X-Road's records are counted, in the others lines.

    Raises:
        Failure: no such file, not gzip although it begins so, too large, not UTF-8.
    """
    try:
        with path.open("rb") as handle:
            packed = handle.read(len(_GZIP)) == _GZIP
            handle.seek(0)
            stream = gzip.GzipFile(fileobj=handle) if packed else handle
            raw = stream.read(MAX_BYTES + 1)
    except (FileNotFoundError, IsADirectoryError):
        raise Failure(NOT_FOUND, f"no file {path}", f"没有文件 {path}") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise usage(
            f"{path.name} begins like gzip and cannot be unpacked: {error}",
            f"{path.name} 以 gzip 开头但无法解压：{error}",
        ) from None
    if len(raw) > MAX_BYTES:
        raise usage(
            f"{path.name} holds more than {MAX_BYTES} bytes: split it by cases",
            f"{path.name} 超过 {MAX_BYTES} 字节：请按案件拆分",
        )
    text = _decoded(path.name, raw)
    return (
        Source(path.name, text, ("record", "条记录"))
        if form == "xroad"
        else Source(path.name, text)
    )


def _decoded(name: str, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise usage(
            f"{name}, line {line}: not UTF-8: save it as UTF-8",
            f"{name}，第 {line} 行：不是 UTF-8：请另存为 UTF-8",
        ) from None


def read_cells(source: Source, mapping: LogMapping) -> Iterator[Cells]:
    """Yield the rows of *source*, each with the columns that the mapping names.

    Raises:
        Failure: the header lacks a column or has it twice; a row is not as it must be.
    """
    records = _records(source, mapping.delimiter)
    _, header = next(records, (1, []))
    wanted = wanted_columns(mapping)
    for column in wanted:
        _check_column(source, header, column)
    at = {column: header.index(column) for column in wanted}
    for count, (line, record) in enumerate(records):
        if count == MAX_ROWS:
            raise source.error(
                line, None, f"more than {MAX_ROWS} rows: split it", f"超过 {MAX_ROWS} 行：请拆分"
            )
        if len(record) != len(header):
            raise source.error(
                line,
                None,
                f"{len(record)} cells, the header has {len(header)}",
                f"有 {len(record)} 格，表头有 {len(header)} 格",
            )
        yield Cells(line, {column: record[place] for column, place in at.items()})


def wanted_columns(mapping: LogMapping) -> list[str]:
    """Return the columns that *mapping* names."""
    columns = [field.column for field in mapping.fields.values() if field.column is not None]
    return list(dict.fromkeys([*columns, *mapping.expected]))


def _check_column(source: Source, header: Sequence[str], column: str) -> None:
    times = header.count(column)
    if times == 0:
        raise source.error(
            1, column, "the mapping names it, the header has not", "映射中有此列，表头中没有"
        )
    if times > 1:
        raise source.error(1, column, "stands in the header twice", "在表头中重复出现")


def _records(source: Source, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line in which each record begins, and its cells."""
    reader = csv.reader(io.StringIO(source.text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for record in reader:
            yield begins, record
            begins = reader.line_num + 1
    except csv.Error as error:
        raise source.error(begins, None, f"not CSV: {error}", f"不是 CSV：{error}") from None
