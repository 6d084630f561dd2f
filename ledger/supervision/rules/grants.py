"""F12, F13, F22, F23, F25, F32, F33: the life of a grant.

Source: decree 809, articles 27, 29 and 37; seed S05, S25, S36, S45, S53.
"""

from collections.abc import Iterator

from ledger.access.terms import owner_of
from ledger.events.wording import Wording
from ledger.sharing.machine import Body
from ledger.supervision.reading import CYCLE_HOURS, days_between, hours_between
from ledger.supervision.rule import Found, Rule, types
from ledger.supervision.scene import Scene, Spoken


def _first_delivery(scene: Scene) -> Body | None:
    """Return the grant, where this is the first delivery under it by its provider.

    Papers of an emergency may follow; F25 looks after them.
    """
    grant, step = scene.thing("grant", scene.ref("grant")), scene.step("grant")
    if grant is None or step is None or not step.fits or grant["emergency"] is not None:
        return None
    return grant if grant["deliveries"] == 1 else None


def _without_impact(scene: Scene) -> Iterator[Found]:
    grant = _first_delivery(scene)
    if grant is None:
        return
    personal = scene.notes("item", grant["item"]).get("personal", "none")
    if personal != "none" and "pia" not in _assessed(scene, grant):
        facts = {"grant": grant["ref"], "item": grant["item"], "personal": personal}
        yield Found(scene.said.source, facts, (grant["opened"],))


def _without_risk(scene: Scene) -> Iterator[Found]:
    grant = _first_delivery(scene)
    if grant is not None and not _assessed(scene, grant):
        facts = {"grant": grant["ref"], "item": grant["item"]}
        yield Found(scene.said.source, facts, (grant["opened"],))


def _assessed(scene: Scene, grant: Body) -> set[str]:
    """Return what was assessed before sharing, with the grant or with its request."""
    noted = set(scene.notes("grant", grant["ref"]).get("assessed", ()))
    return noted | set(scene.notes("request", grant["request"]).get("assessed", ()))


# A change of leaders


def _leaders(department: str) -> str:
    return f"F22/{department}"


def _leader_names(said: Spoken) -> tuple[str, ...]:
    if said.type == "leadership.recorded":
        return (_leaders(said.data["department"]),)
    return (_leaders(owner_of(said.refs["grant"])),) if "grant" in said.refs else ()


def _lapsed(scene: Scene) -> Iterator[Found]:
    """Told by the first statement on the grant that shows the gap: a later delivery, or another.

    Deliveries went on by the promised cycle until a leader of the provider changed, and
    then stopped for longer than the parameter allows.
    """
    said = scene.said
    if said.type == "leadership.recorded":
        kept = scene.keep(_leaders(said.data["department"]))
        kept["from"], kept["entry"] = said.data["period"]["from"], said.index
        return
    grant = scene.thing("grant", scene.ref("grant"))
    if grant is None or grant["versions"][-1].get("schedule", {}).get("cycle") not in CYCLE_HOURS:
        return
    notes = scene.note("grant", grant["ref"])
    last = notes.get("F22")
    found = None if last is None else _gap(scene, grant, last)
    if said.type == "delivery.sent":
        notes["F22"] = scene.time
    elif found is not None:
        notes.pop("F22")  # told once
    if found is not None:
        yield found


def _gap(scene: Scene, grant: Body, last: str) -> Found | None:
    changed = scene.memory(_leaders(grant["owner"]))
    if not changed:
        return None
    cycle = grant["versions"][-1]["schedule"]["cycle"]
    length = CYCLE_HOURS[cycle]
    ran_until_then = last <= changed["from"] and hours_between(last, changed["from"]) <= length
    gap = hours_between(last, scene.time)
    if not ran_until_then or changed["from"] > scene.time:
        return None
    if gap <= length * scene.value("F22", "cycles", grant["owner"]):
        return None
    facts = {
        "grant": grant["ref"], "last": last, "at": scene.time, "hours": gap, "cycle": cycle,
        "changed": changed["from"],
    }  # fmt: skip
    return Found(grant["owner"], facts, (grant["opened"], changed["entry"]))


