"""Proof that a log signed two histories, for anybody who has its key.

A fork is two checkpoints of one log of which the later tree does not begin with the
earlier. Where the sizes are equal the two notes alone prove it. Else the report shows
perfect subtrees of the later tree: those over the earlier size, and those over the rest.
Together they make the later root, so the log signed them; the first alone make another
root than the earlier, so it signed both.

A later note with fewer entries is no fork where both fit, but a *rollback*: that it was
shown last is what whoever watched says.

    {"first":note,"found_at":T,"kind":"fork","over_first":[b64],"over_rest":[b64],"second":note,"v":1}

Source: RFC 9162, 2.1; C2SP tlog-checkpoint; the project's spec, 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from crypto.canonical import read_canonical, write_canonical
from crypto.checkpoint import Checkpoint, open_checkpoint
from crypto.errors import Malformed, Mismatch
from crypto.merkle import DIGEST_SIZE, Edge, node_hash
from crypto.notation import check_time, read_b64, write_b64
from crypto.note import VKey
from crypto.prove import Node, ReadNodes

FORK: Final = "fork"
ROLLBACK: Final = "rollback"
UNEXPLAINED: Final = "unexplained"
KINDS: Final = (FORK, ROLLBACK, UNEXPLAINED)
MAX_REPORT: Final = 1_000_000  # bytes
_MEMBERS = {"first", "found_at", "kind", "over_first", "over_rest", "second", "v"}

Kind = Literal["fork", "rollback", "unexplained"]


@dataclass(frozen=True, slots=True)
class ForkReport:
    """What a watcher found; nothing is verified.

    Attributes:
        kind: ``fork``; ``rollback``: the smaller was shown after the larger;
            ``unexplained``: what the log serves makes neither root.
        first, second: notes; the first has no more entries than the second.
        over_first, over_rest: digests of perfect subtrees of the second tree, left to
            right, as :func:`subtrees` has them; both empty where they are not known.
        found_at: a T, by the watcher's clock.
    """

    kind: Kind
    first: str
    second: str
    over_first: tuple[bytes, ...]
    over_rest: tuple[bytes, ...]
    found_at: str


def subtrees(start: int, end: int) -> list[Node]:
    """Return the fewest perfect subtrees over leaves *start* to *end* - 1, as (level, index)."""
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def shown(old: int, new: int, read: ReadNodes) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Return what a report shows of the tree of *new* entries; whatever *read* raises is raised."""
    return tuple(read(subtrees(0, old))), tuple(read(subtrees(old, new)))


def roots_of(
    old: int, new: int, over_first: Sequence[bytes], over_rest: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """Return the roots that the shown subtrees make at both sizes.

    Raises:
        Malformed: there are too many or too few of them.
    """
    nodes = (subtrees(0, old), subtrees(old, new))
    if (len(nodes[0]), len(nodes[1])) != (len(over_first), len(over_rest)):
        raise Malformed(
            f"sizes {old} and {new} take {len(nodes[0])} and {len(nodes[1])} subtrees",
            f"大小 {old} 与 {new} 应有 {len(nodes[0])} 个与 {len(nodes[1])} 个子树",
        )
    stack: list[tuple[int, bytes]] = []
    digests = [*over_first, *over_rest]
    for (level, index), digest in zip([*nodes[0], *nodes[1]], digests, strict=True):
        while stack and stack[-1][0] == level and index & 1:
            digest = node_hash(stack.pop()[1], digest)
            level, index = level + 1, index >> 1
        stack.append((level, digest))
    later = Edge(new, tuple(digest for _, digest in stack)).root()
    return Edge(old, tuple(over_first)).root(), later


def verify_fork(report: ForkReport, log: VKey) -> tuple[Checkpoint, Checkpoint]:
    """Return both checkpoints if the report proves that *log* signed two histories.

    Raises:
        Malformed, BadSignature, Untrusted: a note is not one that this log signed.
        Mismatch: it does not prove that; a rollback never does.
    """
    first, second = open_notes(report, log)
    if first.size == second.size:
        if first.root == second.root:
            raise Mismatch("both notes are of one tree", "两份检查点属于同一棵树")
        return first, second
    earlier, later = roots_of(first.size, second.size, report.over_first, report.over_rest)
    if later != second.root:
        raise Mismatch("the subtrees shown do not make the second root", "所示子树不能得到第二个根")
    if earlier == first.root:
        raise Mismatch(
            "the second tree begins with the first: nothing was forked",
            "第二棵树以第一棵开头：没有分叉",
        )
    return first, second


def open_notes(report: ForkReport, log: VKey) -> tuple[Checkpoint, Checkpoint]:
    """Return both checkpoints, if *log* signed them and the first is not the larger."""
    first, second = open_checkpoint(report.first, log), open_checkpoint(report.second, log)
    if first.size > second.size:
        raise Malformed("the first note has more entries", "第一份检查点的条目更多", "/first")
    return first, second


def write_fork_report(report: ForkReport) -> bytes:
    """Return the report as canonical JSON."""
    return write_canonical(
        {
            "first": report.first,
            "found_at": report.found_at,
            "kind": report.kind,
            "over_first": [write_b64(one) for one in report.over_first],
            "over_rest": [write_b64(one) for one in report.over_rest],
            "second": report.second,
            "v": 1,
        }
    )


def read_fork_report(raw: bytes) -> ForkReport:
    """Return the report that canonical JSON holds; raise Malformed for anything else."""
    if len(raw) > MAX_REPORT:
        raise Malformed("it is too large for a fork report", "超出分叉报告的大小上限")
    value: Any = read_canonical(raw)
    if type(value) is not dict or set(value) != _MEMBERS:
        raise Malformed("it is no fork report", "不是分叉报告")
    if type(value["v"]) is not int or value["v"] != 1:
        raise Malformed("it is no fork report", "不是分叉报告")
    if value["kind"] not in KINDS:
        raise Malformed(f"a kind is one of {', '.join(KINDS)}", "类型不在列举之内", "/kind")
    for name in ("first", "second"):
        if type(value[name]) is not str:
            raise Malformed("a note is text", "检查点应为文本", f"/{name}")
    return ForkReport(
        value["kind"],
        value["first"],
        value["second"],
        _digests(value["over_first"], "/over_first"),
        _digests(value["over_rest"], "/over_rest"),
        check_time(value["found_at"], "/found_at"),
    )


def _digests(value: object, pointer: str) -> tuple[bytes, ...]:
    if type(value) is not list:
        raise Malformed("it is a list of digests", "应为摘要列表", pointer)
    found = tuple(read_b64(one, pointer) for one in value)
    if any(len(one) != DIGEST_SIZE for one in found):
        raise Malformed(f"a digest has {DIGEST_SIZE} bytes", f"摘要为 {DIGEST_SIZE} 字节", pointer)
    return found
