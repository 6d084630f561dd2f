"""A check being counted: order does not matter, all are counted, few are kept."""

import pytest

from ledger.verification.report import MAX_FINDINGS, Words
from ledger.verification.tally import Tally


def tally() -> Tally:
    return Tally("name", Words("label", "名"), Words("entries", "条"))


@pytest.mark.parametrize("order", [1, -1])
def test_the_smallest_indexes_are_kept_whatever_the_order(order: int) -> None:
    counted = tally()
    for index in range(500)[::order]:
        counted.find(index, f"entry {index}", f"第 {index} 条")
    check = counted.close()
    assert check.bad == 500
    assert check.first_bad == 0
    assert [finding.index for finding in check.findings] == list(range(MAX_FINDINGS))


def test_a_worse_verdict_that_is_cut_off_still_counts() -> None:
    counted = tally()
    for index in range(500):
        counted.find(index, "en", "zh", "incomplete")
    counted.find(900, "en", "zh")
    assert counted.close().verdict == "failed"


def test_half_done_is_incomplete_and_undone_is_not_checked() -> None:
    counted = tally()
    counted.of = 2
    assert counted.close().verdict == "not_checked"
    counted.done = 1
    assert counted.close().verdict == "incomplete"
    assert counted.close().detail == Words("1 entries not checked", "1 条未检查")
    counted.done = 2
    assert counted.close().verdict == "verified"


def test_a_limit_stands_unless_something_is_worse() -> None:
    counted = tally()
    counted.limit("not_checked", Words("why", "因"))
    assert counted.close().verdict == "not_checked"
    counted.find(3, "en", "zh")
    assert counted.close().verdict == "failed"
