"""One changed value anywhere is found and named, on every store.

The tables and columns come from the metadata, so that a new one is covered the
day it is declared.
"""

import random

import pytest
import sqlalchemy as sa

from ledger.fsck import Fsck
from ledger.store.tables import LOG_TABLES
from tests.erasures import ERASED, WITHHELD, logged, remove
from tests.world import World

COLUMNS = [
    (table.name, column.name)
    for table in LOG_TABLES
    for column in table.columns
    if (table.name, column.name) != ("head", "row")  # a CHECK pins it to 1
]


@pytest.fixture
def filled(world: World) -> World:
    """A ledger with a full tile and a bit more, some single posts among them, published."""
    for number in range(5):
        world.submit(world.use(2000 + number), world.zhang)
    erased, withheld = logged(world, 3001)[0], logged(world, 3002)[0]
    remove(world, erased, ERASED)
    remove(world, withheld, WITHHELD)
    world.post(world.uses(260))
    world.ledger.catch_up()
    return world


def run(world: World):
    return Fsck(world.ledger.parts).run(workers=0)


def tamper(world: World, *texts: str, **values: object) -> None:
    """Change the database as somebody who holds it can: without its triggers."""
    with world.ledger.parts.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for (name,) in connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        for text in texts:
            assert connection.execute(sa.text(text), values).rowcount != 0


