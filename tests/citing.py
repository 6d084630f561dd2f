"""A foreign ledger that gives receipts, and the lies that a citation of it can hold."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from crypto.canonical import write_canonical
from crypto.chain import chain_id
from crypto.checkpoint import Checkpoint, sign_checkpoint
from crypto.cosignature import cosign
from crypto.header import ZERO, Header, Link, format_header
from crypto.merkle import EMPTY_EDGE, leaf_hash
from crypto.notation import write_b64
from crypto.note import COSIGNATURE, ED25519, format_vkey, vkey_of
from crypto.prove import prove_appended
from crypto.receipt import Receipt, format_receipt
from crypto.tlog_proof import TlogProof, format_tlog_proof
from tests.witnessing import seed

FOREIGN = "ledger.example/linjiang"
WITNESS = "witness.example/yunling"
NAME, SALT = "department/LJ", bytes(16)


class Foreign:
    """The ledger of another region.

    Args:
        origin: its origin.
        key: of its log; another one tells of another log of the same name.
    """

    def __init__(self, origin: str = FOREIGN, key: str = "the log of linjiang") -> None:
        self.origin, self.key = origin, seed(key)

    def policy(self, *, witnessed: bool = False) -> str:
        """The policy by which its receipts are judged."""
        log = f"log {format_vkey(vkey_of(self.origin, ED25519, self.key))}\n"
        if not witnessed:
            return f"{log}quorum none\n"
        witness = format_vkey(vkey_of(WITNESS, COSIGNATURE, seed(WITNESS)))
        return f"{log}witness own {witness}\nquorum own\n"

    def receipt(self, digest: str, *, witnessed: bool = False, leaves: int = 5) -> bytes:
        """The receipt of a statement of this digest, in a tree of so many leaves."""
        link = Link(chain_id(SALT, NAME), ZERO, 0)
        header = format_header(
            Header(2, bytes(32), "2026-11-01T08:00:00.000Z", bytes.fromhex(digest), (link,))
        )
        others = [sha256(b"%d" % number).digest() for number in range(leaves)]
        others[2] = leaf_hash(header)
        edge, paths = prove_appended(EMPTY_EDGE, others)
        note = sign_checkpoint(Checkpoint(self.origin, edge.size, edge.root()), self.key)
        if witnessed:
            note += cosign(note, WITNESS, seed(WITNESS), 1_793_500_000)
        proof = format_tlog_proof(TlogProof(2, paths[2], note))
        return format_receipt(Receipt(((NAME, SALT),), header, proof))

    def cite(self, what: str = "a delivery", **how: Any) -> dict[str, str]:
        """What a statement holds that cites *what*."""
        digest = sha256(what.encode()).hexdigest()
        return citation(self.origin, digest, self.receipt(digest, **how))


def citation(ledger: str, statement: str, receipt: bytes) -> dict[str, str]:
    return {"ledger": ledger, "receipt": write_b64(receipt), "statement": statement}


def citing(event: dict[str, Any], *cited: dict[str, str]) -> dict[str, Any]:
    """The same event, which cites."""
    return {**event, "data": {**event["data"], "cites": list(cited)}}


def lies() -> Sequence[tuple[str, dict[str, str]]]:
    """Citations that are false whomever one trusts, each with its name."""
    foreign = Foreign()
    true = foreign.cite()
    digest = true["statement"]
    raw = foreign.receipt(digest)
    other = sha256(b"another delivery").hexdigest()
    grown = foreign.receipt(digest, leaves=6)
    blank = rb"\n\n"
    spliced = raw[: raw.index(blank)] + grown[grown.index(blank) :]
    salted = raw.replace(SALT.hex().encode(), b"01" * 16)
    return (
        ("another digest", true | {"statement": other}),
        ("another statement's receipt", citation(FOREIGN, digest, foreign.receipt(other))),
        ("another ledger", true | {"ledger": "ledger.example/elsewhere"}),
        ("another tree", citation(FOREIGN, digest, spliced)),
        ("another salt", citation(FOREIGN, digest, salted)),
        ("cut short", citation(FOREIGN, digest, raw[:-40])),
        ("empty", citation(FOREIGN, digest, b"")),
        ("no receipt", citation(FOREIGN, digest, write_canonical({"header": "x"}))),
        ("blown up", citation(FOREIGN, digest, raw + b" " * 20_000)),
        ("deep", citation(FOREIGN, digest, b"[" * 10_000)),
    )
