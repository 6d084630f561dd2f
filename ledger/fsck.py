"""Read the whole database and every tile as an outsider would, and name the first bad index.

``verify_stream`` checks entries, statements, signatures, speakers, chains and
checkpoints. Here is what only the holder of the home has: that each row of each
table is there once and says what the entries say, and that each published file
is made of them. Nothing is mended; ``rebuild`` does that, for tiles and
projections alone.
"""

from collections.abc import Callable, Iterable, Iterator

import msgspec
import sqlalchemy as sa

from crypto.chain import REGISTRY_TYPES
from crypto.errors import CryptoError
from crypto.header import Header, parse_header
from crypto.merkle import EMPTY_EDGE, grow, leaf_hash
from crypto.notation import read_b64
from crypto.policy import parse_policy
from ledger.cosignature_check import check_cosignatures
from ledger.parts import Parts
from ledger.published_files import PublishedFiles, with_files
from ledger.removal_check import RemovalCheck
from ledger.service_check import ServiceCheck
from ledger.store.engine import reading
from ledger.store.log_rows import HeadRow
from ledger.store.removal_rows import is_blank, removed_between
from ledger.store.tables import checkpoints, entries, statement_ids, statements
from ledger.table_source import TableSource
from ledger.verification.report import Check, Report, Words
from ledger.verification.source import MISSING, Span
from ledger.verification.stream import verify_stream
from ledger.verification.tally import Tally
from ledger.verification.whole import ChainEnd

SEARCHES = 3  # damaged chains whose entry is looked for through the whole log
PAGE = 5_000  # rows of an index read at a time
_ROWS = Words("rows", "行")

Progress = Callable[[int], None]


class _Envelope(msgspec.Struct):
    payload: str


class _Event(msgspec.Struct):
    source: str
    id: str
    type: str

    @property
    def speaker(self) -> str:
        return self.source.removeprefix("/departments/")


_open_envelope = msgspec.json.Decoder(_Envelope).decode
_open_event = msgspec.json.Decoder(_Event).decode


