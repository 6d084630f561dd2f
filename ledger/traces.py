"""Fetch what a trace needs through somebody's sight, and put the report together.

What is hidden is as if it did not exist: it is neither fetched nor missed by name. The
report is told at the T of the last entry of the tree size, so that the same asker gets
the same bytes again.

Source: domain, 4.6; design, HTTP API.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from crypto.notation import format_time
from crypto.policy import NO_QUORUM
from ledger.access.inherited import NOTHING_INHERITED, Inherited
from ledger.access.reader import as_party
from ledger.access.sight import EVERYTHING, Sight, visible
from ledger.access.terms import NOTIFIED, terms_of
from ledger.builtin_matrix import built_in_matrix
from ledger.errors import BadRequest, NotFound
from ledger.findings_view import Asked as AskedFindings
from ledger.frontier import Frontier
from ledger.log.failures import telling_of_the_database
from ledger.parts import Parts
from ledger.projections.saying import Sayer, said_at
from ledger.projections.told import told_by
from ledger.registry.names import names_of
from ledger.registry.state import Registry
from ledger.responsibility.chain import Chain, Fetched
from ledger.responsibility.matrix import Matrix, adopted
from ledger.responsibility.reach import Search, wanted
from ledger.responsibility.trace import lines_of, trace
from ledger.sharing.machine import Said
from ledger.store.engine import reading
from ledger.store.obligation_rows import ObligationRows
from ledger.store.supervision_rows import Filters
from ledger.store.thing_rows import thing_rows
from ledger.supervision.obligation_members import obligation_members

if TYPE_CHECKING:
    from ledger.service import Ledger

MOST = 5_000  # statements of one report, and findings

Members = dict[str, Any]

_reads = telling_of_the_database(reading=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for.

    Attributes:
        as_of: tree size.
        department: that asks; None: the holder of the home.
        defect: a row of the matrix; None: no row is read.
        item: the one that is defective; None: the row is read of the shares in doubt.
        inherited: for whom the department reads besides.
    """

    as_of: int
    department: str | None = None
    defect: str | None = None
    item: str | None = None
    inherited: Inherited = NOTHING_INHERITED


@_reads
def responsibility(ledger: "Ledger", sight: Sight, act: str, asked: Asked) -> Members:
    """Return the report on an act as members, and what its departments are called.

    Raises:
        NotFound: nothing of it may be read.
        BadRequest: it has more statements than one report holds.
    """
    with fetching(ledger, sight, asked.as_of) as one:
        fetched = one.all_of(act, judged=asked.defect is not None)
        places = one.findings()
    found = _findings(ledger, sight, asked, fetched.at, places)
    try:
        known = replace(fetched, findings=found, proven=_proven(ledger, fetched.said))
        report = trace(known, act, asked.defect, asked.item)
    except LookupError:
        raise nothing() from None
    speaking = {line["department"] for line in lines_of(report) if "department" in line}
    return report | {"departments": names_of(fetched.registry, speaking, asked.as_of)}


def _proven(ledger: "Ledger", said: Sequence[Said]) -> dict[int, tuple[str | None, str | None]]:
    """Return between which T's witnesses prove that assessments, measures and deliveries came."""
    kinds = {one.type for one in said}
    if ledger.parts.witnessing.policy.quorum == NO_QUORUM or "assessment.recorded" not in kinds:
        return {}
    found = {one.index: ledger.interval(one.index) for one in said if one.type in _IN_ORDER}
    return {
        index: (_time_of(one.after_s), _time_of(one.before_s))
        for index, one in found.items()
        if one != (None, None)
    }


def _time_of(seconds: int | None) -> str | None:
    return None if seconds is None else format_time(seconds * 1_000)


# What an exemption turns on: which of these came first.
_IN_ORDER = frozenset({"assessment.recorded", "mitigation.recorded", "delivery.sent"})


def _findings(
    ledger: "Ledger", sight: Sight, asked: Asked, at: str, places: Sequence[int]
) -> list[Members]:
    """Return those of the findings at *places* that are shown to who asks."""
    if not places:
        return []
    wanted = AskedFindings(
        asked.as_of, at, asked.department, Filters(places=tuple(places)), inherited=asked.inherited
    )
    return [members for _, members in ledger.findings.listed(sight, wanted, None, MOST)]


def nothing() -> NotFound:
    """Return what is answered, whether a thing is hidden or is not there."""
    return NotFound(
        "there is nothing of this name that you may read: check <department>/<id>",
        "没有您可以查阅的此项内容：请核对“部门/编号”",
    )


