"""What a mapping declares, once it was read: fields, departments, events, activities.

Only shapes of data; ``mapping`` reads them and ``events`` obeys them. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from cli.importing.templates import Shape, Template
from ledger.events.declare import EventType

Reading = Literal["id", "words", "text", "integer", "time"]

REQUIRED = ("event", "case", "activity", "department", "time")
OFFICIAL = "official"


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a row: from a column, or the same in every row.

    Args:
        named: ids (or texts) that the mapping gives to single source values.
        may_be_empty: an empty cell is no value, instead of an error.
        offset: of times that say none, from UTC.
    """

    name: str
    column: str | None
    constant: str | None
    reading: Reading
    named: Mapping[str, str]
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
class CsvMapping:
    """A whole mapping of a CSV event log.

    Args:
        expected: columns in which only one value is understood.
        ignored: activities whose rows are skipped, counted, and never seen by a rule.
        posts: None: officials are not registered.
    """

    name: str
    delimiter: str
    fields: Mapping[str, Field]
    expected: Mapping[str, str]
    ignored: frozenset[str]
    constants: Mapping[str, str]
    departments: Departments
    posts: Posts | None
    activities: Mapping[str, Activity]
