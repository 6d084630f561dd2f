"""A report on a period for people's congresses and the CPPCC: counts, timeliness, findings.

It names no official, no department and no thing. What is in the making about persons is
not counted, nor is a finding that its department may still explain, nor a sealed reading:
a count alone would tell of them. Each figure stands beside the hash of what was counted,
so that whoever may read the entries counts again and compares; the report is bound to a
signed checkpoint, and made again from the same size it is the same, byte for byte.

Source: S59, S60; domain, 4.8; design, roles (npc, cppcc).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from crypto.checkpoint import open_checkpoint
from crypto.header import parse_header
from ledger.access.terms import IN_THE_MAKING, short_of
from ledger.events.families import FAMILIES
from ledger.events.types import EVENT_TYPES
from ledger.projections.query import Query
from ledger.store.engine import reading
from ledger.store.posting_rows import posting_rows
from ledger.store.report_rows import ReportRows
from ledger.supervision.findings import as_of as stood
from ledger.supervision.findings import explained
from ledger.supervision.obligation import status
from ledger.supervision.obligations import KINDS
from ledger.supervision.period import Period
from ledger.supervision.rules import BY_ID

if TYPE_CHECKING:
    from ledger.service import Ledger

# A count of these alone would tell of what nobody is to know yet.
UNCOUNTED = IN_THE_MAKING | {"access.recorded", "access.sealed", "access.unsealed"}
METHOD = {
    "en": "each *_sha256 is the SHA-256 of what was counted, in order, a line each: the indexes of "
    "entries in decimal; the names of obligations and findings",
    "zh": "各 *_sha256 为所计内容的 SHA-256，按序每行一项：条目序号（十进制）；期限事项与"
    "待核事项的编号",
}
COLUMNS = (
    "part", "name", "label_en", "label_zh", "count", "in_time", "late", "overdue", "open",
    "explained", "confirmed", "cleared", "withdrawn", "sha256",
)  # fmt: skip
Members = dict[str, Any]


def period_report(ledger: "Ledger", period: Period, asked: int | None) -> Members:
    """Return the report as members.

    Args:
        asked: tree size, of which a checkpoint is stored; None: the published one's.

    Raises:
        NotFound: no checkpoint of that size is stored, or none is published yet.
        NotProjected: not so many entries are taken in yet.
    """
    parts = ledger.parts
    note = ledger.published() if asked is None else parts.reader.note_of(asked)
    as_of = open_checkpoint(note, parts.log).size
    ledger.look_up.reach(as_of)
    low, high = ledger.look_up.between(Query(since=period.since, until=period.until), as_of)
    last = parse_header(ledger.entry(as_of - 1).header).recorded_at
    at = min(period.until, last)  # no clock: the same size gives the same report
    counting = _Counting(ledger, period, as_of, at, low, high)
    with reading(parts.projection_engine) as connection:
        return {
            "as_of": as_of,
            "at": at,
            "checkpoint": note,
            "entries": {"first": low, "count": high - low},
            "findings": counting.findings(connection),
            "method": METHOD,
            "origin": ledger.origin,
            "period": {
                "from": period.since,
                "label": period.label.both(),
                "name": period.name,
                "until": period.until,
            },
            "statements": counting.statements(connection),
            "timeliness": counting.timeliness(connection),
        }


def report_rows(members: Members) -> list[Members]:
    """Return the report as rows of ``COLUMNS``."""
    parts = (
        ("statements", "type", "entries_sha256"),
        ("timeliness", "clock", "obligations_sha256"),
        ("findings", "rule", "findings_sha256"),
    )
    return [
        one
        | {
            "part": part,
            "name": one[name],
            "label_en": one["label"]["en"],
            "label_zh": one["label"]["zh"],
            "sha256": one[digest],
        }
        for part, name, digest in parts
        for one in members[part]
    ]


@dataclass
class _Clock:
    """What became of the obligations of one kind that were due."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    refs: list[str] = field(default_factory=list)


