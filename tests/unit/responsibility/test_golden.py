"""Whole reports of the stories, line by line, beside files that were read against the stories.

A file is never written by this test.
"""

from pathlib import Path

import pytest

from cli.stories.departments import ref
from ledger.responsibility.trace import trace
from tests.golden_lines import golden_lines
from tests.unit.responsibility.log import short, told

GOLDEN = Path("tests/golden")
# (act, defect): what the story is about.
STORIES = {
    "a-seven-providers": (ref("cs", "SL-2026-00318"), None),
    "b-stale-premises": (ref("cs", "SL-2026-00342"), "D1"),
    "c-use-without-grant": (ref("fg", "XYFJ-2026-07"), "D6"),
    "d-notice-ignored": (ref("lx", "KSHR-2026-02160"), "D2"),
    "e-merged-department": (ref("sy", "SPXK-2017-00812"), None),
    "k-past-sunset": (ref("yj", "YJXY-2026-03"), "D6"),
}


@pytest.mark.parametrize("story", STORIES)
def test_a_report_is_what_the_story_implies(story: str) -> None:
    act, defect = STORIES[story]
    log = told()
    report = trace(log.fetched(act), act, defect)
    found = short("\n".join(golden_lines(report, log.name))) + "\n"
    assert found == (GOLDEN / f"{story}.txt").read_text("utf-8")
