"""Look findings up through a sight: what is to be checked, whose, and what became of it.

A finding is there for whoever may read the statement that raised it. To everybody but
the department concerned, and whoever goes on with what it did, it is shown once it is
explained, or once the time to explain is over; what concerns the ledger's integrity is
shown at once. No T ahead of the clock ends that time. What was said of it by a
statement that the asker may not read stands in its life without its words, and other
entries on which it rests are named where they may be read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson
import sqlalchemy as sa

from ledger.access.inherited import NOTHING_INHERITED, Inherited
from ledger.access.reader import as_party
from ledger.access.sight import Sight
from ledger.errors import NotFound
from ledger.log.failures import telling_of_the_database
from ledger.parts import Parts
from ledger.shares import Shares
from ledger.store.engine import reading
from ledger.store.supervision_rows import Filters, FindingRow, supervision_rows
from ledger.store.thing_rows import Seeing
from ledger.supervision.findings import as_of as stood
from ledger.supervision.findings import explained
from ledger.supervision.rules import BY_ID
from ledger.supervision.words import FINDING, STATES

PAGE = 200  # findings that are looked at together
Members = dict[str, Any]
COLUMNS = (
    "ref", "rule", "state", "severity", "basis", "department", "entry", "raised_at", "visible",
)  # fmt: skip

EVERY = Filters()

_reads = telling_of_the_database(reading=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for.

    Attributes:
        as_of: tree size; ``at``: T for which is told whether the time to explain is over.
        reader: the department that asks; None: the holder of the home, who sees all.
        inherited: for whom it reads besides.
        state: as it stood at that tree size.
    """

    as_of: int
    at: str
    reader: str | None
    filters: Filters = EVERY
    state: str | None = None
    inherited: Inherited = NOTHING_INHERITED

    def rows(self, by_terms: tuple[int, ...]) -> Filters:
        """The filters that rows are chosen by, with who asks among them.

        Args:
            by_terms: numbers of the terms of what is inherited.
        """
        if self.reader is None:
            return self.filters
        others = tuple(sorted(self.inherited.predecessors)) if by_terms else ()
        return replace(
            self.filters, own=self.reader, by=self.at, inherited=others, by_terms=by_terms
        )

    def shows(self, body: Members, inherited: bool) -> bool:
        """Whether a finding, as it stood, is shown to who asks, who may read it for another."""
        if self.state is not None and body["state"] != self.state:
            return False
        own = self.reader is None or body["department"] == self.reader or inherited
        over = explained(body) or body["visible"] <= self.at
        return own or over or body["basis"] == "integrity"


class Findings:
    """Looks findings up in one open ledger."""

    def __init__(self, parts: Parts, shares: Shares) -> None:
        self._parts, self._shares = parts, shares
        self._rows = supervision_rows(parts.engine)

    @_reads
    def listed(
        self, sight: Sight, asked: Asked, after: int | None, limit: int
    ) -> list[tuple[int, Members]]:
        """Up to *limit* findings, newest first, each with its place, below the place *after*."""
        found: list[tuple[int, Members]] = []
        if asked.reader is not None:
            asked = replace(asked, at=min(asked.at, self._shares.now()))
        with reading(self._parts.projection_engine) as connection:
            seeing = self._shares.seeing(connection, as_party(sight))
            terms = self._shares.seeing(connection, Sight(asked.inherited.terms)).any_of or ()
            for row in self._each(connection, seeing, asked.rows(terms), asked.as_of, after):
                body = stood(orjson.loads(row.body), asked.as_of)
                if asked.shows(body, self._inherits(connection, row, asked, terms)):
                    found.append((row.place, body))
                    if len(found) == limit:
                        break
            entries = {entry for _, body in found for entry in _named(body)}
            seen = self._rows.seen_entries(connection, entries, seeing)
        return [(place, finding_members(body, seen)) for place, body in found]

    def _each(
        self,
        connection: sa.Connection,
        seeing: Seeing,
        wanted: Filters,
        as_of: int,
        after: int | None,
    ) -> Iterator[FindingRow]:
        while True:
            rows = self._rows.raised(connection, as_of, seeing, wanted, after, PAGE)
            yield from rows
            if len(rows) < PAGE:
                return
            after = rows[-1].place

    def _inherits(
        self, connection: sa.Connection, row: FindingRow, asked: Asked, terms: tuple[int, ...]
    ) -> bool:
        """Whether who asks goes on with that of which a finding is."""
        if row.department not in asked.inherited.predecessors:
            return False
        return bool(self._rows.seen_entries(connection, [row.entry], Seeing(terms, ())))

    def one(self, sight: Sight, ref: str, asked: Asked) -> Members:
        """Return one finding; raise NotFound, whether it is hidden or is not there."""
        rule, _, rest = ref.partition("/")[2].partition("-")
        entry = rest.partition("-")[0]
        if entry.isascii() and entry.isdigit():
            filters = Filters(rule=rule, department=ref.partition("/")[0], entry=int(entry[:15]))
            asked = replace(asked, filters=filters)
            for _, members in self.listed(sight, asked, None, PAGE):
                if members["ref"] == ref:
                    return members
        raise NotFound(
            "there is no finding of this name that you may read: check <department>/<rule>-<entry>",
            "没有您可以查阅的此项待核事项：请核对“部门/规则-记录”",
        )


def _named(body: Members) -> Iterator[int]:
    """Yield the entries of a finding's life, and those on which it rests."""
    yield from (step["entry"] for step in body["life"])
    yield from body["entries"]


def finding_members(body: Members, seen: set[int]) -> Members:
    """Return a finding as it is answered.

    Args:
        seen: the entries of its life, and of those on which it rests, that may be read; perhaps
            others besides.
    """
    rule = BY_ID[body["rule"]]
    message = rule.told(body["facts"])
    state = STATES[body["state"]]
    kept = (
        "basis", "department", "entry", "facts", "pack", "raised_at", "ref", "rule",
        "rule_version", "severity", "state", "visible",
    )  # fmt: skip
    return {
        **{name: body[name] for name in kept},
        "citations": list(rule.citations),
        "entries": [entry for entry in body["entries"] if entry in seen],
        "label": {"en": str(FINDING), "zh": FINDING.zh},
        "life": [_step(step, step["entry"] in seen) for step in body["life"]],
        "message": {"en": str(message), "zh": message.zh},
        "state_label": {"en": str(state), "zh": state.zh},
        "title": {"en": str(rule.title), "zh": rule.title.zh},
    }


def _step(step: Members, seen: bool) -> Members:
    named = ("entry", "at", "state", "type", "by", "word", "reason")
    shown = named if seen else named[:3]
    return {name: step[name] for name in shown if step[name] is not None}
