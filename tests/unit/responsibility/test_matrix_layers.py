"""Which row of which matrix is read: local ones only where they are stricter; of a named item."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from cli.stories.departments import ref
from ledger.builtin_matrix import built_in_matrix
from ledger.responsibility.matrix import Matrix, row_of, set_aside
from ledger.responsibility.trace import trace
from tests.unit.responsibility.log import told

AT = "2026-07-10T00:00:00.000Z"
USER = {"role": "user", "side": "consumer"}
APPROVER = {"role": "approver", "side": "consumer"}
ROW = {"examine_first": [USER], "examine_next": [APPROVER], "informational": []}
STALE = ref("cs", "SL-2026-00342")


def made(layer: str, entry: int, **row: Any) -> Matrix:
    region = "990000" if layer == "local" else None
    rows = {"D6": {"defect": "D6", **ROW, **row}}
    return Matrix(f"{layer}-{entry}", layer, region, "2026-01-01T00:00:00.000Z", None, entry, rows)


NATIONAL = made("national", 5)
BUILT_IN = built_in_matrix()


def holding(*matrices: Matrix) -> str:
    found = row_of((BUILT_IN, *matrices), "D6", AT, "990100")
    assert found is not None
    return found[0].version


@pytest.mark.parametrize(
    "stricter",
    [
        {},
        {"examine_first": [USER, APPROVER], "examine_next": []},
        {"informational": [{"role": "reviewer", "side": "consumer"}]},
    ],
)
def test_a_local_row_that_is_as_strict_goes_before_the_national_one(
    stricter: dict[str, Any],
) -> None:
    assert holding(NATIONAL, made("local", 6, **stricter)) == "local-6"


@pytest.mark.parametrize(
    "laxer",
    [
        {"examine_next": []},  # lets the approver off
        {"examine_first": [], "examine_next": [USER, APPROVER]},  # looks at the user later
        {"examine_first": [{**USER, "when": "error_obvious"}]},  # only on a condition
        {"nobody_when": ["notice_undelivered"]},
    ],
)
def test_a_local_row_that_is_laxer_is_set_aside(laxer: dict[str, Any]) -> None:
    local = made("local", 6, **laxer)
    assert holding(NATIONAL, local) == "national-5"
    assert set_aside((NATIONAL, local), "D6", AT, "990100") == [local]
    assert holding(local) == "local-6"  # against what nobody adopted it is not measured


def test_what_was_set_aside_is_told_with_its_entry() -> None:
    fetched = told().fetched(STALE)
    local = made("local", 7, examine_next=[])
    stricter = replace(fetched, matrices=[BUILT_IN, replace(NATIONAL, entry=6), local])
    found = trace(stricter, STALE, "D6")["defect"]
    assert found["matrix"]["version"] == "national-5"
    [line] = [one for one in found["lines"] if one["what"] == "laxer_row"]
    assert (line["version"], line["because"]["code"]) == ("local-7", "matrix/D6")
    assert 7 in line["entries"]


def test_a_defect_can_name_the_item_whose_shares_are_in_question() -> None:
    fetched = told().fetched(STALE)
    population = trace(fetched, STALE, "D1", ref("ga", "RK-001"))["defect"]
    assert population["item"] == ref("ga", "RK-001")
    assert population["uses"] == [ref("cs", "SY-SL-2026-00342-population")]
    of_all = trace(fetched, STALE, "D1")["defect"]
    assert population["uses"] != of_all["uses"]
    assert "item" not in of_all
    other = trace(fetched, STALE, "D1", ref("ga", "never"))["defect"]
    assert [one["what"] for one in other["lines"]] == ["item_not_used"]


def test_whose_share_was_the_pattern_is_credited() -> None:
    fetched = told().fetched(STALE)
    pattern = ref("sw", "SQ-2026-0001")

    def copied(said: Any) -> Any:
        if said.type != "grant.issued" or said.refs["item"] != ref("ga", "RK-001"):
            return said
        data = {**said.data, "copied_from": pattern}
        return msgspec.structs.replace(said, event={**said.event, "data": data})

    found = trace(replace(fetched, said=[copied(one) for one in fetched.said]), STALE)["credit"]
    [line] = [one for one in found if one["what"] == "reused"]
    assert (line["ref"], line["department"]) == (pattern, pattern.partition("/")[0])
    assert "reused" not in {one["what"] for one in trace(fetched, STALE)["credit"]}
