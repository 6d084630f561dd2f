"""Count one check while entries stream past, in memory that does not grow with them.

The order in which findings come does not matter: the smallest indexes are kept.

Source: spec 7 (verdicts).
"""

from ledger.verification.report import (
    FAILED,
    INCOMPLETE,
    MAX_FINDINGS,
    NOT_CHECKED,
    VERIFIED,
    Check,
    Finding,
    Verdict,
    Words,
    worst,
)


class Tally:
    """One check in the making.

    Args:
        name, label: as in :class:`Check`.
        unit: what is counted, ``Words("entries", "条记录")``.

    ``done`` and ``of`` are moved by whoever makes the check.
    """

    def __init__(self, name: str, label: Words, unit: Words) -> None:
        self.name = name
        self.label = label
        self.done = 0
        self.of = 0
        self._unit = unit
        self._bad = 0
        self._verdict: Verdict = VERIFIED
        self._findings: list[Finding] = []
        self._limit: tuple[Verdict, Words] | None = None
        self._remark: Words | None = None

    def find(self, index: int, en: str, zh: str, verdict: Verdict = FAILED) -> None:
        """Note one finding; *index* -1 where no single entry is at fault."""
        self.add([Finding(index, verdict, en, zh)])

    def add(self, findings: list[Finding], total: int | None = None) -> None:
        """Note *findings*; *total*, where there are more of them than are given."""
        self._bad += len(findings) if total is None else total
        self._verdict = worst([self._verdict, *(finding.verdict for finding in findings)])
        self._findings += findings
        if len(self._findings) > 4 * MAX_FINDINGS:
            self._cut()

    def limit(self, verdict: Verdict, why: Words) -> None:
        """Say why this check cannot come out better than *verdict*."""
        if self._limit is None or worst([verdict, self._limit[0]]) != self._limit[0]:
            self._limit = verdict, why

    def remark(self, words: Words) -> None:
        """Say what is counted apart, whatever the verdict."""
        self._remark = words

    def close(self) -> Check:
        """Return the finished check."""
        self._cut()
        verdicts = [self._verdict]
        if self._limit is not None:
            verdicts.append(self._limit[0])
        elif self.done < self.of:
            verdicts.append(NOT_CHECKED if self.done == 0 else INCOMPLETE)
        return Check(
            self.name,
            self.label,
            worst(verdicts),
            self.done,
            self.of,
            self._detail(),
            self._bad,
            tuple(self._findings),
        )

    def _cut(self) -> None:
        self._findings.sort()
        del self._findings[MAX_FINDINGS:]

    def _detail(self) -> Words:
        """Say what stands in the way of a better verdict; nothing where all is well."""
        parts = []
        if self._bad and self._verdict != NOT_CHECKED:  # what was not looked at is no finding
            some = "1 finding" if self._bad == 1 else f"{self._bad} findings"
            parts.append(Words(some, f"发现 {self._bad} 处问题"))
        if self._limit is not None:
            parts.append(self._limit[1])
        elif self.done < self.of:
            left = self.of - self.done
            unit = self._unit
            parts.append(Words(f"{left} {unit.en} not checked", f"{left} {unit.zh}未检查"))
        if self._remark is not None:
            parts.append(self._remark)
        return Words("; ".join(part.en for part in parts), ";".join(part.zh for part in parts))
