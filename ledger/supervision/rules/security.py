"""F20, F29, F34: contractors, unusual use, incidents and safeguards.

Source: decree 809, articles 34 to 36 and 40; seed S28, S52, S65.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from crypto.notation import parse_time
from ledger.events.wording import Wording
from ledger.supervision.china import china
from ledger.supervision.reading import HOUR_MS, hours_between
from ledger.supervision.rule import Found, Rule, types
from ledger.supervision.scene import Scene, Spoken

# Contractors


def _entrusted(principal: str, contractor: str) -> str:
    return f"F20/{principal}/{contractor}"


def _contracted(said: Spoken) -> tuple[str, str] | None:
    """Return (principal, contractor) where a statement shows somebody at work for another."""
    data = said.data
    if said.type in ("entrustment.recorded", "entrustment.ended"):
        return said.source, data["contractor"]
    if "contractor" in data and isinstance(data["contractor"], str):
        return said.source, data["contractor"]
    if said.role == "social" and "on_behalf_of" in data:
        return data["on_behalf_of"], said.source
    return None


def _entrustments(said: Spoken) -> tuple[str, ...]:
    pair = _contracted(said)
    return () if pair is None else (_entrusted(*pair),)


def _unentrusted(scene: Scene) -> Iterator[Found]:
    said, pair = scene.said, _contracted(scene.said)
    if pair is None:
        return
    name, data = _entrusted(*pair), said.data
    if said.type == "entrustment.recorded":
        scene.keep(name)[data["entrustment"]] = data["period"]
    elif said.type == "entrustment.ended":
        kept = scene.keep(name)
        if data["entrustment"] in kept:
            kept[data["entrustment"]] = {**kept[data["entrustment"]], "to": data["ended_at"]}
    elif not any(_covers(period, scene.time) for period in scene.memory(name).values()):
        yield Found(pair[0], {"contractor": pair[1], "at": scene.time})


def _covers(period: Mapping[str, Any], time: str) -> bool:
    return bool(period["from"] <= time and ("to" not in period or time < period["to"]))


# Unusual use


def _habits(said: Spoken) -> tuple[str, ...]:
    if "official" in said.event:
        return (f"F29/{said.source}/{said.event['official']}",)
    return ()


def _unusual(scene: Scene) -> Iterator[Found]:
    """One's own days before are the measure; too few of them, and nothing is said.

    Told once a day and kind, by the use that shows it. Days and hours are China's.
    """
    said = scene.said
    for name in _habits(said):
        habit = scene.keep(name)
        local = china(scene.time)
        if habit.get("day") != local[:10]:
            _next_day(habit, local[:10])
        habit["n"] += 1
        if habit["days"] < scene.value("F29", "days"):
            continue
        facts = {"official": said.event["official"], "day": habit["day"], "count": habit["n"]}
        mean = habit["total"] / habit["days"]
        most = max(scene.value("F29", "least"), int(mean * scene.value("F29", "times")))
        if habit["n"] == most + 1:
            yield Found(said.source, {**facts, "why": "burst", "mean": round(mean)})
        if _off(scene, local) and not habit["off"] and not habit["told"]:
            habit["told"] = True
            yield Found(said.source, {**facts, "why": "off_hours", "mean": round(mean)})
        habit["off_today"] = habit["off_today"] or _off(scene, local)


def _next_day(habit: dict[str, Any], day: str) -> None:
    """Close a day: it counts among those that went before."""
    if "day" in habit:
        habit["days"] += 1
        habit["total"] += habit["n"]
        habit["off"] = habit["off"] or habit["off_today"]
    else:
        habit |= {"days": 0, "total": 0, "off": False}
    habit |= {"day": day, "n": 0, "off_today": False, "told": False}


def _off(scene: Scene, local: str) -> bool:
    hour = int(local[11:13])
    return not scene.value("F29", "opens") <= hour < scene.value("F29", "closes")


# Incidents and safeguards

_REPORT = ("O15", "report")


def _unsafe(scene: Scene) -> Iterator[Found]:
    said, data = scene.said, scene.said.data
    if said.type == "storage.recorded":
        bare = data["encryption"] == "none" and not data.get("safeguards")
        if data["stored"] != "none" and bare:
            yield Found(said.source, {"about": said.refs["item"], "why": "unprotected", "hours": 0})
        return
    # As clock O15 counts, whose number this is: by when it was reported, as the report says.
    hours = hours_between(data["found_at"], scene.time)
    facts = {"about": said.refs["incident"], "hours": hours}
    if not data["measures"]:
        yield Found(said.source, {**facts, "why": "no_measures"})
    after = parse_time(scene.time) - parse_time(data["found_at"])
    if after > scene.value(*_REPORT) * HOUR_MS:
        yield Found(said.source, {**facts, "why": "reported_late"})


RULES = (
    Rule(
        "F20", "security", "high", "law", ("809:36", "S52"),
        Wording("A contractor without an entrustment", "受托方未见委托记录"),
        Wording(
            "{contractor} was at work at {at}; no entrustment in force then was recorded",
            "{contractor} 于 {at} 参与工作；当时未见有效的委托记录",
        ),
        _unentrusted,
        types(
            "entrustment.recorded", "entrustment.ended", "storage.recorded", "unit.recorded",
            "use.recorded", "delivery.sent", "delivery.received", "feedback.effect",
            "feedback.quality",
        ),
        (), _entrustments,
    ),
    Rule(
        "F29", "security", "low", "policy", ("S65",),
        Wording("Unlike his days before", "与其以往不同的使用"),
        Wording(
            "{official} on {day}: {why}; {count} uses so far, {mean} a day before",
            "{official} 于 {day}：{why}；当日已 {count} 次，此前日均 {mean} 次",
        ),
        _unusual, types("use.recorded"), ("days", "least", "times", "opens", "closes"), _habits,
    ),
    Rule(
        "F34", "security", "high", "law", ("809:34", "809:35", "809:40"),
        Wording("Security duty to be checked", "安全管理责任待核"),
        Wording("{about}: {why} (after {hours} hours)", "{about}：{why}（{hours} 小时）"),
        _unsafe, types("incident.reported", "storage.recorded"), version="2", borrows=(_REPORT,),
    ),
)  # fmt: skip
