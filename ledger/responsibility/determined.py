"""What competent bodies determined of an act; without a determination it says so.

Whether several answer each by its own role, or jointly and severally, nobody but a
determination says; joint and several only with the statute or the clause that grounds it.

Source: domain, 0 and 4.6, step 8; civil code, article 178.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.events.types import EVENT_TYPES
from ledger.responsibility.chain import Chain, Members, official_of
from ledger.responsibility.lines import line
from ledger.sharing.machine import Body, Said
from ledger.sharing.words import STATES

_DECISIONS = ("determination.issued", "determination.revised")
_STEPS = (
    "determination.proposed", *_DECISIONS, "determination.appealed", "determination.withdrawn",
)  # fmt: skip
_DECIDING = (*_DECISIONS, "determination.withdrawn")
_GROUNDS = ("statute", "agreement")


def determinations(chain: Chain, rests: list[int]) -> list[Members]:
    """Return the lines of step 8.

    Args:
        rests: entries of the act.
    """
    refs = sorted({one.refs["determination"] for one in chain.said if "determination" in one.refs})
    found = [line for ref in refs for line in _one(chain, ref)]
    if not decisions(chain):
        found.append(line(8, "undetermined", rests))
    return [line(8, "several", rests), *found]


def decisions(chain: Chain) -> list[Said]:
    """Return what stands: issued or revised by a body that takes part, and not withdrawn."""
    return [one for one in chain.of(*_DECISIONS) if _stands(chain, one)]


def _stands(chain: Chain, said: Said) -> bool:
    body = chain.body("determination", said.refs["determination"])
    return body["state"] != "withdrawn" and said.index in _fitting(body)


def _fitting(body: Body) -> set[int]:
    """The entries of decisions by whoever could decide: what others said changed nothing."""
    return {one["index"] for one in body.get("decisions", ())}


def _one(chain: Chain, ref: str) -> Iterator[Members]:
    body = chain.body("determination", ref)
    if body["opened"] is None or not body["state"]:
        return
    fitting = _fitting(body)
    changed = [one["index"] for one in body["decisions"] if one["decision"] == "changed"]
    for said in chain.about("determination", ref, *_STEPS):
        decides = said.type in _DECISIONS
        if said.type in _DECIDING and said.index not in fitting:
            yield _step(said, ref, body, "determination_unfit")
        elif not decides:
            yield _step(said, ref, body, "determination_step")
        else:
            after = next((index for index in changed if index > said.index), None)
            superseded = {} if after is None else {"superseded_by": [after]}
            yield _step(said, ref, body, "determined") | _exemption(said) | superseded
            if body["state"] != "withdrawn":  # whom it named is not held any more
                yield from (one | superseded for one in _held(said, ref))


def _step(said: Said, ref: str, body: Body, what: str) -> Members:
    kind = EVENT_TYPES[said.event["type"]]
    return line(
        8, what, [said.index], ref=ref, department=said.source, official=official_of(said),
        document=said.data.get("document"), of={"en": kind.label_en, "zh": kind.label_zh},
        state=body["state"], state_label=STATES[body["state"]].both(),
        defect=said.data.get("defect"),
    )  # fmt: skip


def _exemption(said: Said) -> Members:
    return {"exemption": said.data["exemption"]["result"]}


def _held(said: Said, ref: str) -> Iterator[Members]:
    for one in (*said.data.get("persons", ()), *said.data.get("bodies", ())):
        grounds = [basis for basis in one["basis"] if basis["kind"] in _GROUNDS]
        yield line(
            8, "determined_of", [said.index], ref=ref, department=one["department"],
            official=one.get("official"), kind=one["kind"], fault=one["fault"],
            outcomes=one["outcomes"], share=one.get("share"), basis=one["basis"] or None,
        )  # fmt: skip
        if one["kind"] == "joint_several" and grounds:
            yield line(8, "joint_several", [said.index], ref=ref, basis=_cited(grounds),
                       department=one["department"], official=one.get("official"))  # fmt: skip


def _cited(grounds: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [dict(basis) for basis in grounds]
