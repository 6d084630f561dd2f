"""Which entries have a term, as one bit an entry, wherever many have it.

Entries are cut into blocks. Once a block is whole, each term that many of its entries
have gets a row of bits for it, so that what two such terms have in common, often
nothing, is told without walking along either. The rest stands in ``postings`` alone,
as everything does there.

The same log gives the same rows in whatever steps it is taken in.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

import sqlalchemy as sa

from ledger.store.bulk import Bulk
from ledger.store.tables import frequent_terms, posting_blocks, postings, terms

BLOCK = 8_192  # entries; their bits fill a quarter of a page
DENSE = 128  # entries of a block from which on a term has its bits there: one in 64

Bits = int  # bit n: the nth entry of a block


class PostingBlocks:
    """Rows of ``posting_blocks``, and of ``frequent_terms``, of which they are made."""

    def __init__(self, bulk: Bulk) -> None:
        self._bulk = bulk

    # Writing

    def count_in(self, connection: sa.Connection, counts: Iterable[tuple[int, int, int]]) -> None:
        """Note which terms become frequent: (number, entries that had it, how many more do)."""
        fresh = [(number,) for number, had, more in counts if had < DENSE <= had + more]
        self._bulk.insert(connection, frequent_terms, sorted(fresh))

    def close(self, connection: sa.Connection, start: int, stop: int) -> None:
        """Write the blocks whose last entry is one of ``start <= index < stop``."""
        for block in range(start // BLOCK, stop // BLOCK):
            rows = self._dense(connection, block * BLOCK)
            self._bulk.insert(connection, posting_blocks, rows)

    def _dense(self, connection: sa.Connection, low: int) -> list[tuple[int, int, bytes]]:
        column = postings.c
        # A question for each term, lest a database walk along all postings for one block's.
        places = sa.select(sa.func.aggregate_strings(sa.cast(column["index"] - low, sa.Text), ","))
        places = places.where(column.term == frequent_terms.c.term)
        places = places.where(column["index"] >= low, column["index"] < low + BLOCK)
        many = places.having(sa.func.count() >= DENSE).scalar_subquery()
        query = sa.select(frequent_terms.c.term, many).order_by(frequent_terms.c.term)
        return [
            (term, low // BLOCK, _written(_bits(map(int, text.split(",")))))
            for term, text in connection.execute(query)
            if text is not None
        ]

    def forget(self, connection: sa.Connection, index: int, numbers: Collection[int]) -> None:
        """Take one entry out of the bits of these terms, which are counted without it by now."""
        block, place = divmod(index, BLOCK)
        column = posting_blocks.c
        for number, bits in self._rows(connection, numbers, [block]):
            row = sa.and_(column.term == number[0], column.block == block)
            left = bits & ~(1 << place)
            if left.bit_count() < DENSE:
                connection.execute(sa.delete(posting_blocks).where(row))
            else:
                changed = sa.update(posting_blocks).where(row).values(bits=_written(left))
                connection.execute(changed)
        rare = sa.select(terms.c.id).where(terms.c.id.in_(numbers), terms.c.count < DENSE)
        connection.execute(sa.delete(frequent_terms).where(frequent_terms.c.term.in_(rare)))

    def clear(self, connection: sa.Connection) -> None:
        connection.execute(sa.delete(posting_blocks))
        connection.execute(sa.delete(frequent_terms))

    # Reading

    def bits(
        self, connection: sa.Connection, numbers: Collection[int], blocks: Sequence[int]
    ) -> Mapping[tuple[int, int], Bits]:
        """Return the bits of each of these terms in each of these *blocks*, whole or not."""
        found = dict(self._rows(connection, numbers, blocks))
        sparse = [tuple(one for one in numbers if (one, block) not in found) for block in blocks]
        for missing, some in groupby(zip(sparse, blocks, strict=True), itemgetter(0)):
            if missing:
                found |= self._from_postings(connection, missing, [block for _, block in some])
        return found

    def _rows(
        self, connection: sa.Connection, numbers: Collection[int], blocks: Sequence[int]
    ) -> Iterator[tuple[tuple[int, int], Bits]]:
        column = posting_blocks.c
        query = sa.select(posting_blocks).where(column.term.in_(numbers))
        query = query.where(column.block >= min(blocks), column.block <= max(blocks))
        for term, block, bits in connection.execute(query).all():
            yield (term, block), _read(bits)

    def _from_postings(
        self, connection: sa.Connection, numbers: Sequence[int], blocks: Sequence[int]
    ) -> dict[tuple[int, int], Bits]:
        column = postings.c
        query = sa.select(column.term, column["index"]).where(column.term.in_(numbers))
        query = query.where(
            column["index"] >= min(blocks) * BLOCK, column["index"] < (max(blocks) + 1) * BLOCK
        )
        places: dict[tuple[int, int], list[int]] = {
            (number, block): [] for number in numbers for block in blocks
        }
        for term, index in connection.execute(query).all():
            block, place = divmod(index, BLOCK)
            if (term, block) in places:
                places[term, block].append(place)
        return {pair: _bits(some) for pair, some in places.items()}


def falling(low: int, high: int) -> Iterator[list[int]]:
    """Yield the blocks of the entries ``low <= index < high``, newest first.

    More and more at a time: most who ask have enough soon.
    """
    lowest, below, count = low // BLOCK, -(-high // BLOCK), 4
    while below > lowest:
        least = max(lowest, below - count)
        yield list(range(below - 1, least - 1, -1))
        below, count = least, count * 8


def indexes(block: int, bits: Bits) -> Iterator[int]:
    """Yield the entries of a block's bits, newest first."""
    while bits:
        place = bits.bit_length() - 1
        yield block * BLOCK + place
        bits ^= 1 << place


def between(block: int, low: int, high: int) -> Bits:
    """All bits of the entries ``low <= index < high`` of a block."""
    start = block * BLOCK
    first, last = max(low - start, 0), min(high - start, BLOCK)
    return (1 << last) - (1 << first)


def _bits(places: Iterable[int]) -> Bits:
    row = bytearray(BLOCK // 8)
    for place in places:
        row[place >> 3] |= 1 << (place & 7)
    return _read(row)


def _written(bits: Bits) -> bytes:
    """Return the bits, in as many bytes wherever they stand: a row is changed in its place."""
    return bits.to_bytes(BLOCK // 8, "little")


def _read(row: bytes | bytearray) -> Bits:
    return int.from_bytes(row, "little")
