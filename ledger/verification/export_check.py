"""Verify an export: the bundle that it was made from, and that it follows from that bundle.

Source: spec 7 (verdicts).
"""

from itertools import zip_longest

from crypto.errors import CryptoError
from ledger.exports.forms import export
from ledger.verification.bundle_check import bundle_report, unread_bundle_report
from ledger.verification.report import (
    FAILED,
    NOT_CHECKED,
    VERIFIED,
    Check,
    Finding,
    Report,
    Words,
)
from ledger.verification.trust import Trust

_LABEL = Words("The export is what follows from the bundle", "导出内容由该证据包得出")


def export_report(
    exported: bytes, form: str, bundle: bytes, trust: Trust, identity: bytes | None
) -> Report:
    """Return what an export and its bundle prove; nothing that they hold makes this raise.

    Args:
        form: one of ``ledger.exports.forms.FORMS``.
        bundle: the zip file.
        trust, identity: as for a bundle.
    """
    report = bundle_report(bundle, trust, identity)
    return Report("export", (_compared(exported, form, bundle), *report.checks), report.facts)


def unread_export_report(error: CryptoError) -> Report:
    """Return what is to be said where *error* shows that there is no bundle to compare with."""
    unread = Check("export", _LABEL, NOT_CHECKED, 0, 1, Words(error.en, error.zh))
    return Report("export", (unread, *unread_bundle_report(error).checks))


def _compared(exported: bytes, form: str, bundle: bytes) -> Check:
    try:
        expected = export(bundle, form)
    except CryptoError as error:
        return Check("export", _LABEL, NOT_CHECKED, 0, 1, Words(error.en, error.zh))
    if expected == exported:
        return Check("export", _LABEL, VERIFIED, 1, 1, Words(form, form))
    number = _first_difference(expected, exported)
    finding = Finding(
        -1, FAILED, f"line {number} is not what follows", f"第 {number} 行与应有内容不符"
    )
    return Check("export", _LABEL, FAILED, 1, 1, Words(form, form), 1, (finding,))


def _first_difference(expected: bytes, exported: bytes) -> int:
    lines = zip_longest(expected.split(b"\n"), exported.split(b"\n"))
    return next(number for number, (one, other) in enumerate(lines, 1) if one != other)
