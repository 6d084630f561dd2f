"""A PostgreSQL that hangs is left; one that is only slow is waited for."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa

from ledger.store import watched
from ledger.store.engine import open_engine, reading

PATIENCE_S = 30


class Between:
    """A socket before the server's, which passes all on until it is told to hang."""

    def __init__(self, folder: Path, server: Path) -> None:
        self._server, self._hung = server, threading.Event()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / server.name))
        self._listener.listen()
        self._kept: list[socket.socket] = []
        self._do(self._accept)

    def hang(self) -> None:
        self._hung.set()

    def close(self) -> None:
        for one in (self._listener, *self._kept):
            one.close()

    def _do(self, work: Callable[..., None], *args: socket.socket) -> None:
        threading.Thread(target=work, args=args, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self._server))
            self._kept += [client, server]
            self._do(self._pass, client, server)
            self._do(self._pass, server, client)

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while some := source.recv(65_536):
                if self._hung.is_set():
                    return
                target.sendall(some)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return


@pytest.fixture
def between(new_database: Callable[[], str]) -> Iterator[tuple[Between, sa.Engine]]:
    url = sa.make_url(new_database())
    host = url.query["host"]
    assert isinstance(host, str)
    with TemporaryDirectory(prefix="zpb") as folder:  # short: a socket path has 107 bytes
        passing = Between(Path(folder), Path(host) / f".s.PGSQL.{url.port or 5432}")
        through = url.update_query_dict({"host": folder})
        engine = open_engine(through.render_as_string(hide_password=False), 2)
        yield passing, engine
        engine.dispose()
        passing.close()


def ask(engine: sa.Engine, text: str) -> object:
    with reading(engine) as connection:
        return connection.exec_driver_sql(text).scalar()


def test_a_server_that_hangs_is_left(
    between: tuple[Between, sa.Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "SILENCE_S", 0.2)
    monkeypatch.setattr(watched, "ANSWER_S", 1.0)
    passing, engine = between
    assert ask(engine, "SELECT 7 FROM pg_sleep(0.7)") == 7  # slow, and there
    passing.hang()
    ended: list[BaseException] = []

    def try_it() -> None:
        try:
            ask(engine, "SELECT 1")
        except sa.exc.SQLAlchemyError as error:
            ended.append(error)

    waiting = threading.Thread(target=try_it, daemon=True)
    waiting.start()
    waiting.join(PATIENCE_S)
    assert len(ended) == 1
