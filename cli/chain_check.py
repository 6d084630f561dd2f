"""Check that a chain is complete, from its bytes alone; whoever gave it is not believed.

What is checked: the id from name and salt, seq 0 … n − 1 without a gap, each prev, each
statement against its header, the last entry's inclusion under the checkpoint, and,
through the public headers behind it, that none of them continues the chain: without
that, the newest entries could have been left out. What is not: signatures, and who
might speak; the report says so.

Source: spec 4, 5, 7 ("Tails").
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from cli.door import Chained, Shown
from cli.entry_text import read_shown
from crypto.chain import chain_id, chain_names
from crypto.checkpoint import Checkpoint
from crypto.errors import CryptoError
from crypto.header import ZERO, Header, parse_header
from crypto.inclusion import verify_inclusion
from crypto.merkle import leaf_hash
from crypto.tlog_proof import parse_tlog_proof
from ledger.verification.report import (
    FAILED,
    MAX_FINDINGS,
    NOT_CHECKED,
    VERIFIED,
    Check,
    Finding,
    Report,
    Verdict,
    Words,
)
from ledger.verification.trust import Published

ProofOf = Callable[[int], str]
NONE = Words("", "")

_LABELS = {
    "id": Words("The chain's id follows from its name and salt", "链标识由链名与盐值推出"),
    "seq": Words("Seq 0 and on, none missing, none twice", "序号自 0 起，无缺无重"),
    "prev": Words("Each entry continues the one before", "每条记录均接续前一条"),
    "statements": Words(
        "Each statement is the recorded one, and names this chain", "各陈述与记录一致，且属于此链"
    ),
    "inclusion": Words("The last entry is in the checkpoint's tree", "末条记录收录于检查点的树中"),
    "tail": Words("No later entry continues the chain", "其后再无属于此链的记录"),
    "signatures": Words("All signatures verify", "所有签名均通过验证"),
}


@dataclass(slots=True)
class _Made:
    """One check while it is made."""

    done: int = 0
    bad: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add(self, index: int, en: str, zh: str) -> None:
        self.bad += 1
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(index, FAILED, en, zh))


class ChainCheck:
    """Reads a chain's entries in order and keeps what it found."""

    def __init__(self, chain: Chained) -> None:
        self._chain = chain
        self._made = {name: _Made() for name in ("id", "seq", "prev", "statements")}
        self._leaf = ZERO
        self._closing: list[Check] = []
        self.absent = 0
        self.length = 0
        self.last: Header | None = None
        self._check_id()

    def _check_id(self) -> None:
        made = self._made["id"]
        made.done = 1
        if chain_id(self._chain.salt, self._chain.name) != self._chain.id:
            made.add(-1, "another id follows from them", "由此得出的是另一标识")

    def read(self) -> Iterator[tuple[Shown, Header, dict[str, object] | None]]:
        """Yield each entry with its header and event, checked as it goes by.

        Raises:
            CryptoError: a header or a statement breaks its form, or another was recorded.
        """
        for shown in self._chain.entries:
            header, event = read_shown(shown)
            self._link(shown, header)
            self._statement(header, event)
            self.last, self._leaf = header, leaf_hash(shown.header)
            self.length += 1
            yield shown, header, event
        self._count()

    def _link(self, shown: Shown, header: Header) -> None:
        seq, prev = self._made["seq"], self._made["prev"]
        link = next((one for one in header.chains if one.id == self._chain.id), None)
        seq.done += 1
        prev.done += 1
        if link is None:
            seq.add(
                shown.index, f"entry {shown.index} is not on it", f"第 {shown.index} 条不在此链"
            )
            return
        if link.seq != self.length:
            seq.add(
                shown.index,
                f"entry {shown.index} has seq {link.seq} where {self.length} must be",
                f"第 {shown.index} 条的序号为 {link.seq}，应为 {self.length}",
            )
        if link.prev != self._leaf:
            prev.add(
                shown.index,
                f"entry {shown.index} continues another entry",
                f"第 {shown.index} 条接续的是另一条记录",
            )

    def _statement(self, header: Header, event: dict[str, object] | None) -> None:
        if event is None:
            self.absent += 1
            return
        made = self._made["statements"]
        made.done += 1
        if self._chain.name not in chain_names(event):
            made.add(
                header.index,
                f"the statement of entry {header.index} does not concern {self._chain.name}",
                f"第 {header.index} 条的陈述与 {self._chain.name} 无关",
            )

    def _count(self) -> None:
        if self.length != self._chain.length:
            self._made["seq"].add(
                -1,
                f"{self._chain.length} entries were announced, {self.length} given",
                f"称有 {self._chain.length} 条，实给 {self.length} 条",
            )

    def close(self, published: Published, proof_of: ProofOf, tail: Iterable[bytes] | None) -> None:
        """Check what ties the chain to a checkpoint.

        Args:
            published: the checkpoint at whose size the chain was taken.
            proof_of: gives the proof file of an entry under it.
            tail: every header behind the last entry; None: they were not fetched.
        """
        checkpoint = published.checkpoint
        if checkpoint is None or self.last is None:
            why = Words("there is no checkpoint or no entry", "没有检查点或没有记录")
            self._closing = [_unmade("inclusion", why), _unmade("tail", why)]
            return
        self._closing = [
            _outcome(
                "inclusion", lambda: self._include(self.last, self._leaf, checkpoint, proof_of)
            ),
            self._tail(checkpoint, proof_of, tail),
        ]

    def _include(
        self, header: Header | None, leaf: bytes, under: Checkpoint, proof_of: ProofOf
    ) -> None:
        assert header is not None
        proof = parse_tlog_proof(proof_of(header.index))
        verify_inclusion(leaf, header.index, under.size, proof.path, under.root)

    def _tail(self, under: Checkpoint, proof_of: ProofOf, tail: Iterable[bytes] | None) -> Check:
        if tail is None:
            why = Words("later entries were not looked at", "未查看其后的记录")
            return _unmade("tail", why)
        return _outcome("tail", lambda: self._walk(under, proof_of, tail))

    def _walk(self, under: Checkpoint, proof_of: ProofOf, tail: Iterable[bytes]) -> None:
        """Follow the headers behind the last entry up to the checkpoint; none is on the chain."""
        assert self.last is not None
        header, leaf = self.last, self._leaf
        for raw in tail:
            following = parse_header(raw)
            if following.index != header.index + 1 or following.prev != leaf:
                raise _Broken(header.index + 1)
            if any(link.id == self._chain.id for link in following.chains):
                raise _LeftOut(following.index)
            header, leaf = following, leaf_hash(raw)
        if header.index != under.size - 1:
            raise _Broken(header.index + 1)
        self._include(header, leaf, under, proof_of)

    def report(self, published: Published) -> Report:
        """Return every check, also those that were not made."""
        of = {"id": 1, "statements": self.length}
        made = [_check(name, one, of.get(name, self.length)) for name, one in self._made.items()]
        if self.absent:
            made[-1] = self._partly(made[-1])
        why = Words("`zelian verify ledger` does", "请用 `zelian verify ledger` 检查")
        unsigned = _unmade("signatures", why, counts=False)
        checks = (*made, *self._closing, *published.checks, unsigned)
        facts = {"chain": self._chain.name, "length": self.length, "size": self._chain.as_of}
        return Report("chain", checks, facts)

    def _partly(self, check: Check) -> Check:
        verdict: Verdict = FAILED if check.bad else NOT_CHECKED
        detail = Words(
            f"{self.absent} entries have no statement here: their place is checked, not what "
            "they said",
            f"{self.absent} 条记录此处没有陈述：已检查其位置，未检查其内容",
        )
        return Check(
            check.name, check.label, verdict, check.done, check.of, detail,
            check.bad, check.findings, counts=verdict == FAILED,
        )  # fmt: skip


class _Broken(CryptoError):
    def __init__(self, index: int) -> None:
        super().__init__(
            f"entry {index} is missing among the headers, or does not continue the one before",
            f"记录头中缺少第 {index} 条，或其未接续前一条",
        )


class _LeftOut(CryptoError):
    def __init__(self, index: int) -> None:
        super().__init__(
            f"entry {index} continues the chain and was left out",
            f"第 {index} 条属于此链却未给出",
        )


def _outcome(name: str, make: Callable[[], None]) -> Check:
    try:
        make()
    except CryptoError as error:
        finding = Finding(-1, FAILED, error.en, error.zh)
        return Check(name, _LABELS[name], FAILED, 1, 1, NONE, 1, (finding,))
    return Check(name, _LABELS[name], VERIFIED, 1, 1, NONE)


def _check(name: str, made: _Made, of: int) -> Check:
    verdict: Verdict = FAILED if made.bad else VERIFIED
    return Check(name, _LABELS[name], verdict, made.done, of, NONE, made.bad, tuple(made.findings))


def _unmade(name: str, why: Words, counts: bool = True) -> Check:
    return Check(name, _LABELS[name], NOT_CHECKED, 0, 0, why, counts=counts)