class _Counting:
    """Counts what one period holds, up to one tree size."""

    def __init__(
        self, ledger: "Ledger", period: Period, as_of: int, at: str, low: int, high: int
    ) -> None:
        self._terms, self._rows = posting_rows(ledger.parts.engine), ReportRows()
        self._period, self._as_of, self._at = period, as_of, at
        self._newest = as_of >= ledger.look_up.projected()
        self._low, self._high = low, high

    def statements(self, connection: sa.Connection) -> list[Members]:
        names = [name for name in EVENT_TYPES if short_of(name) not in UNCOUNTED]
        known = self._terms.find_terms(connection, {f"type/{short_of(name)}" for name in names})
        found = []
        for name in names:
            term = known.get(f"type/{short_of(name)}")
            if term is None:
                continue
            entries = self._rows.entries_of(connection, term.id, self._low, self._high)
            digest, count = _digest(map(str, entries))
            if count:
                found.append(_of_type(name, count, digest))
        return found

    def timeliness(self, connection: sa.Connection) -> list[Members]:
        clocks: dict[str, _Clock] = defaultdict(_Clock)
        since, until = self._period.since, self._period.until
        below = None if self._newest else self._as_of
        for row in self._rows.due(connection, since, until, below):
            body = orjson.loads(row.body)
            now = status(body, self._at, self._as_of)
            if now is None or now.due is None or now.state == "cancelled":
                continue
            if not since <= now.due < until:
                continue
            clock = clocks[body["name"]]
            clock.refs.append(row.ref)
            clock.counts[_timely(now.state, now.late)] += 1
        return [_of_clock(name, clocks[name]) for name in KINDS if name in clocks]

    def findings(self, connection: sa.Connection) -> list[Members]:
        """What was found, the most frequent first."""
        states: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        refs: dict[str, list[str]] = defaultdict(list)
        for row in self._rows.raised(connection, self._low, self._high):
            body = stood(orjson.loads(row.body), self._as_of)
            if not (explained(body) or body["visible"] <= self._at):
                continue
            states[row.rule][body["state"]] += 1
            refs[row.rule].append(row.ref)
        order = sorted(refs, key=lambda rule: (-len(refs[rule]), rule))
        return [_of_rule(rule, states[rule], refs[rule]) for rule in order]


def _timely(state: str, late: bool) -> str:
    if state in ("fulfilled", "fulfilled_late"):
        return "late" if late else "in_time"
    return "overdue" if late or state == "never_came" else "open"


def _of_type(name: str, count: int, digest: str) -> Members:
    kind = EVENT_TYPES[name]
    return {
        "count": count,
        "entries_sha256": digest,
        "family": FAMILIES[kind.family].both(),
        "label": {"en": kind.label_en, "zh": kind.label_zh},
        "type": name,
    }


def _of_clock(name: str, clock: _Clock) -> Members:
    kind, counts = KINDS[name], clock.counts
    return {
        "clock": kind.id,
        "count": len(clock.refs),
        "kind": name,
        "label": kind.label.both(),
        **{word: counts[word] for word in ("in_time", "late", "overdue", "open")},
        "obligations_sha256": _digest(clock.refs)[0],
    }


def _of_rule(rule: str, states: Mapping[str, int], refs: list[str]) -> Members:
    kind = BY_ID[rule]
    named = ("explained", "confirmed", "cleared", "withdrawn")
    return {
        "basis": kind.basis,
        "citations": list(kind.citations),
        "count": len(refs),
        "findings_sha256": _digest(refs)[0],
        "label": kind.title.both(),
        "rule": rule,
        "severity": kind.severity,
        **{state: states.get(state, 0) for state in named},
    }


def _digest(lines: Iterable[str]) -> tuple[str, int]:
    """Return the hash of the lines, and how many there are."""
    found, count = sha256(), 0
    for line in lines:
        found.update(f"{line}\n".encode())
        count += 1
    return found.hexdigest(), count
