"""Serve a ledger over HTTP under granian: one process with threads on SQLite.

The main process listens and watches; the worker opens the ledger and answers.
The worker closes the ledger when it is asked to stop, and when the main process
is gone: a killed main process must not leave a writer behind that nobody sees.

Units: threads and seconds.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from multiprocessing import SimpleQueue, parent_process
from multiprocessing.connection import wait
from multiprocessing.util import Finalize
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from api.application import build_app
from ledger.bootstrap import open_ledger
from ledger.errors import BadRequest, LedgerError
from ledger.settings import Settings

# A thread waits with its client while a group of statements is committed: with
# fewer threads than clients groups stay small. More only cost memory.
THREADS = 64
BACKLOG = 1_024
GRACE_S = 10  # what a request under way gets to end in
_CLOSE_FIRST = 100  # before multiprocessing's own clean-up

Failures = SimpleQueue  # of (en, zh): why the worker could not start


def serve(settings: Settings, host: str, port: int, workers: int = 1) -> None:
    """Serve the ledger of *settings* until SIGINT or SIGTERM.

    Args:
        host, port: where to listen.
        workers: processes, at least 1; on SQLite exactly 1.

    Raises:
        BadRequest: more than one worker on SQLite, or none.
        LedgerError: the ledger cannot be opened, or the worker died.
    """
    check_workers(settings, workers)
    failures: Failures[tuple[str, str]] = SimpleQueue()
    server = Granian(
        "zelian",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        backpressure=BACKLOG,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(keep_alive=True),
        websockets=False,
        workers_kill_timeout=GRACE_S,
        log_level=LogLevels.critical,
        log_access=False,
    )
    try:
        server.serve(target_loader=partial(_load, settings, failures), wrap_loader=False)
    except SystemExit:  # how granian says that a worker died
        raise _worker_died(failures) from None


def _worker_died(failures: "Failures[tuple[str, str]]") -> LedgerError:
    if not failures.empty():
        return LedgerError(*failures.get())
    return LedgerError(
        "the serving process ended unexpectedly: see its last words above and start it again; "
        "what was acknowledged is safe",
        "服务进程意外终止：请查看上方输出后重新启动；已确认的内容完好",
    )


def check_workers(settings: Settings, workers: int) -> None:
    """Raise BadRequest unless so many processes may serve the ledger of *settings*."""
    if workers < 1:
        raise BadRequest("--workers must be at least 1", "--workers 至少为 1")
    if workers > 1 and settings.on_sqlite:
        raise BadRequest(
            "one process writes SQLite, with threads: leave --workers at 1, "
            "or set ZELIAN_DATABASE_URL to a PostgreSQL database",
            "SQLite 只由一个进程（多线程）写入：请保持 --workers 为 1，"
            "或将 ZELIAN_DATABASE_URL 设为 PostgreSQL 数据库",
        )


def _load(settings: Settings, failures: "Failures[tuple[str, str]]") -> Callable[..., Any]:
    """Open the ledger in the worker and return its application."""
    _stop_with_parent()
    try:
        ledger = open_ledger(settings, background=True)
    except LedgerError as error:
        failures.put((error.en, error.zh))
        sys.exit(1)
    Finalize(ledger, ledger.close, exitpriority=_CLOSE_FIRST)
    return build_app(ledger)


def _stop_with_parent() -> None:
    """Stop this process once its parent is gone, as if it had been asked to."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(
            target=_await_parent, args=(parent.sentinel,), name="parent-watch", daemon=True
        ).start()


def _await_parent(sentinel: int) -> None:
    wait([sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
    # A worker that does not stop in time would go on writing unseen.
    threading.Event().wait(GRACE_S)
    os._exit(1)
