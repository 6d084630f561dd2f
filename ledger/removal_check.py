"""Whether the rows of ``removals`` say what the orders in the log say, and were carried out.

Part of ``fsck``: an order without its row, a row without its order, a statement
that ought to be gone and is not, an id of what is gone that its header does not
record: each is damage. What was erased as it should be is counted apart.
"""

import sqlalchemy as sa

from crypto.errors import CryptoError
from crypto.header import statement_of
from crypto.statement import read_statement
from ledger.parts import Parts
from ledger.removals import KIND_OF, is_kept, target_of
from ledger.store.removal_rows import (
    ERASED,
    KEPT,
    WITHHELD,
    RemovalRow,
    due_to_blank,
    erased_ids,
    removals_between,
    removed_of,
)
from ledger.verification.report import Check, Words
from ledger.verification.tally import Tally


class RemovalCheck:
    """Collects the orders as spans stream past, and compares at the end."""

    def __init__(self, parts: Parts) -> None:
        self._rows = parts.rows
        self._orders: dict[int, tuple[str, bytes]] = {}
        self._tally = Tally(
            "removals",
            Words(
                "Orders to withhold and erase are recorded and carried out",
                "停止提供与删除的命令均已登记并执行",
            ),
            Words("orders", "条命令"),
        )

    def note(self, index: int, kind: str, envelope: bytes) -> None:
        """Take in a statement of type *kind* that may be an order."""
        if kind not in KIND_OF:
            return
        try:
            target = bytes.fromhex(read_statement(envelope).data["target"])
        except (CryptoError, KeyError, TypeError, ValueError):
            return  # the verifier says what is wrong with it
        self._orders[index] = KIND_OF[kind], target

    def finish(self, connection: sa.Connection) -> Check:
        """Compare, and close."""
        rows = removals_between(connection)
        by_order = {row.by: row for row in rows}
        for by, (kind, target) in self._orders.items():
            self._tally.of += 1
            self._tally.done += 1
            self._compare(connection, by_order.get(by), by, kind, target)
        for row in rows:
            if row.by not in self._orders:
                self._find(row.index, "no entry orders what removals says of it", "无此命令")
        for index in due_to_blank(connection):
            self._find(
                index,
                "its erasure was ordered, and its statement is still there: start the service",
                "已命令删除，而陈述仍在：请启动服务",
            )
        self._check_ids(connection)
        self._count(rows)
        return self._tally.close()

    def _compare(
        self, connection: sa.Connection, row: RemovalRow | None, by: int, kind: str, target: bytes
    ) -> None:
        hint = row.index if row is not None and type(row.index) is int else None
        index = target_of(connection, self._rows, target, hint)
        expected = None
        if index is not None and index < by:
            kept = is_kept(connection, self._rows, index)
            expected = RemovalRow(index, by, KEPT if kept else kind)
        if row != expected:
            at = by if expected is None else expected.index
            self._find(
                at, f"removals does not say what entry {by} orders", f"removals 与第 {by} 条不符"
            )

    def _check_ids(self, connection: sa.Connection) -> None:
        """What was erased keeps its id and digest, so that a repeat is known."""
        ids = erased_ids(connection)
        for index, digest in ids.items():
            headers = self._rows.headers(connection, index, index + 1)
            if not headers or _recorded(headers[0]) != digest:
                self._find(
                    index,
                    "it is erased, and statement_ids does not hold the digest of its header",
                    "已删除，而 statement_ids 所记摘要与记录头不符",
                )

    def _count(self, rows: list[RemovalRow]) -> None:
        kinds = [one.kind for one in removed_of(rows).values()]
        erased, withheld = kinds.count(ERASED), kinds.count(WITHHELD)
        kept = sum(row.kind == KEPT for row in rows)
        if rows:
            self._tally.remark(
                Words(
                    f"{erased} erased, {withheld} withheld, {kept} not to be removed",
                    f"已删除 {erased} 条，停止提供 {withheld} 条，不得移除 {kept} 条",
                )
            )

    def _find(self, index: object, en: str, zh: str) -> None:
        at = index if type(index) is int else -1
        self._tally.find(at, f"entry {index}: {en}", f"第 {index} 条：{zh}")


def _recorded(header: bytes) -> bytes | None:
    try:
        return statement_of(header)
    except (CryptoError, ValueError, LookupError):
        return None
