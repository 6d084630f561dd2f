"""Verify a fork report, offline: did the log sign two histories?

Source: spec 5 and 7 (verdicts).
"""

from crypto.checkpoint import Checkpoint, parse_checkpoint
from crypto.errors import CryptoError, Malformed, Untrusted
from crypto.fork import FORK, ForkReport, open_notes, read_fork_report, verify_fork
from crypto.note import parse_note
from ledger.verification.report import (
    NOT_CHECKED,
    VERIFIED,
    Check,
    Report,
    Words,
    check_failed,
)
from ledger.verification.trust import Trust, log_key_for

_NOTES = Words("A log that you trust signed both notes", "两份检查点均由您信任的日志签名")
_FORK = Words("They are of two histories", "二者属于两种历史")
_LAST = Words("Which of them was shown last", "二者中哪一份在后出示")
_NONE = Words("", "")


def fork_report(raw: bytes, trust: Trust) -> Report:
    """Return what a fork report proves; nothing that it holds makes this raise.

    ``verified`` says that the log is proven to have signed two histories.
    """
    try:
        report = read_fork_report(raw)
        claimed = parse_checkpoint(parse_note(report.first).text)
    except CryptoError as error:
        return Report("fork-report", (check_failed("notes", _NOTES, error), _unread(), _never()))
    log = log_key_for(claimed.origin, trust)
    try:
        if log is None:
            raise Untrusted(
                f"the policy names no log {claimed.origin}", f"信任策略中没有日志 {claimed.origin}"
            )
        notes = open_notes(report, log)
    except CryptoError as error:
        return Report("fork-report", (check_failed("notes", _NOTES, error), _unread(), _never()))
    signed = Check("notes", _NOTES, VERIFIED, 2, 2, _NONE)
    try:
        verify_fork(report, log)
    except CryptoError as error:
        return Report("fork-report", (signed, _unproven(report, error), _never()), _facts(notes))
    proven = Check("fork", _FORK, VERIFIED, 1, 1, _NONE)
    return Report("fork-report", (signed, proven, _never()), _facts(notes))


def _unproven(report: ForkReport, error: CryptoError) -> Check:
    """A report that claims a fork and proves none has failed; another only does not prove it."""
    if report.kind == FORK or (isinstance(error, Malformed) and report.over_first):
        return check_failed("fork", _FORK, error)
    return Check("fork", _FORK, NOT_CHECKED, 0, 1, Words(error.en, error.zh))


def _facts(notes: tuple[Checkpoint, Checkpoint]) -> dict[str, object]:
    first, second = notes
    return {
        "first_root": first.root.hex(),
        "first_size": first.size,
        "origin": first.origin,
        "second_root": second.root.hex(),
        "second_size": second.size,
    }


def _unread() -> Check:
    why = Words("the notes were not verified", "检查点未获验证")
    return Check("fork", _FORK, NOT_CHECKED, 0, 1, why)


def _never() -> Check:
    why = Words("that is what whoever watched says", "仅由监视者陈述")
    return Check("last", _LAST, NOT_CHECKED, 0, 0, why, counts=False)
