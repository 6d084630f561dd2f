"""A thing as somebody sees it, and what he asks for.

Source: design, "Identity and roles".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.sharing.hands import missing
from ledger.sharing.machine import Body
from ledger.sharing.succession import Answerable
from ledger.store.thing_rows import StepRow

# What a body has for the fold alone, or that stands beside it.
_INNER = frozenset(
    {"ref", "state", "owner", "counterparty", "item", "opened", "opened_at", "last", "due",
     "unfit", "sent"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing as somebody sees it.

    Attributes:
        state: at the T asked for.
        answering: by its owner and its counterparty, who answers in the place of one then,
            where that is somebody else.
        steps: its history, where it was folded anew; None: the rows tell it.
    """

    kind: str
    ref: str
    state: str
    body: Body
    answering: Mapping[str, Answerable] = field(default_factory=dict)
    retention_from: str | None = None
    steps: tuple[StepRow, ...] | None = None

    @property
    def missing_hands(self) -> tuple[str, ...]:
        return missing(self.body)

    @property
    def details(self) -> Mapping[str, Any]:
        """What the kind has of its own."""
        return {name: value for name, value in self.body.items() if name not in _INNER}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for of one kind.

    Attributes:
        kind: of things.
        as_of: tree size; ``at``: T for which what follows from time alone is told.
        state: as shown; ``department``: owner or counterparty; ``item``: its ref.
        never_shared: items of which nothing was delivered or used.
        stored: states that its statements make, whatever time does to them.
    """

    kind: str
    as_of: int
    at: str
    state: str | None = None
    department: str | None = None
    item: str | None = None
    never_shared: bool = False
    stored: tuple[str, ...] = ()
