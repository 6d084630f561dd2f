"""The OpenAPI document describes exactly what the application does."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import Schema

from api import examples
from api.parameters import taken_by
from api.problem_kinds import KINDS
from api.schemas import SCHEMAS
from tests.integration.api.conftest import ServedWorld

METHODS = {"get", "post", "put", "delete", "patch"}


@pytest.fixture(scope="module")
def description(served: ServedWorld) -> dict[str, Any]:
    answer = served.client.get("/api/openapi.json")
    assert answer.status_code == 200
    return json.loads(answer.data)


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in description["paths"].items():
        for method in METHODS & item.keys():
            yield path, method, item[method]


def test_it_is_openapi_31(description: dict[str, Any]) -> None:
    assert description["openapi"] == "3.1.0"
    assert {"title", "version", "description"} <= description["info"].keys()


def test_it_lists_exactly_the_routes_there_are(
    served: ServedWorld, description: dict[str, Any]
) -> None:
    routed = {
        (re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in served.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(path, method) for path, method, _ in operations(description)} == routed


def test_it_lists_exactly_the_query_parameters_that_views_take(
    served: ServedWorld, description: dict[str, Any]
) -> None:
    for rule in served.app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule)
        method = "post" if "POST" in (rule.methods or set()) else "get"
        item = description["paths"][path]
        listed = [*item.get("parameters", []), *item[method].get("parameters", [])]
        queries = {one["name"] for one in listed if one["in"] == "query"}
        assert queries == set(taken_by(served.app.view_functions[rule.endpoint])), path
        named = {one["name"] for one in listed if one["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path))


def test_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    for reference in re.findall(r'"#/([^"]+)"', json.dumps(description)):
        found: Any = description
        for step in reference.split("/"):
            found = found[step]


def test_every_operation_is_named_once_and_answers(description: dict[str, Any]) -> None:
    names = [one["operationId"] for _, _, one in operations(description)]
    assert len(names) == len(set(names))
    for path, method, one in operations(description):
        assert one["summary"], path
        assert any(status.startswith("2") for status in one["responses"]), (path, method)
        assert "500" in one["responses"]
        for response in one["responses"].values():
            assert response["description"]


def test_every_problem_stands_under_its_status_with_an_example(
    description: dict[str, Any],
) -> None:
    """And each code is somewhere, but for the one that belongs to no operation."""
    seen = set()
    for _, _, one in operations(description):
        for status, response in one["responses"].items():
            media = response.get("content", {}).get("application/problem+json")
            if media is None:
                continue
            for code, example in media["examples"].items():
                assert str(KINDS[code].status) == status
                assert not SCHEMAS["Problem"]().validate(example["value"])
                seen.add(code)
    assert seen == KINDS.keys() - {"method_not_allowed"}
    assert description["components"]["schemas"]["Problem"]["properties"]["code"]["enum"] == [*KINDS]


@pytest.mark.parametrize(
    ("name", "example"),
    [
        ("Statement", examples.STATEMENT),
        ("Receipt", examples.RECEIPT),
        ("CompactReceipt", examples.COMPACT_RECEIPT),
        ("Entry", examples.ENTRY),
        ("EntryList", examples.ENTRY_LIST),
        ("Chain", examples.CHAIN),
        ("DepartmentList", examples.DEPARTMENT_LIST),
        ("OfficialList", examples.OFFICIAL_LIST),
        ("KeyList", examples.KEY_LIST),
        ("Consistency", examples.CONSISTENCY),
        ("Health", examples.HEALTH),
        ("Ready", examples.READY),
    ],
)
def test_examples_fit_their_schemas(name: str, example: dict[str, Any]) -> None:
    assert SCHEMAS[name]().validate(example) == {}


def test_real_answers_fit_the_schemas(served: ServedWorld) -> None:
    """So that the description stays true."""
    size = served.ledger.state().size

    def fits(name: str, value: Any) -> None:
        schema: Schema = SCHEMAS[name]()
        assert schema.validate(value) == {}, name

    get = served.client.get
    fits("Receipt", served.post(served.use()).json)
    fits("Problem", served.post(b"{}").json)
    fits("Entry", get("/api/v1/entries/0").json)
    fits("Entry", get("/api/v1/entries/0", environ_overrides={"REMOTE_ADDR": "203.0.113.7"}).json)
    fits("EntryList", get("/api/v1/entries?limit=2").json)
    fits("EntryList", get(f"/api/v1/entries?q=&wait_for={size}").json)
    fits("Chain", get(f"/api/v1/chains/department/MZ?wait_for={size}").json)
    fits("DepartmentList", get("/api/v1/departments").json)
    fits("OfficialList", get("/api/v1/officials").json)
    fits("KeyList", get("/api/v1/keys").json)
    fits("Consistency", get(f"/api/v1/proofs/consistency?old=2&new={size}").json)
    fits("Health", get("/healthz").json)
    fits("Ready", get("/readyz").json)
    for line in served.batch(b"\n".join([served.use(), b"{}"])).data.splitlines():
        fits("BatchLine", json.loads(line))
    compact = served.batch(served.use(), "?receipts=compact").data.splitlines()
    fits("CompactReceipt", json.loads(compact[0])["receipt"])
    fits("BatchLine", json.loads(compact[1]))
