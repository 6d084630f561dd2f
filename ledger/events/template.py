"""Write an event to fill in: every member of a type, each saying what belongs there.

A placeholder begins with ``<required:`` or ``<optional:`` and says in both
languages what to write. Most kinds refuse one that was left standing; a *text*
cannot, so whoever fills in deletes every optional member that is not wanted.

Source: spec 1 and 9.
"""

from typing import Any

from ledger.events.declare import EventType
from ledger.events.fields import Choice, Id, Kind, ListOf, Object, Origin, Time
from ledger.events.registration import TIERS
from ledger.events.types import event_type
from ledger.events.wording import Wording

REQUIRED = "<required: "
OPTIONAL = "<optional: "

_REGISTRAR_SOURCE = "/departments/registrar"
_SOURCE = Wording("/departments/<id of the department that speaks>", "/departments/<陈述部门标识>")
_PSEUDONYM = Wording(
    "pseudonym of the official who acts, an id; leave out where a system acts",
    "经办人员的化名标识；由系统代表部门时删去",
)
_LAPSES = Wording(
    "refuse this event when recorded later than this time",
    "晚于此时间入账则拒绝本事件",
)
_SIGNERS = Wording(
    "key ids; signing fills this in, so leave it out", "密钥标识；签名时自动填写，可删去"
)


def template(type_name: str, *, ledger: str = "", source: str = "") -> dict[str, Any]:
    """Return an event of that type to fill in, as JSON values, required members first.

    Args:
        type_name: the full name, ``zelian.use.recorded.v1``.
        ledger: the ledger's origin, where it is known.
        source: ``/departments/<department id>``, where it is known; the registrar's own for
            registry events.

    Raises:
        Refused: ``unknown_type``.
    """
    kind = event_type(type_name)
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": _say(REQUIRED, Id().expected),
        "source": _REGISTRAR_SOURCE if kind.registrar else source or _say(REQUIRED, _SOURCE),
        "ledger": ledger or _say(REQUIRED, Origin().expected),
        "type": kind.name,
        "subject": _say(REQUIRED, kind.subjects),
        "time": _say(REQUIRED, Time().expected),
        "datacontenttype": "application/json",
        "data": _data(kind),
        "notafter": _say(OPTIONAL, _LAPSES),
    }
    if not kind.registrar:
        event["official"] = _say(OPTIONAL, _PSEUDONYM)
        event["tier"] = _say(OPTIONAL, Choice(*TIERS).expected)
    return event


def _data(kind: EventType) -> dict[str, Any]:
    data = _members(kind.data, REQUIRED)
    return {**data, "signers": [_say(OPTIONAL, _SIGNERS)]}


def _members(kind: Object, need: str) -> dict[str, Any]:
    """Return what to write for each member, required ones first; *need* marks those."""
    required: dict[str, Any] = {}
    optional: dict[str, Any] = {}
    for name, member in kind.members.items():
        if member.optional:
            optional[name] = _value(name, member, OPTIONAL)
        else:
            required[name] = _value(name, member, need)
    return required | optional


def _value(name: str, kind: Kind, need: str) -> Any:
    if isinstance(kind, Object):
        # A member may be required in an object that is itself optional.
        return _members(kind, f"<required in {name}: " if need == OPTIONAL else need)
    if isinstance(kind, ListOf):
        return [_value(name, kind.item, need if kind.least else OPTIONAL)]
    return _say(need, kind.expected)


def _say(need: str, what: Wording) -> str:
    return f"{need}{what} | {'可选' if need == OPTIONAL else '必填'}：{what.zh}>"
