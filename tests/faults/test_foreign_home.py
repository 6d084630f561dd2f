"""Keys, secrets, databases of another ledger, and databases that are none: each is told apart."""

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.script import ScriptDirectory

from crypto.keys import PrivateKey
from ledger.errors import LedgerError, ReadOnly
from ledger.home import Home
from ledger.settings import Settings
from ledger.store.engine import migrations_config
from tests.faults.backup import tamper
from tests.faults.held import acknowledge, check_sound, opened
from tests.faults.stopping import check_stopped, reopen
from tests.world import Clock, World


@pytest.fixture
def other(world: World, tmp_path: Any, request: pytest.FixtureRequest) -> Iterator[World]:
    """A second ledger of the same origin, on the same kind of store."""
    home = tmp_path / "other"
    url = f"sqlite:///{home / 'ledger.db'}"
    if not world.settings.on_sqlite:
        url = request.getfixturevalue("new_database")()
    made = World(Settings(home, url, 10, 16, 1), Clock()).begin()
    yield made
    made.close()


def swap_file(world: World, other: World, name: str) -> None:
    """Exchange a file of the two homes."""
    mine, its = world.settings.home / name, other.settings.home / name
    aside = mine.with_name("aside")
    mine.rename(aside)
    its.rename(mine)
    aside.rename(its)


FILES = [
    (("keys/log.pem",), "wrong_log_key"),
    (("trust-policy",), "wrong_log_key"),
    (("keys/log.pem", "trust-policy"), "wrong_log_key"),
    (("chain.secret",), "damaged"),
    (("identity",), "head_foreign"),
    (("tiles",), "damaged"),
]


@pytest.mark.parametrize(("names", "reason"), FILES)
def test_a_file_of_another_ledger(
    world: World, other: World, names: tuple[str, ...], reason: str
) -> None:
    held = acknowledge(world)
    for one in (world, other):
        opened(one).catch_up()
        one.close()
    for name in names:
        swap_file(world, other, name)
    world.open()
    check_stopped(world, reason)
    world.close()
    for name in names:
        swap_file(world, other, name)
    world.open()
    check_sound(world, held)


def test_the_database_of_another_ledger(world: World, other: World) -> None:
    held = acknowledge(world)
    opened(world).catch_up()
    world.close()
    other.close()
    good = world.settings
    world.settings = Settings(good.home, other.settings.database_url, 10, 16, 1)
    world.open()
    check_stopped(world, "head_foreign")
    world.close()
    world.settings = good
    world.open()
    check_sound(world, held)


def test_a_private_key_that_is_no_key_opens_nothing(sqlite_world: World) -> None:
    sqlite_world.close()
    path = Home(sqlite_world.settings.home).log_key
    good = path.read_bytes()
    path.write_bytes(PrivateKey.generate("p256").to_pem())
    sqlite_world.open()
    check_stopped(sqlite_world, "wrong_log_key")
    sqlite_world.close()
    path.write_bytes(good)
    sqlite_world.open()
    check_sound(sqlite_world, {})


def test_a_database_file_that_is_gone_is_not_made_anew(sqlite_world: World) -> None:
    held = acknowledge(sqlite_world)
    sqlite_world.close()
    path = sqlite_world.settings.home / "ledger.db"
    path.rename(path.with_name("aside"))
    with pytest.raises(LedgerError, match=r"ledger\.db is missing"):
        sqlite_world.open()
    assert not path.exists()
    path.with_name("aside").rename(path)
    sqlite_world.open()
    check_sound(sqlite_world, held)


def test_a_database_file_that_is_no_database(sqlite_world: World) -> None:
    held = acknowledge(sqlite_world)
    sqlite_world.close()
    path = sqlite_world.settings.home / "ledger.db"
    good = path.read_bytes()
    path.write_bytes(b"\xff" * len(good))
    with pytest.raises(ReadOnly) as stopped:
        sqlite_world.open()
    assert stopped.value.reason == "damaged"
    path.write_bytes(good)
    sqlite_world.open()
    check_sound(sqlite_world, held)


NEWEST = ScriptDirectory.from_config(migrations_config()).get_current_head()


def test_another_schema(world: World) -> None:
    held = acknowledge(world)
    tamper(world, "UPDATE alembic_version SET version_num = '0000'")
    reopen(world)
    check_stopped(world, "schema_version")
    tamper(world, f"UPDATE alembic_version SET version_num = '{NEWEST}'")
    reopen(world)
    check_sound(world, held)


def test_an_empty_database(world: World, tmp_path: Any, request: pytest.FixtureRequest) -> None:
    """Nothing can be read, so nothing is opened; above all, no table is made."""
    world.close()
    if world.settings.on_sqlite:
        (tmp_path / "empty.db").touch()
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        url = request.getfixturevalue("new_database")()
    world.settings = Settings(world.settings.home, url, 10, 16, 1)
    with pytest.raises(ReadOnly) as stopped:
        world.open()
    assert stopped.value.reason == "schema_version"
