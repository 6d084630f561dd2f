"""F1 to F4, F8, F9, F19: a use, and the grant that it rests on.

A window of calls is a use counted: whoever counted it, the department that called is
the one concerned. A use of one's own data needs no grant; nor does one of data that an
association or a firm holds, for which there can be none.

Source: decree 809, articles 20, 25, 27 and 29; seed S23, S31, S32, S51.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from crypto.notation import parse_time
from ledger.access.speak import role_of
from ledger.access.terms import owner_of
from ledger.events.wording import Wording
from ledger.sharing.machine import Body
from ledger.supervision.china import china
from ledger.supervision.reading import DAY_MS, beyond, days_between, version_at
from ledger.supervision.rule import Found, Rule, types
from ledger.supervision.scene import Scene

_MOST_UNBOUND = 100  # uses of one grant that are remembered until an act is named


class _Use(msgspec.Struct, frozen=True, gc=False):
    """What a use and a window of calls have in common."""

    department: str
    item: str
    grant: str | None
    time: str
    purposes: tuple[str, ...]
    calls: int
    marks: tuple[tuple[str, str], ...]


def _using(scene: Scene) -> _Use:
    said, data = scene.said, scene.said.data
    item, grant = said.refs["item"], said.refs.get("grant")
    if said.type == "use.recorded":
        marks = (("use", said.refs["use"]),)
        return _Use(said.source, item, grant, scene.time, (data["purpose_code"],), 1, marks)
    purposes = tuple(one["purpose_code"] for one in data.get("purposes", ()))
    started = data["window"]["from"]
    return _Use(data["consumer"], item, grant, started, purposes, data["count"], ())


def _departments(scene: Scene, use: _Use) -> frozenset[str]:
    """Return in whose place the user speaks."""
    said = scene.said
    return said.stands_for if use.department == said.source else frozenset({use.department})


def _lacking(scene: Scene, use: _Use, grant: Body | None) -> str | None:
    """Return why a use rests on no grant, or None."""
    if use.grant is None:
        return "none_named"
    if grant is None:
        return "not_issued"
    if grant["item"] != use.item:
        return "other_item"
    mine = grant["counterparty"] in _departments(scene, use)
    return None if mine else "other_consumer"


def _granted(scene: Scene) -> tuple[_Use, Body | None, str | None]:
    """Return the use, the grant that it rests on, and why there is none."""
    found: tuple[_Use, Body | None, str | None] | None = scene.read.get("use")
    if found is None:
        found = scene.read["use"] = _rests_on(scene)
    return found


def _rests_on(scene: Scene) -> tuple[_Use, Body | None, str | None]:
    use = _using(scene)
    grant = scene.thing("grant", use.grant)
    if owner_of(use.item) in _departments(scene, use):
        return use, None, None
    lacking = _lacking(scene, use, grant)
    if lacking is not None and _is_social(scene, owner_of(use.item)):
        return use, None, None
    return use, grant if lacking is None else None, lacking


def _is_social(scene: Scene, department: str) -> bool:
    """Whether data is an association's or a firm's own, who neither catalogue nor grant."""
    return role_of(department, scene.registry, scene.said.index) == "social"


def _without_grant(scene: Scene) -> Iterator[Found]:
    use, _, lacking = _granted(scene)
    if lacking is not None:
        facts = {"item": use.item, "grant": use.grant or "—", "why": lacking, "at": use.time}
        yield Found(use.department, facts, marks=use.marks)


def _out_of_time(scene: Scene) -> Iterator[Found]:
    use, grant, _ = _granted(scene)
    if grant is None:
        return
    why = _when(grant, use.time, scene.notes("grant", use.grant), scene.said.data)
    if why is not None:
        scope = version_at(grant, use.time)["scope"]
        facts = {
            "grant": use.grant, "why": why, "at": use.time,
            "from": scope["from"], "to": _until(grant, use.time),
        }  # fmt: skip
        yield Found(use.department, facts, (grant["opened"],), use.marks)


def _until(grant: Body, time: str) -> str:
    ends: str = version_at(grant, time)["scope"]["to"]
    emergency = grant["emergency"]
    return ends if emergency is None else min(ends, emergency.get("sunset", ends))


def _when(grant: Body, time: str, notes: Mapping[str, Any], data: Mapping[str, Any]) -> str | None:
    """Return in what way a T lies outside the time of a grant, or None."""
    if time < version_at(grant, time)["scope"]["from"]:
        return "before_start"
    ending = grant.get("ending")
    if ending is not None and ending["effective"] <= time:
        return "after_end"
    if time >= _until(grant, time):
        return "after_expiry"
    return "suspended" if _suspended(grant, time, notes, data) else None


def _suspended(grant: Body, time: str, notes: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    resumed = list(notes.get("resumed", ()))
    for one in grant["suspensions"]:
        ended = resumed.pop(0) if one["resumed"] is not None and resumed else None
        over = ended is not None and ended <= time
        fields = one["fields"]
        concerned = fields is None or "fields" not in data or set(fields) & set(data["fields"])
        if one["effective"] <= time and not over and concerned:
            return True
    return False


def _other_purpose(scene: Scene) -> Iterator[Found]:
    use, grant, _ = _granted(scene)
    if grant is None:
        return
    allowed = version_at(grant, use.time)["scope"]["purpose_codes"]
    other = beyond(use.purposes, allowed)
    if other:
        facts = {"grant": use.grant, "purposes": other, "granted": allowed, "item": use.item}
        yield Found(use.department, facts, (grant["opened"],), use.marks)


def _beyond_scope(scene: Scene) -> Iterator[Found]:
    if scene.said.type == "delivery.sent":
        yield from _delivered_beyond(scene)
        return
    use, grant, _ = _granted(scene)
    if grant is None:
        return
    scope = version_at(grant, use.time)["scope"]
    found = _exceeding(scene.said.data, scope)
    found += _too_often(scene, use, scope)
    for what, said, allowed in found:
        facts = {"grant": use.grant, "what": what, "said": said, "granted": allowed}
        yield Found(use.department, facts, (grant["opened"],), use.marks)


def _delivered_beyond(scene: Scene) -> Iterator[Found]:
    """What was delivered beyond the grant concerns the provider."""
    said, ref = scene.said, scene.said.refs.get("grant")
    grant = scene.thing("grant", ref)
    if grant is None or grant["owner"] not in said.stands_for:
        return
    scope = version_at(grant, scene.time)["scope"]
    found = _exceeding(said.data, scope)
    if _when(grant, scene.time, scene.notes("grant", ref), said.data) is not None:
        found.append(("time", scene.time, [scope["from"], _until(grant, scene.time)]))
    for what, told, allowed in found:
        facts = {"grant": ref, "what": what, "said": told, "granted": allowed}
        yield Found(said.source, facts, (grant["opened"],), (("delivery", said.refs["delivery"]),))


def _exceeding(data: Mapping[str, Any], scope: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Return (what, said, granted) of each measure by which a statement exceeds a scope."""
    found: list[tuple[str, Any, Any]] = []
    fields = beyond(data.get("fields", ()), scope["fields"])
    if fields:
        found.append(("fields", fields, scope["fields"]))
    most = scope.get("max_records")
    if most is not None and data.get("records", 0) > most:
        found.append(("records", data["records"], most))
    channel = data.get("channel", "not_stated")
    allowed = scope["channels"]
    if channel != "not_stated" and channel not in allowed and "not_stated" not in allowed:
        found.append(("channel", channel, allowed))
    return found


