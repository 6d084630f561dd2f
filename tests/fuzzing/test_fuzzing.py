"""No reader crashes on mutated values; and the driver notices those that do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto.errors import Malformed
from tests.fuzzing.driver import Target, check_corpus, fuzz
from tests.fuzzing.ledger_targets import of_ledger
from tests.fuzzing.targets import of_crypto

SEED = 20261123
INPUTS = 2_500  # in the normal run, always the same
LONG_S = 240


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Target]]:
    folder = tmp_path_factory.mktemp("fuzzing")
    with of_ledger(folder / "home") as of_the_ledger:
        yield [*of_crypto(folder / "authority"), *of_the_ledger]


def test_no_reader_crashes(targets: list[Target]) -> None:
    check_corpus(targets)
    assert len({one.name for one in targets}) == len(targets)
    tally = fuzz(targets, SEED, inputs=INPUTS)
    print(f"inputs {tally.inputs}, crashes {len(tally.crashes)}")
    assert tally.crashes == []
    assert 0 < tally.read < tally.inputs == INPUTS


@pytest.mark.long
def test_no_reader_crashes_for_minutes(targets: list[Target]) -> None:
    tally = fuzz(targets, SEED + 1, seconds=LONG_S)
    print(f"inputs {tally.inputs}, crashes {len(tally.crashes)}")
    assert tally.crashes == []


def _strict(raw: bytes) -> None:
    if raw != b"abc":
        raise Malformed("other", "其他")


def _raises(raw: bytes) -> None:
    if raw != b"abc":
        raise KeyError(raw)


def _other_bytes(raw: bytes) -> bytes:
    return b"abc"


def _eats_memory(raw: bytes) -> None:
    if raw != b"abc":
        bytearray(1 << 34)


def _never_ends(raw: bytes) -> None:
    while raw != b"abc":
        pass


@pytest.mark.parametrize(
    ("run", "word"),
    [
        (_raises, "KeyError"),
        (_other_bytes, "other bytes"),
        (_eats_memory, "MemoryError"),
        (_never_ends, "TooSlow"),
    ],
)
def test_the_driver_notices(
    run, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fuzzing.driver.CPU_S", 0.05)
    found = fuzz([Target("broken", [b"abc"], run)], SEED, inputs=8, keep=tmp_path)
    assert found.crashes
    assert all(word in crash for crash in found.crashes)
    assert list(tmp_path.iterdir())


def test_the_same_seed_gives_the_same_inputs() -> None:
    seen: list[list[bytes]] = [[], []]
    for one in seen:
        fuzz([Target("keeps", [b"abc", b'{"a":[1]}'], one.append)], SEED, inputs=50)
    assert seen[0] == seen[1]
    assert len(set(seen[0])) > 25


def test_refusals_of_ours_are_no_crashes() -> None:
    found = fuzz([Target("strict", [b"abc"], _strict)], SEED, inputs=50)
    assert (found.crashes, found.inputs) == ([], 50)
