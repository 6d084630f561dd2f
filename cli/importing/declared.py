"""What a mapping declares, once it was read: fields, departments, events, activities.

Only shapes of data; ``mapping`` reads them and ``events`` obeys them. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from cli.importing.templates import Shape, Template
from ledger.events.declare import EventType
from ledger.reconciliation.names import Names

Reading = Literal["id", "words", "text", "integer", "time"]
Format = Literal["csv", "xes", "xroad"]

REQUIRED = ("event", "case", "activity", "department", "time")
OFFICIAL = "official"
ORDER = "order"  # by which events are put in order, where that is not their time
OPENING = ""  # label of the event that opens a case: no source's activity is empty


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a row: from a column, or the same in every row.

    Args:
        named: ids (or texts) that the mapping gives to single source values.
        named_only: any other source value is no value.
        may_be_empty: an empty cell is no value, instead of an error.
        offset: of times that say none, from UTC.
    """

    name: str
    column: str | None
    constant: str | None
    reading: Reading
    named: Mapping[str, str]
    named_only: bool
    may_be_empty: bool
    offset: timedelta | None


@dataclass(frozen=True, slots=True)
class Last:
    """A parent: the last earlier event in the case that is one of these."""

    activities: frozenset[str]
    families: frozenset[str]


@dataclass(frozen=True, slots=True)
class EventRule:
    """How one kind of event is built."""

    kind: EventType
    family: str
    subject: Template
    refs: Mapping[str, Shape]
    data: Mapping[str, Shape]
    parents: tuple[Last, ...]


@dataclass(frozen=True, slots=True)
class Activity:
    """What an activity of the source becomes; ``rule`` has its own members and parents."""

    label: str
    code: str | None
    rule: EventRule


@dataclass(frozen=True, slots=True)
class Naming:
    """How a department is registered; in the texts ``{source}`` and ``{id}`` are slots."""

    zh: Template
    en: Template | None
    kind: str


@dataclass(frozen=True, slots=True)
class Departments:
    """The naming of departments, and of single ones by their id."""

    usual: Naming
    single: Mapping[str, Naming]

    def naming(self, department: str) -> Naming:
        """Return how *department* is named."""
        return self.single.get(department, self.usual)


@dataclass(frozen=True, slots=True)
class Posts:
    """What the registry says of the post of every official that occurs."""

    post: str
    tiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """One more event for each case, before its first, from that first event's row.

    Args:
        id: of the event.
        department: that says it; ``time``: when it happened.
        official: whose it was, or None: the log names none.
    """

    id: Template
    department: Template
    time: Template
    official: Template | None


@dataclass(frozen=True, slots=True)
class LogMapping:
    """A whole mapping of an event log.

    Args:
        delimiter: of CSV.
        names: of an X-Road log: what its subsystems and services are here.
        opening: None: a case has the events of its rows and no other.
        expected: columns in which only one value is understood.
        ignored: activities whose rows are skipped, counted, and never seen by a rule.
        posts: None: officials are not registered.
    """

    name: str
    format: Format
    delimiter: str
    names: Names
    fields: Mapping[str, Field]
    expected: Mapping[str, str]
    ignored: frozenset[str]
    constants: Mapping[str, str]
    departments: Departments
    posts: Posts | None
    opening: Opening | None
    activities: Mapping[str, Activity]
