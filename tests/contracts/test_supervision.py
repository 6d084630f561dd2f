"""Findings and obligations follow from the log alone: in pieces, anew, after removals."""

import json
from hashlib import sha256
from typing import Any

import pytest
import sqlalchemy as sa

from crypto.notation import format_time, parse_time
from crypto.statement import read_statement, sign_statement
from ledger.projections import runner as running
from ledger.store.engine import reading
from ledger.store.tables import findings, obligations, watched
from tests.erasures import ERASED, WITHHELD
from tests.sharing_story import ACT, GRANT, ITEM, SHARE, share, told
from tests.world import GA, MZ, World, seed

Rows = dict[str, list[tuple[Any, ...]]]
UNGRANTED = {"use": f"{MZ}/U-9", "item": ITEM, "act": ACT}


def dump(world: World) -> Rows:
    world.ledger.catch_up()
    with reading(world.ledger.parts.projection_engine) as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(sa.select(table))), key=str)
            for table in (watched, findings, obligations)
        }


def found(world: World) -> dict[str, dict[str, Any]]:
    """Findings by their refs."""
    return {row[0]: json.loads(row[-1]) for row in dump(world)["findings"]}


def begin(world: World) -> list[bytes]:
    """A share, a use without a grant, an act that cites it, and an explanation."""
    lines = share(world)
    lines.append(told(world, "use.recorded", MZ, UNGRANTED))
    cited = [{"source": "shared", "use": UNGRANTED["use"], "item": ITEM}]
    decided = {"act": ACT}
    lines.append(told(world, "act.decided", MZ, decided, evidence=cited, joint_with=None))
    first = world.ledger.state().size
    for line in lines:
        world.ledger.submit(line)
    explained = {"finding": f"{MZ}/F1-{first + 11}"}
    lines.append(told(world, "finding.explained", MZ, explained, rule="F1"))
    world.ledger.submit(lines[-1])
    return lines


def remove(world: World, raw: bytes, kind: str) -> None:
    """Have a statement removed by whoever spoke it."""
    source = read_statement(raw).source
    data = {
        "decided_by": source,
        "document": "〔2026〕1号",
        "ground": "pipl_47",
        "target": sha256(raw).hexdigest(),
    }
    event = world.event(source, kind, f"department/{source}", data)
    key = {GA: world.ga_system, MZ: world.mz_system}[source]
    world.ledger.submit(sign_statement(event, [key]))


def test_what_is_found_and_what_is_owed(world: World) -> None:
    begin(world)
    rules = {ref.partition("/")[2].partition("-")[0]: one for ref, one in found(world).items()}
    assert {"F1", "F27", "F40"} <= set(rules)
    assert rules["F1"]["facts"]["why"] == "none_named"
    assert rules["F1"]["state"] == "explained"
    assert rules["F27"]["facts"]["findings"] == [rules["F1"]["ref"]]
    assert dump(world)["obligations"]


@pytest.mark.parametrize("span", [1, 2, 5])
def test_the_same_rows_in_pieces_and_anew(
    world: World, span: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(world)
    at_once = dump(world)
    monkeypatch.setattr(running.Runner._step, "__defaults__", (span,))
    world.ledger.rebuild()
    assert dump(world) == at_once


@pytest.mark.parametrize("kind", [ERASED, WITHHELD])
@pytest.mark.parametrize("number", [0, 4, 11])
def test_what_is_removed_counts_as_never_said(world: World, kind: str, number: int) -> None:
    lines = begin(world)
    whole = dump(world)
    remove(world, lines[number], kind)
    left = dump(world)
    assert left != whole
    world.ledger.rebuild()
    assert dump(world) == left


def test_a_removed_use_takes_its_findings_along(world: World) -> None:
    """The act that cites it still does: that the use is not there is what is left to be found."""
    lines = begin(world)
    remove(world, lines[11], ERASED)
    left = found(world)
    assert not [ref for ref in left if "/F1-" in ref or "/F27-" in ref]
    assert [one["facts"]["why"] for ref, one in left.items() if "/F26-" in ref] == ["use_unknown"]


def test_a_corrected_use_withdraws_its_finding(world: World) -> None:
    lines = begin(world)
    target = sha256(lines[11]).hexdigest()
    world.ledger.submit(
        told(world, "statement.corrected", MZ, {}, target=target, effect="void", replacement=None)
    )
    one = next(one for ref, one in found(world).items() if "/F1-" in ref)
    assert one["state"] == "withdrawn"
    assert one["life"][-1]["entry"] == world.ledger.state().size - 1
    assert one["life"][-1]["type"] == "statement.corrected"


def test_another_department_explains_nothing(world: World) -> None:
    begin(world)
    ref = next(ref for ref in found(world) if "/F27-" in ref)
    world.ledger.submit(told(world, "finding.explained", GA, {"finding": ref}, rule="F27"))
    one = found(world)[ref]
    assert one["state"] == "raised"
    assert one["life"][-1]["reason"] == "not_concerned"


def test_a_use_under_its_grant_is_not_asked_after(world: World) -> None:
    for line in share(world)[:5]:
        world.ledger.submit(line)
    used = SHARE | {"use": f"{MZ}/U-2", "act": ACT}
    index = world.ledger.submit(told(world, "use.recorded", MZ, used)).index
    assert GRANT in str(dump(world)["watched"])
    assert f"{MZ}/F1-{index}" not in found(world)


def adopted(world: World, off: list[str]) -> bytes:
    """Another calendar of 2026, by an authority."""
    data = {
        "refs": {}, "parents": [], "year": 2026, "version": f"{len(off)}", "off": off, "work": [],
    }  # fmt: skip
    event = world.event("SJ", "calendar.adopted", "department/SJ", data)
    return sign_statement(event, [seed(7)])


@pytest.mark.parametrize("span", [1, 100])
def test_a_replaced_calendar_moves_what_is_open_wherever_it_stands(
    world: World, span: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the rows of spans before, and in the span itself."""
    monkeypatch.setattr(running.Runner._step, "__defaults__", (span,))
    world.register("SJ", "云岭省数据局", "sharing_authority")
    world.enrol("SJ", seed(7))
    asked = {"request": f"{MZ}/R-2", "item": ITEM}
    begin(world)
    index = world.ledger.submit(told(world, "request.made", MZ, asked, provider=GA)).index
    begun = {row[0]: json.loads(row[-1]) for row in dump(world)["obligations"]}
    due = begun[f"{GA}/O1-{index}"]["life"][-1]["due"]
    day = format_time(parse_time(due) + 8 * 3_600_000)[:10]
    world.ledger.submit(adopted(world, [day]))
    moved = {row[0]: json.loads(row[-1]) for row in dump(world)["obligations"]}
    step = moved[f"{GA}/O1-{index}"]["life"][-1]
    assert (step["why"], step["was"]) == ("calendar_replaced", due)
    assert step["due"] > due
    over = {ref for ref, body in begun.items() if not body["open"]}
    assert over
    assert all(moved[ref] == begun[ref] for ref in over)
    at_once = dump(world)
    world.ledger.rebuild()
    assert dump(world) == at_once
