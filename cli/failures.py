"""Decide with which exit code an error ends a command.

The codes are those of the design's "Command line and home". Whatever is not in
this list is a fault of the program itself: 70, so that it never passes for a
verification that failed.
"""

from crypto.errors import BadSignature, CryptoError, Incomplete, Mismatch, Untrusted
from ledger.errors import BadRequest, LedgerError, NotAllowed, NotFound, NotSignedIn, ReasonNeeded

DONE = 0
FAILED = 1  # verification FAILED
USAGE = 2
UNVERIFIED = 3  # not verified, and not failed either
UNREACHABLE = 4
NOT_ALLOWED = 5
NOT_FOUND = 6
REFUSED = 7
FAULT = 70  # sysexits' EX_SOFTWARE
INTERRUPTED = 130

_CODES: tuple[tuple[type[Exception], int], ...] = (
    (NotFound, NOT_FOUND),
    (NotAllowed, NOT_ALLOWED),
    (NotSignedIn, NOT_ALLOWED),
    (ReasonNeeded, USAGE),
    (BadRequest, USAGE),
    (LedgerError, REFUSED),
    (BadSignature, FAILED),
    (Mismatch, FAILED),
    (Untrusted, UNVERIFIED),
    (Incomplete, UNVERIFIED),
    (CryptoError, REFUSED),
)


class Failure(Exception):
    """A command ends without having done its work, for a reason that it knows.

    Args:
        exit_code: one of those above.
        en: what is wrong, where, and what to do, in English.
        zh: the same in Chinese.
    """

    def __init__(self, exit_code: int, en: str, zh: str) -> None:
        super().__init__(en)
        self.exit_code = exit_code
        self.en = en
        self.zh = zh


def usage(en: str, zh: str) -> Failure:
    """Return the failure of a command that was called wrongly."""
    return Failure(USAGE, en, zh)


def as_failure(error: LedgerError | CryptoError) -> Failure:
    """Return what *error* means for a command."""
    code = next(code for kind, code in _CODES if isinstance(error, kind))
    return Failure(code, error.en, error.zh)
