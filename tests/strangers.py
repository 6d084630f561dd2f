"""Servers on loopback that answer as nobody should: a byte now and then, or without an end."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

SHORT_S = 0.2
PIECE_S = 0.02  # far below it: no single read of a drip takes too long
OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: 20\r\n\r\n"

Send = Callable[[socket.socket], None]

GONE = threading.Event()  # whoever asked is done


def dripping(at_once: bytes, slowly: bytes) -> Send:
    """Send a beginning, and then a byte now and then; the whole is a right answer."""

    def send(connection: socket.socket) -> None:
        connection.sendall(at_once)
        for byte in slowly:
            if GONE.wait(PIECE_S):
                return
            connection.sendall(bytes([byte]))

    return send


def sending(*pieces: bytes) -> Send:
    return lambda connection: connection.sendall(b"".join(pieces))


@contextmanager
def stranger(*answers: Send) -> Iterator[str]:
    """Give each of the connections that come its answer; yield the address."""
    GONE.clear()
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def serve() -> None:
            with suppress(OSError):
                for send in answers:
                    with closing(listener.accept()[0]) as connection:
                        connection.recv(65_536)
                        with suppress(OSError):
                            send(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            GONE.set()
            with suppress(OSError):  # on Linux this ends an accept that waits
                listener.shutdown(socket.SHUT_RDWR)
            thread.join()
