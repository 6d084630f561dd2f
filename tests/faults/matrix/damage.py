"""Damage one thing of a verified ledger: whoever verifies must not say that it is verified."""

import random
from pathlib import Path

from ledger.fsck import Fsck
from tests.faults.backup import tamper
from tests.faults.held import opened
from tests.faults.matrix.site import Site

# One row of a table, said otherwise. Only the newest rows, which the walk itself wrote.
ROWS = (
    'UPDATE entries SET header = replace(header, \'"index":\', \'"index": \') WHERE "index" = :at',
    'UPDATE statements SET envelope = substr(envelope, 1, 100) WHERE "index" = :at',
    'DELETE FROM statements WHERE "index" = :at',
    'UPDATE statement_ids SET digest = zeroblob(32) WHERE "index" = :at',
    "UPDATE head SET leaf = zeroblob(32) WHERE :at = :at",
    "UPDATE chain_heads SET length = length + 1 WHERE length > 1 AND :at = :at",
    "DELETE FROM checkpoints WHERE size = (SELECT max(size) FROM checkpoints) AND :at = :at",
)


def damage(site: Site, choose: random.Random) -> str:
    """Damage a row or a published file; return what."""
    files = _files(site.world.settings.home / "tiles")
    at = choose.randrange(len(ROWS) + len(files))
    if at < len(ROWS):
        index = opened(site.world).size() - 1
        tamper(site.world, ROWS[at], at=index)
        return ROWS[at]
    path = files[at - len(ROWS)]
    raw = bytearray(path.read_bytes())
    raw[choose.randrange(len(raw))] ^= 1 << choose.randrange(8)
    path.unlink()  # it may be linked to the base's
    path.write_bytes(raw)
    return path.name


def _files(tiles: Path) -> list[Path]:
    return sorted(path for path in tiles.rglob("*") if path.is_file() and path.name[0] != ".")


def is_called_verified(site: Site) -> bool:
    """Whether ``fsck`` finds nothing."""
    return Fsck(opened(site.world).parts).run(workers=0).verdict == "verified"
