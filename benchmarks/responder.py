"""The client's own ceiling: a bare responder that answers every request with the same bytes.

``python -m benchmarks.responder`` prints its port and answers until it is ended.
"""

import select
import socket

from benchmarks.wire import message_length

ANSWER = b"HTTP/1.1 201 CREATED\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
RECEIVED = 1 << 16


class Responder:
    """One loop over all connections; no threads, no framework."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._poll = select.epoll()
        self._poll.register(self._listener.fileno(), select.EPOLLIN)
        self._connections: dict[int, tuple[socket.socket, bytearray]] = {}

    def run(self) -> None:
        """Answer for ever."""
        while True:
            for number, _ in self._poll.poll():
                if number == self._listener.fileno():
                    self._accept()
                else:
                    self._answer(*self._connections[number])

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connections[connection.fileno()] = (connection, bytearray())
        self._poll.register(connection.fileno(), select.EPOLLIN)

    def _answer(self, connection: socket.socket, received: bytearray) -> None:
        part = connection.recv(RECEIVED)
        if not part:
            del self._connections[connection.fileno()]
            connection.close()  # which also takes it out of the poll
            return
        received += part
        if len(received) == message_length(received):
            received.clear()
            connection.send(ANSWER)


if __name__ == "__main__":
    responder = Responder()
    print(responder.port, flush=True)
    responder.run()
