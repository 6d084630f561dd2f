"""Reads what is owed, newest first, within a sight; and counts it without a name.

Nothing here knows a clock. Bodies are JSON text that is handed out.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from ledger.store.supervision_rows import ObligationRow
from ledger.store.tables import obligations
from ledger.store.thing_rows import Seeing, seen


class After(NamedTuple):
    """The last obligation that was read."""

    entry: int
    ref: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which obligations are asked for; None: whatever it is.

    Attributes:
        departments: that owe it, any of these.
        open: only those that are neither met nor cancelled after all that was taken in.
    """

    rule: str | None = None
    departments: Collection[str] | None = None
    ref: str | None = None
    open: bool = False


class Count(NamedTuple):
    """How many open obligations of a rule there are; ``undetermined``: without a date."""

    rule: str
    open: int
    past: int
    undetermined: int


class ObligationRows:
    """The queries; every one reads."""

    def started(
        self,
        connection: sa.Connection,
        below: int,
        seeing: Seeing,
        wanted: Wanted,
        after: After | None,
        limit: int,
    ) -> list[ObligationRow]:
        """Return up to *limit* that seen entries below *below* started, newest first."""
        column = obligations.c
        query = sa.select(obligations).where(column.entry < below, seen(column.entry, seeing))
        for name, value in (("kind", wanted.rule), ("ref", wanted.ref)):
            if value is not None:
                query = query.where(column[name] == value)
        if wanted.departments is not None:
            query = query.where(column.department.in_(wanted.departments))
        if wanted.open:
            query = query.where(column.open == 1)
        if after is not None:
            further = sa.and_(column.entry == after.entry, column.ref > after.ref)
            query = query.where(sa.or_(column.entry < after.entry, further))
        found = connection.execute(query.order_by(column.entry.desc(), column.ref).limit(limit))
        return [ObligationRow(*row) for row in found]

    def started_by(
        self, connection: sa.Connection, entries: Collection[int]
    ) -> list[ObligationRow]:
        """Return those that any of *entries*, some thousands at most, started."""
        column = obligations.c
        query = sa.select(obligations).where(column.entry.in_(entries))
        found = connection.execute(query.order_by(column.entry, column.ref))
        return [ObligationRow(*row) for row in found]

    def seen_entries(
        self, connection: sa.Connection, entries: Collection[int], seeing: Seeing
    ) -> set[int]:
        """Those of *entries* that are seen; of the life of one, so they are few."""
        asked = ((index, sa.select(seen(sa.literal(index), seeing))) for index in set(entries))
        return {index for index, query in asked if connection.scalar(query)}

    def counts(self, connection: sa.Connection, at: str) -> list[Count]:
        """Count the open ones by rule: all, those whose T is before *at*, those without one."""
        column = obligations.c
        past = sa.func.sum(sa.case((column.due < at, 1), else_=0))
        none = sa.func.sum(sa.case((column.due.is_(None), 1), else_=0))
        query = (
            sa.select(column.kind, sa.func.count(), past, none)
            .where(column.open == 1)
            .group_by(column.kind)
            .order_by(column.kind)
        )
        return [Count(rule, *map(int, numbers)) for rule, *numbers in connection.execute(query)]
