"""Serve a witness over HTTP under waitress: one process with threads.

Requests are read whole before a thread is given to them. Two processes on one
database do no harm, for the store compares and swaps; nothing needs them.

Units: threads, bytes and seconds.
"""

import logging
import signal
import socket
import sys
from collections.abc import Callable

from waitress.server import create_server

from crypto.add_checkpoint import MAX_REQUEST
from witness.application import build_witness
from witness.errors import WitnessError
from witness.witness import Witness

THREADS = 8  # each waits for one commit at most
CONNECTIONS = 200
IDLE_S = 60
MAX_HEADERS = 16_384


def serve_witness(witness: Witness, host: str, port: int, listening: Callable[[int], None]) -> None:
    """Answer for *witness* until SIGINT or SIGTERM.

    Args:
        port: 0 takes a free one.
        listening: called with the port once connections are accepted.

    Raises:
        WitnessError: the address cannot be had.
    """
    logging.getLogger("waitress").setLevel(logging.ERROR)
    previous = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with _listen(host, port) as listener:
            server = create_server(
                build_witness(witness),
                sockets=[listener],
                threads=THREADS,
                connection_limit=CONNECTIONS,
                channel_timeout=IDLE_S,
                max_request_body_size=MAX_REQUEST,
                max_request_header_size=MAX_HEADERS,
                inbuf_overflow=MAX_REQUEST,
                asyncore_use_poll=True,
                ident=None,
            )
            listening(listener.getsockname()[1])
            server.run()  # returns on SystemExit and KeyboardInterrupt, its threads ended
    finally:
        signal.signal(signal.SIGTERM, previous)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise WitnessError(
            f"cannot listen on {host} port {port} ({error.strerror}): choose another --port",
            f"无法监听 {host} 端口 {port}（{error.strerror}）：请改用其他 --port",
        ) from None
