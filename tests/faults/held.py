"""What a client holds, and what must be true of it whatever happened to the ledger."""

from crypto.checkpoint import open_checkpoint
from crypto.consistency import verify_consistency
from crypto.merkle import leaf_hash
from crypto.receipt import VerifiedReceipt, verify_receipt
from crypto.statement import read_statement, sign_statement
from ledger.fsck import Fsck
from ledger.service import Ledger, Submitted
from tests.world import World

Held = dict[bytes, bytes]  # statement to receipt


def opened(world: World) -> Ledger:
    """The ledger that *world* has open."""
    assert world.ledger is not None
    return world.ledger


def some_use(world: World) -> bytes:
    """A signed statement that was not sent yet."""
    return sign_statement(world.use(), [world.zhang])


def acknowledge(world: World, count: int = 3) -> Held:
    """Log so many statements, one by one; return them with their receipts."""
    lines = [some_use(world) for _ in range(count)]
    return {raw: opened(world).submit(raw).receipt for raw in lines}


def verified(world: World, raw: bytes, receipt: bytes) -> VerifiedReceipt:
    """Check a receipt as its holder would."""
    log = opened(world).parts.log
    return verify_receipt(receipt, raw, lambda note: open_checkpoint(note, log))


def check_held(world: World, held: Held) -> None:
    """Everything acknowledged is there, once, under the newest checkpoint."""
    ledger = opened(world)
    newest = open_checkpoint(ledger.parts.reader.note_of(ledger.state().size), ledger.parts.log)
    logged = [ledger.entry(index).envelope for index in range(newest.size)]
    for raw, receipt in held.items():
        seen = verified(world, raw, receipt)
        index, before = seen.header.index, seen.checkpoint
        assert logged.count(raw) == 1
        assert leaf_hash(ledger.entry(index).header) == leaf_hash(header_of(ledger, raw))
        proof = ledger.consistency_proof(before.size, newest.size)
        verify_consistency(before.size, newest.size, before.root, newest.root, proof)
        again = ledger.submit(raw)
        assert (again.index, again.created) == (index, False)


def header_of(ledger: Ledger, raw: bytes) -> bytes:
    """The header under which a statement is found by its digest."""
    return ledger.entry_of(read_statement(raw).digest.hex()).header


def check_whole(world: World) -> None:
    """Publish, project, and read everything as an outsider would."""
    opened(world).catch_up()
    check_verified(world)


def check_verified(world: World) -> None:
    """``fsck`` finds nothing, as things are."""
    report = Fsck(opened(world).parts).run(workers=0)
    assert report.verdict == "verified", [(c.name, c.findings) for c in report.checks if c.bad]


def check_sound(world: World, held: Held) -> None:
    """The ledger takes entries, lost nothing, doubles nothing, and fsck finds it whole."""
    ledger = opened(world)
    state = ledger.state()
    assert (state.writable, state.reason) == (True, None)
    check_held(world, held)
    raw = some_use(world)
    first = ledger.submit(raw)
    assert first.created
    assert ledger.submit(raw) == Submitted(first.receipt, first.index, created=False)
    check_whole(world)
