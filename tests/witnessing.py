"""A small log of its own, as any C2SP log may be, and witnesses to bring it before."""

import threading
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.serving import BaseWSGIServer, make_server

from crypto.add_checkpoint import AddCheckpoint, format_add_checkpoint
from crypto.keys import PrivateKey
from crypto.merkle import leaf_hash, root_of
from crypto.notation import write_b64
from crypto.note import (
    ED25519,
    Note,
    VKey,
    format_note,
    format_vkey,
    parse_note,
    sign_note,
    vkey_of,
)
from crypto.prove import Node, prove_consistency
from witness.application import build_witness
from witness.store import Store, create_store
from witness.witness import Witness

ORIGIN = "log.example/1"


def seed(name: str) -> PrivateKey:
    """An Ed25519 key that follows from a name."""
    return PrivateKey.from_seed(sha256(name.encode()).digest())


class SmallLog:
    """A log whose leaves follow from a name; another *branch* is another history after *fork*.

    Args:
        origin: its origin and its key's name.
        branch: what leaves from *fork* on are made of.
        fork: how many leaves all branches share.
    """

    def __init__(self, origin: str = ORIGIN, branch: str = "", fork: int = 0) -> None:
        self.origin, self.branch, self.fork = origin, branch, fork
        self.key = seed(f"log {origin}")

    @property
    def vkey(self) -> VKey:
        return vkey_of(self.origin, ED25519, self.key)

    def leaf(self, index: int) -> bytes:
        return leaf_hash(f"{self.branch if index >= self.fork else ''}{index}".encode())

    def root(self, size: int) -> bytes:
        return root_of([self.leaf(index) for index in range(size)])

    def proof(self, old: int, new: int) -> tuple[bytes, ...]:
        return tuple(prove_consistency(old, new, self._read))

    def _read(self, nodes: Sequence[Node]) -> list[bytes]:
        return [
            root_of([self.leaf(i) for i in range(index << level, (index + 1) << level)])
            for level, index in nodes
        ]

    def text(self, size: int, root: bytes | None = None) -> str:
        return f"{self.origin}\n{size}\n{write_b64(self.root(size) if root is None else root)}\n"

    def note(self, size: int, root: bytes | None = None, more: str = "") -> str:
        """The signed checkpoint; *more*: extension lines."""
        text = self.text(size, root) + more
        return format_note(Note(text, (sign_note(text, self.origin, self.key),)))

    def request(
        self,
        old: int,
        new: int,
        proof: Sequence[bytes] | None = None,
        note: str | None = None,
    ) -> bytes:
        """The body that asks to cosign *new* after *old*, with another *proof* or *note*."""
        path = self.proof(old, new) if proof is None else tuple(proof)
        made = AddCheckpoint(old, path, parse_note(note or self.note(new)))
        return format_add_checkpoint(made).encode()


class Eyewitness:
    """A real witness of one or more logs, over HTTP, in a thread of this process.

    Args:
        folder: where its database lies.
        name: the name of its key, and in policies.
        keys: the logs that it knows.
        clock: seconds since 1970.
    """

    def __init__(
        self, folder: Path, name: str, keys: Sequence[VKey], clock: Callable[[], int]
    ) -> None:
        create_store(folder / f"{name}.db")
        self.name, self.store = name, Store(folder / f"{name}.db")
        known = {key.name: [key] for key in keys}
        self.witness = Witness(name, seed(name), known, self.store, clock)
        self.asked = 0
        self._app = build_witness(self.witness)
        self._server: BaseWSGIServer | None = None
        self.port = 0

    def _answer(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        self.asked += environ["REQUEST_METHOD"] == "POST"
        return self._app(environ, start)

    def start(self) -> None:
        """Answer, at the same port as before."""
        self._server = make_server("127.0.0.1", self.port, self._answer, threaded=True)
        self.port = self._server.port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Answer no more; what it remembers stays."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def close(self) -> None:
        self.stop()
        self.store.close()

    @property
    def line(self) -> str:
        """Its line in a policy."""
        url = f"http://127.0.0.1:{self.port}"
        return f"witness {self.name} {format_vkey(self.witness.vkey)} {url}\n"