# Bodies that are no more


def _held_by(department: str) -> str:
    return f"F23/{department}"


def _holders(said: Spoken) -> Iterator[str]:
    if said.type == "succession.recorded":
        yield from map(_held_by, said.data["predecessors"])
    elif "grant" in said.refs:
        yield _held_by(owner_of(said.refs["grant"]))
        yield _held_by(said.data["consumer"])


def _unmapped(scene: Scene) -> Iterator[Found]:
    """Grants that a body had when it was abolished or split, and that nobody was given.

    One successor goes on with all; what is carried by name is carried.
    """
    said, step = scene.said, scene.step("grant")
    if said.type != "succession.recorded":
        if step is not None and step.fits:
            for department in {owner_of(said.refs["grant"]), said.data["consumer"]}:
                kept = scene.keep(_held_by(department))
                kept["live"] = kept.get("live", 0) + (1 if said.type == "grant.issued" else -1)
        return
    data = said.data
    if data["kind"] == "transfer" or len(data["successors"]) == 1:
        return
    carried = {one["from"] for one in data.get("carries", ()) if one["what"] == "grants"}
    for department in data["predecessors"]:
        live = scene.memory(_held_by(department)).get("live", 0)
        if live > 0 and department not in carried:
            facts = {"department": department, "grants": live, "effective": data["effective"]}
            yield Found(data.get("abolished_by", said.source), facts)


# An emergency


def _unreviewed(scene: Scene) -> Iterator[Found]:
    """Told once, by the first statement on the grant recorded after its papers were due."""
    said, grant = scene.said, scene.thing("grant", scene.ref("grant"))
    emergency = None if grant is None else grant["emergency"]
    if grant is None or emergency is None or said.recorded_at <= emergency["paperwork_due"]:
        return
    reviewed = grant.get("reviewed")
    late = reviewed is not None and reviewed["index"] == said.index
    if (reviewed is None or late) and not scene.notes("grant", grant["ref"]).get("F25"):
        scene.note("grant", grant["ref"])["F25"] = said.index
        facts = {"grant": grant["ref"], "due": emergency["paperwork_due"], "at": said.recorded_at}
        yield Found(grant["owner"], facts, (grant["opened"],))


# A service that ends

_PROVIDERS_OWN = frozenset({"provider_cannot", "law_changed", "other", "not_stated"})


def _one_sided(scene: Scene) -> Iterator[Found]:
    """Ended or narrowed by the provider for reasons of its own.

    Neither what the consumer asked for, nor the end of the purpose, nor a cure that failed.
    A consultation and a filing count that the statement names, or that were recorded before.
    """
    said, data, step = scene.said, scene.said.data, scene.step("grant")
    grant = scene.thing("grant", scene.ref("grant"))
    if grant is None or step is None or not step.fits or grant["owner"] not in said.stands_for:
        return
    reason = data["reason"] if said.type == "grant.terminated" else data["cause"]
    if reason not in _PROVIDERS_OWN and reason != "narrowed_by_provider":
        return
    notes = scene.notes("grant", grant["ref"])
    kept = {"consultation": "consulted", "filing": "filed"}
    lacking = [what for what, noted in kept.items() if what not in data and noted not in notes]
    if lacking:
        facts = {"grant": grant["ref"], "reason": reason, "lacking": lacking}
        yield Found(said.source, facts, (grant["opened"],))


# The record of article 29


def _record_missing(scene: Scene) -> Iterator[Found]:
    """Told when a share is closed: from then on its record is only kept."""
    grant, step = scene.thing("grant", scene.ref("grant")), scene.step("grant")
    if grant is None or step is None or not step.fits or scene.said.data["result"] != "accepted":
        return
    notes = scene.notes("grant", grant["ref"])
    there = {
        "scenario": grant["request"] is not None or bool(grant["versions"][0]["scope"]),
        "process": grant["uses"] > 0 or "window" in notes,
        "effect": "effect" in notes,
        "storage": "stored" in notes,
    }
    missing = [kind for kind, is_there in there.items() if not is_there]
    if missing:
        days = days_between(grant["opened_at"], scene.said.recorded_at)
        facts = {"grant": grant["ref"], "missing": missing, "days": days}
        yield Found(grant["counterparty"], facts, (grant["opened"],))


