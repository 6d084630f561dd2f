"""The limbs of an exemption, as far as the ledger shows them: it decides none.

``shown``: entries show it. ``not_shown``: entries show otherwise, or what the ledger would
hold is not among what may be read. ``unknown``: no ledger can tell, such as that nobody
gained by it; what is declared stands beside it as a declaration.

Source: seed, on exemption; domain, 0A and 4.6.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.responsibility.branches import Branch, happened
from ledger.responsibility.chain import Chain, Members
from ledger.responsibility.determined import decisions
from ledger.responsibility.precautions import Precaution, covers
from ledger.sharing.grants import state_at
from ledger.sharing.machine import Said
from ledger.sharing.uses import QUESTIONING

# SPEC: domain 0A, "no major loss" belongs to a local pack, so it is no limb here.
LIMBS = (
    "lawful_basis", "assessed_before", "diligence", "unforeseeable_or_uncontrollable",
    "not_prohibited", "no_private_gain",
)  # fmt: skip
_IN_FORCE = frozenset({"approved", "ready", "active"})


@dataclass(frozen=True, slots=True)
class Case:
    """What limbs are read against.

    Attributes:
        act: its ref.
        department: for which they are read.
        branches: the shares that it concerns.
        precautions: assessments of these shares by the department.
        claim: of the exemption; None: nobody claimed it.
        until: index before which care had to be taken: that of the claim, else the size.
    """

    chain: Chain
    act: str
    department: str
    branches: Sequence[Branch]
    precautions: Sequence[Precaution]
    claim: Said | None

    @property
    def until(self) -> int:
        return self.chain.size if self.claim is None else self.claim.index

    @property
    def claimed(self) -> list[int]:
        """The entry of the claim."""
        return [] if self.claim is None else [self.claim.index]


@dataclass(frozen=True, slots=True)
class Limb:
    """How one limb stands: by which entries, and what else is to be said of it."""

    result: str
    entries: Sequence[int] = ()
    says: Members = field(default_factory=dict)


def limb_of(case: Case, name: str) -> Limb:
    """Return how the limb *name*, one of :data:`LIMBS`, stands."""
    return _ASKED[name](case)


def _lawful_basis(case: Case) -> Limb:
    """A pilot that was running, a law that the papers name, or neither; a share without a grant."""
    bare = [one for one in case.branches if one.use is not None and one.grant is None]
    if bare:
        return Limb("not_shown", _of_uses(bare), {"lacks": ["grant"]})
    pilots = [
        one
        for branch in case.branches
        for one in (branch.grant, branch.request)
        if one is not None and "pilot" in one.data
    ]
    running = [one for one in pilots if _runs(one, case.branches)]
    if running:
        documents = [one.data["pilot"]["document"] for one in running]
        return Limb("shown", _indexes(running), {"pilots": list(dict.fromkeys(documents))})
    if pilots:
        return Limb("not_shown", _indexes(pilots), {"lacks": ["pilot_running"]})
    named = [_naming_law(branch) for branch in case.branches]
    if named and all(named):
        return Limb("shown", [one.index for found in named for one in found])
    return Limb("unknown", case.claimed)


def _runs(said: Said, branches: Sequence[Branch]) -> bool:
    """Whether a pilot had not ended when the data was used."""
    ends: str = said.data["pilot"]["ends"]
    used = [happened(one.use) for one in branches if one.use is not None and _is_of(said, one)]
    return all(at < ends for at in used)


def _is_of(said: Said, branch: Branch) -> bool:
    return said in (branch.grant, branch.request)


def _naming_law(branch: Branch) -> list[Said]:
    papers = (branch.request, branch.grant)
    return [one for one in papers if one is not None and one.data.get("legal_basis")]


def _assessed_before(case: Case) -> Limb:
    """Assessment and measures before the first delivery: by their places in the log."""
    bare = [
        branch
        for branch in case.branches
        if not any(covers(one.said, branch) for one in case.precautions)
    ]
    if bare:
        return Limb("not_shown", _of_uses(bare), {"lacks": ["assessment"]})
    entries = [entry for one in case.precautions for entry in one.entries]
    proved = _proved(case, entries)
    late = [one for one in case.precautions if one.before is not True]
    if not late and all(one.measures for one in case.precautions):
        return Limb("shown", entries, proved)
    if any(one.is_older(case.chain.since) for one in late):
        return Limb("unknown", entries, {"paper_older_than_ledger": True})
    if any(one.before is None for one in late):
        return Limb("unknown", entries, {"lacks": ["delivery"]})
    backdated = [one.said.index for one in late if one.claims_earlier]
    lacks = ["before"] if late else ["measures"]
    says = proved | {"lacks": lacks, **({"claims_earlier": backdated} if backdated else {})}
    return Limb("not_shown", entries, says)


def _proved(case: Case, entries: Sequence[int]) -> Members:
    """By what the order is proved; SPEC: spec 8, the proven interval."""
    proven = case.chain.proven
    there = all(one.is_proven(proven) for one in case.precautions)
    found: Members = {"proved_by": "index", "interval": "proven" if there else "open"}
    known = [
        {"entry": entry, "after": proven[entry][0], "before": proven[entry][1]}
        for entry in sorted(set(entries))
        if entry in proven
    ]
    return found | ({"intervals": known} if known else {})


def _diligence(case: Case) -> Limb:
    """The reviews that were scheduled up to the decision, or whatever care is on record."""
    care = [one for one in _care(case) if one.index < case.until]
    due = [(one.said, day) for one in case.precautions for day in _scheduled(case, one.said)]
    held = {one.data.get("scheduled_for") for one in care}
    missed = [day for _, day in due if day not in held]
    entries = [*_indexes(care), *(said.index for said, _ in due)]
    if missed:
        return Limb("not_shown", entries, {"missed": missed})
    if care:
        return Limb("shown", entries)
    return Limb("not_shown", _of_uses(case.branches) + case.claimed, {"lacks": ["care"]})


def _care(case: Case) -> list[Said]:
    """Records of care by the department about the assessments, shares or the act in question."""
    named = {("act", case.act)} | {
        ("assessment", one.said.refs["assessment"]) for one in case.precautions
    }
    for branch in case.branches:
        named |= {("use", branch.use_ref), ("item", branch.item or "")}
        named |= {("grant", branch.grant.refs["grant"])} if branch.grant is not None else set()
    return [
        one
        for one in case.chain.of("diligence.recorded")
        if case.department in one.stands_for and not named.isdisjoint(one.refs.items())
    ]


def _scheduled(case: Case, said: Said) -> list[str]:
    """The reviews of an assessment that fell due before the act was decided."""
    decided = case.chain.first("act", case.act, "act.decided", "act.revised")
    until = case.chain.at if decided is None else decided.recorded_at
    return [day for day in said.data.get("reviews", ()) if day <= until]


def _unforeseeable_or_uncontrollable(case: Case) -> Limb:
    """Each risk that the claim names; without a claim nobody said which risk came about."""
    if case.claim is None:
        return Limb("unknown", [entry for one in case.precautions for entry in one.entries])
    found = [_risk(case, risk) for risk in case.claim.data["risks"]]
    results = {one.result for one in found}
    result = next(one for one in ("not_shown", "unknown", "shown") if one in results)
    entries = [*case.claimed, *(entry for one in found for entry in one.entries)]
    return Limb(result, entries, {"risks": [one.says | {"result": one.result} for one in found]})


def _risk(case: Case, claimed: Mapping[str, Any]) -> Limb:
    says = {name: claimed[name] for name in ("assessment", "claimed", "risk") if name in claimed}
    listing = _listing(case, claimed)
    if claimed["claimed"] == "unforeseeable":
        return _unforeseeable(case, claimed, listing, says)
    if claimed["claimed"] != "uncontrollable":
        return Limb("not_shown", (), says)  # it is claimed to be neither
    if listing is None or listing.before is not True:
        rests = [] if listing is None else listing.entries
        return Limb("not_shown", rests, says | {"lacks": ["listed_before"]})
    applied = [one.index for one in listing.measures if _is_applied(one, claimed["risk"])]
    late = [one.index for one in listing.late if one.index < _decided_at(case)
            and _is_applied(one, claimed["risk"])]  # fmt: skip
    if applied or late:
        return Limb("shown", [*listing.entries, *applied, *late], says)
    return Limb("not_shown", listing.entries, says | {"lacks": ["measures_applied"]})


def _unforeseeable(
    case: Case, claimed: Mapping[str, Any], listing: Precaution | None, says: Members
) -> Limb:
    """Unknown, unless a reviewer states it; others who listed the like stand beside it."""
    listed = None if listing is None else _listed(listing.said, claimed.get("risk"))
    if listing is None or listed is None:
        return Limb("unknown", (), says)
    others = [
        one.index
        for one in case.chain.of("assessment.recorded")
        if one is not listing.said
        and case.department not in one.stands_for
        and any(risk["kind"] == listed["kind"] for risk in one.data["risks"])
    ]
    entries = [listing.said.index, *others]
    says |= {"listed_by_others": others} if others else {}
    by_reviewer = listing.said.event.get("tier") == "reviewer" and listing.said.voice == "signed"
    if listed["foreseeable"] == "unforeseeable" and by_reviewer:
        return Limb("shown", entries, says)
    return Limb("unknown", entries, says)


def _listing(case: Case, claimed: Mapping[str, Any]) -> Precaution | None:
    """The assessment in which a risk that is claimed stands."""
    for one in case.precautions:
        if claimed.get("assessment") == one.said.refs["assessment"] and (
            _listed(one.said, claimed.get("risk")) is not None
        ):
            return one
    return None


def _listed(said: Said, risk: str | None) -> Mapping[str, Any] | None:
    return next((one for one in said.data["risks"] if one["id"] == risk), None)


def _is_applied(said: Said, risk: str) -> bool:
    return any(
        one["state"] == "applied" and risk in one["risks"] for one in said.data["measures"]
    )  # fmt: skip


def _decided_at(case: Case) -> int:
    decided = case.chain.first("act", case.act, "act.decided", "act.revised")
    return case.until if decided is None else decided.index


def _not_prohibited(case: Case) -> Limb:
    """Against it: what goes beyond the grant, a confirmed finding of that, or the claim itself."""
    against = [*_answering(case, "not_prohibited", "explicitly_prohibited"), *_confirmed(case)]
    for branch in case.branches:
        if branch.use is not None and branch.grant is not None:
            body = case.chain.body("grant", branch.grant.refs["grant"], branch.use.index)
            if body["opened"] is not None and (
                state_at(body, happened(branch.use)) not in _IN_FORCE
            ):
                against += [branch.use.index, body["opened"]]
    if against:
        return Limb("not_shown", against)
    return Limb("unknown", case.claimed, _declared(case, "not_prohibited"))


def _confirmed(case: Case) -> list[int]:
    said = [one for branch in case.branches for one in branch.said]
    return [
        entry
        for one in said
        for finding in case.chain.findings(one.index)
        if finding["rule"] in QUESTIONING and finding["state"] == "confirmed"
        for entry in (one.index, *finding["entries"])
    ]


def _no_private_gain(case: Case) -> Limb:
    """Against it: the claim itself, or what a competent body determined of gains."""
    kept = [
        one.index
        for one in decisions(case.chain)
        if any("kept_gains" in person.get("aggravating", ()) for person in _persons(case, one))
    ]
    against = [*_answering(case, "unintended", "private_gain"), *kept]
    if against:
        return Limb("not_shown", against)
    return Limb("unknown", case.claimed, _declared(case, "unintended"))


def _persons(case: Case, said: Said) -> list[Mapping[str, Any]]:
    persons = said.data.get("persons", ())
    return [one for one in persons if one["department"] == case.department]


def _answering(case: Case, distinction: str, answer: str) -> list[int]:
    return case.claimed if _answer(case, distinction) == answer else []


def _answer(case: Case, distinction: str) -> str | None:
    if case.claim is None:
        return None
    answer: str = case.claim.data["three_distinctions"][distinction]["answer"]
    return answer


def _declared(case: Case, distinction: str) -> Members:
    answer = _answer(case, distinction)
    return {} if answer in (None, "not_stated") else {"declared": answer}


def _of_uses(branches: Iterable[Branch]) -> list[int]:
    return [entry for one in branches for entry in ([one.use.index] if one.use else one.rests)]


def _indexes(said: Iterable[Said]) -> list[int]:
    return [one.index for one in said]


_ASKED: Mapping[str, Callable[[Case], Limb]] = {
    "lawful_basis": _lawful_basis,
    "assessed_before": _assessed_before,
    "diligence": _diligence,
    "unforeseeable_or_uncontrollable": _unforeseeable_or_uncontrollable,
    "not_prohibited": _not_prohibited,
    "no_private_gain": _no_private_gain,
}
