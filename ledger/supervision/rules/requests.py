"""F15, F24, F36: what is asked for and what is answered.

Source: decree 809, articles 14, 15, 21 and 24.
"""

from collections.abc import Iterator

from ledger.events.wording import Wording
from ledger.supervision.reading import beyond
from ledger.supervision.rule import Found, Rule, types
from ledger.supervision.scene import Scene


def _conditions(scene: Scene) -> Iterator[Found]:
    """Conditions are those of the catalogue as it stands; a scope beside them is no condition."""
    said = scene.said
    item = scene.thing("item", said.refs["item"])
    asked = [one["code"] for one in said.data.get("conditions", ())]
    if item is None or item["owner"] not in said.stands_for:
        return
    added = beyond(asked, scene.notes("item", said.refs["item"]).get("conditions", ()))
    if added:
        about = said.refs.get("grant") or said.refs.get("request")
        facts = {"item": said.refs["item"], "about": about, "added": added}
        yield Found(said.source, facts, (item["opened"],))


def _answer(scene: Scene) -> Iterator[Found]:
    """A refusal that says why in no way; and missing materials, which are told once."""
    said, step = scene.said, scene.step("request")
    if step is None or step.reason == "no_party":
        return
    request = said.refs["request"]
    if said.type == "request.supplement_required":
        if step.reason == "second_supplement":
            yield Found(said.source, {"request": request, "why": "second_supplement"})
        return
    data = said.data
    vague = data.get("reason_code") in ("other", "not_stated") and "reason" not in data
    if data["decision"] == "refuse" and vague:
        yield Found(said.source, {"request": request, "why": "no_reason"})


def _unconditional(scene: Scene) -> Iterator[Found]:
    said, step = scene.said, scene.step("request")
    item = scene.thing("item", said.refs["item"])
    if item is None or step is None or step.reason == "no_party":
        return
    decision = said.data["decision"]
    if item["sharing_attribute"] == "unconditional" and decision != "agree":
        facts = {"item": said.refs["item"], "request": said.refs["request"], "decision": decision}
        yield Found(said.source, facts, (item["opened"],))


RULES = (
    Rule(
        "F15", "requests", "high", "law", ("809:15", "809:24", "809:39"),
        Wording("A condition that the catalogue does not have", "增设目录以外的条件"),
        Wording(
            "{about}: conditions {added} are not among those that the catalogue has for {item}",
            "{about}：条件 {added} 不在 {item} 的目录条件之内",
        ),
        _conditions, types("request.replied", "grant.issued", "grant.amended"),
    ),
    Rule(
        "F24", "requests", "medium", "law", ("809:21",),
        Wording("Refused without a reason, or asked twice", "不同意而未说明理由，或者再次要求补正"),
        Wording("request {request}: {why}", "申请 {request}：{why}"),
        _answer, types("request.replied", "request.supplement_required"),
    ),
    Rule(
        "F36", "requests", "high", "law", ("809:14", "809:15", "809:21"),
        Wording("What is shared without condition was refused", "无条件共享类未予全部共享"),
        Wording(
            "{item} is shared without condition; request {request}: {decision}",
            "{item} 属于无条件共享类；申请 {request}：{decision}",
        ),
        _unconditional, types("request.replied"),
    ),
)  # fmt: skip