RULES = (
    Rule(
        "F12", "grants", "high", "law", ("809:13", "809:37", "S25"),
        Wording("Personal data without an impact assessment", "涉个人信息未见影响评估"),
        Wording(
            "first delivery under grant {grant}; {item} has personal data ({personal}), and no "
            "impact assessment was recorded for this share",
            "授权 {grant} 首次交付；{item} 含个人信息（{personal}），"
            "本次共享未见个人信息保护影响评估记录",
        ),
        _without_impact, types("delivery.sent"),
    ),
    Rule(
        "F13", "grants", "low", "policy", ("S45",),
        Wording("Shared without an assessment before", "共享前未见风险评估"),
        Wording(
            "first delivery under grant {grant} of {item}; no assessment was recorded before it",
            "授权 {grant}（{item}）首次交付，此前未见评估记录",
        ),
        _without_risk, types("delivery.sent"),
    ),
    Rule(
        "F22", "grants", "medium", "policy", ("S53", "809:27"),
        Wording("A share that stops as leaders change", "领导变动后共享中断"),
        Wording(
            "grant {grant}: delivered last at {last}, {hours} hours before {at}; its cycle is "
            "{cycle}; a leader of the provider changed at {changed}",
            "授权 {grant}：上次交付为 {last}，至 {at} 已 {hours} 小时；约定周期为 {cycle}；"
            "提供部门领导于 {changed} 变动",
        ),
        _lapsed,
        types(
            "leadership.recorded", "delivery.sent", "use.recorded", "grant.terminated",
            "dispute.opened", "consultation.held", "feedback.quality",
        ),
        ("cycles",), _leader_names,
    ),
    Rule(
        "F23", "grants", "medium", "seed", ("S05", "S26"),
        Wording("Grants of a body that is no more", "被撤并机构的授权未明确承接"),
        Wording(
            "{department} has {grants} grants in force and ends at {effective}; no successor is "
            "named for them",
            "{department} 于 {effective} 撤并，尚有 {grants} 项有效授权未写明承接部门",
        ),
        _unmapped, types("succession.recorded", "grant.issued", "grant.terminated"), (), _holders,
    ),
    Rule(
        "F25", "grants", "medium", "policy", ("S36",),
        Wording("An emergency without its review", "应急共享未按期复查"),
        Wording(
            "emergency grant {grant}: its papers and review were due at {due}; at {at} no review "
            "had been recorded by then",
            "应急授权 {grant}：应于 {due} 前补齐手续并复查；至 {at} 未见按期复查",
        ),
        _unreviewed,
        types(
            "delivery.sent", "delivery.received", "use.recorded", "window.recorded",
            "grant.reviewed", "grant.amended", "grant.suspended", "grant.terminated",
            "storage.recorded", "disposal.required",
        ),
    ),
    Rule(
        "F32", "grants", "high", "law", ("809:27", "809:39"),
        Wording("Ended or changed one-sidedly", "单方终止或者变更服务"),
        Wording(
            "grant {grant} was ended or narrowed by its provider ({reason}); not recorded: "
            "{lacking}",
            "授权 {grant} 由提供部门终止或者变更（{reason}）；未见记录：{lacking}",
        ),
        _one_sided, types("grant.terminated", "grant.amended"),
    ),
    Rule(
        "F33", "grants", "high", "law", ("809:29", "809:40"),
        Wording("The record of the share has gaps", "共享使用记录不全"),
        Wording(
            "grant {grant} is closed after {days} days; its record lacks: {missing}",
            "授权 {grant} 办结（历时 {days} 天）；记录缺少：{missing}",
        ),
        _record_missing, types("disposal.accepted"),
    ),
)  # fmt: skip
