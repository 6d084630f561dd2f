"""Put the file of a grant together: its statements in somebody's sight, its clocks, its findings.

Whoever may read the grant may ask for its file; a statement outside his sight is not in
it, and what lacks is what lacks to him. The provider, the sharing authority and the using
department see all of it by law.

Source: decree 809, article 29, paragraph 2.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from ledger.access.inherited import NOTHING_INHERITED, Inherited
from ledger.access.sight import Sight
from ledger.errors import BadRequest, NotFound
from ledger.events.types import EVENT_TYPES
from ledger.findings_view import Asked as AskedFindings
from ledger.instruments_known import instruments_known
from ledger.projections.query import Query
from ledger.projections.saying import Reread
from ledger.registry.names import names_of
from ledger.share_members import thing_members
from ledger.sharing.machine import Said
from ledger.store.engine import reading
from ledger.store.obligation_rows import ObligationRows
from ledger.store.supervision_rows import Filters
from ledger.store.thing_rows import thing_rows
from ledger.supervision.grant_file import (
    GAPS,
    PARTS,
    STATES,
    Gap,
    GrantFile,
    Part,
    Retention,
    file_of,
    retention_of,
)
from ledger.supervision.obligation_members import obligation_members
from ledger.supervision.pack_values import Parameter

if TYPE_CHECKING:
    from ledger.service import Ledger
    from ledger.shown import Shown

MOST = 5_000  # statements of one file; more are asked for by their times
BATCH = 1_000
KEEP = ("records", "keep")  # the parameter: how many years

COLUMNS = (
    "part", "what", "entry", "recorded_at", "type", "department", "official", "tier", "said",
    "refs", "data", "findings", "since", "about", "digest", "leaf_hash",
)  # fmt: skip

Members = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for.

    Attributes:
        as_of: tree size; ``at``: T at which gaps and dates are told.
        department: that asks; None: the holder of the home.
        since, until: T from which, and T before which, statements were recorded.
        proofs: whether each line brings its inclusion proof.
        inherited: for whom the department reads besides.
    """

    as_of: int
    at: str
    department: str | None = None
    since: str | None = None
    until: str | None = None
    proofs: bool = False
    inherited: Inherited = NOTHING_INHERITED


def grant_file(ledger: "Ledger", sight: Sight, ref: str, asked: Asked) -> Members:
    """Return the file of a grant as members.

    Raises:
        NotFound: there is no such grant that may be read.
        BadRequest: it has more statements than one answer holds.
    """
    return _Filing(ledger, sight, asked).members(ref)


