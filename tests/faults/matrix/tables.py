"""Hold a large ledger's tables against those of the verified base that it grew from.

What ``fsck`` read there in full is not read in full again after each case: the new rows
are checked one by one, and at the end of a walk every old row is compared, byte by byte.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from crypto.checkpoint import Checkpoint
from crypto.header import parse_header
from crypto.merkle import Edge, leaf_hash
from crypto.statement import read_statement
from ledger.store.engine import reading
from ledger.store.mirror_rows import ends_of
from tests.faults.held import opened
from tests.faults.matrix.site import Site

OLD = {  # how a row is found in the other database, and what else is in it
    "entries": ('a."index" = b."index"', "header"),
    "statements": ('a."index" = b."index"', "envelope"),
    "statement_ids": ("a.source = b.source AND a.id = b.id", "digest"),
}


def check_new_rows(site: Site, newest: Checkpoint, began: int) -> None:
    """Head, rows from *began* on, and every chain's end are those of the tree of *newest*."""
    parts = opened(site.world).parts
    with reading(parts.engine) as connection:
        head = parts.rows.read_head(connection)
        assert head is not None
        headers = parts.rows.headers(connection, began, newest.size + 1)
        envelopes = parts.rows.envelope_rows(connection, began, newest.size + 1)
        chains = list(parts.rows.chain_rows(connection, b"", 10_000))
        notes = parts.rows.checkpoint_numbers(connection, 0, 1_000_000)
        ids = connection.exec_driver_sql(
            'SELECT "index", digest FROM statement_ids WHERE "index" >= ? ORDER BY "index"',
            (began,),
        ).all()
    assert len(headers) == len(envelopes) == len(ids) == newest.size - began
    assert Edge.unpack(head.size, head.edge).root() == newest.root
    assert (head.size, head.leaf) == (newest.size, leaf_hash(headers[-1]))
    assert [number for _, number in notes] == list(range(head.checkpoints))
    for (index, envelope), header, row in zip(envelopes, headers, ids, strict=True):
        digest = read_statement(envelope).digest
        assert parse_header(header).statement == digest
        assert tuple(row) == (index, digest)
    with reading(site.watcher.mirror._engine) as connection:
        ends = ends_of(connection, [row.chain for row in chains])
    assert {row.chain: (row.length - 1, row.leaf) for row in chains} == ends


def check_old_rows(site: Site, base: Path, began: int) -> None:
    """Every row below *began* is the base's."""
    with closing(sqlite3.connect(site.world.settings.home / "ledger.db")) as connection:
        connection.execute("ATTACH DATABASE ? AS base", (str(base),))
        for table, (key, *columns) in OLD.items():
            same = " AND ".join(f'a."{name}" IS b."{name}"' for name in ("index", *columns))
            [(found,)] = connection.execute(
                f"SELECT count(*) FROM base.{table} b JOIN main.{table} a ON {key} WHERE {same}"
            )
            assert found == began, (table, found)
