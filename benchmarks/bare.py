"""The limit of a transaction: the same rows into the same tables, one bulk statement each.

Nothing is looked up, judged, hashed or signed; the rows are read back from the
ledger that has just made them. Same file size, same pragmas, one fdatasync.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from benchmarks.timing import timed
from crypto.header import parse_header
from crypto.statement import read_statement
from ledger.service import Ledger
from ledger.store.engine import SQLITE_WAL_PAGES, reading

ENTRIES = 'INSERT INTO entries ("index", header) VALUES (?, ?)'
STATEMENTS = 'INSERT INTO statements ("index", envelope) VALUES (?, ?)'
IDS = 'INSERT INTO statement_ids (source, id, digest, "index") VALUES (?, ?, ?, ?)'
CHAINS = (
    "INSERT INTO chain_heads (chain, length, leaf) VALUES (?, ?, ?) "
    "ON CONFLICT (chain) DO UPDATE SET length = excluded.length, leaf = excluded.leaf"
)
HEAD = (
    "UPDATE head SET size = ?, leaf = ?, edge = ?, recorded_at = ?, registry_size = ?, "
    "checkpoints = ?"
)
CHECKPOINTS = "INSERT INTO checkpoints (size, number, note) VALUES (?, ?, ?)"


@dataclass(frozen=True, slots=True)
class NewRows:
    """What one transaction wrote: by the statement that writes it, its rows."""

    by_statement: dict[str, list[tuple[object, ...]]]


def rows_since(ledger: Ledger, size: int) -> NewRows:
    """Return the rows that the group after *size* entries wrote."""
    rows = ledger.parts.rows
    with reading(ledger.parts.engine) as connection:
        head = rows.read_head(connection)
        assert head is not None
        headers = rows.header_rows(connection, size, head.size)
        envelopes = rows.envelope_rows(connection, size, head.size)
        touched = {link.id for _, raw in headers for link in parse_header(raw).chains}
        chains = rows.find_chains(connection, sorted(touched))
        note = rows.checkpoint(connection, head.size)
    statements = [(index, read_statement(raw)) for index, raw in envelopes]
    return NewRows(
        {
            ENTRIES: list(headers),
            STATEMENTS: list(envelopes),
            IDS: [(said.source, said.id, said.digest, index) for index, said in statements],
            CHAINS: [tuple(chain) for chain in sorted(chains.values())],
            HEAD: [tuple(head)],
            CHECKPOINTS: [(head.size, head.checkpoints - 1, note)],
        }
    )


class BareTables:
    """A copy of a ledger's database that takes rows and asks nothing."""

    def __init__(self, path: Path, cache_mib: int) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"wal_autocheckpoint={SQLITE_WAL_PAGES}",
            f"cache_size=-{cache_mib * 1024}",
        ):
            self._connection.execute(f"PRAGMA {pragma}")

    def insert(self, rows: NewRows) -> float:
        """Write *rows* in one transaction; return the seconds."""
        return timed(lambda: self._insert(rows))[1]

    def _insert(self, rows: NewRows) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        for statement, values in rows.by_statement.items():
            self._connection.executemany(statement, values)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()
