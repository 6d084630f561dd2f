"""Serve a ledger over HTTP under waitress: one process with threads, more on PostgreSQL.

With one worker everything lives in this process, so that killing it leaves
nothing behind. With more, this process only listens and watches: workers share
its socket, and end when it does. Requests are read whole before a thread is
given to them, so a slow client costs no thread.

Units: threads, bytes and seconds.
"""

import logging
import multiprocessing
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any

from waitress.server import create_server

from api.application import build_app
from api.unread import Channel
from ledger.bootstrap import open_ledger
from ledger.errors import BadRequest, LedgerError
from ledger.processes import collect_seldom, end_with_parent
from ledger.settings import Settings

# A thread waits with its client while a group of statements is committed: with
# fewer threads than clients groups stay small. More only cost memory.
THREADS = 64
BACKLOG = 1_024
CONNECTIONS = 1_000
MEMORY = 20 * 1024 * 1024  # a whole batch, or its answer, is kept in memory up to here
CHUNK = 65_536  # bytes read from a connection at a time: a batch is a megabyte
IDLE_S = 60  # how long a client may keep a connection without a word
GRACE_S = 10  # what a worker under way gets to end in

Listening = Callable[[int], None]  # told the port once requests are taken


def serve(
    settings: Settings, host: str, port: int, workers: int = 1, listening: Listening | None = None
) -> None:
    """Serve the ledger of *settings* until SIGINT or SIGTERM.

    Args:
        host, port: where to listen; port 0 takes a free one.
        workers: processes, at least 1; on SQLite exactly 1.
        listening: called with the port when connections are accepted.

    Raises:
        BadRequest: more than one worker on SQLite, or none.
        LedgerError: the address is taken, the ledger cannot be opened, a worker died.
    """
    check_workers(settings, workers)
    with listen(host, port) as listener:
        if workers == 1:
            _serve_here(settings, listener, listening)
        else:
            _supervise(settings, listener, workers, listening)


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


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; raise LedgerError where the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise LedgerError(
            f"cannot listen on {host} port {port} ({error.strerror}): choose another --port",
            f"无法监听 {host} 端口 {port}（{error.strerror}）：请改用其他 --port",
        ) from None


def _serve_here(settings: Settings, listener: socket.socket, listening: Listening | None) -> None:
    """Answer requests in this process until it is asked to stop."""
    logging.getLogger("waitress").setLevel(logging.ERROR)
    previous = signal.signal(signal.SIGTERM, _stop)
    try:
        ledger = open_ledger(settings, background=True)
        try:
            app = build_app(ledger)
            collect_seldom()
            answer(app, listener, listening)
        finally:
            ledger.close()
    finally:
        signal.signal(signal.SIGTERM, previous)


def answer(app: Any, listener: socket.socket, listening: Listening | None) -> None:
    server = server_of(app, listener)
    if listening is not None:
        listening(listener.getsockname()[1])
    server.run()  # returns on SystemExit and KeyboardInterrupt, its threads ended


def server_of(app: Any, listener: socket.socket) -> Any:
    """Return the waitress server, not running yet, that answers for *app* on a socket."""
    server = create_server(
        app,
        sockets=[listener],
        threads=THREADS,
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE_S,
        max_request_body_size=MEMORY,
        recv_bytes=CHUNK,
        inbuf_overflow=MEMORY,
        outbuf_overflow=MEMORY,
        outbuf_high_watermark=MEMORY,
        # Kept, for their presence tells that a proxy asks; their values are never believed.
        clear_untrusted_proxy_headers=False,
        asyncore_use_poll=True,
        ident=None,
    )
    server.channel_class = Channel
    return server


def _stop(_signal: int, _frame: object) -> None:
    sys.exit(0)


def _supervise(
    settings: Settings, listener: socket.socket, workers: int, listening: Listening | None
) -> None:
    """Run workers on one socket; when one ends, end them all."""
    context = multiprocessing.get_context("spawn")
    failures = context.SimpleQueue()
    processes = [
        context.Process(target=_work, args=(settings, listener, failures), name=f"worker-{number}")
        for number in range(workers)
    ]
    previous = signal.signal(signal.SIGTERM, _stop)
    try:
        for process in processes:
            process.start()
        if listening is not None:
            listening(listener.getsockname()[1])
        wait([process.sentinel for process in processes])
    except (SystemExit, KeyboardInterrupt):
        return
    finally:
        _end(processes)
        signal.signal(signal.SIGTERM, previous)
    raise _worker_died(failures)


def _work(settings: Settings, listener: socket.socket, failures: Any) -> None:
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor says when
    try:
        _serve_here(settings, listener, None)
    except LedgerError as error:
        failures.put((error.en, error.zh))
        sys.exit(1)


def _end(processes: Sequence[BaseProcess]) -> None:
    for process in processes:
        if process.is_alive():
            process.terminate()
    for process in processes:
        if process.pid is not None:
            process.join(GRACE_S)
            process.kill()


def _worker_died(failures: Any) -> LedgerError:
    if not failures.empty():
        return LedgerError(*failures.get())
    return LedgerError(
        "a serving process ended unexpectedly: see its last words above and start again; "
        "what was acknowledged is safe",
        "服务进程意外终止：请查看上方输出后重新启动；已确认的内容完好",
    )
