"""A connection to PostgreSQL that waits for no server that is gone, and believes no half commit.

libpq waits for an answer for ever. A server that hangs, or whose machine lost its power,
sends none, and whoever waits would never turn to the one that took its place. So where
nothing came for ``SILENCE_S`` seconds the server is asked whether it takes connections; a
slow query of one that does is waited for as before.

A commit that waits for a synchronous standby can be cancelled (by an administrator, or by
``statement_timeout``). PostgreSQL then commits here alone, and answers as if all were well,
with a warning. That is an error here: what is on no standby must not be acknowledged.
"""

import socket
import struct
import time
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

SILENCE_S = 5.0
ANSWER_S = 5.0
IS_THERE_TLS = struct.pack("!ii", 8, 80877103)  # SSLRequest of the PostgreSQL protocol, 55.7
LOOK_S = 0.1  # how often a waiting thread looks up

T = TypeVar("T")


class Watched(psycopg.Connection[Any]):
    """Raises OperationalError, closed, where the server no longer answers anybody."""

    def wait(self, gen: PQGen[T], interval: float = LOOK_S, timeout: float | None = None) -> T:
        """Wait for an answer as long as the server is there."""
        return super().wait(self._watched(gen), interval, timeout)

    def commit(self) -> None:
        """Commit; raise OperationalError where the server warned of something."""
        heard: list[str] = []

        def hear(notice: psycopg.errors.Diagnostic) -> None:
            if notice.severity_nonlocalized == "WARNING":
                heard.append(notice.message_primary or "")

        self.add_notice_handler(hear)
        try:
            super().commit()
        finally:
            self.remove_notice_handler(hear)
        if heard:
            raise psycopg.OperationalError(f"committed with a warning: {heard[0]}")

    def _watched(self, gen: PQGen[T]) -> PQGen[T]:
        heard = time.monotonic()
        try:
            state = next(gen)
            while True:
                ready = yield state
                if ready:
                    heard = time.monotonic()
                elif time.monotonic() - heard > SILENCE_S:
                    self._check_there()
                    heard = time.monotonic()
                # Nothing came: the generator only looks, and says nothing new.
                state = gen.send(ready) or state
        except StopIteration as done:
            result: T = done.value
            return result

    def _check_there(self) -> None:
        if not answers(self.info.host, self.info.port):
            self.pgconn.finish()
            raise psycopg.OperationalError("the server no longer answers")


def answers(host: str, port: int) -> bool:
    """Whether the server answers the question that may come before all others: is there TLS?

    It needs no account and no free connection. libpq's own ``PQping`` would be asked instead,
    but it keeps every other thread of this process waiting meanwhile.
    """
    try:
        with _connected(host, port) as asking:
            asking.sendall(IS_THERE_TLS)
            return len(asking.recv(1)) == 1
    except OSError:
        return False


def _connected(host: str, port: int) -> socket.socket:
    if not host.startswith("/"):
        return socket.create_connection((host, port), ANSWER_S)
    asking = socket.socket(socket.AF_UNIX)
    asking.settimeout(ANSWER_S)
    try:
        asking.connect(f"{host}/.s.PGSQL.{port}")
    except OSError:
        asking.close()
        raise
    return asking
