"""Orders to withhold and to erase, for tests."""

from hashlib import sha256
from pathlib import Path

from crypto.statement import read_statement, sign_statement
from ledger.service import Ledger, Submitted
from tests.world import MZ, World

ERASED, WITHHELD = "statement.erased", "statement.withheld"
MARK = "云民残疾核验"  # a purpose that nothing else in a home spells


def logged(world: World, number: int = 0) -> tuple[bytes, int]:
    """Log one use with words of its own; return its bytes and index."""
    use = world.use(number, act=f"A-{number}")
    use["data"]["purpose"] = f"{MARK}{number:06d}"
    raw = sign_statement(use, [world.zhang])
    return raw, ledger_of(world).submit(raw).index


def ledger_of(world: World) -> Ledger:
    assert world.ledger is not None
    return world.ledger


def order(world: World, raw: bytes, kind: str = ERASED) -> bytes:
    """The using department's order about its own statement."""
    digest = sha256(raw).hexdigest()
    data = {"decided_by": MZ, "document": "云民〔2026〕1号", "ground": "pipl_47", "target": digest}
    event = world.event(MZ, kind, f"department/{MZ}", data)
    return sign_statement(event, [world.mz_system])


def remove(world: World, raw: bytes, kind: str = ERASED) -> Submitted:
    """Have the statement *raw* erased, or withheld."""
    return ledger_of(world).submit(order(world, raw, kind))


def traces(raw: bytes) -> list[bytes]:
    """What must be found nowhere: pieces of envelope, payload and signatures, raw and coded."""
    statement = read_statement(raw)
    found = [MARK.encode() + b"%06d" % number_of(raw), *cut(statement.payload), *cut(raw)]
    for _, signature in statement.signatures:
        found += [signature, signature.hex().encode()]
    return found


def cut(raw: bytes, length: int = 96) -> list[bytes]:
    """Pieces so long that no other statement shares them, but for the words that all begin with."""
    return [raw[at : at + length] for at in range(0, len(raw) - length, length)]


def number_of(raw: bytes) -> int:
    return int(read_statement(raw).data["purpose"].removeprefix(MARK))


def files_with(home: Path, pieces: list[bytes]) -> list[str]:
    """Names of the files below *home* that hold any of *pieces*."""
    found = []
    for path in sorted(home.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            found += [path.name for piece in pieces if piece in content][:1]
    return found


def only_of(raw: bytes, others: list[bytes]) -> list[bytes]:
    """The pieces of *raw* that no other statement holds."""
    return [
        piece
        for piece in traces(raw)
        if not any(piece in other or piece in read_statement(other).payload for other in others)
    ]
