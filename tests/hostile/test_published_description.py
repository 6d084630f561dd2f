"""Whatever is asked, the answer is one that the published OpenAPI document declares.

Requests are generated from that document, those that it allows and those that it does not,
and sent over real HTTP as nobody, as a department and as an auditor: no 5xx, a declared
status and content type, and a body that fits its schema.
"""

import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.hostile.serving import ROLES, Served, served_town

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Things have their names in the plural in addresses.
THINGS = {"deliveries": "delivery", "obligations": "grant"}

schemathesis.serializer("application/x-ndjson")(lambda _, value: _lines(value))
ENDS_A_SESSION = ("DELETE", "/api/v1/sessions/current")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_town(tmp_path_factory.mktemp("described") / "home") as made:
        yield made


@pytest.fixture(scope="module")
def description(served: Served) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/api/openapi.json") as answer:
        found: dict[str, Any] = json.load(answer)
    return found


@pytest.mark.parametrize(
    "examples", [1, pytest.param(60, marks=pytest.mark.long)], ids=["few", "many"]
)
def test_every_answer_is_declared(
    served: Served, description: dict[str, Any], examples: int
) -> None:
    schema = schemathesis.openapi.from_dict(description)
    base = f"http://127.0.0.1:{served.port}"
    headers = {role: served.headers(role) for role in ROLES}
    asked = {role: 0 for role in ROLES}
    faults: list[str] = []
    with requests.Session() as session:

        def ask(case: Case) -> None:
            for role in ROLES:
                sent = headers[role]
                if (case.method, case.path) == ENDS_A_SESSION:
                    sent = served.headers(role)
                answer = case.call(base_url=base, session=session, headers=sent)
                asked[role] += 1
                try:
                    case.validate_response(answer, checks=CHECKS)
                except* Exception as wrong:
                    faults.append(f"{role} {case.method} {case.formatted_path}: {wrong.exceptions}")

        there = _there(served)
        for found in schema.get_all_operations():
            operation = found.ok()
            _sent(operation.as_strategy(GenerationMode.POSITIVE), examples, ask)
            _sent(operation.as_strategy(GenerationMode.NEGATIVE), examples, ask)
            if real := _real(operation.path, there):
                _sent(operation.as_strategy(path_parameters=real), examples, ask)
    print(f"asked {asked}")
    assert faults == []
    assert min(asked.values()) > examples * len(description["paths"])


def _lines(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    lines = value if isinstance(value, list) else [value]
    return b"\n".join(json.dumps(line).encode() for line in lines)


def _there(served: Served) -> dict[str, str]:
    """What there is in the ledger, by what addresses call it: a thing of each kind and so on."""
    ledger = served.town.world.ledger
    assert ledger is not None
    entries = [ledger.entry(index) for index in range(ledger.size())]
    refs: dict[str, str] = {}
    for entry in entries:
        for name, ref in (entry.event or {"data": {}})["data"].get("refs", {}).items():
            refs.setdefault(name, ref)
    header = json.loads(entries[-1].header)
    official = next(e.event["official"] for e in entries if e.event and "official" in e.event)
    return refs | {
        "digest": header["statement"],
        "index": str(header["index"]),
        "kind": "official",
        "name": official,
        "period": "2026-11",
        "code": "conflict",
    }


def _real(path: str, there: dict[str, str]) -> dict[str, str]:
    """Values for the parts of an address under which there is something; empty: none known."""
    parts = path.split("/")
    if "{department}" in parts:
        kind = parts[3]
        ref = there.get(THINGS.get(kind, kind.removesuffix("s")), "")
        return dict(zip(("department", "id"), ref.split("/"), strict=False)) if ref else {}
    names = [part[1:-1] for part in parts if part.startswith("{")]
    return {name: there[name] for name in names} if set(names) <= there.keys() else {}


def _sent(cases: SearchStrategy[Case], examples: int, ask: Callable[[Case], None]) -> None:
    """Draw requests of one operation, always the same ones."""

    @seed(20261123)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @given(case=cases)
    def run(case: Case) -> None:
        ask(case)

    with suppress(Unsatisfiable):  # where nothing is taken, nothing can be wrong
        run()
