"""Where readers are received: sessions, what they may use, what is kept of them.

One desk stands beside the log of each open ledger; it puts together what the
service keeps for itself and asks the projections for authorisations.
"""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from crypto.header import parse_header
from crypto.statement import read_statement
from ledger.access.scopes import Scope, fold
from ledger.inheritance import Inheritance
from ledger.parts import Parts, follow_log
from ledger.projections.lists import ENTRIES
from ledger.readings import Readings
from ledger.refusals import Refusals
from ledger.sessions import Sessions
from ledger.store.engine import open_service_engine, reading
from ledger.store.posting_rows import Wanted, posting_rows
from ledger.store.service_rows import ServiceRows

GRANTED = "type/scope.granted"
MANY = 10_000  # authorisations of one body that are looked at, newest first


@dataclass(frozen=True, slots=True)
class Desk:
    """Sessions, refusals and readings of one ledger."""

    engine: sa.Engine
    sessions: Sessions
    refusals: Refusals
    readings: Readings


def open_desk(parts: Parts, submit: Callable[[bytes], object]) -> Desk:
    """Return the desk of a ledger; *submit* logs what the service says of itself."""
    engine, rows = open_service_engine(parts.engine, parts.home.path), ServiceRows()
    registry, clock, origin = parts.judge.registry, parts.clock, parts.log.name
    settings = parts.settings

    def follow() -> None:
        if not settings.on_sqlite:  # there one process writes, and has folded what it wrote
            follow_log(parts)

    return Desk(
        engine,
        Sessions(
            engine,
            rows,
            registry,
            follow,
            origin,
            clock,
            lambda body: scopes_of(parts, body),
            Inheritance(parts).of,
            settings.session_minutes,
            settings.signins,
        ),
        Refusals(engine, rows, registry, clock),
        Readings(engine, rows, parts.home, origin, clock, submit),
    )


def scopes_of(parts: Parts, body: str) -> tuple[Scope, ...]:
    """Return the authorisations of a body that are projected, live or not."""
    granted = []
    for index in sorted(_granted_to(parts, body)):
        with reading(parts.engine) as connection:
            envelope = parts.rows.envelope(connection, index)
        if envelope is not None:
            header = parse_header(parts.reader.header(index))
            granted.append((index, header.statement.hex(), read_statement(envelope).event))
    return tuple(scope for scope in fold(granted, parts.judge.registry) if scope.body == body)


def _granted_to(parts: Parts, body: str) -> list[int]:
    rows, reader, size = posting_rows(parts.engine), f"reader/{body}", parts.runner.size(ENTRIES)
    with reading(parts.projection_engine) as connection:
        terms = rows.find_terms(connection, (GRANTED, reader))
        if len(terms) < 2:
            return []
        wanted = Wanted(terms[GRANTED], (terms[reader].id,), (), None, 0, size)
        return rows.find(connection, wanted, MANY)