def other(value: object) -> object:
    """A value of the same type that differs a little."""
    if isinstance(value, int):
        return value + 1_000_003  # no other row's key
    if isinstance(value, str):
        return value[:-1] + "x"
    raw = bytearray(value)
    raw[len(raw) // 2] ^= 1
    return bytes(raw)


def test_a_whole_ledger_passes(filled: World) -> None:
    report = run(filled)
    assert [(c.name, c.findings) for c in report.checks if c.bad] == []
    assert report.verdict == "verified", [(c.name, c.verdict, c.detail.en) for c in report.checks]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_any_changed_value_is_named(filled: World, table: str, column: str) -> None:
    declared = next(t for t in LOG_TABLES if t.name == table)
    key = [c.name for c in declared.primary_key]
    with filled.ledger.parts.engine.connect() as connection:
        rows = connection.execute(sa.select(declared).order_by(*declared.primary_key)).mappings()
        row = dict(random.Random(f"{table}.{column}").choice(rows.all()))
    new = other(row[column])
    where = " AND ".join(f'"{name}" = :old_{name}' for name in key)
    tamper(
        filled,
        f'UPDATE {table} SET "{column}" = :new WHERE {where}',
        new=new,
        **{f"old_{name}": row[name] for name in key},
    )
    report = run(filled)
    assert report.verdict == "failed"
    assert_named(report, row, table)


def of_another_type(value: object) -> object:
    """The same value, as near as can be, in a type that the column was not made for."""
    if isinstance(value, int):
        return "x"
    return value.encode() if isinstance(value, str) else value.hex()


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_any_value_of_another_type_is_named(sqlite_world: World, table: str, column: str) -> None:
    """SQLite takes it where the column is no row id; PostgreSQL never does."""
    world = sqlite_world
    remove(world, logged(world)[0])
    declared = next(t for t in LOG_TABLES if t.name == table)
    key = [c.name for c in declared.primary_key]
    with world.ledger.parts.engine.connect() as connection:
        rows = connection.execute(sa.select(declared).order_by(*declared.primary_key)).mappings()
        row = dict(rows.all()[-1])
    where = " AND ".join(f'"{name}" = :old_{name}' for name in key)
    text = f'UPDATE {table} SET "{column}" = :new WHERE {where}'
    old = {f"old_{name}": row[name] for name in key}
    if isinstance(row[column], int) and key == [column]:
        with pytest.raises(sa.exc.IntegrityError, match="datatype mismatch"):
            tamper(world, text, new=of_another_type(row[column]), **old)
    else:
        tamper(world, text, new=of_another_type(row[column]), **old)
        assert run(world).verdict == "failed"


def assert_named(report, row: dict, table: str) -> None:
    """The findings name the entry that the row belongs to, where it belongs to one."""
    found = {f.index for check in report.checks for f in check.findings if f.verdict == "failed"}
    if "index" in row:
        assert row["index"] in found, [c for c in report.checks if c.bad]
    assert found, table


@pytest.mark.parametrize("table", ["entries", "statements", "statement_ids", "checkpoints"])
def test_a_removed_row_is_found(filled: World, table: str) -> None:
    column = "size" if table == "checkpoints" else "index"
    tamper(filled, f'DELETE FROM {table} WHERE "{column}" = 15')
    report = run(filled)
    assert report.verdict == "failed", [(c.name, c.verdict) for c in report.checks]
    bad = [c.first_bad for c in report.checks if c.first_bad is not None]
    assert min(bad) in (14, 15), [c for c in report.checks if c.bad]


def test_a_removed_chain_head_is_found(filled: World) -> None:
    tamper(filled, "DELETE FROM chain_heads WHERE chain = (SELECT max(chain) FROM chain_heads)")
    check = run(filled).check("chain_heads")
    assert check.verdict == "failed"
    assert check.first_bad is not None


def test_a_removed_head_is_found(filled: World) -> None:
    tamper(filled, "DELETE FROM head")
    assert run(filled).check("head").verdict == "failed"


@pytest.mark.parametrize("table", ["entries", "statements", "checkpoints"])
def test_an_added_row_is_found(filled: World, table: str) -> None:
    column = "size" if table == "checkpoints" else "index"
    values = {"entries": "header", "statements": "envelope", "checkpoints": "number, note"}[table]
    at = filled.ledger.state().size + 1
    tamper(
        filled,
        f'INSERT INTO {table} ("{column}", {values}) '
        f"SELECT {at}, {values} FROM {table} "
        f'WHERE "{column}" = (SELECT max("{column}") FROM {table})',
    )
    report = run(filled)
    assert report.check("tables").verdict == "failed"
    assert report.check("tables").first_bad in (at, at - 1)


def test_an_added_id_is_found(filled: World) -> None:
    tamper(
        filled,
        'INSERT INTO statement_ids (source, id, digest, "index") '
        'SELECT source, \'made-up\', digest, "index" FROM statement_ids WHERE "index" = 20',
    )
    assert run(filled).check("tables").first_bad == 20


def test_an_added_chain_head_is_found(filled: World) -> None:
    tamper(
        filled,
        "INSERT INTO chain_heads (chain, length, leaf) VALUES (:chain, 1, :leaf)",
        chain=b"\x7f" * 32,
        leaf=b"\x01" * 32,
    )
    assert run(filled).check("chain_heads").verdict == "failed"


@pytest.mark.parametrize(("table", "column"), [("entries", "header"), ("statements", "envelope")])
def test_swapped_rows_are_found(filled: World, table: str, column: str) -> None:
    with filled.ledger.parts.engine.connect() as connection:
        a, b = (
            connection.exec_driver_sql(
                f'SELECT {column} FROM {table} WHERE "index" = {index}'
            ).scalar()
            for index in (20, 21)
        )
    tamper(filled, f'UPDATE {table} SET {column} = :b WHERE "index" = 20', b=b)
    tamper(filled, f'UPDATE {table} SET {column} = :a WHERE "index" = 21', a=a)
    report = run(filled)
    assert report.verdict == "failed"
    assert min(c.first_bad for c in report.checks if c.first_bad is not None) == 20


def test_any_byte_of_any_published_file_is_named(filled: World) -> None:
    root = filled.ledger.parts.tiles.root
    files = sorted(path for path in root.rglob("*") if path.is_file() and path.name[0] != ".")
    assert len(files) >= 6  # checkpoint, two levels, bundles, full and partial
    for path in files:
        good = path.read_bytes()
        bad = bytearray(good)
        bad[len(bad) // 3] ^= 1
        path.write_bytes(bad)
        check = run(filled).check("tiles")
        path.write_bytes(good)
        name = path.relative_to(root).as_posix()
        current = check.verdict == "failed" and any(name in f.en for f in check.findings)
        assert current, f"{name}: {check}"
    assert run(filled).verdict == "verified"


def test_rebuild_renders_the_same_bytes(filled: World) -> None:
    root = filled.ledger.parts.tiles.root

    def files() -> dict[str, bytes]:
        return {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file() and path.name[0] != "."
        }

    before = files()
    for path in root.rglob("tile/0/*"):
        if path.is_file():
            path.write_bytes(b"")
    filled.ledger.rebuild()
    after = files()
    assert {name: after.get(name) for name in before if ".p/" not in name} == {
        name: content for name, content in before.items() if ".p/" not in name
    }
    assert run(filled).verdict == "verified"
    filled.submit(filled.use(3000), filled.zhang)
    filled.ledger.catch_up()
    assert run(filled).verdict == "verified"
