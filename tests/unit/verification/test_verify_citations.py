"""What a whole ledger cites of others: counted, and verified only where a policy bore it out."""

import pytest

from tests.citing import FOREIGN, Foreign, citing
from tests.unit.verification.ledgers import SPANS, ZHANG, Book, bad_checks, verified, written


def test_what_held_when_it_was_cited_holds_whatever_was_registered_later() -> None:
    book, cited = written(), Foreign().cite()
    book.log(citing(book.use_event(), Foreign(key="nobody asked").cite()), ZHANG)
    for key in ("the log of linjiang", "a later key"):
        book.register_peer(Foreign(key=key))
        book.log(citing(book.use_event(), Foreign(key=key).cite()), ZHANG)
    assert bad_checks(verified(book.source(), book.identity)) == {}
    book.log(citing(book.use_event(), cited), ZHANG)
    report = verified(book.source(), book.identity)
    assert bad_checks(report) == {"statements": 30}


def cited_book() -> Book:
    """Two citations that no policy judged, and three of one statement that one did."""
    book = written()
    book.log(citing(book.use_event(), Foreign().cite()), ZHANG)
    elsewhere = Foreign("ledger.example/elsewhere").cite()
    book.register_peer(Foreign())
    book.log(citing(book.use_event(), elsewhere), ZHANG)
    three = [Foreign().cite(what) for what in ("one", "two", "three")]
    book.log(citing(book.use_event(), *three), ZHANG)
    return book


@pytest.mark.parametrize("span", SPANS)
def test_citations_are_counted_and_what_no_policy_judged_is_never_verified(span: int) -> None:
    book = cited_book()
    report = verified(book.source(), book.identity, span)
    check = report.check("citations")
    assert (check.verdict, check.done, check.of) == ("not_checked", 3, 5)
    assert [(one.index, one.verdict) for one in check.findings] == [
        (25, "not_checked"),
        (27, "not_checked"),
    ]
    assert FOREIGN in check.findings[0].en
    assert "ledger.example/elsewhere" in check.findings[1].zh
    assert check.detail.en == "5 cited, 3 verified, 2 not checked"
    assert check.detail.zh == "共援引 5 处，已验证 3 处，未检查 2 处"
    assert report.facts["citations"] == {"cited": 5, "verified": 3, "not_checked": 2}
    # Anybody may cite a ledger that nobody registered: of this one it tells nothing.
    assert not check.counts


def test_citations_that_a_policy_judged_are_verified_if_entry_0_is_pinned() -> None:
    book = written()
    book.register_peer(Foreign())
    book.log(citing(book.use_event(), Foreign().cite()), ZHANG)
    report = verified(book.source(), book.identity)
    check = report.check("citations")
    assert (check.verdict, check.done, check.of, check.counts) == ("verified", 1, 1, True)
    assert check.detail.en == "1 cited, 1 verified, 0 not checked"
    unpinned = verified(book.source(), None)
    check = unpinned.check("citations")
    assert (check.verdict, check.done, check.of) == ("not_checked", 0, 1)
    assert unpinned.facts["citations"] == {"cited": 1, "verified": 0, "not_checked": 1}


def test_a_citation_that_its_policy_refuses_is_not_verified() -> None:
    book = written()
    book.register_peer(Foreign())
    book.log(citing(book.use_event(), Foreign(key="somebody").cite()), ZHANG)
    report = verified(book.source(), book.identity)
    assert bad_checks(report) == {"statements": 26}
    assert report.facts["citations"] == {"cited": 1, "verified": 0, "not_checked": 1}


def test_a_ledger_that_cites_nothing_says_nothing_of_it() -> None:
    book = written()
    report = verified(book.source(), book.identity)
    check = report.check("citations")
    assert (check.verdict, check.of, check.detail.en, check.counts) == ("verified", 0, "", True)
    assert report.facts["citations"] == {"cited": 0, "verified": 0, "not_checked": 0}
