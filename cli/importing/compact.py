"""Recompute what the compact receipts of a batch say.

A compact receipt is a receipt without its proof; one checkpoint covers a batch.
Checked of each: that the header records this statement, that its chains are those
which the event names, under ids that follow from the salts. Checked of a batch:
the checkpoint's signature under the trust policy, its origin and size, and the links
of entries that follow one another. What is not proven is that the headers stand in
that tree: ``zelian verify ledger`` does that for all of them.

Source: spec 3, 4, 6; design (batch, ``receipts=compact``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from cli.door import CompactAnswer, Logged
from crypto.canonical import read_canonical
from crypto.chain import SALT_SIZE, chain_id, chain_names
from crypto.checkpoint import Checkpoint
from crypto.errors import Malformed, Mismatch
from crypto.header import Header, parse_header
from crypto.merkle import leaf_hash
from crypto.notation import read_hex
from crypto.policy import Policy, QuorumUnmet, open_under_policy
from ledger.errors import LedgerError


@dataclass(frozen=True, slots=True)
class Said:
    """A statement that was sent: its digest, and the event in it."""

    digest: bytes
    event: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The header that a receipt shows, read and as it is hashed."""

    header: Header
    raw: bytes
    created: bool

    @property
    def index(self) -> int:
        """Of the entry."""
        return self.header.index


def verify_batch(
    said: Sequence[Said], answer: CompactAnswer, origin: str, policy: Policy
) -> list[Recorded | LedgerError]:
    """Return the header of each statement that was logged, and the refusals in between.

    Raises:
        Mismatch: a receipt does not follow from its statement, or the checkpoint
            does not cover it.
        BadSignature, Untrusted, Malformed: of the checkpoint or a receipt.
    """
    outcomes: list[Recorded | LedgerError] = [
        line if isinstance(line, LedgerError) else _verify(one, line)
        for one, line in zip(said, answer.lines, strict=True)
    ]
    recorded = [one for one in outcomes if isinstance(one, Recorded)]
    recorded.sort(key=lambda one: one.index)
    if recorded:
        _check_covered(recorded[-1].index, answer.checkpoint, origin, policy)
    for one, other in pairwise(recorded):
        if other.index == one.index + 1 and other.header.prev != leaf_hash(one.raw):
            raise _mismatch(
                f"entry {other.index} does not follow entry {one.index}",
                f"第 {other.index} 条并不接在第 {one.index} 条之后",
            )
    return outcomes


def _verify(said: Said, logged: Logged) -> Recorded:
    value = read_canonical(logged.receipt)
    if not isinstance(value, dict) or value.keys() != {"chains", "header"}:
        raise Malformed(
            "a compact receipt has chains and header", "简式回执的成员应为 chains 与 header"
        )
    chains, raw = value["chains"], value["header"]
    if not isinstance(chains, list) or type(raw) is not str or not raw.isascii():
        raise Malformed("chains is a list, header a text", "chains 应为数组，header 应为文本")
    header = parse_header(raw.encode())
    if header.statement != said.digest or header.index != logged.index:
        raise _mismatch("the header records another statement", "记录头所记的是另一陈述")
    _check_chains([_chain(item) for item in chains], header, said)
    return Recorded(header, raw.encode(), logged.created)


def _chain(item: Any) -> tuple[str, bytes]:
    if not isinstance(item, dict) or item.keys() != {"name", "salt"}:
        raise Malformed("a chain has a name and a salt", "每条链有 name 和 salt")
    return str(item["name"]), read_hex(item["salt"], "/chains/salt", SALT_SIZE)


def _check_chains(chains: Sequence[tuple[str, bytes]], header: Header, said: Said) -> None:
    if tuple(sorted(name for name, _ in chains)) != chain_names(said.event):
        raise _mismatch("the chains are not those that it names", "所列的链与陈述所指的链不符")
    if [link.id for link in header.chains] != [chain_id(salt, name) for name, salt in chains]:
        raise _mismatch("names and salts do not give the chain ids", "名称与盐值算不出链标识")


def _check_covered(index: int, note: str | None, origin: str, policy: Policy) -> None:
    if note is None:
        raise _mismatch("no checkpoint covers it", "没有检查点覆盖它")
    checkpoint = open_note(note, policy)
    if checkpoint.origin != origin or checkpoint.size <= index:
        raise _mismatch(
            f"the checkpoint is of {checkpoint.origin}, size {checkpoint.size}, and does not "
            f"cover entry {index} of {origin}",
            f"检查点属于 {checkpoint.origin}，大小为 {checkpoint.size}，"
            f"未覆盖 {origin} 的第 {index} 条",
        )


def open_note(note: str, policy: Policy) -> Checkpoint:
    """Return the checkpoint of a note that the policy's log key signed; a quorum may be unmet."""
    try:
        return open_under_policy(note, policy).checkpoint
    except QuorumUnmet as unmet:
        return unmet.opened.checkpoint


def _mismatch(en: str, zh: str) -> Mismatch:
    return Mismatch(f"the receipt does not hold: {en}", f"回执不成立：{zh}")
