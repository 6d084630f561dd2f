"""The bits of whole blocks are the postings once more, in whatever steps they were written."""

from collections import defaultdict

import pytest
import sqlalchemy as sa

from ledger.derived_check import check_derived
from ledger.projections import runner as running
from ledger.store import posting_blocks as blocks
from ledger.store.engine import reading, writing
from ledger.store.tables import frequent_terms, posting_blocks, postings
from tests.world import World

BLOCK, DENSE = 8, 3
Rows = dict[tuple[int, int], set[int]]  # (term, block): the entries that its bits tell


@pytest.fixture
def filled(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(blocks, "BLOCK", BLOCK)
    monkeypatch.setattr(blocks, "DENSE", DENSE)
    for number in range(3):
        world.submit(world.delivery(number), world.li)
    world.post(world.uses(12))
    world.ledger.rebuild()
    return world


def stored(world: World) -> tuple[Rows, set[int]]:
    """The rows of bits, and the terms that are noted as frequent."""
    with reading(world.ledger.parts.projection_engine) as connection:
        rows = connection.execute(sa.select(posting_blocks))
        bits = {(term, block): int.from_bytes(raw, "little") for term, block, raw in rows}
        frequent = set(connection.scalars(sa.select(frequent_terms.c.term)))
    return {pair: set(blocks.indexes(pair[1], one)) for pair, one in bits.items()}, frequent


def expected(world: World) -> tuple[Rows, set[int]]:
    whole = world.ledger.size() // BLOCK
    found: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    counts: defaultdict[int, int] = defaultdict(int)
    with reading(world.ledger.parts.projection_engine) as connection:
        for term, index in connection.execute(sa.select(postings)):
            found[term, index // BLOCK].add(index)
            counts[term] += 1
    dense = {pair: some for pair, some in found.items() if len(some) >= DENSE and pair[1] < whole}
    return dense, {term for term, count in counts.items() if count >= DENSE}


@pytest.mark.parametrize("span", [1, 3, 8, 20])
def test_bits_are_those_of_the_postings_in_whatever_steps(
    filled: World, span: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = stored(filled)
    assert at_once == expected(filled)
    assert len(at_once[0]) > 20
    monkeypatch.setattr(running.Runner._step, "__defaults__", (span,))
    filled.ledger.rebuild()
    assert stored(filled) == at_once


def test_what_is_forgotten_is_in_no_bits(filled: World) -> None:
    before, _ = stored(filled)
    gone = range(filled.ledger.size() // BLOCK * BLOCK - BLOCK, filled.ledger.size())
    filled.ledger.parts.runner.forget(list(gone))
    after, frequent = stored(filled)
    assert (after, frequent) == expected(filled)
    assert len(after) < len(before)
    with reading(filled.ledger.parts.projection_engine) as connection:
        lengths = set(connection.scalars(sa.select(sa.func.length(posting_blocks.c.bits))))
    assert lengths == {BLOCK // 8}


def test_bits_that_the_entries_do_not_tell_are_named(filled: World) -> None:
    parts = filled.ledger.parts
    assert check_derived(parts).verdict == "verified"
    with writing(parts.projection_engine) as connection:
        wrong = sa.update(posting_blocks).where(posting_blocks.c.block == 1)
        connection.execute(wrong.values(bits=b"\x07"))
    found = check_derived(parts)
    assert found.verdict == "failed"
    assert [one.en.partition(" ")[0] for one in found.findings] == ["posting_blocks"]
