"""The trace that follows from an act's bundle: computed by whoever verified it, and never in it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crypto.archive import read_archive
from crypto.canonical import read_canonical
from crypto.errors import CryptoError
from ledger.evidence.bundle import REPORT, Absent
from ledger.evidence.bundle_reader import read_contents, read_manifest
from ledger.evidence.question import Question
from ledger.evidence.traced import trace_in
from ledger.responsibility.trace import lines_of
from ledger.verification.bundle_check import bundle_trace
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
    found = bundle_trace(raw)
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
    assert bundle_trace(raw) == found


def test_it_is_in_no_bundle_and_of_nothing_else(shared: Case) -> None:
    assert "trace" not in report_in(shared.make(ASKED).raw)
    for question in (Question("grant", GRANT), Question("entry", "", (0,))):
        with pytest.raises(LookupError):
            bundle_trace(shared.make(question).raw)
    with pytest.raises(CryptoError):
        bundle_trace(b"no bundle")


def test_of_an_act_without_a_statement_there_is_none(tmp_path: Path) -> None:
    """Every statement of the act is gone: nothing follows."""
    made = begin(tmp_path / "home")
    members = read_archive(made.make().raw)
    contents = read_contents(members, read_manifest(members))
    gone = Absent(None, "withheld")
    entries = tuple(replace(one, statement=None, absent=gone) for one in contents.entries)
    made.world.close()
    with pytest.raises(LookupError):
        trace_in(replace(contents, entries=entries))
