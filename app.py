"""The WSGI application: ``create_app`` opens a ledger and builds the service over it.

Nothing is built at import. ``python app.py`` serves, as ``zelian serve`` does.
"""

import sys

from flask import Flask

from api.application import build_app
from api.serving import serve
from ledger.bootstrap import open_ledger
from ledger.errors import LedgerError
from ledger.log.clock import Clock, system_clock
from ledger.settings import Settings

HOST, PORT = "127.0.0.1", 8000


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Flask:
    """Open the ledger of *settings* and return the application that serves it.

    Args:
        settings: default: from the environment.
        clock: milliseconds since 1970; tests inject theirs, no setting can.

    Raises:
        LedgerError: there is no ledger to open, or a setting is wrong.
    """
    ledger = open_ledger(
        settings or Settings.from_environment(), clock or system_clock, background=True
    )
    return build_app(ledger)


def main() -> int:
    """Serve on this machine alone; return the exit code."""
    print(f"http://{HOST}:{PORT}/", file=sys.stderr)
    try:
        serve(Settings.from_environment(), HOST, PORT)
    except LedgerError as error:
        print(f"{error.en}\n{error.zh}", file=sys.stderr)
        return 7  # refused, as from `zelian serve`
    return 0


if __name__ == "__main__":
    sys.exit(main())
