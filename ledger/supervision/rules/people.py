"""F5, F6, F11, F30: who spoke, with which key, in which post.

Source: decree 809, article 11; seed S26, S48, S49.
"""

from collections.abc import Iterator

from ledger.events.wording import Wording
from ledger.supervision.reading import days_between
from ledger.supervision.rule import Found, Rule, types
from ledger.supervision.scene import Scene, Spoken

_DECIDING = ("handler", "reviewer", "approver")


def _out_of_post(scene: Scene) -> Iterator[Found]:
    """By the time of the statement; who is out of post when it is recorded is refused."""
    said = scene.said
    official = said.event.get("official")
    if official is None:
        return
    posts = scene.registry.posts(said.source, official, said.index)
    time = scene.time
    for one in posts:
        if one.starts <= time and (one.ends is None or time < one.ends):
            return
    known = [one.post for one in posts]
    facts = {"official": official, "at": time, "posts": known or ["—"]}
    yield Found(said.source, facts)


def _signing_keys(said: Spoken) -> list[str]:
    """Return the memories of the keys that signed, and of one that is revoked."""
    found = [f"F6/{key}" for key in said.data.get("signers", ())]
    if said.type == "key.revoked":
        found.append(f"F6/{said.data['keyid']}")
    return found


def _revoked_since(scene: Scene) -> Iterator[Found]:
    """A key is revoked as of a time before which, as it was thought, it was sound.

    What it signed and was recorded from then on is admitted and stays.
    """
    said = scene.said
    for key in said.data.get("signers", ()):
        kept = scene.keep(f"F6/{key}")
        kept["entry"], kept["at"] = said.index, said.recorded_at
    if said.type != "key.revoked" or "since" not in said.data:
        return
    data = said.data
    last = scene.memory(f"F6/{data['keyid']}")
    if last and last["at"] >= data["since"]:
        # Not when it spoke last: everybody reads revocations, and not what the key signed.
        facts = {"key": data["keyid"][:16], "since": data["since"], "reason": data["reason"]}
        yield Found(data["department"], facts, (last["entry"],))


def _one_hand(scene: Scene) -> Iterator[Found]:
    """One official in several tiers on one request, grant or act; told when one is added."""
    said = scene.said
    tier, official = said.event.get("tier"), said.event.get("official")
    objects = said.data.get("decision") == "object"
    if tier not in _DECIDING or official is None or objects:
        return
    who = f"{said.source}/{official}"
    for kind in ("act", "grant", "request"):
        ref = said.refs.get(kind)
        if ref is None:
            continue
        hands = scene.note(kind, ref).setdefault("F11", {})
        tiers = hands.setdefault(who, [])
        if tier in tiers:
            continue
        tiers.append(tier)
        if len(tiers) == scene.value("F11", "tiers"):
            yield Found(said.source, {"official": official, "about": ref, "tiers": sorted(tiers)})


def _speaker(said: Spoken) -> tuple[str, ...]:
    if said.voice == "signed" and "official" in said.event:
        return (f"F30/{said.source}/{said.event['official']}",)
    return ()


def _dormant(scene: Scene) -> Iterator[Found]:
    said = scene.said
    for name in _speaker(said):
        last = scene.memory(name)
        if last and last["at"][:10] == said.recorded_at[:10]:
            return  # kept to the day
        days = days_between(last["at"], said.recorded_at) if last else 0
        entry = last.get("entry")
        scene.keep(name).update(at=said.recorded_at, entry=said.index)
        if entry is not None and days > scene.value("F30", "dormant"):
            facts = {"official": said.event["official"], "days": days}
            yield Found(said.source, facts, (entry,))


RULES = (
    Rule(
        "F5", "people", "medium", "seed", ("S26", "S48", "809:11"),
        Wording("Not in post at the time", "当时不在任"),
        Wording(
            "{official} was in no post of the department at {at}; posts known: {posts}",
            "{official} 于 {at} 不在本部门任职；已知岗位：{posts}",
        ),
        _out_of_post,
    ),
    Rule(
        "F6", "people", "high", "policy", ("S48", "809:35"),
        Wording("Signed with a key revoked as of before", "所用密钥自此前起被吊销"),
        Wording(
            "key {key} is revoked as of {since} ({reason}); it signed what was recorded since",
            "密钥 {key} 自 {since} 起被吊销（{reason}）；此后记录有其签署的陈述",
        ),
        _revoked_since, frozenset(), (), _signing_keys,
    ),
    Rule(
        "F11", "people", "medium", "policy", ("S49",),
        Wording("One person in every tier", "一人兼任经办、审核、批准"),
        Wording(
            "{official} spoke as {tiers} on {about}",
            "{official} 在 {about} 中兼任 {tiers}",
        ),
        _one_hand,
        types(
            "act.decided", "act.revised", "grant.issued", "request.made", "request.replied",
            "statement.countersigned", "act.opened",
        ),
        ("tiers",),
    ),
    Rule(
        "F30", "people", "low", "policy", ("S48",),
        Wording("A key that was long silent", "久未使用的密钥"),
        Wording(
            "{official} signed again after {days} days without a statement",
            "{official} 在 {days} 天没有陈述之后再次签名",
        ),
        _dormant, frozenset(), ("dormant",), _speaker,
    ),
)  # fmt: skip
