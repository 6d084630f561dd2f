"""Both verifiers, Python and the page in a browser, on one file: where do they differ?"""

from dataclasses import dataclass

from ledger.verification.report import Report
from tests.integration.evidence.browser import Shown


@dataclass(frozen=True)
class Row:
    """One line of the table: what was done, how, and what each of the two says."""

    what: str
    fitted: bool
    python: str
    browser: str


def disagreements(report: Report, shown: Shown) -> dict[str, tuple[str, str]]:
    """Return the checks on which they differ, and ``whole``."""
    python = {check.name: check.verdict for check in report.checks}
    assert list(shown.checks) == list(python), "the same checks in the same order"
    found = {
        name: (verdict, shown.checks[name])
        for name, verdict in python.items()
        if verdict != shown.checks[name]
    }
    if report.verdict != shown.verdict:
        found["whole"] = report.verdict, shown.verdict
    return found


def table(rows: list[Row]) -> list[str]:
    """Print alteration × verifier; entries are told by their kind, verdicts gathered."""
    kinds: dict[tuple[str, bool], tuple[set[str], set[str]]] = {}
    for row in rows:
        python, browser = kinds.setdefault((row.what, row.fitted), (set(), set()))
        python.add(row.python)
        browser.add(row.browser)
    head = f"{'done to the bundle':52} {'how':12} {'Python':20} browser"
    return [
        head,
        *(
            f"{what:52} {'made to fit' if fitted else 'naively':12} "
            f"{', '.join(sorted(python)):20} {', '.join(sorted(browser))}"
            for (what, fitted), (python, browser) in kinds.items()
        ),
    ]
