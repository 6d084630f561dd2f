"""What a verification found: every check that there is, also those not made, and its verdict.

A check is *made* on so many entries of so many; each thing found wrong is a
finding with the index of its entry and a verdict of its own. The verdict of a
check is the worst of its findings, that of the whole the worst of its checks.
Only words are decided here, nothing is verified.

Source: spec 7 (verdicts); design, principle 4.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from crypto.errors import CryptoError, Untrusted

Verdict: TypeAlias = Literal["verified", "not_checked", "incomplete", "untrusted", "failed"]

VERIFIED: Final = "verified"
NOT_CHECKED: Final = "not_checked"
INCOMPLETE: Final = "incomplete"
UNTRUSTED: Final = "untrusted"
FAILED: Final = "failed"

# SPEC: spec 7, "failed > untrusted > incomplete > not_checked > verified".
_SEVERITY: dict[Verdict, int] = {
    VERIFIED: 0,
    NOT_CHECKED: 1,
    INCOMPLETE: 2,
    UNTRUSTED: 3,
    FAILED: 4,
}

MAX_FINDINGS = 20  # of one check that a report shows; all are counted


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of *verdicts*; of none, ``verified``."""
    return max(verdicts, key=_SEVERITY.__getitem__, default=VERIFIED)


class Words(NamedTuple):
    """One sentence in both languages."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong or missing.

    Args:
        index: the entry at fault; -1 where no single one is.
        verdict: how bad it is.
        en, zh: what is wrong, naming the entry.
    """

    index: int
    verdict: Verdict
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Check:
    """One check and its outcome.

    Args:
        name: stable, for programs.
        label: what is checked.
        verdict: of this check.
        done, of: on how many of how many it was made; both 0 where it was not.
        detail: what was found in one sentence; why, where it was not made.
        bad: how many findings there are.
        findings: those with the smallest indexes, at most ``MAX_FINDINGS``.
        counts: whether the verdict of the whole depends on it. A check that the
            thing verified can never allow is listed, and does not count.
    """

    name: str
    label: Words
    verdict: Verdict
    done: int
    of: int
    detail: Words
    bad: int = 0
    findings: tuple[Finding, ...] = ()
    counts: bool = True

    @property
    def first_bad(self) -> int | None:
        """The smallest index at fault, or None."""
        return next((f.index for f in self.findings if f.index >= 0), None)


def check_failed(name: str, label: Words, error: CryptoError) -> Check:
    """Return the check that *error* ends: ``untrusted`` where nobody that is trusted signed."""
    verdict: Verdict = UNTRUSTED if isinstance(error, Untrusted) else FAILED
    finding = Finding(-1, verdict, error.en, error.zh)
    return Check(name, label, verdict, 1, 1, Words("", ""), 1, (finding,))


@dataclass(frozen=True, slots=True)
class Report:
    """All checks of one verification.

    Args:
        subject: ``ledger``, ``checkpoint``, ``receipt``, ``certificate`` or ``bundle``.
        checks: in the order in which people read them.
        facts: what was read, for people and programs: origin, sizes, roots, times.
    """

    subject: str
    checks: tuple[Check, ...]
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of the checks that count."""
        return worst(check.verdict for check in self.checks if check.counts)

    def check(self, name: str) -> Check:
        """Return the check of that name; KeyError when there is none."""
        for check in self.checks:
            if check.name == name:
                return check
        raise KeyError(name)

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "checks": [_check_json(check) for check in self.checks],
            "facts": self.facts,
            "subject": self.subject,
            "verdict": self.verdict,
        }


def _check_json(check: Check) -> dict[str, Any]:
    return {
        "bad": check.bad,
        "counts": check.counts,
        "detail": check.detail._asdict(),
        "done": check.done,
        "findings": [
            {
                "en": finding.en,
                "index": finding.index if finding.index >= 0 else None,
                "verdict": finding.verdict,
                "zh": finding.zh,
            }
            for finding in check.findings
        ],
        "first_bad": check.first_bad,
        "label": check.label._asdict(),
        "name": check.name,
        "of": check.of,
        "verdict": check.verdict,
    }
