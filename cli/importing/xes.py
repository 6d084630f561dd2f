"""Give the events of an XES log as rows, reading the XML as it comes and keeping no tree.

A row is an event. Its columns are the keys of its attributes; those of its trace have
``case:`` before them, as the tables have it into which such logs are commonly turned.
Attributes within attributes, lists, containers, classifiers, extensions and the
defaults of ``global`` are passed over: they say nothing of this event by themselves.

XML is read without what makes it dangerous: a document type, and with it every entity,
is refused; so are nesting beyond a depth and values beyond a length. Nothing outside of
the file is looked at.

Source: IEEE 1849 (XES), sections 4.1 to 4.4; XML 1.0.
"""

from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from cli.failures import Failure
from cli.importing.declared import LogMapping
from cli.importing.rows import MAX_ROWS, Cells, Source, wanted_columns

MAX_DEPTH = 32
MAX_VALUE = 100_000  # characters
_CHUNK = 1 << 16  # characters

_ATTRIBUTES = frozenset({"string", "date", "int", "float", "boolean", "id"})
_CASE = "case:"


def read_xes(source: Source, mapping: LogMapping) -> Iterator[Cells]:
    """Yield the events of *source*, each with the columns that the mapping names.

    Raises:
        Failure: it is no XES, or not XML as it is read here; or no event has a column.
    """
    reader = _Reader(source, wanted_columns(mapping))
    for start in range(0, max(len(source.text), 1), _CHUNK):
        yield from reader.feed(source.text[start : start + _CHUNK])
    yield from reader.finish()


class _Reader:
    """Takes the XML in pieces, and hands out the events that they complete.

    Args:
        wanted: the columns that rows have.
    """

    def __init__(self, source: Source, wanted: list[str]) -> None:
        self._source, self._wanted = source, wanted
        self._missing = set(wanted)
        self._path: list[str] = []
        self._trace: dict[str, str] = {}
        self._begun = False  # whether this trace has an event already
        self._event: dict[str, str] = {}
        self._line = 1
        self._count = 0
        self._ready: list[Cells] = []
        # What the file says of its encoding counts for nothing: it was read as UTF-8.
        self._parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, text: str) -> list[Cells]:
        """Read on; return the events that end in *text*."""
        return self._parse(text, False)

    def finish(self) -> list[Cells]:
        """Say that the file is at its end; return the rest."""
        rest = self._parse("", True)
        if self._count:
            for column in self._wanted:
                if column in self._missing:
                    raise self._source.error(
                        1,
                        column,
                        "the mapping names it, no event has it",
                        "映射中有此列，事件中没有",
                    )
        return rest

    def _parse(self, text: str, last: bool) -> list[Cells]:
        try:
            self._parser.Parse(text.encode(), last)
        except expat.ExpatError as error:
            said = expat.ErrorString(error.code)
            raise self._source.error(
                error.lineno, None, f"not XML: {said}", f"不是 XML：{said}"
            ) from None
        ready, self._ready = self._ready, []
        return ready

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        if not self._path and name != "log":
            raise self._error("the root of XES is log", "XES 的根元素为 log")
        if len(self._path) == MAX_DEPTH:
            raise self._error(f"nested deeper than {MAX_DEPTH}", f"嵌套超过 {MAX_DEPTH} 层")
        if name in _ATTRIBUTES:
            self._attribute(attributes)
        elif name == "trace":
            self._begin(["log"], "trace")
            self._trace, self._begun = {}, False
        elif name == "event":
            self._begin(["log", "trace"], "event")
            self._event, self._line = {}, self._parser.CurrentLineNumber
            self._begun = True
        self._path.append(name)

    def _begin(self, where: list[str], name: str) -> None:
        if self._path != where:
            raise self._error(
                f"{name} stands in {'/'.join(self._path)}, not in {'/'.join(where)}",
                f"{name} 位于 {'/'.join(self._path)}，而应在 {'/'.join(where)} 中",
            )

    def _attribute(self, attributes: dict[str, str]) -> None:
        """Keep an attribute that stands right in a trace or an event."""
        if self._path == ["log", "trace", "event"]:
            self._keep(self._event, attributes)
        elif self._path == ["log", "trace"]:
            if self._begun:
                raise self._error(
                    "an attribute of a trace stands before its events", "案件的属性应在其事件之前"
                )
            self._keep(self._trace, attributes)

    def _keep(self, into: dict[str, str], attributes: dict[str, str]) -> None:
        key, value = attributes.get("key"), attributes.get("value")
        if key is None or value is None:
            raise self._error("an attribute has a key and a value", "属性须有 key 与 value")
        if len(value) > MAX_VALUE or len(key) > MAX_VALUE:
            raise self._error(f"longer than {MAX_VALUE}", f"超过 {MAX_VALUE} 字符")
        if key in into:
            raise self._error(f"the key {key!r} stands twice", f"键 {key!r} 重复")
        into[key] = value

    def _end(self, name: str) -> None:
        self._path.pop()
        if name.rpartition(" ")[2] != "event":
            return
        self._count += 1
        if self._count > MAX_ROWS:
            raise self._error(f"more than {MAX_ROWS} events: split it", f"超过 {MAX_ROWS} 个事件")
        cells = {column: self._cell(column) for column in self._wanted}
        self._ready.append(Cells(self._line, cells))

    def _cell(self, column: str) -> str:
        within, key = (self._event, column)
        if column.startswith(_CASE) and column not in self._event:
            within, key = self._trace, column.removeprefix(_CASE)
        if key not in within:
            return ""
        self._missing.discard(column)
        return within[key]

    def _doctype(self, *_: Any) -> None:
        raise self._error(
            "has a document type, which may hold entities: take it out",
            "含有文档类型声明（可能带有实体）：请将其删去",
        )

    def _error(self, en: str, zh: str) -> Failure:
        return self._source.error(self._parser.CurrentLineNumber, None, en, zh)
