"""What must agree before the first entry is taken: keys, head, entries, tiles, clock.

Each disagreement is a ReadOnly with its reason; the ledger is then read, never
written. Nothing is mended here. Whether witnesses hold more is asked elsewhere
(``ledger.witnessing.recall``), where the ledger is to be served.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from crypto.chain import commitment
from crypto.checkpoint import Checkpoint, open_checkpoint
from crypto.errors import BadSignature, CryptoError, Untrusted
from crypto.header import parse_header
from crypto.merkle import Edge, grow, leaf_hash
from crypto.notation import parse_time
from crypto.note import VKey, format_vkey
from crypto.statement import read_statement
from ledger.errors import NotFound, ReadOnly
from ledger.log.failures import clock_ran_back, damaged, head_foreign, head_missing
from ledger.log.publisher import published_ahead
from ledger.log.reader import LogReader
from ledger.log.sequencer import CLOCK_SLACK_MS
from ledger.store.engine import check_schema, reading
from ledger.store.log_rows import HeadRow, LogRows

SPAN = 10_000  # entries behind the published size that are re-read at a time


@dataclass(frozen=True, slots=True)
class Expected:
    """What the home says the ledger is.

    ``identity`` is the noted leaf hash of entry 0, hex, or None before it.
    """

    log: VKey
    secret: bytes
    identity: str | None


def check_start(
    engine: sa.Engine, rows: LogRows, reader: LogReader, expected: Expected, now_ms: int
) -> HeadRow:
    """Return the head, or raise ReadOnly with the first thing that does not agree."""
    with reading(engine) as connection:
        check_schema(connection)
        head = rows.read_head(connection)
        if head is None:
            raise head_missing()
        if head.size:
            _check_opening(connection, rows, expected)
            signed = _check_signed(connection, rows, head, expected.log)
            _check_last_entry(connection, rows, head)
    if head.size:
        _check_published(reader, head, signed)
        _check_clock(head, now_ms)
    return head


def _check_opening(connection: sa.Connection, rows: LogRows, expected: Expected) -> None:
    """Entry 0 names this origin, this log key and this secret, and is the noted one."""
    headers, envelope = rows.headers(connection, 0, 1), rows.envelope(connection, 0)
    if not headers or envelope is None:
        raise damaged("entry 0 is missing", "缺少第 0 条记录")
    if expected.identity not in (None, leaf_hash(headers[0]).hex()):
        raise head_foreign(0, 1)
    data = read_statement(envelope).data
    named = (data.get("origin"), data.get("log_key"))
    if named != (expected.log.name, format_vkey(expected.log)):
        raise wrong_log_key()
    if data.get("chain_commitment") != commitment(expected.secret):
        raise damaged("chain.secret is not the one of entry 0", "chain.secret 与第 0 条记录不符")


def _check_signed(connection: sa.Connection, rows: LogRows, head: HeadRow, log: VKey) -> Checkpoint:
    """The head's size has a checkpoint of ours with the head's root."""
    note = rows.checkpoint(connection, head.size)
    if note is None:
        raise damaged("the head has no signed checkpoint", "账本头没有已签名的检查点")
    try:
        checkpoint = open_checkpoint(note, log)
        root = Edge.unpack(head.size, head.edge).root()
    except (Untrusted, BadSignature):
        raise wrong_log_key() from None
    except CryptoError:
        raise damaged(
            "the head's edge or checkpoint is malformed", "账本头的右边缘或检查点格式有误"
        ) from None
    if checkpoint.size != head.size or checkpoint.root != root:
        raise damaged(
            "the head's edge does not make the signed root", "账本头的右边缘不能得出已签名的根"
        )
    return checkpoint


def _check_last_entry(connection: sa.Connection, rows: LogRows, head: HeadRow) -> None:
    headers = rows.headers(connection, head.size - 1, head.size + 1)
    if len(headers) != 1 or leaf_hash(headers[0]) != head.leaf:
        raise damaged("the last entry is not the head's", "最后一条记录与账本头不符")
    if parse_header(headers[0]).recorded_at != head.recorded_at:
        raise damaged("the head's time is not the last entry's", "账本头的时间与最后一条记录不符")


def _check_published(reader: LogReader, head: HeadRow, signed: Checkpoint) -> None:
    """What the world has seen is a prefix of what the database holds."""
    try:
        published = reader.published_checkpoint()
        if published is None:
            return
        if published.size > head.size:
            raise published_ahead(published.size, head.size)
        edge = reader.published_edge(published.size)
        if edge.root() != published.root:
            raise damaged(
                "the last tiles do not make the published root", "最后的瓦片不能得出已公布的根"
            )
        for start in range(published.size, head.size, SPAN):
            headers = reader.headers(start, min(start + SPAN, head.size))
            edge = grow(edge, [leaf_hash(raw) for raw in headers])
        if edge.root() != signed.root:
            raise head_foreign(published.size, head.size)
    except NotFound as error:
        raise damaged(error.en, error.zh) from None
    except (Untrusted, BadSignature):  # our own key is known to be right by now
        raise damaged(
            "the published checkpoint is not signed by this ledger",
            "已公布的检查点不是由本账本签名",
        ) from None
    except CryptoError:
        raise damaged("the published tiles are malformed", "已公布的瓦片格式有误") from None


def _check_clock(head: HeadRow, now_ms: int) -> None:
    behind_ms = parse_time(head.recorded_at) - now_ms
    if behind_ms > CLOCK_SLACK_MS:
        raise clock_ran_back(behind_ms)


def wrong_log_key() -> ReadOnly:
    return ReadOnly(
        "wrong_log_key",
        "keys/log.pem or trust-policy is not of this ledger: put the ledger's own key back",
        "keys/log.pem 或 trust-policy 不属于本账本：请放回本账本自己的密钥",
    )