class _Filing:
    """One file being put together."""

    def __init__(self, ledger: "Ledger", sight: Sight, asked: Asked) -> None:
        self._ledger, self._sight, self._asked = ledger, sight, asked

    def members(self, ref: str) -> Members:
        asked = self._asked
        grant = self._ledger.shares.one(self._sight, "grant", ref, asked.as_of, asked.at)
        said = self._said(grant)
        found = file_of(grant.body, said, self._clocks(said), asked.at)
        kept = retention_of(grant.body, asked.at, self._keep(grant))
        speaking = {one.source for one in said}
        named = speaking | {grant.body["owner"], grant.body["counterparty"]}
        return {
            "as_of": asked.as_of,
            "at": asked.at,
            "checkpoint": self._ledger.published() if asked.proofs else None,
            "complete": found.complete,
            "departments": self._names(named),
            "grant": thing_members(grant),
            "lacking": [part.name for part in found.parts if part.gaps],
            "parts": [self._part(part) for part in found.parts],
            "projected": self._ledger.look_up.projected(),
            "recorded": _share(found),
            "retention": _retention(kept),
            "scope": grant.body["versions"],
        }

    # Reading

    def _said(self, grant: "Shown") -> list[Said]:
        """The statements of the file, by entry."""
        parts = self._ledger.parts
        indexes = sorted(self._indexes(grant))
        if len(indexes) > MOST:
            raise BadRequest(
                f"the file has {len(indexes):,} statements, and one answer holds {MOST:,}: ask for"
                " a part of it with after and before",
                f"该档案共有 {len(indexes):,} 条陈述，一次最多提供 {MOST:,} 条：请用 after 与"
                " before 限定时间分次调取",
            )
        with reading(parts.projection_engine) as connection:
            known = thing_rows(parts.engine).successions(connection)
        return list(Reread(parts.engine, parts.rows).said(indexes, known))

    def _indexes(self, grant: "Shown") -> set[int]:
        found = set(self._found(f"grant/{grant.ref}"))
        if grant.body["request"] is not None:
            found.update(self._found(f"request/{grant.body['request']}"))
        # Feedback names the uses that it is of, and the grant only where the speaker chose to.
        of_item = self._found(f"item/{grant.body['item']}", "family/feedback")
        uses = self._uses(found)
        return found | {index for index in of_item if self._is_about(index, uses)}

    def _uses(self, indexes: set[int]) -> set[str]:
        events = (self._ledger.entry(index).event for index in indexes)
        return {
            event["data"]["refs"]["use"]
            for event in events
            if event is not None and "use" in event["data"]["refs"]
        }

    def _is_about(self, index: int, uses: set[str]) -> bool:
        event = self._ledger.entry(index).event
        if event is None:
            return False
        data = event["data"]
        named = {
            data["refs"].get("use"),
            *(one.get("use") for one in data.get("contributions", ())),
        }
        return not named.isdisjoint(uses)

    def _found(self, *terms: str) -> Iterator[int]:
        asked, after = self._asked, None
        query = Query(frozenset(terms), since=asked.since, until=asked.until)
        while found := self._ledger.look_up.find(self._sight, query, asked.as_of, after, BATCH):
            yield from found
            after = found[-1]

    def _clocks(self, said: Sequence[Said]) -> list[Members]:
        """The obligations that the statements of the file started, as they stood."""
        parts, asked = self._ledger.parts, self._asked
        with reading(parts.projection_engine) as connection:
            rows = ObligationRows().started_by(connection, [one.index for one in said])
        told = (obligation_members(orjson.loads(row.body), asked.at, asked.as_of) for row in rows)
        return [one for one in told if one is not None]

    def _keep(self, grant: "Shown") -> Parameter:
        """For how many years the records are kept, by the pack in force."""
        asked = self._asked
        known = instruments_known(self._ledger.parts, asked.as_of)
        consumer = self._ledger.look_up.registry(asked.as_of).department(
            grant.body["counterparty"], asked.as_of
        )
        region = None if consumer is None else consumer.region
        return known.packs.in_force(asked.at, region).parameter(*KEEP, grant.body["counterparty"])

    # Telling

    def _names(self, departments: Iterable[str]) -> dict[str, str]:
        registry = self._ledger.look_up.registry(self._asked.as_of)
        return names_of(registry, departments, self._asked.as_of)

    def _part(self, part: Part) -> Members:
        return {
            "gaps": [_gap(gap) for gap in part.gaps],
            "label": PARTS[part.name].both(),
            "lines": [self._line(one) for one in part.said],
            "name": part.name,
            "state": part.state,
            "state_label": STATES[part.state].both(),
        }

    def _line(self, said: Said) -> Members:
        entry = self._ledger.entry(said.index)
        kind = EVENT_TYPES[said.event["type"]]
        members = {
            "data": {
                name: value
                for name, value in said.data.items()
                if name not in ("parents", "refs", "signers")
            },
            "department": said.source,
            "digest": said.digest,
            "findings": self._findings(said.index),
            "index": said.index,
            "label": {"en": kind.label_en, "zh": kind.label_zh},
            "leaf_hash": entry.leaf.hex(),
            "official": said.event.get("official"),
            "proof": self._proof(said.index) if self._asked.proofs else None,
            "recorded_at": said.recorded_at,
            "refs": dict(said.refs),
            "said": said.voice,
            "tier": said.event.get("tier"),
            "time": said.event["time"],
            "type": said.event["type"],
        }
        return {name: value for name, value in members.items() if value is not None}

    def _proof(self, index: int) -> str | None:
        """The proof under the published checkpoint; None: it does not reach the entry yet."""
        try:
            return self._ledger.inclusion_proof(index, None)
        except NotFound:
            return None

    def _findings(self, index: int) -> list[str]:
        """The findings that an entry raised, by their refs."""
        asked = self._asked
        entry = Filters(entry=index)
        wanted = AskedFindings(
            asked.as_of, asked.at, asked.department, entry, inherited=asked.inherited
        )
        found = self._ledger.findings.listed(self._sight, wanted, None, BATCH)
        return sorted(members["ref"] for _, members in found)


def file_rows(members: Members) -> list[Members]:
    """Return the file as rows of ``COLUMNS``: each record, and each gap among them."""
    return [
        row
        for part in members["parts"]
        for row in (
            *({"part": part["name"], "what": "record"} | _record(line) for line in part["lines"]),
            *(gap | {"part": part["name"], "what": gap["code"]} for gap in part["gaps"]),
        )
    ]


def _record(line: Members) -> Members:
    return line | {
        "data": orjson.dumps(line["data"], option=orjson.OPT_SORT_KEYS).decode(),
        "entry": line["index"],
        "findings": " ".join(line["findings"]),
        "refs": " ".join(f"{name}:{line['refs'][name]}" for name in sorted(line["refs"])),
    }


def _share(found: GrantFile) -> Members:
    """How many of the kinds that apply by now are there without a gap."""
    present = [part.name for part in found.applying if part.state == "present"]
    return {"of": len(found.applying), "present": len(present)}


def _gap(gap: Gap) -> Members:
    members = {
        "about": gap.about,
        "code": gap.code,
        "entry": gap.entry,
        "label": GAPS[gap.code].both(),
        "obligation": gap.obligation,
        "since": gap.since,
    }
    return {name: value for name, value in members.items() if value is not None}


def _retention(kept: Retention) -> Members:
    one = kept.parameter
    return {
        "article": one.article,
        "basis": one.basis,
        "law": one.law,
        "starts": kept.starts,
        "until": kept.until,
        "years": one.value,
    }