def _too_often(scene: Scene, use: _Use, scope: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Count uses in the period that the scope names; tell once a period that it is exceeded."""
    limit = scope.get("max_frequency")
    if limit is None or use.grant is None or scene.step("grant") is None:
        return []
    notes = scene.note("grant", use.grant)
    period = _period(use.time, limit["per"])
    kept = notes.get("F4")
    before = kept["n"] if kept is not None and kept["period"] == period else 0
    now = before + use.calls
    notes["F4"] = {"period": period, "n": now}
    times = limit["times"]
    return [("frequency", now, times)] if before <= times < now else []


_PERIOD_LENGTHS = {"minute": 16, "hour": 13, "day": 10, "month": 7, "year": 4}
_WEEK_ZERO_MS = 4 * DAY_MS  # 1970-01-05 was a Monday


def _period(time: str, per: str) -> str:
    """Return the period, by the clock in China, in which a T lies."""
    local = china(time)
    if per == "week":
        return f"week {(parse_time(local) - _WEEK_ZERO_MS) // (7 * DAY_MS)}"
    return local[: _PERIOD_LENGTHS[per]]


def _superseded(scene: Scene) -> Iterator[Found]:
    said = scene.said
    version, item = said.data.get("item_version"), said.refs["item"]
    if version is None:
        return
    for notice in scene.notes("item", item).get("notices", ()):
        told = not said.stands_for.isdisjoint(notice["consumers"])
        if told and version in notice["versions"] and notice["at"] <= scene.time:
            facts = {"item": item, "version": version, "told_at": notice["at"], "at": scene.time}
            yield Found(said.source, facts, (notice["entry"],), (("use", said.refs["use"]),))
            return


_ONWARD = {"onward_third_party": "third_party", "open_publication": "open_publication"}


def _onward(scene: Scene) -> Iterator[Found]:
    said = scene.said
    kind = said.data["use_kind"]
    if kind not in _ONWARD or owner_of(said.refs["item"]) in said.stands_for:
        return
    use, grant, _ = _granted(scene)
    scope = {} if grant is None else version_at(grant, use.time)["scope"]
    allowed = {one["kind"] for one in scope.get("onward", ())}
    if _ONWARD[kind] not in allowed:
        facts = {"item": use.item, "grant": use.grant or "—", "kind": kind}
        entries = () if grant is None else (grant["opened"],)
        yield Found(said.source, facts, entries, use.marks)


def _unbound(scene: Scene) -> Iterator[Found]:
    """Told by the first later statement of its department on the same grant that shows it.

    Only uses for an act: statistics and supervision have none.
    """
    said, grant = scene.said, _grant_of(scene)
    body = scene.thing("grant", grant)
    if grant is None or body is None:
        return
    known = scene.notes("grant", grant).get("F19")
    begins = (
        said.type == "use.recorded" and said.data["use_kind"] == "act" and ("act" not in said.refs)
    )
    if not known and not begins:
        return
    waiting = dict(known or {})
    if said.type == "use.bound":
        waiting.pop(said.refs["use"], None)
    late = []
    for use, (entry, recorded) in waiting.items():
        days = days_between(recorded, said.recorded_at)
        if owner_of(use) in said.stands_for and days > scene.value("F19", "bind"):
            facts = {"use": use, "grant": grant, "days": days}
            late.append((use, Found(said.source, facts, (entry,), ())))
    if begins:
        waiting[said.refs["use"]] = [said.index, said.recorded_at]
    told = {name for name, _ in late}
    left = {use: one for use, one in waiting.items() if use not in told}
    _note_unbound(scene, grant, left)
    yield from (found for _, found in late)


def _grant_of(scene: Scene) -> str | None:
    """Return the grant of a statement, by its refs or by the use that it names."""
    refs = scene.said.refs
    if "grant" in refs or scene.said.type != "use.bound":
        return refs.get("grant")
    use = scene.thing("use", refs["use"])
    return None if use is None else use["grant"]


def _note_unbound(scene: Scene, grant: str, waiting: dict[str, Any]) -> None:
    scene.note("grant", grant)["F19"] = dict(sorted(waiting.items())[-_MOST_UNBOUND:])


_USES = types("use.recorded", "window.recorded")

RULES = (
    Rule(
        "F1", "uses", "high", "law", ("809:20", "809:25", "S08"),
        Wording("Use without a grant", "无授权使用"),
        Wording(
            "{item} was used at {at}, and no grant stands behind it: {why} (grant {grant})",
            "{at} 使用 {item}，其后没有授权：{why}（授权 {grant}）",
        ),
        _without_grant, _USES,
    ),
    Rule(
        "F2", "uses", "high", "law", ("809:20", "809:25", "809:27"),
        Wording("Use outside the time of the grant", "授权时间之外使用"),
        Wording(
            "used at {at} under grant {grant}: {why}; it holds from {from} to {to}",
            "{at} 依授权 {grant} 使用：{why}；其期间为 {from} 至 {to}",
        ),
        _out_of_time, _USES,
    ),
    Rule(
        "F3", "uses", "high", "law", ("809:25", "809:40"),
        Wording("Use for another purpose", "超出共享目的使用"),
        Wording(
            "{item} was used for {purposes}; grant {grant} is for {granted}",
            "{item} 用于 {purposes}；授权 {grant} 的用途为 {granted}",
        ),
        _other_purpose, _USES,
    ),
    Rule(
        "F4", "uses", "high", "law", ("809:25", "809:40", "S31"),
        Wording("Beyond the scope of the grant", "超出授权范围"),
        Wording(
            "grant {grant}, {what}: {said}; granted: {granted}",
            "授权 {grant}，{what}：{said}；授权为：{granted}",
        ),
        _beyond_scope, types("use.recorded", "window.recorded", "delivery.sent"),
    ),
    Rule(
        "F8", "uses", "medium", "policy", ("809:26",),
        Wording("A version used after notice", "告知后仍使用旧版本"),
        Wording(
            "version {version} of {item} was used at {at}; its consumers were told at {told_at}",
            "{at} 使用 {item} 的版本 {version}；已于 {told_at} 告知使用部门",
        ),
        _superseded, types("use.recorded"),
    ),
    Rule(
        "F9", "uses", "high", "law", ("809:25", "809:40", "S32"),
        Wording("Passed on without consent", "未经同意向第三方提供"),
        Wording(
            "{item}: {kind}; grant {grant} does not provide for it",
            "{item}：{kind}；授权 {grant} 未予许可",
        ),
        _onward, types("use.recorded"),
    ),
    Rule(
        "F19", "uses", "low", "policy", ("S51",),
        Wording("A use bound to no act", "使用未关联行政行为"),
        Wording(
            "use {use} under grant {grant} names no act, {days} days after it was recorded",
            "授权 {grant} 下的使用 {use} 记录后 {days} 天仍未关联行政行为",
        ),
        _unbound,
        types(
            "use.recorded", "use.bound", "delivery.received", "delivery.sent", "feedback.effect",
            "feedback.quality", "grant.amended", "grant.terminated", "storage.recorded",
            "disposal.done",
        ),
        ("bind",),
    ),
)  # fmt: skip
