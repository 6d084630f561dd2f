"""What was fetched for one question, in the order of its entries, and what it comes to.

Whatever order the statements came in, and however often, the chain is the same. Things
are folded by the machines of :mod:`ledger.sharing`, the one definition of their states,
from the statements that are here: what is hidden is as if it had never been said.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

from ledger.registry.state import Registry
from ledger.responsibility.matrix import Matrix
from ledger.sharing.machine import Body, Said, fold
from ledger.sharing.succession import Answerable, Succession, answerable
from ledger.sharing.succession import fold as succeeding
from ledger.sharing.touched import MACHINES, touched

Members = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one asker may read of what a question needs.

    Attributes:
        said: statements, in any order.
        registry: folded up to ``size`` or further.
        size: of the tree that the answer is taken at; ``at``: T of its last entry.
        since: T of entry 0; "" where it is not known.
        proven: by entry, the T's between which witnesses prove that it came; None: not on that
            side.
        findings, obligations: as members, those that the statements raised and started.
        matrices: the built-in one and those adopted, in any order.
    """

    said: Sequence[Said]
    registry: Registry
    size: int
    at: str
    findings: Sequence[Mapping[str, Any]] = ()
    obligations: Sequence[Mapping[str, Any]] = ()
    matrices: Sequence[Matrix] = ()
    since: str = ""
    proven: Mapping[int, tuple[str | None, str | None]] = field(default_factory=dict)


class Chain:
    """The statements by what they are about."""

    def __init__(self, fetched: Fetched) -> None:
        self.registry, self.size, self.at = fetched.registry, fetched.size, fetched.at
        self.matrices, self.since = fetched.matrices, fetched.since
        self.proven = fetched.proven
        self.said = tuple({one.index: one for one in _ordered(fetched.said)}.values())
        self.by_digest = {one.digest: one for one in self.said}
        self.by_index = {one.index: one for one in self.said}
        self._about: dict[tuple[str, str], list[Said]] = defaultdict(list)
        self._typed: dict[tuple[str, str, str], list[Said]] = defaultdict(list)
        self._of: dict[str, list[Said]] = defaultdict(list)
        self._bodies: dict[tuple[str, str, int | None], Body] = {}
        for one in self.said:
            of = one.type
            self._of[of].append(one)
            for thing in {*touched(one.event), *one.refs.items()}:
                self._about[thing].append(one)
                self._typed[*thing, of].append(one)
        self._findings = _by(fetched.findings, "entry", "ref")
        self._obligations = _by(fetched.obligations, "entry", "ref")

    def about(self, kind: str, ref: str | None, *types: str) -> list[Said]:
        """Return what was said of a thing, of these types, or of any."""
        if ref is None:
            return []
        if not types:
            return [*self._about.get((kind, ref), ())]
        return _together([self._typed.get((kind, ref, of), []) for of in types])

    def first(self, kind: str, ref: str | None, *types: str) -> Said | None:
        """Return the first that was said of a thing, of these types."""
        return next(iter(self.about(kind, ref, *types)), None)

    def of(self, *types: str) -> list[Said]:
        """Return what is of these types, whatever it is about."""
        return _together([self._of.get(of, []) for of in types])

    def body(self, kind: str, ref: str, below: int | None = None) -> Body:
        """Return what a thing has come to, by the statements below the index *below*."""
        key = (kind, ref, below)
        if key not in self._bodies:
            said = [one for one in self.about(kind, ref) if below is None or one.index < below]
            self._bodies[key] = fold(MACHINES[kind], ref, said)[0]
        return self._bodies[key]

    def findings(self, entry: int) -> list[Mapping[str, Any]]:
        """Return the findings that the statement of an entry raised."""
        return self._findings.get(entry, [])

    def obligations(self, entry: int) -> list[Mapping[str, Any]]:
        """Return the obligations that the statement of an entry started."""
        return self._obligations.get(entry, [])

    @cached_property
    def successions(self) -> tuple[Succession, ...]:
        """The bodies that came after others."""
        return succeeding(
            (one.index, one.recorded_at, one.event) for one in self.of("succession.recorded")
        )

    def answerable(self, department: str, matter_code: str | None) -> Answerable:
        """Return who answers for a department in a matter at the end of the chain."""
        return answerable(self.successions, department, matter_code, self.at)

    def binds(self, lower: Said, upper: Said) -> list[int] | None:
        """Return the entries by which *lower* binds *upper*, itself first, or None.

        A statement's signature binds the digests of its parents, and by these theirs.
        """
        seen, ways = {lower.digest}, [[lower]]
        for way in ways:  # grows as it is walked, nearest first
            for digest in way[-1].data.get("parents", ()):
                parent = self.by_digest.get(digest)
                if parent is None or digest in seen or parent.index < upper.index:
                    continue
                if parent is upper:
                    return [one.index for one in way]
                seen.add(digest)
                ways.append([*way, parent])
        return None


def time_of(said: Said) -> str:
    """Return the T at which something happened, as its speaker claims."""
    claimed: str = said.event.get("time", said.recorded_at)
    return claimed


def official_of(said: Said) -> str | None:
    """Return the official who spoke, or of whom it is attested that he did."""
    official: str | None = said.event.get("official")
    return official


def _ordered(said: Iterable[Said]) -> list[Said]:
    return sorted(said, key=lambda one: one.index)


def _together(found: Sequence[list[Said]]) -> list[Said]:
    """Return what is in any of these lists, of which each is in order."""
    some = [one for one in found if one]
    return _ordered(said for one in some for said in one) if len(some) > 1 else [*chain(*some)]


def _by(
    members: Iterable[Mapping[str, Any]], name: str, then: str
) -> dict[int, list[Mapping[str, Any]]]:
    found: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for one in sorted(members, key=lambda one: (one[name], one[then])):
        found[one[name]].append(one)
    return found
