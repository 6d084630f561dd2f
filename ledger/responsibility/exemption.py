"""The checklist of an exemption beside an act: limb by limb, and what put the harm right.

For each department that claims one; where nobody does, for the department of the act, so
that whoever took care beforehand sees what the ledger holds for him. A competent body
decides; what it said of a limb stands beside what the ledger shows.

Source: seed, on exemption; domain, 0A and 4.6, step 7.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ledger.access.terms import owner_of
from ledger.responsibility.beside import claims
from ledger.responsibility.branches import OWN, Branch
from ledger.responsibility.chain import Chain, Members, official_of
from ledger.responsibility.determined import decisions
from ledger.responsibility.exemption_limbs import LIMBS, Case, limb_of
from ledger.responsibility.lines import line
from ledger.responsibility.precautions import covers, precautions
from ledger.responsibility.words import LIMB_WORDS, RESULTS
from ledger.sharing.machine import Said

_PUT_RIGHT = ("to_be_revised", "to_be_revoked")


def exemption(
    chain: Chain, act: str, branches: Sequence[Branch], doubted: Sequence[Branch]
) -> list[Members]:
    """Return the limbs, then the rectification, department by department.

    Args:
        doubted: the branches that are in doubt; all of them where none is.
    """
    claimed = claims(chain, act)
    found: list[Members] = []
    for claim in claimed:
        case = _case(chain, act, claim.source, branches, doubted, claim)
        found += [*_limbs(case), *_rectified(case)]
    if not claimed and branches:
        case = _case(chain, act, owner_of(act), branches, doubted, None)
        found += [*_limbs(case), *_rectified(case)]
    return found


def _case(
    chain: Chain,
    act: str,
    department: str,
    branches: Sequence[Branch],
    doubted: Sequence[Branch],
    claim: Said | None,
) -> Case:
    """The case is about the shares whose risks are claimed; else about those in doubt."""
    named = {one["assessment"] for one in _risks(claim) if "assessment" in one}
    assessed = [one for ref in sorted(named) for one in chain.about(
        "assessment", ref, "assessment.recorded")]  # fmt: skip
    about = [one for one in branches if any(covers(said, one) for said in assessed)]
    concerned = about or [one for one in doubted if one in branches] or list(branches)
    return Case(
        chain, act, department, concerned, precautions(chain, concerned, department), claim
    )  # fmt: skip


def _risks(claim: Said | None) -> Sequence[Mapping[str, Any]]:
    return () if claim is None else claim.data["risks"]


def _limbs(case: Case) -> Iterator[Members]:
    own = case.chain.about("act", case.act, *OWN) or case.chain.about("act", case.act)
    rests = case.claimed or [one.index for one in own]
    for name in LIMBS:
        found = limb_of(case, name)
        determined = _determined(case, name)
        yield line(
            7, "limb", [*(found.entries or rests), *(one["entry"] for one in determined)],
            limb=name, limb_label=LIMB_WORDS[name].both(), result=found.result,
            result_label=RESULTS[found.result].both(), department=case.department,
            claim=None if case.claim is None else case.claim.index,
            determined=determined or None, **found.says,
        )  # fmt: skip


def _determined(case: Case, name: str) -> list[Members]:
    """What competent bodies said of a limb."""
    return [
        {"by": said.source, "entry": said.index, "result": one["result"]}
        for said in decisions(case.chain)
        if _is_about(case, said)
        for one in said.data["exemption"].get("limbs", ())
        if one["limb"] == name
    ]


def _is_about(case: Case, said: Said) -> bool:
    claim = said.data["exemption"].get("claim")
    if case.claim is not None and claim is not None:
        return bool(claim == case.claim.digest)
    named = (*said.data.get("persons", ()), *said.data.get("bodies", ()))
    return any(one["department"] == case.department for one in named)


def _rectified(case: Case) -> Iterator[Members]:
    """SPEC: domain 0A, rectification and its result are part of it."""
    chain, found = case.chain, list[Said]()
    found += chain.about("act", case.act, "act.revised", "act.revoked")
    found += [
        one
        for one in chain.about("act", case.act, "act.reexamined")
        if one.data["outcome"] in _PUT_RIGHT
    ]
    for branch in case.branches:
        for asked in chain.about("use", branch.use_ref, "correction.requested"):
            found += chain.about("correction", asked.refs["correction"], "correction.resulted")
    claimed = () if case.claim is None else case.claim.data.get("rectification", ())
    found += [chain.by_digest[one] for one in claimed if one in chain.by_digest]
    for said in sorted({one.index: one for one in found}.values(), key=lambda one: one.index):
        yield line(
            7, "rectified", [said.index], department=said.source, official=official_of(said),
            type=said.type, result=said.data.get("result"), outcome=said.data.get("outcome"),
        )  # fmt: skip
    if case.claim is not None:
        yield line(
            7, "loss_claimed", case.claimed, department=case.department,
            loss=case.claim.data["loss"], procedure=case.claim.data["procedure"],
        )  # fmt: skip
        if not found:
            yield line(7, "not_rectified", case.claimed, department=case.department)