class Fsck:
    """One run over one home."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._edge = EMPTY_EDGE
        self._last_header = b""
        self._searched = 0
        self._size = 0
        self._registry_size = 0
        self._notes = 0
        self._first_missing: int | None = None
        self._files = PublishedFiles(parts.tiles, parts.log)
        self._removals = RemovalCheck(parts)
        self._service = ServiceCheck(parts)
        self._tables = Tally(
            "tables", Words("No row too many, none missing", "各表行数无缺无多"), _ROWS
        )
        self._ids = Tally(
            "statement_ids",
            Words("The index of ids says what the events say", "标识索引与事件一致"),
            _ROWS,
        )
        self._heads = Tally(
            "chain_heads",
            Words("Chain heads are where the chains end", "链头与各链末端一致"),
            _ROWS,
        )
        self._head = Tally(
            "head", Words("The head is where the log ends", "账本头与末条记录一致"), _ROWS
        )

    def run(self, progress: Progress | None = None, workers: int | None = None) -> Report:
        """Check everything; a report in which nothing failed says the home is whole."""
        parts = self._parts
        with reading(parts.engine) as connection:
            head = parts.rows.read_head(connection)
            rows_end = _rows_end(connection)
            stated = head.size if head is not None else rows_end
            # SQLite keeps a value of any type in any column
            size = min(stated, rows_end) if type(stated) is int else rows_end
            self._size = size
            note = parts.rows.checkpoint(connection, size)
            note = parts.witnessing.kept(note) if type(note) is str else None
        source = TableSource(
            parts.engine, parts.rows, parts.log.name, size, note, watch=self._watch
        )
        report = verify_stream(
            source,
            parse_policy(parts.home.trust_policy.read_bytes()),
            _identity(parts),
            parts.home.read_secret(),
            workers=workers,
            progress=progress,
            ends=self._compare_heads,
        )
        with reading(parts.engine) as connection:
            self._check_head(head, size)
            self._check_rows(connection, size)
            self._check_numbers(connection)
            removals = self._removals.finish(connection)
            lines = check_cosignatures(parts, connection)
        own = [*(tally.close() for tally in (self._head, self._tables, self._ids)), removals, lines]
        own.append(self._service.finish())
        whole = with_files(report, self._files.close())
        return Report("home", (*whole.checks, *own), whole.facts)

    # As spans stream past

    def _watch(self, connection: sa.Connection, span: Span) -> None:
        leaves = [leaf_hash(header) for header in span.headers]
        self._edge = grow(self._edge, leaves)
        self._last_header = span.headers[-1]
        self._notes += len(span.notes)
        self._files.take(span.headers)
        removed = removed_between(connection, span.start, span.stop)
        pairs: dict[int, tuple[str, str]] = {}
        for offset, envelope in enumerate(span.envelopes or ()):
            if envelope is not None:
                event = _event_of(envelope)
                if event is not None:
                    pairs[span.start + offset] = (event.speaker, event.id)
                    self._removals.note(span.start + offset, event.type, envelope)
                    self._service.note(span.start + offset, event.type, envelope)
                    if event.type in REGISTRY_TYPES:
                        self._registry_size = span.start + offset + 1
            elif self._first_missing is None and span.start + offset not in removed:
                self._first_missing = span.start + offset
        self._check_ids(connection, span, pairs)

    def _check_ids(
        self, connection: sa.Connection, span: Span, pairs: dict[int, tuple[str, str]]
    ) -> None:
        """Where no event can be read the verifier says so."""
        found = self._parts.rows.find_ids(connection, list(pairs.values()))
        for index, pair in pairs.items():
            self._ids.of += 1
            self._ids.done += 1
            row = found.get(pair)
            if row is None:
                self._ids.find(
                    index,
                    f"entry {index}: its id is not in statement_ids",
                    f"第 {index} 条：其编号不在 statement_ids 中",
                )
            elif row.index != index:
                self._ids.find(
                    index,
                    f"entry {index}: statement_ids gives index {row.index}",
                    f"第 {index} 条：statement_ids 所记序号为 {row.index}",
                )
            elif row.digest != _statement_of(span.headers[index - span.start]):
                self._ids.find(
                    index,
                    f"entry {index}: statement_ids gives another statement digest",
                    f"第 {index} 条：statement_ids 所记陈述摘要不同",
                )

    # When all is read

    def _compare_heads(self, ends: Iterator[ChainEnd]) -> Iterable[Check]:
        """Merge the chains' ends with ``chain_heads``, both ascending by id."""
        rows = self._chain_rows()
        row = next(rows, None)
        for end in ends:
            while row is not None and row[0] < end.id:
                self._stray_chain(row)
                row = next(rows, None)
            self._heads.of += 1
            self._heads.done += 1
            if row is None or row[0] != end.id:
                self._bad_chain(end.id, end.length - 1, "it has no row", "缺少该行")
                continue
            if row != tuple(end):
                self._bad_chain(end.id, end.length - 1, "length or leaf differ", "长度或叶哈希不符")
            row = next(rows, None)
        while row is not None:
            self._stray_chain(row)
            row = next(rows, None)
        return [self._heads.close()]

    def _chain_rows(self) -> Iterator[tuple[bytes, int, bytes]]:
        above = b""
        while True:
            with reading(self._parts.engine) as connection:
                page = self._parts.rows.chain_rows(connection, above, PAGE)
            yield from (tuple(row) for row in page)  # type: ignore[misc]
            if len(page) < PAGE:
                return
            above = page[-1].chain

    def _stray_chain(self, row: tuple[bytes, int, bytes]) -> None:
        seq = row[1] - 1 if type(row[1]) is int else -1
        self._bad_chain(row[0], seq, "no entry continues it", "没有记录接续此链")

    def _bad_chain(self, chain: bytes, seq: int, en: str, zh: str) -> None:
        name, index = chain.hex(), self._index_of_link(chain, seq)
        where_en = f"entry {index}: " if index >= 0 else ""
        where_zh = f"第 {index} 条：" if index >= 0 else ""
        self._heads.find(
            index,
            f"{where_en}chain_heads, chain {name[:16]}… at seq {seq}: {en}",
            f"{where_zh}chain_heads 中链 {name[:16]}… 序号 {seq}：{zh}",
        )

    def _index_of_link(self, chain: bytes, seq: int) -> int:
        """The entry that continues a chain at *seq*, looked for from the start; -1: none does."""
        if self._searched == SEARCHES:
            return -1
        self._searched += 1
        wanted = f'{{"id":"{chain.hex()}","prev":"'.encode(), f'","seq":{seq}}}'.encode()
        for start in range(0, self._size, PAGE):
            with reading(self._parts.engine) as connection:
                rows = self._parts.rows.header_rows(connection, start, start + PAGE)
            for index, header in rows:
                at = header.find(wanted[0])
                if at >= 0 and header.startswith(wanted[1], at + len(wanted[0]) + 64):
                    return index
        return -1

    def _check_head(self, head: HeadRow | None, size: int) -> None:
        self._head.of = 1
        if head is None:
            self._head.find(max(size - 1, 0), "the head row is missing", "缺少账本头")
            return
        self._head.done = 1
        for member, found, wanted in self._head_members(head, size):
            if found != wanted:
                self._head.find(
                    max(size - 1, 0),
                    f"head.{member} is not what entry {size - 1} leaves",
                    f"head.{member} 与第 {size - 1} 条记录不符",
                )

    def _head_members(self, head: HeadRow, size: int) -> Iterator[tuple[str, object, object]]:
        yield "size", head.size, size
        if size == 0:
            return
        yield "checkpoints", head.checkpoints, self._notes
        yield "leaf", head.leaf, leaf_hash(self._last_header)
        yield "edge", head.edge, self._edge.pack()
        yield "recorded_at", head.recorded_at, _time_of(self._last_header)
        yield "registry_size", head.registry_size, self._registry_size

    def _check_rows(self, connection: sa.Connection, size: int) -> None:
        """Count every table, and name what lies outside the log."""
        rows = self._parts.rows
        for table, wanted in (
            (entries, size),
            (statements, size),
            (statement_ids, size),
            (checkpoints, self._notes),
        ):
            self._tables.of += wanted
            self._tables.done += wanted
            count = rows.count(connection, table)
            index = self._stray(connection, table, size, count != wanted)
            if index is not None:
                self._tables.find(
                    index,
                    f"{table.name} has {count} rows for {wanted}; look at index {index}",
                    f"{table.name} 有 {count} 行，应为 {wanted} 行；请查第 {index} 条",
                )

    def _check_numbers(self, connection: sa.Connection) -> None:
        """Checkpoints are numbered without a gap: none was taken away."""
        above = expected = 0
        while page := self._parts.rows.checkpoint_numbers(connection, above, PAGE):
            for size, number in page:
                if number != expected:
                    self._tables.find(
                        above,
                        f"checkpoint {size} has number {number}, not {expected}: "
                        f"one between {above} and {size} is missing or altered",
                        f"检查点 {size} 的编号为 {number}，应为 {expected}："
                        f"{above} 与 {size} 之间有缺失或改动",
                    )
                    return
                above, expected = size, expected + 1

    def _stray(
        self, connection: sa.Connection, table: sa.Table, size: int, miscounted: bool
    ) -> int | None:
        """Index of the first row that is missing or belongs to no entry; None: none is."""
        if table is statement_ids:
            return self._stray_id(connection, size) if miscounted else None
        if table is statements and self._first_missing is not None:
            return self._first_missing
        low = 1 if table is checkpoints else 0
        column = table.c.size if table is checkpoints else table.c["index"]
        outside = sa.or_(column < low, column >= size + low)
        found = connection.scalars(sa.select(column).where(outside).order_by(column).limit(1))
        stray = found.first()
        if stray is not None:
            return int(stray) - low
        return size if miscounted else None

    def _stray_id(self, connection: sa.Connection, size: int) -> int:
        columns = statement_ids.c
        query = sa.select(columns.source, columns.id, columns["index"])
        for source, id_, index in connection.execute(query):
            envelope = self._parts.rows.envelope(connection, index)
            if envelope is not None and is_blank(envelope):
                continue  # what is left of it is compared with its header
            event = _event_of(envelope) if envelope is not None else None
            if event is None or (event.speaker, event.id) != (source, id_):
                return int(index)
        return size


def _identity(parts: Parts) -> bytes | None:
    noted = parts.home.read_identity()
    return bytes.fromhex(noted) if noted else None


def _rows_end(connection: sa.Connection) -> int:
    newest = connection.scalar(sa.select(sa.func.max(entries.c["index"])))
    return 0 if newest is None else int(newest) + 1


def _event_of(envelope: bytes) -> _Event | None:
    try:
        return _open_event(read_b64(_open_envelope(envelope).payload))
    except (msgspec.MsgspecError, CryptoError):
        return None


def _parsed(header: bytes) -> Header | None:
    if header == MISSING:
        return None
    try:
        return parse_header(header)
    except CryptoError:
        return None


def _statement_of(header: bytes) -> bytes | None:
    parsed = _parsed(header)
    return parsed.statement if parsed else None


def _time_of(header: bytes) -> str | None:
    parsed = _parsed(header)
    return parsed.recorded_at if parsed else None
