"""Print a verification report: every check, made or not, and the verdict of the whole.

Failed, untrusted, incomplete and not checked are different words and different
exit codes: 1 for what failed, 3 for what is not verified and has not failed.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cli.failures import DONE, FAILED, UNVERIFIED
from cli.invocation import here
from cli.output import data, data_json, table, talk
from cli.speech import Words, pick
from ledger.verification.report import Check, Report, Verdict

_WORDS: dict[Verdict, Words] = {
    "verified": Words("OK", "通过"),
    "not_checked": Words("NOT CHECKED", "未检查"),
    "incomplete": Words("INCOMPLETE", "不完整"),
    "untrusted": Words("UNTRUSTED", "不受信任"),
    "failed": Words("FAILED", "失败"),
}


def print_report(
    report: Report,
    found: Sequence[Mapping[str, Any]] | None = None,
    more: Mapping[str, Any] | None = None,
) -> int:
    """Print *report* on stdout, its verdict on stderr; return the exit code.

    Args:
        found: findings that it comes to, as ``ledger.integrity`` has them; None: not asked for.
        more: members of its JSON besides.
    """
    if here().as_json:
        integrity = {} if found is None else {"integrity": list(found)}
        data_json({**report.to_json(), **integrity, **(more or {})})
    else:
        for line in _lines(report):
            data(line)
        for one in found or ():
            data(_found(one))
    verdict = _WORDS[report.verdict]
    talk(f"verdict: {verdict.en}", f"结论：{verdict.zh}")
    return exit_code(report.verdict)


def _found(one: Mapping[str, Any]) -> str:
    title, message, label = (
        pick(one[name]["en"], one[name]["zh"]) for name in ("title", "message", "label")
    )
    entries = " ".join(map(str, one["entries"]))
    return f"{one['rule']}  {label}  {title}  {message}  {entries}".rstrip()


def exit_code(verdict: Verdict) -> int:
    """Return with which code a command ends over *verdict*."""
    if verdict == "verified":
        return DONE
    return FAILED if verdict == "failed" else UNVERIFIED


def _lines(report: Report) -> Iterator[str]:
    rows = [
        (_WORDS[check.verdict].spoken(), _count(check), _said(check)) for check in report.checks
    ]
    for line, check in zip(table(rows), report.checks, strict=True):
        yield line
        yield from (f"    {pick(found.en, found.zh)}" for found in check.findings)
        if check.bad > len(check.findings):
            more = check.bad - len(check.findings)
            yield f"    {pick(f'and {more} more', f'另有 {more} 处')}"


def _count(check: Check) -> str:
    return f"{check.done}/{check.of}" if check.of else "-"


def _said(check: Check) -> str:
    label, detail = pick(*check.label), pick(*check.detail)
    return pick(f"{label}: {detail}", f"{label}：{detail}") if detail else label
