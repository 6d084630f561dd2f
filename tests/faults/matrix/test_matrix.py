"""The fault table over both edges: nothing acknowledged is lost, nothing forks.

The number of cases is printed, and what was counted; the long part runs all of them.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ledger.fsck import Fsck
from tests.faults.held import opened
from tests.faults.matrix.cases import BATCHES, CASES, EDGES, MODES, ROWS, Mode, Row
from tests.faults.matrix.known import Tally
from tests.faults.matrix.prepared import copied, prepared
from tests.faults.matrix.site import Site
from tests.faults.matrix.walk import over

TILE, TILE_OF_TILES = EDGES
SHORT = (6,)  # one batch, over the edge


@pytest.fixture(scope="module")
def below_tile() -> Iterator[Path]:
    with prepared(TILE) as base:
        yield base


def say(capsys: pytest.CaptureFixture[str], tally: Tally, edge: int) -> None:
    with capsys.disabled():
        print(f"\n{tally.told(edge)}", flush=True)


def test_the_table_holds_a_thousand_cases() -> None:
    assert CASES >= 1_000
    assert len(set(ROWS)) == 7 * 4 * 2


def test_each_fault_over_the_edge_of_a_tile(
    below_tile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every step in every way, with and without a restart in turn."""
    rows = [row for row in ROWS if row.restart == ((len(row.stage) + len(row.mode)) % 2 == 0)]
    say(capsys, over(below_tile, rows, SHORT, whole=True), TILE)


def test_a_narrower_file_that_is_still_served_is_read_too(below_tile: Path) -> None:
    """Who holds an older checkpoint is served the partial files of that size."""
    site = Site(copied(below_tile, "narrower")).open(first_id=5_000_000)
    try:
        tiles = site.world.settings.home / "tiles"
        older = max((tiles / "tile" / "0").rglob("*.p/*"))
        site.world.submit(site.world.use(900_000), site.world.zhang)
        site.settle()
        assert older.exists()
        raw = bytearray(older.read_bytes())
        raw[-1] ^= 1
        older.unlink()
        older.write_bytes(raw)
        assert opened(site.world).tile(older.relative_to(tiles).as_posix()) == raw
        assert Fsck(opened(site.world).parts).run(workers=0).verdict == "failed"
    finally:
        site.close()


@pytest.mark.long
@pytest.mark.parametrize("mode", MODES)
def test_all_faults_around_256(
    below_tile: Path, mode: Mode, capsys: pytest.CaptureFixture[str]
) -> None:
    say(capsys, over(below_tile, of(mode), BATCHES, whole=True), TILE)


@pytest.mark.long
def test_all_faults_around_65536(capsys: pytest.CaptureFixture[str]) -> None:
    with prepared(TILE_OF_TILES) as base:
        say(capsys, over(base, ROWS, BATCHES, whole=False), TILE_OF_TILES)


def of(mode: Mode) -> Sequence[Row]:
    return [row for row in ROWS if row.mode == mode]
