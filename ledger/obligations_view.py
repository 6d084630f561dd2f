"""Look obligations up through a sight: what is due or overdue, who owes it, until when.

An obligation is there for whoever may read the statement that started it. It is told as
it stood at a T and a tree size; of steps that statements brought which the asker may
not read he is told the dates alone. What a department owes that exists no more stands in
the list of whoever goes on with the function too, by the successions that he may read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
import sqlalchemy as sa

from crypto.header import parse_header
from ledger.access.reader import as_party
from ledger.access.sight import Sight
from ledger.errors import NotFound
from ledger.instruments_known import instruments_known
from ledger.log.failures import telling_of_the_database
from ledger.parts import Parts
from ledger.projections.supervision import Supervision
from ledger.shares import Shares
from ledger.sharing.succession import Succession, answerable_for
from ledger.store.engine import reading
from ledger.store.obligation_rows import After, Count, ObligationRows, Wanted
from ledger.store.supervision_rows import ObligationRow
from ledger.store.thing_rows import Seeing
from ledger.supervision.departments import Registered
from ledger.supervision.obligation import OVERDUE, PENDING
from ledger.supervision.obligation_kinds.service import checkpoint_due
from ledger.supervision.obligation_members import Members, obligation_members
from ledger.supervision.obligation_words import STATES
from ledger.supervision.seen import Seen

SERVICE_DEPARTMENT = "ledger"  # as ``ledger.opening`` registers it
PAGE = 200  # obligations that are looked at together
# What people ask first, each by the states that it takes in.
VIEWS = {
    "open": PENDING,
    "overdue": OVERDUE,
    "ended": tuple(state for state in STATES if state not in PENDING),
}

_reads = telling_of_the_database(reading=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for.

    Attributes:
        as_of: tree size; ``at``: T at which they are told.
        now: whether *at* is this moment: where *as_of* is too, what has ended need not be read.
        department: that owes them, or answers by then in the place of one that does.
        states: in one of which they are; empty: in any.
    """

    as_of: int
    at: str
    now: bool = False
    rule: str | None = None
    department: str | None = None
    states: tuple[str, ...] = ()

    def wanted(self, successions: Iterable[Succession]) -> Wanted:
        """The filters that rows are chosen by."""
        pending = self.now and bool(self.states) and set(self.states) <= set(PENDING)
        before = {name for one in successions for name in one.predecessors}
        departments = None if self.department is None else {self.department, *before}
        return Wanted(self.rule, departments, None, pending)


class Obligations:
    """Looks obligations up in one open ledger."""

    def __init__(self, parts: Parts, shares: Shares) -> None:
        self._parts, self._shares = parts, shares
        self._rows = ObligationRows()

    @_reads
    def listed(
        self, sight: Sight, asked: Asked, after: int | None, limit: int
    ) -> tuple[list[Members], int | None]:
        """Return obligations, newest first, and the entry after which the next page goes on.

        What one entry started stands on one page, which so may be longer than *limit*.

        Args:
            after: entry of the last of the page before.
        """
        found: list[Members] = []
        with reading(self._parts.projection_engine) as connection:
            if not self._stands_at(connection, asked.as_of):
                asked = replace(asked, now=False)  # what ended since then was open
            seeing = self._shares.seeing(connection, as_party(sight))
            successions = self._shares.successions(connection, seeing, asked.as_of)
            below = asked.as_of if after is None else min(after, asked.as_of)
            for row in self._each(connection, seeing, asked.wanted(successions), below):
                members = self._members(connection, seeing, row, asked, successions)
                if members is None or not _is_of(members, asked.department):
                    continue
                if len(found) >= limit and found[-1]["entry"] != members["entry"]:
                    return found, found[-1]["entry"]
                found.append(members)
        return found, None

    def _stands_at(self, connection: sa.Connection, size: int) -> bool:
        """Whether the rows that *connection* reads are those of this tree size."""
        return self._parts.projection_rows.position(connection, Supervision.name) == size

    @_reads
    def one(self, sight: Sight, ref: str, asked: Asked) -> Members:
        """Return one obligation; raise NotFound, whether it is hidden or is not there."""
        with reading(self._parts.projection_engine) as connection:
            seeing = self._shares.seeing(connection, as_party(sight))
            successions = self._shares.successions(connection, seeing, asked.as_of)
            for row in self._each(connection, seeing, Wanted(ref=ref), asked.as_of):
                members = self._members(connection, seeing, row, asked, successions)
                if members is not None:
                    return members
        raise NotFound(
            "there is no obligation of this name that you may read: check <department>/<rule>-"
            "<entry>",
            "没有您可以查阅的此项期限事项：请核对“部门/规则-记录”",
        )

    @_reads
    def of_service(self) -> list[Members]:
        """What the service owes itself: the next checkpoint, where entries wait for one (O12)."""
        parts = self._parts
        published = parts.reader.published_checkpoint()
        if published is None or published.size in (0, parts.reader.size()):
            return []
        told_at = parse_header(parts.reader.header(published.size - 1)).recorded_at
        known = instruments_known(parts)
        departments = Registered(parts.judge.registry, parts.judge.size)
        seen = Seen(lambda _kind, _ref: None, departments, known.packs, known.calendar)
        body = checkpoint_due(published.size, told_at, seen, SERVICE_DEPARTMENT)
        members = None if body is None else obligation_members(body, self._shares.now())
        return [] if members is None else [members]

    @_reads
    def counts(self) -> list[Count]:
        """Count what is open now, by rule, without a name."""
        with reading(self._parts.projection_engine) as connection:
            return self._rows.counts(connection, self._shares.now())

    def _each(
        self, connection: sa.Connection, seeing: Seeing, wanted: Wanted, below: int
    ) -> Iterator[ObligationRow]:
        after = None
        while True:
            rows = self._rows.started(connection, below, seeing, wanted, after, PAGE)
            yield from rows
            if len(rows) < PAGE:
                return
            after = After(rows[-1].entry, rows[-1].ref)

    def _members(
        self,
        connection: sa.Connection,
        seeing: Seeing,
        row: ObligationRow,
        asked: Asked,
        successions: Sequence[Succession],
    ) -> Members | None:
        body: dict[str, Any] = orjson.loads(row.body)
        members = obligation_members(body, asked.at, asked.as_of)
        if members is None or (asked.states and members["state"] not in asked.states):
            return None
        entries = {step["index"] for step in body["life"]}
        if seeing.any_of is not None or seeing.none_of:
            entries = self._rows.seen_entries(connection, entries, seeing)
        answering = answerable_for(successions, row.department, body["matter_codes"], asked.at)
        moved = None if answering.department == row.department else answering
        return obligation_members(body, asked.at, asked.as_of, entries, moved)


def _is_of(members: Members, department: str | None) -> bool:
    """Whether *department* owes it, or answers, or may be the one that answers, for who does."""
    whose = (members["department"], members.get("answering"), *members.get("answering_among", ()))
    return department is None or department in whose
