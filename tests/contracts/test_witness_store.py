"""What a witness's store promises: it moves by compare and swap, survives, and forgets nothing."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from crypto.merkle import EMPTY_ROOT
from tests.witnessing import ORIGIN, SmallLog
from witness.errors import WitnessError
from witness.judge import FORK, UNPROVEN, Cosigned
from witness.store import MAX_EVIDENCE, Evidence, Store, create_store

LOG = SmallLog()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "witness.db"
    create_store(made)
    return made


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = Store(path)
    opened.know([ORIGIN])
    yield opened
    opened.close()


def at(size: int, time_s: int = 100, root: bytes | None = None) -> Cosigned:
    return Cosigned(ORIGIN, size, LOG.root(size) if root is None else root, f"note {size}", time_s)


def test_nothing_is_remembered_of_a_new_log(store: Store) -> None:
    assert store.last(ORIGIN) == Cosigned(ORIGIN, 0, EMPTY_ROOT, "", 0)
    with pytest.raises(WitnessError):
        store.last("another")


def test_knowing_a_log_again_changes_nothing(store: Store) -> None:
    assert store.advance(store.last(ORIGIN), at(3))
    store.know([ORIGIN, "another"])
    assert store.last(ORIGIN) == at(3)
    assert [one.origin for one in store.logs()] == ["another", ORIGIN]


def test_it_moves_only_from_what_is_last(store: Store) -> None:
    """Size and root and no time that runs back: else nothing changes."""
    before = store.last(ORIGIN)
    assert store.advance(before, at(3))
    assert not store.advance(before, at(5))
    assert not store.advance(at(3, root=LOG.root(4)), at(5))
    assert not store.advance(at(4, root=LOG.root(3)), at(5))
    assert not store.advance(at(3), at(5, time_s=99))
    assert store.last(ORIGIN) == at(3)
    assert store.advance(at(3), at(3, time_s=101))
    assert store.advance(at(3), at(5, time_s=101))
    assert store.last(ORIGIN) == at(5, time_s=101)


def test_of_many_that_move_from_one_state_one_succeeds(store: Store, path: Path) -> None:
    """Threads of one process, and a second connection as another process has it."""
    beside = Store(path)
    before = store.last(ORIGIN)
    with ThreadPoolExecutor(8) as pool:
        moves = [pool.submit((store, beside)[n % 2].advance, before, at(n + 1)) for n in range(40)]
    beside.close()
    moved = [n + 1 for n, move in enumerate(moves) if move.result()]
    assert moved == [store.last(ORIGIN).size]


def test_what_is_stored_is_there_when_opened_again(store: Store, path: Path) -> None:
    store.advance(store.last(ORIGIN), at(3))
    again = Store(path)
    assert again.last(ORIGIN) == at(3)
    again.close()


def test_the_monitoring_path_asks_by_hash(store: Store) -> None:
    name = sha256(ORIGIN.encode()).hexdigest()
    assert store.note_of(name) == ""
    store.advance(store.last(ORIGIN), at(3))
    assert store.note_of(name) == "note 3"
    assert store.note_of(name.upper()) == ""


def evidence(size: int, kind: str = FORK) -> Evidence:
    return Evidence(ORIGIN, size, LOG.root(size), kind, "forked", "cosigned", 100)


def test_evidence_is_kept_once_and_in_order(store: Store) -> None:
    for found in (evidence(5), evidence(4, UNPROVEN), evidence(5)._replace(time_s=200)):
        store.keep(found)
    assert store.evidence() == [evidence(5), evidence(4, UNPROVEN)]


def test_nobody_fills_the_disk_with_evidence(store: Store) -> None:
    """A full kind keeps no room from the other."""
    for number in range(MAX_EVIDENCE + 3):
        root = sha256(bytes([number % 256, number // 256])).digest()
        store.keep(evidence(5, UNPROVEN)._replace(root=root))
    store.keep(evidence(5))
    assert len(store.evidence()) == MAX_EVIDENCE + 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE logs SET size = 2",
        "UPDATE logs SET root = zeroblob(32)",
        "UPDATE logs SET origin = 'x'",
        "UPDATE logs SET time_s = 1",
        "DELETE FROM logs",
        "UPDATE evidence SET note = ''",
        "DELETE FROM evidence",
    ],
)
def test_the_database_itself_refuses_to_forget(store: Store, path: Path, sql: str) -> None:
    store.advance(store.last(ORIGIN), at(3))
    store.keep(evidence(5))
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(sql)
    connection.close()


def test_no_store_is_made_by_opening_it(tmp_path: Path) -> None:
    with pytest.raises(WitnessError):
        Store(tmp_path / "witness.db")
    assert list(tmp_path.iterdir()) == []


def test_no_store_is_made_over_another(path: Path) -> None:
    with pytest.raises(FileExistsError):
        create_store(path)


@pytest.mark.parametrize("content", [b"", b"no database, but long enough to be looked at" * 9])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.db").write_bytes(content)
    with pytest.raises(WitnessError):
        Store(tmp_path / "other.db")
