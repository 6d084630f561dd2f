"""Continue the log by one group of statements: headers, chains, tree. Pure.

The state before comes in as rows, the state after goes out as rows; nothing is
written here, so the same function serves the sequencer and its tests.
Source: spec 3 to 5.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crypto.header import ZERO, Header, Link, format_header
from crypto.merkle import Edge, leaf_hash
from crypto.prove import prove_appended
from ledger.log.candidate import Candidate
from ledger.log.chain_ids import ChainId
from ledger.store.log_rows import ChainRow, HeadRow, NewEntry


@dataclass(frozen=True, slots=True)
class Group:
    """What one transaction writes, and what its receipts need.

    Args:
        entries: rows in order of index.
        chains: the touched chains' new heads.
        head: the new head.
        root: of the tree at ``head.size``.
        paths: an inclusion path for each entry at ``head.size``.
        chain_ids: the chains of each entry, in the order of its header.
    """

    entries: list[NewEntry]
    chains: dict[bytes, ChainRow]
    head: HeadRow
    root: bytes
    paths: list[tuple[bytes, ...]]
    chain_ids: Sequence[Sequence[ChainId]]


def plan_group(
    head: HeadRow,
    recorded_at: str,
    candidates: Sequence[Candidate],
    chain_ids: Sequence[Sequence[ChainId]],
    chain_rows: Mapping[bytes, ChainRow],
) -> Group:
    """Return the group that appends *candidates* to *head*, all at *recorded_at*.

    Args:
        candidates: at least one, each admitted at its index.
        chain_ids: for each candidate its chains, sorted by id.
        chain_rows: heads of those chains that exist already.
    """
    touched: dict[bytes, ChainRow] = {}
    rows, leaves, leaf = [], [], head.leaf
    for offset, (candidate, chains) in enumerate(zip(candidates, chain_ids, strict=True)):
        links = tuple(_link(chain.id, touched, chain_rows) for chain in chains)
        index = head.size + offset
        header = format_header(Header(index, leaf, recorded_at, candidate.digest, links))
        leaf = leaf_hash(header)
        touched.update((link.id, ChainRow(link.id, link.seq + 1, leaf)) for link in links)
        leaves.append(leaf)
        rows.append(
            NewEntry(
                index,
                header,
                candidate.envelope,
                candidate.source,
                candidate.id,
                candidate.digest,
            )
        )
    edge, paths = prove_appended(Edge.unpack(head.size, head.edge), leaves)
    registry_size = head.registry_size
    if candidates[-1].registry:
        registry_size = head.size + len(candidates)
    after = HeadRow(edge.size, leaf, edge.pack(), recorded_at, registry_size, head.checkpoints + 1)
    return Group(rows, touched, after, edge.root(), paths, chain_ids)


def _link(
    chain: bytes, touched: Mapping[bytes, ChainRow], before: Mapping[bytes, ChainRow]
) -> Link:
    row = touched.get(chain) or before.get(chain)
    return Link(chain, row.leaf, row.length) if row else Link(chain, ZERO, 0)
