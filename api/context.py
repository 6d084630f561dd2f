"""Where a request finds the ledger that this application serves."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, current_app

from api.metrics import Metrics

if TYPE_CHECKING:
    from ledger.service import Ledger

_KEY = "zelian"


@dataclass(frozen=True, slots=True)
class Served:
    """What one application serves: its ledger and the counters about it."""

    ledger: "Ledger"
    metrics: Metrics


def install_context(app: Flask, served: Served) -> None:
    app.extensions[_KEY] = served


def served() -> Served:
    """Return what the current application serves."""
    found: Served = current_app.extensions[_KEY]
    return found


def ledger() -> "Ledger":
    """Return the ledger of the current application."""
    return served().ledger
