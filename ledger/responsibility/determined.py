"""What competent bodies determined of an act; without a determination it says so.

Whether several answer each by its own role, or jointly and severally, nobody but a
determination says; joint and several only with the statute or the clause that grounds it.

Source: domain, 0 and 4.6, step 8; civil code, article 178.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.events.types import EVENT_TYPES
from ledger.responsibility.chain import Chain, Members, official_of
from ledger.responsibility.lines import both, line
from ledger.sharing.machine import Said
from ledger.sharing.words import STATES

_DECISIONS = ("determination.issued", "determination.revised")
_STEPS = (
    "determination.proposed", *_DECISIONS, "determination.appealed", "determination.withdrawn",
)  # fmt: skip
_GROUNDS = ("statute", "agreement")


def determinations(chain: Chain, rests: list[int]) -> list[Members]:
    """Return the lines of step 8.

    Args:
        rests: entries of the act.
    """
    refs = sorted({one.refs["determination"] for one in chain.said if "determination" in one.refs})
    found = [line for ref in refs for line in _one(chain, ref)]
    if not any(one["what"] == "determined" for one in found):
        found.append(line(8, "undetermined", rests))
    return [line(8, "several", rests), *found]


def _one(chain: Chain, ref: str) -> Iterator[Members]:
    body = chain.body("determination", ref)
    if body["opened"] is None or not body["state"]:
        return
    state = both(STATES[body["state"]])
    for said in chain.about("determination", ref, *_STEPS):
        kind = EVENT_TYPES[said.event["type"]]
        decides = said.type in _DECISIONS
        yield line(
            8, "determined" if decides else "determination_step", [said.index], ref=ref,
            department=said.source, official=official_of(said),
            document=said.data.get("document"), of={"en": kind.label_en, "zh": kind.label_zh},
            state=body["state"], state_label=state, defect=said.data.get("defect"),
            exemption=said.data["exemption"]["result"] if decides else None,
        )  # fmt: skip
        if decides:
            yield from _held(said, ref)


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
