"""What a span says, made once for the two projections that fold things.

Rules and lists of things step at the same entry nearly always. What one has worked out of
a span the other then takes: the statements as folds take them, and what these make of
the things that they touch. Where they stand apart each works it out by itself, to the
same rows.
"""

from collections.abc import Mapping, Sequence

import msgspec

from ledger.projections.saying import Sayer, said_in
from ledger.projections.span import Span
from ledger.sharing.machine import Body, Step
from ledger.sharing.touched import MACHINES
from ledger.store.thing_rows import SuccessionRow
from ledger.supervision.scene import Spoken, spoken_of


class Folded(msgspec.Struct, array_like=True, gc=False):
    """What a thing has come to at the end of a span that touches it: most of its row.

    Attributes:
        text: its body as JSON.
        steps: (index, state, reason) of those that the span brought.
        new: nothing was said of it before.
    """

    kind: str
    state: str
    owner: str
    counterparty: str | None
    item: str | None
    opened: int | None
    last: int
    due: str | None
    text: str
    steps: list[tuple[int, str, str | None]]
    new: bool


def folded_as(thing: str, body: Body, text: str, steps: Sequence[Step], *, new: bool) -> Folded:
    """Return what a thing has come to; *text* is its *body* as JSON."""
    kind = thing.partition("/")[0]
    return Folded(
        kind, steps[-1].state, body["owner"], body["counterparty"], body.get("item"),
        body["opened"], body["last"], MACHINES[kind].due_of(body), text,
        [(one.index, one.state, one.reason) for one in steps], new,
    )  # fmt: skip


def spoken_in(span: Span, known: Sequence[SuccessionRow]) -> Sequence[Spoken]:
    """Return what a span says to whoever knows these successions before it."""
    key = "spoken", tuple(known)
    if key not in span.shared:
        span.shared[key] = [spoken_of(one) for one in said_in(span, Sayer(known))]
    found: Sequence[Spoken] = span.shared[key]
    return found


def share_folded(span: Span, known: Sequence[SuccessionRow], folded: Mapping[str, Folded]) -> None:
    """Keep what the things of a span have come to, for whoever knows the same successions.

    Whoever stands at the beginning of a span has the same things there, for all fold them
    by the same machines.
    """
    span.shared["folded", tuple(known)] = folded


def folded_in(span: Span, known: Sequence[SuccessionRow]) -> Mapping[str, Folded] | None:
    """Return what the things that a span touches have come to; None: nobody has folded them."""
    found: Mapping[str, Folded] | None = span.shared.get(("folded", tuple(known)))
    return found
