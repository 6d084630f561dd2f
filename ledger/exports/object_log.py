"""A bundle's answer as an object-centric event log, for tools that mine processes.

An event is what one statement tells of, at the time claimed; objects are the things,
departments and officials that it names. A statement of another ledger that it cites is an
object of a type of its own; how the event stands to it says whether its receipt was judged.
The bundle itself is an object without events.

Source: OCEL 2.0, JSON form.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from crypto.statement import Statement
from ledger.access.citations import Citation
from ledger.access.terms import short_of, source_of
from ledger.exports.taken import Shown, Taken

_ALWAYS: Final = "1970-01-01T00:00:00.000Z"  # OCEL's time of what an object always had
_CITED: Final = "foreign_statement"
_TYPES: Final = {bool: "boolean", int: "integer", str: "string"}

Members = dict[str, Any]


def object_log(taken: Taken) -> bytes:
    """Return the log as JSON; the same answer gives the same bytes."""
    said = [(one, one.statement) for one in taken.shown if one.statement is not None]
    events = [_event(one, statement) for one, statement in said]
    objects = [_evidence(taken), *_objects(said), *_cited(taken)]
    log = {
        "eventTypes": _event_types(events),
        "events": events,
        "objectTypes": _object_types(objects),
        "objects": objects,
    }
    return orjson.dumps(log, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def _event(one: Shown, statement: Statement) -> Members:
    own = {
        "leaf": one.leaf,
        "recorded_at": one.recorded_at,
        "statement": one.digest,
        "voice": one.voice or "",
    }
    # What it says in lists and objects is left to the statement.
    plain = {f"data.{k}": v for k, v in statement.data.items() if type(v) in _TYPES}
    return {
        "attributes": [{"name": k, "value": v} for k, v in sorted({**own, **plain}.items())],
        "id": f"entry/{one.index}",
        "relationships": [
            {"objectId": name, "qualifier": qualifier}
            for name, qualifier in (*_named(statement), *_cites(one))
        ],
        "time": statement.time,
        "type": short_of(statement.type),
    }


def _named(statement: Statement) -> Iterator[tuple[str, str]]:
    yield f"department/{source_of(statement.event)}", "source"
    if statement.official is not None:
        yield f"official/{statement.official}", statement.tier or "official"
    for kind, ref in statement.refs.items():
        yield f"{kind}/{ref}", kind


def _cites(one: Shown) -> Iterator[tuple[str, str]]:
    for cited in one.cites:
        yield _cited_id(cited), f"cites_{cited.standing}"


def _cited_id(cited: Citation) -> str:
    return f"{_CITED}/{cited.ledger}/{cited.statement}"


def _cited(taken: Taken) -> Iterator[Members]:
    found = {_cited_id(cited): cited for one in taken.shown for cited in one.cites}
    for name, cited in sorted(found.items()):
        yield {
            "attributes": [
                {"name": "ledger", "time": _ALWAYS, "value": cited.ledger},
                {"name": "statement", "time": _ALWAYS, "value": cited.statement},
            ],
            "id": name,
            "relationships": [],
            "type": _CITED,
        }


def _objects(said: list[tuple[Shown, Statement]]) -> Iterator[Members]:
    for name in sorted({name for _, statement in said for name, _ in _named(statement)}):
        yield {
            "attributes": [],
            "id": name,
            "relationships": [],
            "type": name.partition("/")[0],
        }


def _evidence(taken: Taken) -> Members:
    return {
        "attributes": [
            {"name": name, "time": _ALWAYS, "value": value}
            for name, value in taken.spoken().items()
        ],
        "id": f"evidence/{taken.bundle}",
        "relationships": [],
        "type": "evidence",
    }


def _event_types(events: list[Members]) -> list[Members]:
    found: dict[str, dict[str, str]] = {}
    for one in events:
        declared = found.setdefault(one["type"], {})
        declared |= {_["name"]: _TYPES[type(_["value"])] for _ in one["attributes"]}
    return [_declared(name, found[name]) for name in sorted(found)]


def _object_types(objects: list[Members]) -> list[Members]:
    found: dict[str, dict[str, str]] = {}
    for one in objects:
        found.setdefault(one["type"], {}).update({_["name"]: "string" for _ in one["attributes"]})
    return [_declared(name, found[name]) for name in sorted(found)]


def _declared(name: str, attributes: Mapping[str, str]) -> Members:
    return {
        "attributes": [{"name": key, "type": attributes[key]} for key in sorted(attributes)],
        "name": name,
    }
