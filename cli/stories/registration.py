"""What the registrar says: who takes part before the stories, and who comes and leaves in them.

Departments first, then officials, then keys, each enrolled by itself.
"""

from collections.abc import Iterator
from typing import Any, Final

from cli.stories.departments import DEPARTMENTS, REGISTRAR, Department, department_id
from cli.stories.line import At, Line, Voice, at
from cli.stories.officials import GATEWAYS, LEAVING, OFFICIALS, REKEYED, Official, official

RELEASED: Final = "released-xf-1187"
REVOKED: Final = "revoked-cs-7201"
COMPROMISED: Final = "revoked-jg-9133"

_IN_POST_SINCE: Final = at("-182 00:00:00")
_MINUTE_MS: Final = 60_000


def before() -> list[Line]:
    """Return what is registered ten weeks before the stories, a minute apart."""
    begun = at("-70 09:00:00").offset_ms
    there = [one for one in OFFICIALS if one.arrives is None]
    said = [
        *(("department.registered", _registered(one)) for one in DEPARTMENTS),
        *(("official.appointed", _appointed(one)) for one in there),
    ]
    lines = [
        _line(kind, At(begun + number * _MINUTE_MS), data)
        for number, (kind, data) in enumerate(said)
    ]
    begun = at("-69 09:00:00").offset_ms
    holders = [(one.id, _holding(one)) for one in there]
    holders += [(key, {"department": department_id(key)}) for key in GATEWAYS]
    return lines + [
        _line("key.enrolled", At(begun + number * _MINUTE_MS), data, key)
        for number, (key, data) in enumerate(holders)
    ]


def changes() -> Iterator[Line]:
    """Yield who leaves and who comes during the stories, and whose key is replaced."""
    for who, ends in LEAVING.items():
        leaver = official(who)
        data = {
            "appointee": leaver.id,
            "appointment": _appointment(leaver),
            "department": department_id(leaver.department),
            "ends": at(ends),
        }
        yield _line("official.released", At(at(ends).offset_ms + 30 * _MINUTE_MS), data)
    for one in OFFICIALS:
        if one.arrives is not None:
            arrives = at(one.arrives)
            yield _line("official.appointed", arrives, _appointed(one))
            yield _line("key.enrolled", At(arrives.offset_ms + _MINUTE_MS), _holding(one), one.id)
    for who, change in REKEYED.items():
        holding = _holding(official(who))
        since = {"reason": change.reason, "since": at(change.since)}
        yield _line("key.revoked", at(change.revoked), {**holding, **since}, who)
        yield _line("key.enrolled", at(change.enrolled), holding, change.key)


def _line(kind: str, time: At, data: dict[str, Any], key: str | None = None) -> Line:
    enrols = kind == "key.enrolled"
    who = key or data.get("appointee") or data["department"]
    return Line(
        name=f"{kind.partition('.')[2]}-{who}",
        kind=kind,
        voice=Voice(REGISTRAR, (REGISTRAR, key) if enrols and key else (REGISTRAR,)),
        time=time,
        subject=f"department/{data['department']}",
        data=data,
        about_key=key,
    )


def _registered(department: Department) -> dict[str, Any]:
    return {
        "department": department.id,
        "kind": department.kind,
        "level": department.level,
        "name": {"en": department.en, "zh": department.zh},
        "region": department.region,
    }


def _appointed(who: Official) -> dict[str, Any]:
    return {
        "appointee": who.id,
        "appointment": _appointment(who),
        "department": department_id(who.department),
        "post": who.post,
        "starts": _IN_POST_SINCE if who.arrives is None else at(who.arrives),
        "tiers": list(who.tiers),
        "unit": who.unit,
    }


def _appointment(who: Official) -> str:
    return f"RZ-{who.id}"


def _holding(who: Official) -> dict[str, Any]:
    return {"department": department_id(who.department), "holder": who.id}
