"""What the service keeps for itself is checked with the ledger: tables, and every seal."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ledger.fsck import Fsck
from ledger.service import Ledger
from ledger.store.engine import reading, writing
from ledger.store.service_state import damage, misfits, size_bytes
from ledger.verification.report import FAILED, VERIFIED, Check
from tests.world import World

SEALS = 3


@pytest.fixture
def sealed(world: World) -> World:
    """A ledger with some readings under seals, and a seal that was never logged."""
    readings = ledger_of(world).desk.readings
    for number in range(SEALS):
        members = {"reading": {"entries": number}, "refs": {}}
        data = {"approval": "云监审〔2026〕1号", "commitment": readings._seal(members)}
        readings._say("access.sealed", data)
    readings._seal({"reading": {"entries": 99}, "refs": {}})
    ledger_of(world).catch_up()
    return world


def ledger_of(world: World) -> Ledger:
    assert world.ledger is not None
    return world.ledger


def checked(world: World) -> Check:
    return Fsck(ledger_of(world).parts).run(workers=0).check("service")


def change(world: World, text: str, **values: Any) -> None:
    with writing(ledger_of(world).desk.engine) as connection:
        assert connection.execute(sa.text(text), values).rowcount != 0


def seals_of(world: World) -> list[int]:
    """The entries that log a seal."""
    parts = ledger_of(world).parts
    entries = [ledger_of(world).entry(index) for index in range(parts.reader.size())]
    return [
        one.index for one in entries if one.event and one.event["type"].startswith("zelian.access")
    ]


def test_a_whole_one_is_whole(sealed: World) -> None:
    report = Fsck(ledger_of(sealed).parts).run(workers=0)
    check = report.check("service")
    assert (check.verdict, check.done, check.of) == (VERIFIED, SEALS, SEALS)
    assert report.verdict == VERIFIED
    with reading(ledger_of(sealed).desk.engine) as connection:
        assert (damage(connection), misfits(connection)) == ([], [])
        assert size_bytes(connection) >= 4096


def test_a_seal_that_is_gone_is_named_by_its_entry(sealed: World) -> None:
    first = seals_of(sealed)[0]
    commitment = ledger_of(sealed).entry(first).event["data"]["commitment"]  # type: ignore[index]
    change(sealed, "DELETE FROM seals WHERE commitment = :c", c=commitment)
    check = checked(sealed)
    assert (check.verdict, check.first_bad, check.bad) == (FAILED, first, 1)


@pytest.mark.parametrize(("column", "value"), [("salt", b"\0" * 32), ("sealed", b'{"x":1}')])
def test_a_seal_that_was_changed_is_found(sealed: World, column: str, value: bytes) -> None:
    change(sealed, f"UPDATE seals SET {column} = :value", value=value)
    check = checked(sealed)
    assert (check.verdict, check.bad) == (FAILED, SEALS)
    assert sorted(finding.index for finding in check.findings) == seals_of(sealed)


def test_tables_that_are_not_ours_are_named(sealed: World) -> None:
    with writing(ledger_of(sealed).desk.engine) as connection:
        connection.exec_driver_sql("DROP TABLE nonces")
        connection.exec_driver_sql("ALTER TABLE refusals ADD COLUMN name TEXT")
    check = checked(sealed)
    assert check.verdict == FAILED
    assert [finding.en.split(" ")[0] for finding in check.findings] == ["nonces", "refusals"]


def test_a_file_that_is_gone_or_damaged_is_told(sqlite_world: World) -> None:
    home: Path = ledger_of(sqlite_world).parts.home.path
    ledger_of(sqlite_world).desk.engine.dispose()
    file = home / "service.db"
    for name in ("service.db-wal", "service.db-shm"):
        (home / name).unlink(missing_ok=True)
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    assert checked(sqlite_world).verdict == FAILED
    file.write_bytes(b"no database at all")
    assert checked(sqlite_world).findings[0].en == "service.db cannot be read"
    file.unlink()
    assert checked(sqlite_world).findings[0].en == "service.db is missing"
    assert not file.exists()
