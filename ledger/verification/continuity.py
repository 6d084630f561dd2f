"""Decide whether one entry follows another: index, link and time.

The same decision serves inside a span and where two spans meet, so that the
outcome does not depend on how a ledger was cut.

Source: spec 3.
"""

from typing import NamedTuple

from crypto.header import Header

INDEX, LINKS, TIMES = "index", "links", "recorded_at"
UNKNOWN = bytes(32)  # stands for the leaf hash of an entry that is missing

Problem = tuple[str, int, str, str]  # check, index, English, Chinese


class Place(NamedTuple):
    """Where the next entry continues.

    ``stated`` is the index that the last header states (counted on over headers
    that cannot be read), ``leaf`` the last leaf hash, ``recorded_at`` the last
    readable T.
    """

    stated: int
    leaf: bytes
    recorded_at: str


def continuity_problems(before: Place, index: int, header: Header) -> list[Problem]:
    """Return what keeps *header*, read at position *index*, from following *before*."""
    if (
        header.index == before.stated + 1
        and header.prev == before.leaf
        and header.recorded_at >= before.recorded_at
    ):
        return []
    found = (_index(before, index, header), _link(before, index, header))
    return [problem for problems in (*found, _time(before, index, header)) for problem in problems]


def _index(before: Place, index: int, header: Header) -> list[Problem]:
    # A removed entry is one finding, not one for each entry behind it.
    if header.index == before.stated + 1:
        return []
    return [
        (
            INDEX,
            index,
            f"entry {index}: its header states index {header.index} and must state "
            f"{before.stated + 1}",
            f"第 {index} 条：记录头的序号为 {header.index}，应为 {before.stated + 1}",
        )
    ]


def _link(before: Place, index: int, header: Header) -> list[Problem]:
    if before.leaf in (header.prev, UNKNOWN):
        return []
    return [
        (
            LINKS,
            index,
            f"entry {index}: prev is {header.prev.hex()}, and the entry before it hashes to "
            f"{before.leaf.hex()}",
            f"第 {index} 条:prev 为 {header.prev.hex()}，而前一条的散列是 {before.leaf.hex()}",
        )
    ]


def _time(before: Place, index: int, header: Header) -> list[Problem]:
    if header.recorded_at >= before.recorded_at:
        return []
    return [
        (
            TIMES,
            index,
            f"entry {index}: recorded_at {header.recorded_at} lies before that of the entry "
            f"before it, {before.recorded_at}",
            f"第 {index} 条:recorded_at {header.recorded_at} 早于前一条的 {before.recorded_at}",
        )
    ]
