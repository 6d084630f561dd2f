"""Fit data that was drawn at random to rules across members that chance would seldom meet."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from crypto.policy import parse_policy
from ledger.events.bodies import MOVES_AMONG_NAMED
from ledger.events.determinations import CLEARED, FOUNDED, WHOLE_BODIES, WHOLE_PERSONS
from ledger.events.fields import Rule
from ledger.events.packs import DAYS_OF_THE_YEAR, WEIGHTS_WHOLE
from ledger.events.records import BUNDLE_MADE
from ledger.events.registration import POLICY_OF_THE_PEER

Fit = Callable[[dict[str, Any]], dict[str, Any]]


def fitted(value: dict[str, Any], rules: tuple[Rule, ...]) -> dict[str, Any]:
    """Return *value* so changed that those of *rules* hold for which there is a way here."""
    for rule in rules:
        if rule in FITS and not rule.holds(value):
            value = FITS[rule](value)
    return value


def _none(person: dict[str, Any]) -> dict[str, Any]:
    return person | {"kind": "none"}


def _whole(member: str, part: str) -> Fit:
    """The first of those with a *part* has all of it."""

    def fit(value: dict[str, Any]) -> dict[str, Any]:
        left = 100
        parts = {}
        for one in value[member]:
            if part in one:
                one, left = one | {part: left}, 0
            parts[json.dumps(one, sort_keys=True)] = one  # two may have come to be one
        return value | {member: list(parts.values())}

    return fit


def _in_its_year(calendar: dict[str, Any]) -> dict[str, Any]:
    """Any day's month and day do, but for a leap day's."""
    days = {
        name: sorted(
            {f"{calendar['year']}{day[4:8]}{min(day[8:], '28')}" for day in calendar[name]}
        )
        for name in ("off", "work")
    }
    return calendar | days


def _among_named(succession: dict[str, Any]) -> dict[str, Any]:
    """The first function and the first thing carried go from the first body to the first one."""
    first = {"from": succession["predecessors"][0]}
    moves = [{"matter_code": "M-1", **first}] if succession["function_map"] else []
    without = {name: value for name, value in succession.items() if name != "carries"}
    if not succession["successors"]:
        return without | {"function_map": moves}
    first["to"] = succession["successors"][0]
    return without | {"function_map": moves, "carries": [{"what": "grants", **first}]}


def _sealed(telling: dict[str, Any]) -> dict[str, Any]:
    """Leave out what would tell what is under the seal; where both are there, the seal."""
    if "made" in telling:
        return {name: value for name, value in telling.items() if name != "sealed"}
    empty = {"parents": [], "refs": {}}
    silent = {"document", "on_behalf_of", "platform_ref"}
    return {name: value for name, value in telling.items() if name not in silent} | empty


def _its_own(peer: dict[str, Any]) -> dict[str, Any]:
    """The peer is the log that its policy names."""
    return peer | {"origin": parse_policy(peer["policy"]).logs[0].key.name}


FITS: Mapping[Rule, Fit] = {
    **dict.fromkeys(BUNDLE_MADE.data.schema.across, _sealed),
    POLICY_OF_THE_PEER: _its_own,
    FOUNDED: _none,
    CLEARED: _none,
    WHOLE_PERSONS: _whole("persons", "share"),
    WHOLE_BODIES: _whole("bodies", "share"),
    WEIGHTS_WHOLE: _whole("indicators", "weight"),
    DAYS_OF_THE_YEAR: _in_its_year,
    MOVES_AMONG_NAMED: _among_named,
}
