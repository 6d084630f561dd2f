"""What the ledger can answer besides yes, each with a stable code.

The HTTP edge maps these to problem documents (RFC 9457) and the command line
to exit codes; neither invents errors of its own. Every error says what is
wrong and what to do, in English and in Chinese.
"""

from typing import Any

# SPEC: spec 6, the codes in the order in which they are looked at.
REFUSAL_STATUS = {
    "too_large": 413,
    "malformed": 400,
    "wrong_ledger": 422,
    "unknown_type": 422,
    "weak_key": 422,
    "unknown_key": 403,
    "revoked_key": 403,
    "bad_signature": 400,
    "schema": 422,
    "forbidden_content": 422,
    "unknown_reference": 422,
    "bad_citation": 422,
    "out_of_role": 403,
    "from_the_future": 422,
    "lapsed": 422,
    "conflict": 409,
}


class LedgerError(Exception):
    """Base of every error that the ledger raises on purpose.

    Args:
        en: what is wrong and what to do, in English.
        zh: the same in Chinese.
    """

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh


class Refused(LedgerError):
    """A statement does not enter, for one of the reasons of spec 6.

    Args:
        code: a key of ``REFUSAL_STATUS``.
        en, zh: what is wrong and what to do.
        pointer: JSON pointer to the member at fault (of the envelope for
            ``malformed`` and ``bad_signature``, else of the event), or "".
        extra: further members of the problem document, such as ``index``.
    """

    def __init__(self, code: str, en: str, zh: str, pointer: str = "", **extra: Any) -> None:
        super().__init__(en, zh)
        self.code = code
        self.pointer = pointer
        self.extra = extra

    def __reduce__(self) -> tuple[Any, ...]:
        """Refusals cross process borders in batches."""
        return _refused, (self.code, self.en, self.zh, self.pointer, self.extra)


def _refused(code: str, en: str, zh: str, pointer: str, extra: dict[str, Any]) -> Refused:
    return Refused(code, en, zh, pointer, **extra)


class ReadOnly(LedgerError):
    """The ledger takes no entries now; nothing acknowledged is lost.

    Args:
        reason: a stable word: ``clock_ran_back``, ``disk_full``,
            ``database_lost``, ``head_missing``, ``head_foreign``, ``head_older``,
            ``wrong_log_key``, ``schema_version``, ``published_ahead``,
            ``busy``, ``damaged``, ``opened_for_reading``, ``unrecorded``,
            ``restoring``, ``restored``, ``restored_older``, ``restored_differs``.
    """

    def __init__(self, reason: str, en: str, zh: str) -> None:
        super().__init__(en, zh)
        self.reason = reason


class NotFound(LedgerError):
    """No such thing is known; *code* tells the kinds apart."""

    def __init__(self, en: str, zh: str, code: str = "not_found") -> None:
        super().__init__(en, zh)
        self.code = code


class NotAllowed(LedgerError):
    """The asker may not read this."""


class NotSignedIn(LedgerError):
    """Nobody is signed in, or not any more, or the sign-in does not hold."""


class TooMany(LedgerError):
    """Asked too often within a minute."""


class ReasonNeeded(LedgerError):
    """Whoever inspects says why he reads."""


class NotProjected(LedgerError):
    """Search and chains have not come as far as was asked; they will in a moment."""


class BadRequest(LedgerError):
    """A question that makes no sense, such as a proof from 5 to 3."""

    def __init__(self, en: str, zh: str, pointer: str = "") -> None:
        super().__init__(en, zh)
        self.pointer = pointer
