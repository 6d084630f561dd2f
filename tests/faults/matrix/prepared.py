"""A site just below an edge, made once and copied for each walk.

Files that are never written in place (tiles, keys) are linked; databases are copied,
all of them closed, so that each walk begins from the same bytes. Memory holds the copies
where the machine lets it: what is tried here is the order of things, not a disk.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crypto.statement import sign_statement
from ledger.fsck import Fsck
from ledger.service import Submitted
from tests.faults.held import opened
from tests.faults.matrix.cases import BELOW
from tests.faults.matrix.site import Site

ROOM = 4 << 30  # bytes that memory must have left
ACTS = 40  # so that statements continue one another's chains
SMALL = 5_000


@contextmanager
def prepared(edge: int) -> Iterator[Path]:
    """Make a verified site of *edge* - BELOW entries; its folder's parent takes the copies."""
    with tempfile.TemporaryDirectory(prefix="zelian-faults-", dir=_where()) as name:
        folder = Path(name) / "base"
        folder.mkdir()
        site = Site(folder, checkers=1 if edge < SMALL else 2)
        site.make()
        site.open()
        _fill(site, edge - BELOW)
        site.settle()
        opened(site.world).catch_up()
        assert not site.watcher.look().alarms
        report = Fsck(opened(site.world).parts).run(workers=0 if edge < SMALL else 2)
        assert report.verdict == "verified"
        site.close()
        yield folder


def copied(base: Path, name: str) -> Path:
    """Return a copy of *base* beside it."""
    return Path(shutil.copytree(base, base.parent / name, copy_function=_copy))


def _copy(source: str, target: str) -> None:
    if source.endswith((".db", ".publisher", "lock")):
        shutil.copyfile(source, target)
    else:
        os.link(source, target)


def _where() -> str | None:
    shared = Path("/dev/shm")
    if not shared.is_dir() or shutil.disk_usage(shared).free < ROOM:
        return None
    return str(shared)


def _fill(site: Site, size: int) -> None:
    """Log uses up to *size* entries."""
    world, ledger = site.world, opened(site.world)
    at = ledger.size()
    while at < size:
        stop = min(at + 1_000, size) if size > SMALL else min(at + 15, size)
        lines = [
            sign_statement(world.use(number, act=f"A-{number % ACTS}"), [world.zhang])
            for number in range(at, stop)
        ]
        answers = ledger.submit_batch(lines, compact=True).lines
        assert all(isinstance(answer, Submitted) for answer in answers)
        at = stop
