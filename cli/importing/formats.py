"""Give the rows of an event log, whatever its format: cells by column, and a place."""

from collections.abc import Callable, Iterator, Mapping

from cli.importing.declared import Format, LogMapping
from cli.importing.rows import Cells, Source, read_cells
from cli.importing.xes import read_xes
from cli.importing.xroad import read_xroad

_READERS: Mapping[Format, Callable[[Source, LogMapping], Iterator[Cells]]] = {
    "csv": read_cells,
    "xes": read_xes,
    "xroad": read_xroad,
}


def cells_of(source: Source, mapping: LogMapping) -> Iterator[Cells]:
    """Yield the rows of *source*, each with the columns that the mapping names.

    Raises:
        Failure: the file is not as its format has it; says where.
    """
    return _READERS[mapping.format](source, mapping)