@contextmanager
def fetching(ledger: "Ledger", sight: Sight, as_of: int) -> Iterator["Fetching"]:
    """Fetch from one moment of the tables, until the block ends.

    Within it nothing else may ask the databases: each thread has one connection to each.
    """
    parts, registry = ledger.parts, ledger.look_up.registry(as_of)
    with ExitStack() as stack:
        places = stack.enter_context(reading(parts.projection_engine))
        apart = parts.projection_engine is not parts.engine
        log = stack.enter_context(reading(parts.engine)) if apart else places
        yield Fetching(parts, (places, log), registry, sight, as_of)


class Fetching:
    """Fetches for one question, at one tree size, in one sight.

    Args:
        connections: to the projections, and to the log.
        registry: folded up to *as_of* or further.
    """

    def __init__(
        self,
        parts: Parts,
        connections: tuple[sa.Connection, sa.Connection],
        registry: Registry,
        sight: Sight,
        as_of: int,
    ) -> None:
        self._places, self._log = connections
        self._rows, self._registry = parts.rows, registry
        self._sight, self._as_of = sight, as_of
        self._frontier = Frontier(self._places, as_of)
        self._sayer = Sayer(thing_rows(self._places.engine).successions(self._places))
        self._said: dict[int, Said] = {}

    @cached_property
    def at(self) -> str:
        """T of the last entry below the tree size; "" before the first."""
        return self._recorded_at(self._as_of - 1)

    @cached_property
    def since(self) -> str:
        """T of entry 0; "" where the tree is empty."""
        return self._recorded_at(0)

    def _recorded_at(self, index: int) -> str:
        rows = self._rows.headers(self._log, index, min(index + 1, self._as_of))
        return told_by(rows[0]).recorded_at if rows else ""

    def all_of(self, act: str, judged: bool) -> Fetched:
        """Return what a trace of an act needs.

        Args:
            judged: whether a row of a matrix is read.
        """
        done: set[Search] = set()
        waiting = [Search((f"act/{act}",))]
        while waiting:
            done.update(waiting)
            self.search(*waiting)
            if not self._said:
                break
            waiting = [one for one in wanted(Chain(self.fetched()), act) if one not in done]
        said = self.said
        matrices = self._matrices() if judged else []
        return self.fetched(self._obligations(said), matrices)

    @property
    def said(self) -> list[Said]:
        """What was fetched so far, by entry."""
        return [self._said[index] for index in sorted(self._said)]

    def fetched(
        self, obligations: Sequence[Members] = (), matrices: Sequence[Matrix] = ()
    ) -> Fetched:
        """Return what was fetched so far, with what else is given."""
        return Fetched(
            self.said, self._registry, self._as_of, self.at, (), obligations, matrices,
            self.since,
        )  # fmt: skip

    def search(self, *searches: Search) -> None:
        """Fetch what these searches find, all of it in one round."""
        found = self._frontier.found(searches, self._sight, MOST + 1)
        new = sorted(found - self._said.keys())
        if len(new) + len(self._said) > MOST:
            raise BadRequest(
                f"the chain has more than {MOST:,} statements, and one report holds no more",
                f"该链条的陈述超过 {MOST:,} 条，超出一份报告的上限",
            )
        self._said.update({one.index: one for one in self._read(new)})

    def _read(self, indexes: Sequence[int]) -> Iterator[Said]:
        if not indexes:
            return iter(())
        return said_at(self._log, self._rows, indexes, self._sayer, self._registry)

    # What stands beside the statements

    def _matrices(self) -> list[Matrix]:
        """The matrices: law is told to everybody, whatever else he may read."""
        found = self._frontier.found([Search(("type/matrix.adopted",))], EVERYTHING, MOST)
        return [built_in_matrix(), *(adopted(one) for one in self._read(sorted(found)))]

    def findings(self) -> list[int]:
        """Return the places of the findings that what was fetched raised, the newest of them."""
        return sorted(self._frontier.findings(self._said))[-MOST:]

    def _obligations(self, said: Sequence[Said]) -> list[Members]:
        seen = {one.index for one in said}
        party = [one.index for one in said if self._reads_as_party(one)]
        rows = ObligationRows().started_by(self._places, sorted(party))
        told = (
            obligation_members(orjson.loads(row.body), self.at, self._as_of, seen) for row in rows
        )
        return [one for one in told if one is not None]

    def _reads_as_party(self, one: Said) -> bool:
        """Whether a statement is read for more than the catalogue's being made known."""
        if one.type not in NOTIFIED:
            return True
        return visible(as_party(self._sight), terms_of(one.event, self._registry, one.index))
