"""Verify the ledger of a home as an outsider would, with all at hand that only the home has.

Its statements, its chain secret, and the files that it publishes, which are held
against its entries. ``fsck`` checks the tables' own rows besides.
"""

from ledger.published_files import PublishedFiles, with_files
from ledger.service import Ledger
from ledger.verification.report import Report
from ledger.verification.stream import Progress, verify_stream
from ledger.verification.trust import Trust


def verify_home(
    ledger: Ledger, trust: Trust, identity: bytes | None, progress: Progress | None = None
) -> Report:
    """Return what all checks find in the ledger as it stands now; as ``verify_stream``."""
    parts = ledger.parts
    files = PublishedFiles(parts.tiles, parts.log)
    source = ledger.source(lambda _connection, span: files.take(span.headers))
    report = verify_stream(source, trust, identity, parts.home.read_secret(), progress=progress)
    return with_files(report, files.close())
