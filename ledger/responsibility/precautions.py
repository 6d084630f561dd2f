"""What was assessed before a share began, and whether that was before: told by order alone.

The order of entries is what proves it: no clock does. Witnesses' cosignatures prove it in time
as well, where a quorum had seen the one before it had seen the other; else that stays open.
An assessment that claims an earlier time than its place is told as such, and the place counts.

Source: seed, on risks foreseen; domain, 0 and 0A; spec 8 (proven interval).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ledger.responsibility.branches import Branch
from ledger.responsibility.chain import Chain, time_of
from ledger.sharing.machine import Said

# Names by which an assessment and a share are about one another, the nearest first.
Proven = Mapping[int, tuple[str | None, str | None]]
_NOTHING = (None, None)
_NEAREST = ("grant", "request", "agreement", "item")


@dataclass(frozen=True, slots=True)
class Precaution:
    """An assessment, and where it lies beside the share that it is about.

    Attributes:
        first: the first delivery of that share on record; None: none is.
        measures: against its risks, recorded before that delivery.
        late: measures recorded after it.
    """

    said: Said
    first: Said | None
    measures: tuple[Said, ...]
    late: tuple[Said, ...]

    @property
    def before(self) -> bool | None:
        """Whether it lies before the first delivery; None: nothing was delivered."""
        return None if self.first is None else self.said.index < self.first.index

    @property
    def claims_earlier(self) -> bool:
        """Whether it claims a time before a delivery that it lies behind."""
        claimed: str = self.said.data.get("made_at", time_of(self.said))
        return self.before is False and self.first is not None and claimed < time_of(self.first)

    def is_proven(self, proven: Proven) -> bool:
        """Whether witnesses saw it and its measures before they had seen the first delivery."""
        if self.first is None:
            return False
        after = proven.get(self.first.index, _NOTHING)[0]
        seen = [proven.get(one.index, _NOTHING)[1] for one in (self.said, *self.measures)]
        return after is not None and all(one is not None and one <= after for one in seen)

    def is_older(self, since: str) -> bool:
        """Whether it is a paper that claims to be older than the ledger, opened at *since*."""
        return "made_at" in self.said.data and str(self.said.data["made_at"]) < since

    @property
    def entries(self) -> list[int]:
        """Entries that tell the order."""
        there = (self.said, *self.measures, *self.late, *([self.first] if self.first else []))
        return [one.index for one in there]


def precautions(chain: Chain, branches: Sequence[Branch], department: str) -> list[Precaution]:
    """Return the assessments by a department, or made for it, that are about these branches."""
    return [
        precaution(chain, said, branches)
        for said in chain.of("assessment.recorded")
        if department in (*said.stands_for, said.data.get("assessor"))
        and any(covers(said, one) for one in branches)
    ]


def covers(said: Said, branch: Branch) -> bool:
    """Whether an assessment is about the share of a branch, as either of them names the other."""
    own = said.refs["assessment"]
    if any(one.refs.get("assessment") == own for one in (branch.grant, branch.request) if one):
        return True
    names = _names(branch)
    shared = [name for name in _NEAREST if name in said.refs and name in names]
    return bool(shared) and said.refs[shared[0]] == names[shared[0]]


def _names(branch: Branch) -> dict[str, str]:
    found = {"item": branch.item} if branch.item is not None else {}
    for said in (branch.sent, branch.request, branch.grant):
        found |= {} if said is None else {n: r for n, r in said.refs.items() if n in _NEAREST}
    return found


def first_delivery(chain: Chain, branches: Iterable[Branch]) -> Said | None:
    """Return the first delivery on record of the shares of these branches."""
    found = [one.sent for one in branches if one.sent is not None]
    found += [said for one in branches for said in _under_grant(chain, one)]
    return min(found, key=lambda one: one.index, default=None)


def _under_grant(chain: Chain, branch: Branch) -> Iterator[Said]:
    if branch.grant is not None:
        yield from chain.about("grant", branch.grant.refs["grant"], "delivery.sent")


def precaution(chain: Chain, said: Said, branches: Sequence[Branch]) -> Precaution:
    """Return an assessment beside the branches that it is about; where it names none, all."""
    about = [one for one in branches if covers(said, one)] or branches
    first = first_delivery(chain, about)
    measures = chain.about("assessment", said.refs["assessment"], "mitigation.recorded")
    early = [one for one in measures if first is None or one.index < first.index]
    late = [one for one in measures if one not in early]
    return Precaution(said, first, tuple(early), tuple(late))
