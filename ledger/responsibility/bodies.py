"""The outward layer: which departments answer, and who answers in their place today.

Source: domain, 4.6, steps 4 and 5; decree 809, article 34.
"""

from collections.abc import Iterator

from ledger.access.terms import owner_of
from ledger.responsibility.branches import OWN, Branch
from ledger.responsibility.chain import Chain, Members
from ledger.responsibility.lines import line
from ledger.sharing.machine import Said


def outward(chain: Chain, act: str) -> list[Members]:
    """Return who answers outside for an act: its department, then those that acted with it."""
    own = chain.about("act", act, *OWN)
    rests = [one.index for one in own] or [one.index for one in chain.about("act", act)]
    code = matter_code(chain, act)
    joint = [name for one in own for name in one.data.get("joint_with", ())]
    found = []
    for department in dict.fromkeys((owner_of(act), *joint)):
        what = "outward" if department == owner_of(act) else "outward_joint"
        found.append(line(4, what, rests, department=department))
        found += _in_its_place(chain, department, code)
    return found


def outward_data(chain: Chain, branch: Branch, act: str) -> list[Members]:
    """Return who answers for the data of a branch, and in whose place."""
    provider = branch.provider
    if provider is None:
        return []
    rests = [one.index for one in (branch.sent, branch.entry) if one is not None]
    answers = line(4, "outward_data", rests or branch.rests, department=provider)
    return [answers, *_in_its_place(chain, provider, None)]


def operating(chain: Chain, then: Said | None) -> list[Members]:
    """Return the bodies that the authority named for the stages of what was said *then*."""
    if then is None:
        return []
    return [
        line(
            3, "operates", [said.index], department=stage["body"], stage=stage["stage"],
            unit=stage.get("unit"), duty="operation",
        )
        for said in chain.of("stage.assigned")
        if _applies(said, then)
        for stage in said.data["stages"]
    ]  # fmt: skip


def _applies(said: Said, then: Said) -> bool:
    effective = said.data["effective"]
    timely = effective["from"] <= then.recorded_at < effective.get("to", "9")
    named = {name: ref for name, ref in said.refs.items() if name in ("item", "grant", "matter")}
    return timely and said.index < then.index and named.items() <= dict(then.refs).items()


def matter_code(chain: Chain, act: str) -> str | None:
    """Return the code of the matter that an act belongs to, as its own statements say."""
    codes = (one.data.get("matter_code") for one in chain.about("act", act, *OWN))
    return next((str(code) for code in codes if code is not None), None)


def _in_its_place(chain: Chain, department: str, code: str | None) -> Iterator[Members]:
    now = chain.answerable(department, code)
    if now.department == department:
        return
    if now.department is not None:
        yield line(5, "successor", now.by, department=now.department, instead_of=department)
    elif now.abolished_by is not None:
        yield line(5, "no_successor", now.by, department=now.abolished_by, instead_of=department)
    else:
        yield line(5, "among", now.by, among=list(now.among), instead_of=department)
