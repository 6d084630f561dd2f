"""What a span changes of supervision: read from its rows, made by the rules, not yet written.

Made this way it can be made elsewhere than where it is written: see ``ahead``.
"""

from collections.abc import Mapping, Sequence

import msgspec
import sqlalchemy as sa

from ledger.projections.held import Changed, Held
from ledger.projections.saying import SUCCESSION, row_of
from ledger.projections.span import Span
from ledger.projections.spoken import Folded, folded_as, spoken_in
from ledger.registry.state import Registry
from ledger.sharing.machine import Step
from ledger.store.supervision_rows import SupervisionRows
from ledger.store.thing_rows import SuccessionRow
from ledger.supervision.instruments import Instruments
from ledger.supervision.rules import RULES
from ledger.supervision.scene import Spoken
from ledger.supervision.supervisor import INSTRUMENTS, Supervisor

SUCCESSIONS = "successions"  # the name under which those that were told are kept
_OF_STATEMENTS = ("statement", "ended")  # lists that are named after a statement

Newer = Mapping[str, str]  # rows by name that are made and perhaps not yet written


class Made(msgspec.Struct, array_like=True, gc=False):
    """What a span changes.

    Attributes:
        read: the entries whose statements were there.
        known: the successions before them.
        folded: what the things that they touch have come to.
    """

    read: list[int]
    known: list[SuccessionRow]
    changed: Changed
    folded: dict[str, Folded]


def make(
    connection: sa.Connection,
    rows: SupervisionRows,
    built_in: Instruments,
    span: Span,
    newer: Newer | None = None,
) -> Made:
    """Return what *span* changes of what stands, which goes as far as its beginning.

    Args:
        connection: only read from.
        newer: goes before the rows that are there.
    """
    held = Held(connection, rows, span.start, newer or {})
    try:
        return _made(held, span, built_in)
    finally:
        held.close()


def _made(held: Held, span: Span, built_in: Instruments) -> Made:
    held.fetch((SUCCESSIONS, INSTRUMENTS))
    told = held.get(SUCCESSIONS) or {"rows": []}
    known = [SuccessionRow(*row) for row in told["rows"]]
    said = spoken_in(span, known)
    for one in said:
        if one.event["type"] == SUCCESSION:
            told["rows"].append(list(row_of(one)))
            held.put(SUCCESSIONS, told)
    steps = _supervise(held, said, span.registry, built_in)
    changed, texts = held.changed()
    folded: dict[str, Folded] = {}
    for name, taken in steps.items():
        body = held.get(name)
        if body is not None:
            new = name not in held.found
            folded[name] = folded_as(name, body, texts[name], taken, new=new)
    return Made(list(span.events), known, changed, folded)


def _supervise(
    held: Held, said: Sequence[Spoken], registry: Registry, built_in: Instruments
) -> dict[str, list[Step]]:
    """Take statements in; return what they did to things, by name."""
    supervisor = Supervisor(held, RULES, built_in)
    held.know_absent(f"open/{of}/{one.digest}" for one in said for of in _OF_STATEMENTS)
    held.fetch({name for one in said for name in supervisor.names(one)})
    held.fetch_listed()
    steps: dict[str, list[Step]] = {}
    for one in said:
        taken = supervisor.take(one, registry)
        for (_, name), step in zip(one.touched, taken.steps.values(), strict=True):
            steps.setdefault(name, []).append(step)
    return steps
