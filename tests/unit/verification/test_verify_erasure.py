"""An erasure explains a missing statement only where who ordered it might."""

from crypto.notation import write_b64
from ledger.verification.report import Report
from tests.unit.verification.ledgers import SECRET, SYSTEM, Book, seed, written
from tests.unit.verification.test_verify_trust import cosigned, erase, report_of, without

OTHER = seed(22)


def without_9(book: Book, secret: bytes | None = SECRET) -> Report:
    return report_of(without(cosigned(book.source()), 9), book, secret=secret)


def test_the_department_that_spoke_may_have_it_erased() -> None:
    book = written()
    erase(book, 9, "erased")
    report = without_9(book)
    assert report.verdict == "verified"
    assert report.check("digests").detail.en == "1 erased by order"
    assert report.check("digests").detail.zh == "依令删除 1 条"


def test_no_secret_is_needed_to_tell_who_spoke() -> None:
    book = written()
    erase(book, 9, "erased")
    report = without_9(book, None)
    assert report.check("speakers").verdict == report.check("digests").verdict == "verified"


def test_another_department_may_not() -> None:
    """The ledger refuses it; one that logged it all the same is found out by headers alone."""
    book = written()
    stranger(book)
    at = erase(book, 9, "erased", "GA")
    report = without_9(book)
    assert report.check("speakers").verdict == "failed"
    assert report.check("speakers").first_bad == at
    assert report.check("digests").first_bad == 9


def stranger(book: Book) -> None:
    """A department that is of no kind that may decide, speaking by the key that `erase` uses."""
    data = {"department": "GA", "kind": "gov", "name": {"zh": "云岭省公安厅"}}
    book.registry("department.registered", "department/GA", data)
    keys = {"department": "GA", "public_key": write_b64(OTHER.public.spki)}
    book.registry("key.enrolled", "department/GA", keys, OTHER)


def test_an_order_for_what_was_never_logged_cannot_be_told() -> None:
    book = written()
    data = {"target": "0" * 64, "ground": "court", "decided_by": "MZ", "document": "x"}
    at = book.log(book.event("statement.erased", "MZ", "department/MZ", data), SYSTEM)
    report = without_9(book)
    assert report.check("speakers").verdict == "incomplete"
    assert report.check("speakers").first_bad == at


def test_an_erasure_before_the_entry_explains_nothing() -> None:
    book = written()
    erase(book, 9, "erased")
    report = report_of(without(cosigned(book.source()), 10), book)
    assert report.check("digests").first_bad == 10
    assert report.verdict == "incomplete"
