"""What the registrar says: who takes part before the stories, who leaves at their end.

Departments first, then officials, then keys, each enrolled by itself.
"""

from collections.abc import Iterator
from typing import Any, Final

from cli.stories.departments import DEPARTMENTS, Department, department_id
from cli.stories.line import At, Line, Voice, at
from cli.stories.officials import GATEWAYS, LEAVING, NEW_KEY, OFFICIALS, REKEYED, Official, official

REGISTRAR: Final = "registrar"
RELEASED: Final = f"released-{LEAVING}"
REVOKED: Final = f"revoked-{REKEYED}"

_IN_POST_SINCE: Final = at("-182 00:00:00")
_MINUTE_MS: Final = 60_000


def before() -> list[Line]:
    """Return what is registered two weeks before the stories, a minute apart."""
    begun = at("-14 09:00:00").offset_ms
    said = [
        *(("department.registered", _registered(one)) for one in DEPARTMENTS),
        *(("official.appointed", _appointed(one)) for one in OFFICIALS),
    ]
    lines = [
        _line(kind, At(begun + number * _MINUTE_MS), data)
        for number, (kind, data) in enumerate(said)
    ]
    begun = at("-13 09:00:00").offset_ms
    holders = [(one.id, _holding(one)) for one in OFFICIALS]
    holders += [(key, {"department": department_id(key)}) for key in GATEWAYS]
    return lines + [
        _line("key.enrolled", At(begun + number * _MINUTE_MS), data, key)
        for number, (key, data) in enumerate(holders)
    ]


def after() -> Iterator[Line]:
    """Yield what changes at the end: one official leaves, one gets another key."""
    leaver, rekeyed = official(LEAVING), official(REKEYED)
    yield _line(
        "official.released",
        at("30 17:30:00"),
        {
            "appointee": leaver.id,
            "appointment": _appointment(leaver),
            "department": department_id(leaver.department),
            "ends": at("30 17:00:00"),
        },
    )
    yield _line(
        "key.revoked",
        at("30 17:41:00"),
        {**_holding(rekeyed), "reason": "superseded", "since": at("30 17:40:00")},
        REKEYED,
    )
    yield _line("key.enrolled", at("30 17:43:00"), _holding(rekeyed), NEW_KEY)


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
        "starts": _IN_POST_SINCE,
        "tiers": list(who.tiers),
        "unit": who.unit,
    }


def _appointment(who: Official) -> str:
    return f"RZ-{who.id}"


def _holding(who: Official) -> dict[str, Any]:
    return {"department": department_id(who.department), "holder": who.id}
