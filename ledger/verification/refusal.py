"""Verify a note that a statement was refused, offline.

It proves that the log's key said so at a time of its own clock; whether the refusal
was right it cannot prove, and lists as not checked.

Source: spec 6 ("Refusal notes") and 7 (verdicts).
"""

from hashlib import sha256

from crypto.errors import CryptoError, Mismatch, Untrusted
from crypto.note import parse_note
from crypto.refusal import Refusal, open_refusal, parse_refusal
from ledger.verification.report import (
    NOT_CHECKED,
    VERIFIED,
    Check,
    Report,
    Words,
    check_failed,
)
from ledger.verification.trust import Trust, log_key_for

_SIGNED = Words("A log that you trust refused it", "由您信任的日志拒收")
_STATEMENT = Words("It is this statement that was refused", "被拒收的正是此陈述")
_RIGHT = Words("The refusal was right", "拒收理由成立")
_NONE = Words("", "")


def refusal_report(note: str | bytes, envelope: bytes | None, trust: Trust) -> Report:
    """Return what a note is worth; nothing that it holds makes this raise.

    Args:
        envelope: the statement as it was sent, where the verifier has it.
        trust: whose refusals count.
    """
    try:
        said = parse_refusal(parse_note(note).text)
    except CryptoError as error:
        return Report("refusal", (check_failed("signature", _SIGNED, error), _unread(), _never()))
    checks = (_signature(note, said, trust), _statement(said, envelope), _never())
    facts = {
        "code": said.code,
        "origin": said.origin,
        "refused_at": said.refused_at,
        "statement": said.digest,
    }
    return Report("refusal", checks, facts)


def _signature(note: str | bytes, said: Refusal, trust: Trust) -> Check:
    log = log_key_for(said.origin, trust)
    try:
        if log is None:
            raise Untrusted(
                f"the policy names no log {said.origin}", f"信任策略中没有日志 {said.origin}"
            )
        open_refusal(note, log)
    except CryptoError as error:
        return check_failed("signature", _SIGNED, error)
    told = Words(f"{said.code}, {said.refused_at}", f"{said.code}，{said.refused_at}")
    return Check("signature", _SIGNED, VERIFIED, 1, 1, told)


def _statement(said: Refusal, envelope: bytes | None) -> Check:
    if envelope is None:
        why = Words("give the statement to compare its digest", "请给出陈述以比对摘要")
        return Check("statement", _STATEMENT, NOT_CHECKED, 0, 1, why, counts=False)
    if sha256(envelope).hexdigest() == said.digest:
        return Check("statement", _STATEMENT, VERIFIED, 1, 1, _NONE)
    error = Mismatch("the note is of another statement", "该凭证属于另一陈述")
    return check_failed("statement", _STATEMENT, error)


def _unread() -> Check:
    why = Words("the note cannot be read", "无法读取该凭证")
    return Check("statement", _STATEMENT, NOT_CHECKED, 0, 1, why)


def _never() -> Check:
    why = Words("the note gives the code alone", "凭证仅载明代码")
    return Check("right", _RIGHT, NOT_CHECKED, 0, 0, why, counts=False)
