"""What is said of a statement stands beside it in the history of a thing."""

import json
from typing import Any

import pytest

from tests.integration.api.conftest import ServedWorld, client_of
from tests.sharing_story import GRANT, ITEM, USE, share, told
from tests.world import GA, MZ

FIRST = {"grant": GRANT, "item": ITEM, "use": USE}


@pytest.fixture(scope="module")
def said(served: ServedWorld) -> ServedWorld:
    """A use that its own speaker corrects, that another calls void, and that is countersigned."""
    world, ledger = served.world, served.ledger
    for line in share(world):
        assert served.post(line).status_code == 201
    ledger.catch_up()
    history = client_of(served, world.zhang).get(f"/api/v1/uses/{USE}").json["history"]
    [at] = [one["index"] for one in history if one["type"].endswith("use.recorded.v1")]
    target = json.loads(ledger.entry(at).header)["statement"]
    again = told(world, "use.recorded", MZ, FIRST, purpose_code="other-purpose")
    assert served.post(again).status_code == 201
    right = json.loads(ledger.entry(ledger.size() - 1).header)["statement"]
    mended = {"target": target, "effect": "replaced", "replacement": right}
    void = {"target": target, "effect": "void", "replacement": None}
    agreed = {"decision": "agree", "parents": [target]}
    for line in (
        told(world, "statement.corrected", MZ, {}, **mended, reason="wrong_value"),
        told(world, "statement.corrected", GA, {"use": USE}, **void, reason="duplicate"),
        told(world, "statement.countersigned", MZ, {}, **agreed),
    ):
        assert served.post(line).status_code == 201, served.post(line).json
    ledger.catch_up()
    served.digests = (target, right)  # type: ignore[attr-defined]
    return served


def history(client: Any, query: str = "") -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = client.get(f"/api/v1/uses/{USE}{query}").json["history"]
    return [one for one in shown if one["type"].endswith("use.recorded.v1")]


def test_it_is_told_that_it_was_corrected_and_by_what(said: ServedWorld) -> None:
    _, right = said.digests  # type: ignore[attr-defined]
    size = said.ledger.size()
    first, second = history(client_of(said, said.world.zhang))
    assert first["corrected"] == [
        {"index": size - 3, "effect": "replaced", "replacement": right, "reason": "wrong_value"}
    ]
    assert first["state"] == "bound"
    assert "corrected" not in second
    assert second["reason"] == "opened_before"


def test_a_countersigning_that_names_no_thing_stands_beside_what_it_is_of(
    said: ServedWorld,
) -> None:
    [hand] = history(client_of(said, said.world.zhang))[0]["countersigned"]
    assert hand == {
        "index": said.ledger.size() - 1, "department": MZ, "official": "zhang",
        "tier": "handler", "decision": "agree",
    }  # fmt: skip


def test_before_it_was_said_and_to_whom_may_not_read_it_nothing_is_told(said: ServedWorld) -> None:
    """The other side is no party to a correction that names nothing of its own."""
    size = said.ledger.size()
    mz, ga = (client_of(said, key) for key in (said.world.zhang, said.world.li))
    before = history(mz, f"?as_of={size - 3}")[0]
    assert {"corrected", "countersigned"}.isdisjoint(before)
    assert {"corrected", "countersigned"}.isdisjoint(history(ga)[0])


def test_the_answer_fits_its_schema(said: ServedWorld) -> None:
    from api.schemas import SCHEMAS

    shown = client_of(said, said.world.zhang).get(f"/api/v1/uses/{USE}").json
    assert SCHEMAS["Thing"]().validate(shown) == {}
