"""What decays in a served ledger is found: files are made anew, entries stop all writing."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from crypto.merkle import leaf_hash
from crypto.tiles import format_bundle, parse_bundle
from ledger.errors import ReadOnly
from ledger.fsck import Fsck
from ledger.integrity import of_service
from ledger.scrubbing.progress import read_progress
from ledger.scrubbing.round import EntriesDamaged
from ledger.scrubbing.scrubber import Scrubber
from tests.erasures import ERASED, WITHHELD, logged, remove
from tests.faults.backup import switch_triggers_off
from tests.world import World


@pytest.fixture
def filled(world: World) -> World:
    """A full tile and a bit more, an erasure and a withholding among it, published."""
    for number, kind in ((1, ERASED), (2, WITHHELD)):
        remove(world, logged(world, number)[0], kind)
    world.post(world.uses(270))
    world.ledger.catch_up()
    return world


def scrubber(world: World) -> Scrubber:
    assert world.ledger is not None
    return world.ledger.scrubber


def tamper(world: World, text: str, **values: object) -> None:
    with world.ledger.parts.engine.begin() as connection:
        switch_triggers_off(connection)
        assert connection.execute(sa.text(text), values).rowcount != 0


def stored(world: World, table: str, column: str, index: int) -> bytes:
    query = sa.text(f'SELECT {column} FROM {table} WHERE "index" = :at')
    with world.ledger.parts.engine.connect() as connection:
        return bytes(connection.scalar(query, {"at": index}))


def flip(world: World, table: str, column: str, index: int, at: int) -> bytes:
    """Turn one bit of a stored value; return what it was."""
    good = stored(world, table, column, index)
    bad = bytearray(good)
    bad[at] ^= 1
    put(world, table, column, index, bytes(bad))
    return good


def put(world: World, table: str, column: str, index: int, value: bytes) -> None:
    tamper(world, f'UPDATE {table} SET {column} = :new WHERE "index" = :at', new=value, at=index)


def files(world: World) -> Iterator[Path]:
    root = world.ledger.parts.tiles.root
    return (path for path in sorted(root.rglob("tile/**/*")) if path.is_file())


def test_a_sound_ledger_is_gone_over_to_its_end(filled: World) -> None:
    assert scrubber(filled).round()
    progress = scrubber(filled).progress()
    assert (progress.rounds, progress.round_size) == (1, filled.ledger.size())
    assert (progress.repaired, progress.damage) == (0, ())
    assert progress.round_ended_ms == filled.clock()
    filled.submit(filled.use(5_000), filled.zhang)  # entries are taken as before


def spoil(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 3] ^= 1
    path.write_bytes(raw)


@pytest.mark.parametrize("harm", [spoil, Path.unlink, lambda path: path.write_bytes(b"")])
def test_each_published_file_is_made_anew(filled: World, harm: Callable[[Path], None]) -> None:
    paths = list(files(filled))
    good = {path: path.read_bytes() for path in paths}
    assert len(paths) >= 5
    for path in paths:
        harm(path)
    assert scrubber(filled).round()
    assert {path: path.read_bytes() for path in paths} == good
    assert scrubber(filled).progress().repaired == len(paths)
    assert Fsck(filled.ledger.parts).run(workers=0).verdict == "verified"
    assert of_service(filled.ledger) == []


@pytest.mark.parametrize(
    ("table", "column", "at", "rules"),
    [
        ("statements", "envelope", 40, {"I4", "I8"}),
        ("entries", "header", 20, {"I1"}),  # a chain's id
        ("entries", "header", -20, {"I8"}),  # the statement's digest
        ("entries", "header", 0, {"I2"}),
    ],
)
def test_one_bit_of_an_entry_stops_writes(
    filled: World, table: str, column: str, at: int, rules: set[str]
) -> None:
    index = 30
    flip(filled, table, column, index, at)
    published = {path: path.read_bytes() for path in files(filled)}
    with pytest.raises(EntriesDamaged):
        scrubber(filled).round()
    state = filled.ledger.state()
    assert (state.writable, state.ready, state.reason) == (False, False, "damaged")
    assert f"entry {index}" in (state.en or "")
    with pytest.raises(ReadOnly, match=f"entry {index}"):
        filled.submit(filled.use(5_000), filled.zhang)
    told = of_service(filled.ledger)
    assert rules | {"I3"} <= {one["rule"] for one in told}
    assert index in {entry for one in told for entry in one["entries"]}
    assert {path: path.read_bytes() for path in files(filled)} == published


def test_what_is_altered_consistently_does_not_make_the_root(filled: World) -> None:
    """A header that says another time and links as before: only the signed root tells."""
    last = filled.ledger.size() - 1
    raw = stored(filled, "entries", "header", last)
    put(
        filled,
        "entries",
        "header",
        last,
        raw.replace(b'"recorded_at":"2026', b'"recorded_at":"2027'),
    )
    with pytest.raises(EntriesDamaged):
        scrubber(filled).round()
    told = {one["rule"]: one["entries"] for one in of_service(filled.ledger)}
    assert last in told["I3"] or last in told["I1"]


@pytest.mark.parametrize("table", ["entries", "statements"])
def test_a_row_that_is_gone_stops_writes(filled: World, table: str) -> None:
    tamper(filled, f'DELETE FROM {table} WHERE "index" = 30')
    with pytest.raises(EntriesDamaged):
        scrubber(filled).round()
    assert scrubber(filled).progress().damage[0].index == 30


def test_zeros_without_an_order_are_damage(filled: World) -> None:
    blank = bytes(len(stored(filled, "statements", "envelope", 30)))
    put(filled, "statements", "envelope", 30, blank)
    with pytest.raises(EntriesDamaged):
        scrubber(filled).round()


def test_a_chain_head_that_was_moved_is_found(filled: World) -> None:
    tamper(
        filled,
        "UPDATE chain_heads SET length = length + 1 "
        "WHERE chain = (SELECT min(chain) FROM chain_heads)",
    )
    tamper(
        filled,
        "UPDATE chain_heads SET leaf = :leaf WHERE chain = (SELECT max(chain) FROM chain_heads)",
        leaf=bytes(32),
    )
    with pytest.raises(EntriesDamaged):
        scrubber(filled).round()
    assert "I1" in {one["rule"] for one in of_service(filled.ledger)}


def test_damage_is_never_copied_over_a_whole_file(filled: World) -> None:
    """Entries and files are damaged together: nothing is repaired."""
    flip(filled, "entries", "header", 30, -20)
    path = next(files(filled))
    spoil(path)
    bad = path.read_bytes()
    with pytest.raises(EntriesDamaged):
        scrubber(filled).round()
    assert path.read_bytes() == bad
    assert scrubber(filled).progress().repaired == 0


def test_no_file_is_made_of_entries_that_no_root_stands_behind(filled: World) -> None:
    """A header altered so that only the entry after it, of the next span, tells."""
    old = stored(filled, "entries", "header", 255)
    new = re.sub(rb'"recorded_at":"....', b'"recorded_at":"2031', old)
    put(filled, "entries", "header", 255, new)
    tamper(
        filled,
        "UPDATE chain_heads SET leaf = :new WHERE leaf = :old",
        new=leaf_hash(new),
        old=leaf_hash(old),
    )
    published = {path: path.read_bytes() for path in files(filled)}
    with pytest.raises(EntriesDamaged, match="entries 255"):
        scrubber(filled).round()
    assert {path: path.read_bytes() for path in files(filled)} == published


def test_damage_outlasts_a_restart_until_it_is_mended(filled: World) -> None:
    good = flip(filled, "statements", "envelope", 300 - 20, 40)
    with pytest.raises(EntriesDamaged):
        scrubber(filled).round()
    filled.close()
    filled.open(writes=True)
    scrubber(filled).start()
    assert filled.ledger.state().reason == "damaged"
    scrubber(filled).close()
    filled.close()

    filled.open(writes=True)
    put(filled, "statements", "envelope", 300 - 20, good)
    scrubber(filled)._adopt(scrubber(filled).progress())
    assert filled.ledger.state().reason == "damaged"
    assert scrubber(filled).round()
    assert filled.ledger.state().reason is None
    assert of_service(filled.ledger) == []
    filled.submit(filled.use(5_000), filled.zhang)


def test_a_round_goes_on_where_it_was(filled: World) -> None:
    told = []

    def once(entries: int, _took_s: float) -> bool:
        told.append(entries)
        return False

    assert not scrubber(filled).round(once)
    kept = read_progress(filled.ledger.parts.home.scrubbing)
    assert 0 < kept.position <= 256
    filled.close()
    filled.open(writes=True)
    spans = []
    assert scrubber(filled).round(lambda entries, _took_s: spans.append(entries) is None)
    assert sum(spans) == filled.ledger.size() - kept.position


def test_a_place_to_go_on_is_not_believed(filled: World) -> None:
    """What is kept may lie: a tree that the files do not make is gone over from its start."""
    assert not scrubber(filled).round(lambda _entries, _took_s: False)
    filled.close()
    filled.open(writes=True)
    store = filled.ledger.parts.tiles  # a tile and a bundle that agree, on something else
    headers = list(parse_bundle(store.get("tile/entries/000") or b""))
    headers[3] = headers[4]
    store.put("tile/entries/000", format_bundle(headers))
    store.put("tile/0/000", b"".join(map(leaf_hash, headers)))
    spans = []
    assert scrubber(filled).round(lambda entries, _took_s: spans.append(entries) is None)
    assert sum(spans) == filled.ledger.size()


def test_it_rests_between_spans(filled: World) -> None:
    """At most so many entries a second."""
    own = Scrubber(filled.ledger.parts, 100)
    waited: list[float] = []
    own._closing.wait = lambda timeout=None: waited.append(timeout) is not None  # type: ignore
    own.round(own._rest)
    assert sum(waited) >= (filled.ledger.size() - 50) / 100
