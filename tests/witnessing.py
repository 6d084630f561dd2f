"""A small log of its own, as any C2SP log may be, to bring before witnesses."""

from collections.abc import Sequence
from hashlib import sha256

from crypto.add_checkpoint import AddCheckpoint, format_add_checkpoint
from crypto.keys import PrivateKey
from crypto.merkle import leaf_hash, root_of
from crypto.notation import write_b64
from crypto.note import ED25519, Note, VKey, format_note, parse_note, sign_note, vkey_of
from crypto.prove import Node, prove_consistency

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
