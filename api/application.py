"""Put the WSGI application together over a ledger that is already open."""

from typing import TYPE_CHECKING

from flask import Flask

from api import (
    chains,
    claims,
    description,
    docs,
    entries,
    evidence,
    findings,
    grant_files,
    health,
    log,
    obligations,
    pages,
    refusals,
    registry,
    reports,
    sessions,
    statements,
    things,
    traces,
)
from api.context import Served, install_context
from api.guard import install_guard
from api.handlers import install_handlers
from api.metrics import Metrics
from api.parameters import install_parameters
from api.request_log import install_request_log
from api.security import secured
from api.smorest import describe

if TYPE_CHECKING:
    from ledger.service import Ledger


def build_app(ledger: "Ledger") -> Flask:
    """Return the application that serves *ledger*; whoever opened the ledger closes it."""
    app = Flask("api", static_folder=None)
    # An address has one spelling: no redirect, which would repeat the asker's Host header.
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = True
    install_context(app, Served(ledger, Metrics(ledger)))
    install_request_log(app)
    install_parameters(app)
    install_guard(app)
    api = describe(app)
    install_handlers(app)
    modules = (
        statements,
        entries,
        chains,
        registry,
        things,
        traces,
        findings,
        obligations,
        grant_files,
        evidence,
        reports,
        sessions,
        refusals,
        claims,
        log,
        health,
        description,
        docs,
        pages,
    )
    for module in modules:
        api.register_blueprint(module.blp)
    description.freeze(app, api)
    app.wsgi_app = secured(app.wsgi_app)  # type: ignore[assignment,method-assign]
    return app
