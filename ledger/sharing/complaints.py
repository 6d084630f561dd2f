"""What the holder of a claim code is told of his complaint: where it stands, and each answer.

He is told which body said what and when, never which official, and nothing of anybody
else's complaint. An answer that is withheld or erased is told of as that, so that its
silence is not taken for a body's.

Source: decree 809, article 37; spec 9; law on personal information, article 44.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ledger.access.terms import short_of, source_of
from ledger.events.wording import Wording

Members = dict[str, Any]

RECEIVED, ANSWERED = "complaint.received", "complaint.answered"
CLAIM = "claim_code_sha256"

STATES: Mapping[str, Wording] = {
    "received": Wording("taken in, not answered yet", "已受理，尚未答复"),
    "referred": Wording("passed on to another body", "已转交其他机关"),
    "answered": Wording("answered", "已答复"),
    "not_accepted": Wording("not accepted", "不予受理"),
    "withdrawn": Wording("withdrawn", "已撤回"),
    "removed": Wording("the last word on it is no longer shown", "最近一次陈述已停止提供或删除"),
}
DISPOSITIONS: Mapping[str, Wording] = {
    "upheld": Wording("upheld", "属实"),
    "partly_upheld": Wording("partly upheld", "部分属实"),
    "not_upheld": Wording("not upheld", "不属实"),
    "referred": Wording("passed on to another body", "转交其他机关"),
    "not_accepted": Wording("not accepted", "不予受理"),
    "withdrawn": Wording("withdrawn by whoever complained", "投诉人撤回"),
}
MEASURES: Mapping[str, Wording] = {
    "correction_requested": Wording("a correction was asked for", "已提出校核纠错"),
    "act_reexamined": Wording("the act was examined anew", "已重新审查行政行为"),
    "use_stopped": Wording("the use was stopped", "已停止使用"),
    "disposal_required": Wording("the data must be disposed of", "已要求处置数据"),
    "incident_reported": Wording("an incident was reported", "已报告安全事件"),
    "cure_ordered": Wording("a correction was ordered", "已责令改正"),
    "referral_made": Wording("the case was referred", "已移送"),
    "none": Wording("none", "无"),
}
REMOVALS: Mapping[str, Wording] = {
    "withheld": Wording("withheld", "已停止提供"),
    "erased": Wording("erased", "已删除"),
}
_STATE_OF = {name: name for name in ("referred", "not_accepted", "withdrawn")}
_TOLD = ("disposition", "answer", "measures", "referred_to", "legal_basis")


@dataclass(frozen=True, slots=True)
class Claimed:
    """One entry that a claim code opens.

    Attributes:
        statement: its digest, hex.
        event: None where it is gone; then ``removed`` is ``withheld`` or ``erased``.
        by: the entry that ordered it so.
    """

    index: int
    recorded_at: str
    statement: str
    event: Mapping[str, Any] | None
    removed: str | None = None
    by: int | None = None


def claim_of(code: str) -> str:
    """Return what statements carry of a claim code: the hex SHA-256 of its UTF-8 bytes."""
    return sha256(code.encode("utf-8")).hexdigest()


def told(claimed: Iterable[Claimed]) -> Members:
    """Return ``complaints``, each with its answers, and ``removed``, oldest first.

    ``department`` and ``referred_to`` are ids.
    """
    ordered = sorted(claimed, key=lambda one: one.index)
    removed = [_removed(one) for one in ordered if one.event is None]
    last_removed = max((one["index"] for one in removed), default=-1)
    by_ref: dict[str, list[Claimed]] = {}
    for one in ordered:
        if one.event is not None:
            by_ref.setdefault(one.event["data"]["refs"]["complaint"], []).append(one)
    complaints = [_complaint(ref, said, last_removed) for ref, said in by_ref.items()]
    return {"complaints": complaints, "removed": removed}


def _complaint(ref: str, said: list[Claimed], last_removed: int) -> Members:
    received = [_received(one) for one in said if _type(one) == RECEIVED]
    answers = [_answer(one) for one in said if _type(one) == ANSWERED]
    state = _state(answers)
    if last_removed > said[-1].index:
        state = "removed"
    return {
        "complaint": ref,
        "state": state,
        "received": received[0] if received else None,
        "answers": answers,
    }


def _state(answers: list[Members]) -> str:
    if not answers:
        return "received"
    return _STATE_OF.get(answers[-1]["disposition"], "answered")


def _received(one: Claimed) -> Members:
    data = _data(one)
    return _said(one) | {"kind": data["kind"], "mode": data["mode"]}


def _answer(one: Claimed) -> Members:
    data = _data(one)
    return _said(one) | {name: data[name] for name in _TOLD if name in data}


def _said(one: Claimed) -> Members:
    return {**_placed(one), "department": source_of(one.event or {})}


def _removed(one: Claimed) -> Members:
    return {**_placed(one), "removed": one.removed, "by": one.by}


def _placed(one: Claimed) -> Members:
    return {"index": one.index, "recorded_at": one.recorded_at, "statement": one.statement}


def _type(one: Claimed) -> str:
    return short_of((one.event or {})["type"])


def _data(one: Claimed) -> Mapping[str, Any]:
    data: Mapping[str, Any] = (one.event or {})["data"]
    return data
