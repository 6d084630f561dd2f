"""Decide whether the registry can take what a registry event would change in it.

What the event names must be known and match what the registry holds, and nothing
that is there may come a second time. Which keys an event brings is decided here
too, for they may sign before they are known. Who may say it is decided in
``ledger.access.speak``. No clock, disk or socket is touched.

Units: ``at`` is the index that the statement would get or has; ``recorded_at`` is
that entry's T.

Source: spec 6 (``unknown_reference``, ``conflict``), spec 8, spec 9.1.
"""

from collections.abc import Callable, Mapping
from typing import Any

from crypto.keys import key_id_of
from crypto.notation import read_b64
from crypto.statement import Statement
from ledger.errors import Refused
from ledger.registry.records import (
    APPOINTED,
    ENROLLED,
    OPENED,
    PEERED,
    REGISTERED,
    REGISTRAR,
    RELEASED,
    REVOKED,
    opening_of,
)
from ledger.registry.state import Registry


def brought_keys(event: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return (pointer, value) of each public key that the event brings into the ledger.

    The values are as claimed: they may be anything that JSON can hold.
    """
    data = event["data"]
    if event["type"] == ENROLLED and "public_key" in data:
        return (("/data/public_key", data["public_key"]),)
    if event["type"] == OPENED and "registrar_keys" in data:
        claimed = data["registrar_keys"]
        if type(claimed) is not list:
            return (("/data/registrar_keys", claimed),)
        return tuple((f"/data/registrar_keys/{n}", key) for n, key in enumerate(claimed))
    return ()


def new_keys(statement: Statement, at: int) -> frozenset[str]:
    """Return the ids of the keys that may sign this statement before they are known.

    SPEC: spec 9.1, "here and in entry 0 alone an unknown key signs". The keys
    that the statement brings must have been read before.
    """
    kind = statement.type
    if kind == ENROLLED or (kind == OPENED and at == 0):
        brought = brought_keys(statement.event)
        return frozenset(key_id_of(read_b64(value, pointer)) for pointer, value in brought)
    return frozenset()


# What registry events name


def check_references(statement: Statement, registry: Registry, at: int) -> None:
    """Refuse ``unknown_reference``: what a registry event names is known and matches."""
    check = _REFERENCES.get(statement.type)
    if check is not None:
        check(statement.data, registry, at)


def _check_department(data: Mapping[str, Any], registry: Registry, at: int) -> None:
    if registry.department(data["department"], at) is None:
        raise Refused(
            "unknown_reference",
            f"no department {data['department']} is registered: register it first",
            f"部门 {data['department']} 尚未登记：请先登记该部门",
            "/data/department",
        )


def _check_release(data: Mapping[str, Any], registry: Registry, at: int) -> None:
    _check_department(data, registry, at)
    post = registry.appointment(data["appointment"], at)
    if post is None:
        raise Refused(
            "unknown_reference",
            f"there is no appointment {data['appointment']}: name one that is logged",
            f"没有编号为 {data['appointment']} 的任职：请写已记入账本的任职编号",
            "/data/appointment",
        )
    _check_same(data, "appointee", post.appointee, "the appointment", "该任职")
    _check_same(data, "department", post.department, "the appointment", "该任职")


def _check_holder(data: Mapping[str, Any], registry: Registry, at: int) -> None:
    _check_department(data, registry, at)
    holder = data.get("holder")
    if holder is None:
        return
    # SPEC: spec 8, the registrar's keys have no holder, whoever was appointed there.
    if data["department"] == REGISTRAR:
        raise Refused(
            "unknown_reference",
            "a registrar key has no holder: leave out the member holder",
            "登记机关的密钥不设持有人：请去掉 holder",
            "/data/holder",
        )
    if not registry.posts(data["department"], holder, at):
        raise Refused(
            "unknown_reference",
            f"{holder} was never appointed in {data['department']}: appoint the holder first",
            f"{holder} 从未在 {data['department']} 任职：请先记入其任职",
            "/data/holder",
        )


def _check_revocation(data: Mapping[str, Any], registry: Registry, at: int) -> None:
    _check_department(data, registry, at)
    key = registry.key(data["keyid"], at)
    if key is None:
        raise Refused(
            "unknown_reference",
            f"no key {data['keyid']} is enrolled: there is nothing to revoke",
            f"密钥 {data['keyid']} 未登记，无可吊销",
            "/data/keyid",
        )
    _check_same(data, "department", key.department, "the enrolment", "该密钥的登记")
    _check_same(data, "holder", key.holder, "the enrolment", "该密钥的登记")


def _check_peer(data: Mapping[str, Any], registry: Registry, at: int) -> None:
    known = registry.peer(data["origin"], at)
    if "policy" not in data and (known is None or known.policy is None):
        raise Refused(
            "unknown_reference",
            f"no peer {data['origin']} is registered: there is nothing to end",
            f"对等账本 {data['origin']} 未登记，无可终止",
            "/data/origin",
        )


def _check_same(
    data: Mapping[str, Any], member: str, known: str | None, of_en: str, of_zh: str
) -> None:
    """Refuse a *member* that is not the one known, absent counting as None."""
    claimed = data.get(member)
    if claimed != known:
        raise Refused(
            "unknown_reference",
            f"{member} is {claimed or 'absent'}, that of {of_en} is {known or 'absent'}:"
            " name the same",
            f"{member} 为 {claimed or '空'}，而{of_zh}中为 {known or '空'}：两者须一致",
            f"/data/{member}",
        )


_REFERENCES: dict[str, Callable[[Mapping[str, Any], Registry, int], None]] = {
    APPOINTED: _check_department,
    RELEASED: _check_release,
    ENROLLED: _check_holder,
    REVOKED: _check_revocation,
    PEERED: _check_peer,
}


# What the registry holds already


def check_conflicts(statement: Statement, registry: Registry, at: int, recorded_at: str) -> None:
    """Refuse ``conflict`` with the registry; (source, id) is the sequencer's to compare."""
    check = _CONFLICTS.get(statement.type)
    if check is not None:
        check(statement, registry, at, recorded_at)


def _conflict(en: str, zh: str, pointer: str) -> Refused:
    return Refused("conflict", en, zh, pointer)


def _check_opened_once(statement: Statement, registry: Registry, at: int, recorded_at: str) -> None:
    if at > 0:
        raise _conflict(
            "entry 0 opened this ledger already, and there is no second time",
            "本账本已由第 0 号条目开账，不能再次开账",
            "/type",
        )
    log_key_id = opening_of(statement.event).log_key_id
    for pointer, value in brought_keys(statement.event):
        _check_not_the_log(key_id_of(read_b64(value, pointer)), log_key_id, pointer)


def _check_not_the_log(key_id: str, log_key_id: str, pointer: str) -> None:
    if key_id == log_key_id:
        raise _conflict(
            "this is the log's own key, which signs checkpoints only: make another key",
            "这是账本自身的密钥，只用于签署检查点：请另行生成密钥",
            pointer,
        )


def _check_department_new(
    statement: Statement, registry: Registry, at: int, recorded_at: str
) -> None:
    name = statement.data["department"]
    known = registry.department(name, at)
    if known is not None:
        by_en = "from the start" if known.registered_at < 0 else f"by entry {known.registered_at}"
        by_zh = (
            "自始存在" if known.registered_at < 0 else f"已由第 {known.registered_at} 号条目登记"
        )
        raise _conflict(
            f"department {name} is registered already, {by_en}",
            f"部门 {name} {by_zh}，不能再次登记",
            "/data/department",
        )


def _check_appointment_new(
    statement: Statement, registry: Registry, at: int, recorded_at: str
) -> None:
    name = statement.data["appointment"]
    known = registry.appointment(name, at)
    if known is not None:
        raise _conflict(
            f"appointment id {name} was used by entry {known.appointed_at}: choose another",
            f"任职编号 {name} 已被第 {known.appointed_at} 号条目使用：请另选编号",
            "/data/appointment",
        )


def _check_key_new(statement: Statement, registry: Registry, at: int, recorded_at: str) -> None:
    pointer = "/data/public_key"
    key_id = key_id_of(read_b64(statement.data["public_key"], pointer))
    opening = registry.opening(at)
    if opening is not None:
        _check_not_the_log(key_id, opening.log_key_id, pointer)
    known = registry.key(key_id, at)
    if known is not None:
        raise _conflict(
            f"this key was enrolled by entry {known.enrolled_at}, once and for all:"
            " make another key",
            f"该密钥已由第 {known.enrolled_at} 号条目登记，每把密钥只能登记一次：请另行生成密钥",
            pointer,
        )


def _check_revocable(statement: Statement, registry: Registry, at: int, recorded_at: str) -> None:
    key_id = statement.data["keyid"]
    key = registry.key(key_id, at)
    if key is not None and key.revoked_at is not None:
        raise _conflict(
            f"this key was revoked already, by entry {key.revoked_at}",
            f"该密钥已由第 {key.revoked_at} 号条目吊销",
            "/data/keyid",
        )
    left = set(registry.live_registrar_keys(at, recorded_at)) - {key_id}
    if len(left) < registry.threshold:
        raise _conflict(
            f"{len(left)} live registrar keys would be left of the {registry.threshold} that must"
            " sign: enrol another registrar key first",
            f"吊销后登记机关仅余 {len(left)} 把有效密钥，少于所需的 {registry.threshold} 把："
            "请先登记另一把登记机关密钥",
            "/data/keyid",
        )


def _check_another(statement: Statement, registry: Registry, at: int, recorded_at: str) -> None:
    if statement.data["origin"] == statement.event["ledger"]:
        raise _conflict(
            "this ledger is no peer of itself: name another ledger",
            "本账本不能登记为自身的对等账本：请写另一账本",
            "/data/origin",
        )


_CONFLICTS: dict[str, Callable[[Statement, Registry, int, str], None]] = {
    OPENED: _check_opened_once,
    REGISTERED: _check_department_new,
    APPOINTED: _check_appointment_new,
    ENROLLED: _check_key_new,
    REVOKED: _check_revocable,
    PEERED: _check_another,
}
