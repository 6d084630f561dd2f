"""What a span says, made once for the two projections that fold things.

Rules and lists of things step at the same entry nearly always. What one has worked out of
a span the other then takes: the statements as folds take them, and what these make of
the things that they touch. Where they stand apart each works it out by itself, to the
same rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ledger.projections.saying import Sayer, said_in
from ledger.projections.span import Span
from ledger.sharing.machine import Body, Step
from ledger.store.thing_rows import SuccessionRow
from ledger.supervision.scene import Spoken, spoken_of


@dataclass(frozen=True, slots=True)
class Folded:
    """What a thing has come to at the end of a span that touches it.

    Attributes:
        text: its ``body`` as JSON.
        steps: those that the span brought.
        new: nothing was said of it before.
    """

    body: Body
    text: str
    steps: Sequence[Step]
    new: bool


@dataclass(frozen=True, slots=True)
class Saying:
    """The statements of a span that are there; and the things that they touch, once folded.

    Whoever stands at the beginning of a span has the same things there, for all fold them
    by the same machines: so whichever folds them first fills ``folded`` for the other.
    """

    said: Sequence[Spoken]
    folded: dict[str, Folded] = field(default_factory=dict)


def saying(span: Span, known: Sequence[SuccessionRow]) -> Saying:
    """Return what a span says to whoever knows these successions before it."""
    key = tuple(known)
    if key not in span.shared:
        span.shared[key] = Saying([spoken_of(one) for one in said_in(span, Sayer(known))])
    found: Saying = span.shared[key]
    return found
