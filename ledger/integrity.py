"""Tell what is wrong with the ledger itself as findings: of a check of it all, and as it runs.

They are of the moment: whoever looks again is told again, or is told nothing more.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from crypto.header import parse_header
from crypto.notation import format_time, parse_time
from ledger.instruments_known import instruments_known
from ledger.supervision.rules.integrity import INTEGRITY_RULES, IntegrityRule
from ledger.supervision.words import FINDING
from ledger.verification.report import FAILED, Check, Report

if TYPE_CHECKING:
    from ledger.service import Ledger

Members = dict[str, Any]
CHECKPOINT = ("O12", "checkpoint")  # the parameter: how old a published checkpoint may be
TIMESTAMP = ("O12", "timestamp")  # and the newest time-stamp, while entries wait for one
_MINUTE_S = 60


def of_report(report: Report) -> list[Members]:
    """Return the findings that a verification of the ledger comes to, by rule and check."""
    return [
        _members(rule, check.label.en, check.label.zh, _entries(check), {"check": check.name})
        for rule in INTEGRITY_RULES
        for check in report.checks
        if check.name in rule.checks and check.verdict == FAILED
    ]


def _entries(check: Check) -> list[int]:
    return [one.index for one in check.findings if one.index >= 0]


def of_service(ledger: "Ledger") -> list[Members]:
    """Return what is wrong with an open ledger as it stands this moment."""
    found = list(_reasons(ledger))
    return of_report(ledger.scrubber.report()) + [
        _members(rule, en, zh, [], facts)
        for rule in INTEGRITY_RULES
        for en, zh, facts in found
        if facts["reason"] in rule.reasons
    ]


def _reasons(ledger: "Ledger") -> Iterator[tuple[str, str, Members]]:
    positions = (
        ledger.parts.runner.positions()
    )  # looked at before the log, which may grow meanwhile
    state = ledger.state()
    if state.reason is not None:
        yield state.en or "", state.zh or "", {"reason": state.reason}
    for name, size in sorted(positions.items()):
        if size > state.size:
            yield (
                f"{name} has taken in {size} entries, and there are {state.size}",
                f"{name} 已派生 {size} 条，而账本只有 {state.size} 条",
                {"reason": "projected_ahead", "projection": name},
            )
    age = ledger.checkpoint_age_s()
    most = _most_minutes(ledger, CHECKPOINT) * _MINUTE_S
    if age is not None and age > most and state.published_size < state.size:
        yield (
            f"{state.size - state.published_size} entries are not published; the newest "
            f"checkpoint is {int(age)} seconds old",
            f"有 {state.size - state.published_size} 条未公布；最新检查点已 {int(age)} 秒",
            {"reason": "checkpoint_old"},
        )
    yield from _unstamped(ledger)


def _unstamped(ledger: "Ledger") -> Iterator[tuple[str, str, Members]]:
    """Entries wait for a time-stamp, where an authority is asked at all."""
    if not ledger.anchoring.on:
        return
    standing = ledger.anchoring.standing()
    newest = standing.newest
    # Before the first token the age is that of the oldest entry that waits for one.
    since = _recorded_at(ledger, 0) if newest is None else newest.stamped_at
    age = (ledger.parts.clock() - parse_time(since)) // 1000 if since else 0
    if standing.unstamped and age > _most_minutes(ledger, TIMESTAMP) * _MINUTE_S:
        yield (
            f"{standing.unstamped} entries wait for a time-stamp; the newest is {age} seconds old",
            f"有 {standing.unstamped} 条待盖时间戳；最新时间戳已 {age} 秒",
            {"reason": "timestamp_old"},
        )


def _recorded_at(ledger: "Ledger", index: int) -> str:
    """Return when an entry was recorded; "" where there is none."""
    if index >= ledger.size():
        return ""
    return parse_header(ledger.parts.reader.header(index)).recorded_at


def _most_minutes(ledger: "Ledger", parameter: tuple[str, str]) -> int:
    now = format_time(ledger.parts.clock())
    return instruments_known(ledger.parts).packs.in_force(now, None).value(*parameter)


def _members(
    rule: IntegrityRule, en: str, zh: str, entries: Iterable[int], facts: Members
) -> Members:
    return {
        "basis": "integrity",
        "entries": list(entries),
        "facts": facts,
        "label": {"en": str(FINDING), "zh": FINDING.zh},
        "message": {"en": en, "zh": zh},
        "rule": rule.id,
        "severity": rule.severity,
        "title": {"en": str(rule.title), "zh": rule.title.zh},
    }
