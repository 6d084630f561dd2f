"""The trace in the report of an act's bundle: computed again from what the bundle shows."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crypto.archive import read_archive, write_archive
from crypto.canonical import read_canonical, write_canonical
from ledger.evidence.bundle import MANIFEST, PAGE, REPORT, Absent
from ledger.evidence.bundle_reader import read_contents, read_manifest
from ledger.evidence.bundle_writer import with_manifest
from ledger.evidence.question import Question
from ledger.evidence.report import report_of
from ledger.responsibility.trace import lines_of
from tests.integration.evidence.conftest import Case, begin
from tests.sharing_story import ACT, GRANT, share, told
from tests.world import MZ

ASKED = Question("act", ACT)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    made = begin(tmp_path_factory.mktemp("traced") / "home")
    for line in share(made.world):
        made.ledger.submit(line)
    objection = {"act": ACT}
    made.ledger.submit(
        told(made.world, "statement.countersigned", MZ, objection, decision="object", reason="不妥",
             parents=["0" * 64])
    )  # fmt: skip
    made.ledger.catch_up()
    yield made
    made.world.close()


def report_in(raw: bytes) -> Any:
    return read_canonical(read_archive(raw)[REPORT])


def test_it_tells_who_spoke_on_the_act_s_chain_and_what_lies_outside(shared: Case) -> None:
    raw = shared.make(ASKED).raw
    assert shared.verify(raw).check("report").verdict == "verified"
    found = report_in(raw)["trace"]
    lines = list(lines_of(found))
    officials = {(one["department"], one.get("official")) for one in found["people"]}
    assert (MZ, "zhang") in officials
    assert "dissent" in {one["what"] for one in lines}
    outside = {one["of"]: one.get("ref") for one in lines if one["what"] == "not_in_bundle"}
    assert outside["grant_missing"] == GRANT
    assert not any(one["what"].endswith("_missing") for one in lines)
    assert found["left_out"] == ["exemption", "findings", "terms"]
    shown = {one["index"] for one in report_in(raw)["entries"] if one["said"] is not None}
    posts = {one["post"]["entry"] for one in found["people"] if "post" in one}
    assert {entry for one in lines for entry in one["entries"]} <= shown | posts


def test_whatever_else_is_asked_has_none(shared: Case) -> None:
    for question in (Question("grant", GRANT), Question("entry", "", (0,))):
        assert "trace" not in report_in(shared.make(question).raw)


@pytest.mark.parametrize("change", ["a line", "left out", "more"])
def test_a_trace_that_does_not_follow_fails(shared: Case, change: str) -> None:
    members = read_archive(shared.make(ASKED).raw)
    report: Any = read_canonical(members[REPORT])
    if change == "a line":
        report["trace"]["people"][0]["official"] = "wang"
    elif change == "left out":
        del report["trace"]
    else:
        report["trace"]["exemption"] = []
    contents = read_contents(members, read_manifest(members))
    rest = {name: raw for name, raw in members.items() if name not in (MANIFEST, PAGE)}
    lied = with_manifest(contents, MZ, rest | {REPORT: write_canonical(report)})
    assert shared.verify(write_archive(lied)).check("report").verdict == "failed"


def test_a_bundle_without_a_statement_of_it_has_what_is_left_out_alone(tmp_path: Path) -> None:
    """Every statement of the act is gone: nothing follows, and nothing breaks."""
    made = begin(tmp_path / "home")
    members = read_archive(made.make().raw)
    contents = read_contents(members, read_manifest(members))
    gone = Absent(None, "withheld")
    entries = tuple(replace(one, statement=None, absent=gone) for one in contents.entries)
    bare = replace(contents, entries=entries)
    made.world.close()
    report: Any = read_canonical(report_of(bare))
    assert report["trace"] == {"left_out": ["exemption", "findings", "terms"]}
