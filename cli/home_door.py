"""Work on a ledger's home in-process, through the same service as the server.

A command that writes holds the home's lock for as long as it is open, so that two
writers of one SQLite file never meet; what it says when the lock is taken names
``--server``. One that reads needs no lock and may run beside a server.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import Any

from cli.door import Chained, CompactAnswer, Door, Found, Logged, Said, Shown
from cli.failures import FAILED, UNREACHABLE, Failure, usage
from cli.speech import pick
from crypto.errors import CryptoError
from crypto.notation import format_time
from ledger.access.sight import EVERYTHING
from ledger.bootstrap import open_ledger
from ledger.entries import Entry
from ledger.errors import LedgerError, ReadOnly
from ledger.evidence.question import Question
from ledger.evidence_maker import make_evidence
from ledger.findings_view import Asked as AskedFindings
from ledger.grant_files import Asked as AskedFile
from ledger.grant_files import grant_file
from ledger.impacts import item_impact
from ledger.look_up import ChainPage
from ledger.obligations_view import VIEWS as OBLIGATION_VIEWS
from ledger.obligations_view import Asked as AskedObligations
from ledger.period_report import period_report
from ledger.projections.lists import ENTRIES, SUPERVISION
from ledger.projections.query import Query, parse_query
from ledger.responsibility.impact import Asked as AskedImpact
from ledger.service import BatchAnswer, Ledger, Submitted
from ledger.settings import Settings
from ledger.share_members import listed, of_steps, step_members, thing_members
from ledger.shares_views import PLURALS
from ledger.shown import Asked
from ledger.store.supervision_rows import PLACES, Filters
from ledger.supervision.period import period_of
from ledger.traces import Asked as AskedTrace
from ledger.traces import responsibility

PAGE = 1_000  # entries
TOGETHER = 100  # entries that are read in one go
MAX_LINES = 1_000

_DATABASE = re.compile(
    r"(?:sqlite:///|postgresql(?:\+psycopg)?://(?:[^/]*@)?[^/@:]*(?::[0-9]+)?(?:[/?]|\Z))"
)


class HomeDoor:
    """The calls of :class:`cli.door.Door` on an open ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @property
    def origin(self) -> str:
        """The ledger's name."""
        return self._ledger.origin

    def submit(self, raw: bytes) -> Logged:
        """Log one statement."""
        return _logged(self._ledger.submit(raw))

    def submit_batch(self, lines: Sequence[bytes]) -> list[Logged | LedgerError]:
        """Log statements in batches of the size that the API allows."""
        answers: list[Logged | LedgerError] = []
        for start in range(0, len(lines), MAX_LINES):
            answers += _answers(self._ledger.submit_batch(lines[start : start + MAX_LINES]))
        return answers

    def submit_compact(self, lines: Sequence[bytes]) -> CompactAnswer:
        """Log statements in one batch."""
        answered = self._ledger.submit_batch(lines, compact=True)
        return CompactAnswer(_answers(answered), answered.checkpoint)

    def size(self) -> int:
        """How many entries are committed."""
        return self._ledger.size()

    def entry(self, index: int) -> Shown:
        """Return one entry."""
        with _undamaged(index):
            return self._with_interval(self._ledger.entry(index))

    def entry_of(self, digest: str) -> Shown:
        """Return the entry of a statement."""
        with _undamaged(None):
            return self._with_interval(self._ledger.entry_of(digest))

    def _with_interval(self, entry: Entry) -> Shown:
        after, before = (
            None if time_s is None else format_time(time_s * 1_000)
            for time_s in self._ledger.interval(entry.index)
        )
        proven = (after, before) if after or before else None
        between = self._ledger.anchors.around(entry.index)
        ends = (between.not_before, between.not_after)
        first, last = (None if one is None else one.stamped_at for one in ends)
        return replace(
            _shown(entry),
            proven=proven,
            stamped=(first, last) if first or last else None,
            findings=self._raised_by(entry.index),
            citations=entry.citations,
        )

    def _raised_by(self, entry: int) -> list[dict[str, Any]] | None:
        """Return what the rules found in an entry, so far as they came; nobody waits for them."""
        as_of = self._ledger.look_up.projected(SUPERVISION)
        if entry >= as_of:
            return None
        asked = AskedFindings(as_of, self._ledger.shares.now(), None, Filters(entry=entry))
        found = self._ledger.findings.listed(EVERYTHING, asked, None, PLACES)
        return [members for _, members in reversed(found)]

    def entries(self, as_of: int, limit: int, newest_first: bool) -> Iterator[Shown]:
        """Yield entries, some at a time."""
        at, step = (as_of - 1, -1) if newest_first else (0, 1)
        while limit > 0 and 0 <= at < as_of:
            with _undamaged(at):
                found = self._ledger.entries(at, min(limit, PAGE), as_of, newest_first)
            if not found:
                return
            yield from map(_shown, found)
            at += step * len(found)
            limit -= len(found)

    def find(self, query: str, as_of: int | None, limit: int) -> Found:
        """Search among what the holder of the home sees: everything."""
        asked, look_up = parse_query(query), self._ledger.look_up
        size = self.size() if as_of is None else as_of
        look_up.reach(size, ENTRIES)
        return Found(size, self._shown_of(self._found(asked, size, limit)))

    def _found(self, query: Query, as_of: int, limit: int) -> Iterator[int]:
        after: int | None = None
        while limit > 0:
            page = self._ledger.look_up.find(EVERYTHING, query, as_of, after, min(limit, PAGE))
            yield from page
            limit -= len(page)
            if not page:
                return
            after = page[-1]

    def _shown_of(self, indexes: Iterable[int]) -> Iterator[Shown]:
        rest = iter(indexes)
        while together := list(islice(rest, TOGETHER)):
            with _undamaged(together[0]):
                yield from map(_shown, self._ledger.entries_of(together))

    def chain(self, name: str, as_of: int) -> Chained:
        """Return a chain."""
        self._ledger.look_up.reach(as_of, ENTRIES)
        first = self._ledger.look_up.chain(EVERYTHING, name, as_of, 0, PAGE)
        entries = self._shown_of(self._links(first, name, as_of))
        chain = first.chain
        return Chained(name, chain.salt, chain.id, first.length, as_of, entries)

    def _links(self, page: ChainPage, name: str, as_of: int) -> Iterator[int]:
        while page.links:
            yield from (index for index, _ in page.links)
            start = page.links[-1][0] + 1
            page = self._ledger.look_up.chain(EVERYTHING, name, as_of, start, PAGE)

    def things(self, plural: str, limit: int, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        """List things as the holder of the home sees them."""
        as_of, at = self._moment(asked)
        wanted = Asked(
            PLURALS[plural], as_of, at, asked.get("state"), asked.get("department"),
            asked.get("item"),
        )  # fmt: skip
        return listed(self._ledger, EVERYTHING, wanted, asked.get("view"), None, limit)[0]

    def thing(self, plural: str, ref: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return one thing with its history."""
        as_of, at = self._moment(asked)
        shares = self._ledger.shares
        shown = shares.one(EVERYTHING, PLURALS[plural], ref, as_of, at)
        steps = shares.steps(shown, as_of, 0, as_of)
        entries = [(step, self._ledger.entry(step.entry)) for step in steps]
        of_it = of_steps(self._ledger, EVERYTHING, [entry for _, entry in entries], as_of)
        history = [
            step_members(step, entry, of_it.get(entry.index, ()))
            for step, entry in entries
            if entry.event is not None
        ]
        return {"thing": thing_members(shown), "details": dict(shown.details), "history": history}

    def grant_file(self, ref: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return the file of a grant as the holder of the home sees it."""
        as_of, at = self._moment(asked)
        proofs = asked.get("proofs") == "yes"
        wanted = AskedFile(as_of, at, None, asked.get("after"), asked.get("before"), proofs)
        return grant_file(self._ledger, EVERYTHING, ref, wanted)

    def responsibility(self, act: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return the trace of an act as the holder of the home sees it."""
        as_of, _ = self._moment(asked)
        wanted = AskedTrace(as_of, None, asked.get("defect"), asked.get("item"))
        return responsibility(self._ledger, EVERYTHING, act, wanted)

    def impact(self, item: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return what relied on an item as the holder of the home sees it."""
        as_of, _ = self._moment(asked)
        wanted = AskedImpact(item, asked.get("version"), asked.get("delivery"))
        return item_impact(self._ledger, EVERYTHING, wanted, as_of)

    def report(self, period: str, as_of: int | None) -> dict[str, Any]:
        """Return the report on a period."""
        self._ledger.catch_up()
        return period_report(self._ledger, period_of(period), as_of)

    def findings(self, limit: int, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        """List findings as the holder of the home sees them."""
        as_of, at = self._moment(asked)
        named = ("rule", "department", "severity", "basis", "entry")
        narrowed: dict[str, Any] = {name: asked.get(name) for name in named}
        filters = Filters(**narrowed)
        wanted = AskedFindings(as_of, at, None, filters, asked.get("state"))
        found = self._ledger.findings.listed(EVERYTHING, wanted, None, limit)
        return [members for _, members in found]

    def obligations(self, limit: int, asked: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
        """List obligations as the holder of the home sees them."""
        as_of, at = self._moment(asked)
        view = asked.get("view")
        wanted = AskedObligations(
            as_of, at, "at" not in asked and "as_of" not in asked, asked.get("rule"),
            asked.get("department"), () if view is None else OBLIGATION_VIEWS[view],
        )  # fmt: skip
        return self._ledger.obligations.listed(EVERYTHING, wanted, None, limit)[0], at

    def obligation(self, ref: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return one obligation with its steps."""
        return self._ledger.obligations.one(EVERYTHING, ref, AskedObligations(*self._moment(asked)))

    def evidence(self, question: Question, as_of: int | None) -> bytes:
        """Return an evidence bundle; the holder of the home sees everything, unrecorded."""
        with _undamaged(None):
            return make_evidence(self._ledger, EVERYTHING, question, as_of, None).raw

    def _moment(self, asked: Mapping[str, Any]) -> tuple[int, str]:
        """Return the tree size and the T that are asked for."""
        as_of = self.size() if asked.get("as_of") is None else asked["as_of"]
        self._ledger.look_up.reach(as_of)
        return as_of, asked.get("at") or self._ledger.shares.now()

    def proof(self, index: int, size: int) -> str:
        """Return a proof file."""
        return self._ledger.inclusion_proof(index, size)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Return the consistency proof between two sizes."""
        return self._ledger.consistency_proof(old, new)

    def checkpoint(self) -> str:
        """Return the published checkpoint's note."""
        return self._ledger.published()

    def tile(self, path: str) -> bytes:
        """Return a published file."""
        return self._ledger.tile(path)


@contextmanager
def _undamaged(at: int | None) -> Iterator[None]:
    """Say that entries are damaged where they cannot be read; *at* is where reading began."""
    try:
        yield
    except (CryptoError, LookupError):
        where = "" if at is None else f" {at}"
        raise Failure(
            FAILED,
            f"what is stored at or near entry{where} is damaged: keep a copy and run `zelian fsck`",
            f"第{where} 条或其附近存储的内容已损坏：请保留副本并运行 `zelian fsck`",
        ) from None


def _answers(batch: BatchAnswer) -> list[Logged | LedgerError]:
    return [_logged(line) if isinstance(line, Submitted) else line for line in batch.lines]


def _logged(submitted: Submitted) -> Logged:
    return Logged(submitted.index, submitted.created, submitted.receipt)


def _shown(entry: Entry) -> Shown:
    absent = None
    if entry.removed is not None:
        kind, by = entry.removed
        absent = (
            pick(f"erased by entry {by}", f"已由第 {by} 条删除")
            if kind == "erased"
            else pick(f"withheld by entry {by}", f"已由第 {by} 条停止提供")
        )
    elif entry.envelope is None:
        absent = pick(
            "the statement is not in the database: run `zelian fsck`",
            "该陈述不在数据库中：请运行 `zelian fsck`",
        )
    return Shown(entry.index, entry.header, entry.envelope, entry.event, _said(entry), absent)


def _said(entry: Entry) -> Said | None:
    if entry.event is None:
        return None
    if "official" not in entry.event:
        return "system"
    return "attested" if entry.attested else "signed"


@contextmanager
def opened(settings: Settings, *, writes: bool) -> Iterator[Ledger]:
    """Open the ledger of a home for as long as the block runs.

    Raises:
        Failure: the database's URL is none, or the database cannot be reached.
        ReadOnly: ``busy``: another process writes to this home.
        LedgerError: the home is not as it must be.
    """
    check_database_url(settings)
    with database_answers():
        ledger = open_ledger(settings, writes=writes)
        try:
            yield ledger
        finally:
            ledger.close()


@contextmanager
def open_home(settings: Settings, *, writes: bool) -> Iterator[Door]:
    """Give the door to the ledger of a home for as long as the block runs."""
    with opened(settings, writes=writes) as ledger:
        try:
            yield HomeDoor(ledger)
        finally:
            if writes:  # nothing publishes in the background here
                ledger.catch_up()


def check_database_url(settings: Settings) -> None:
    """Raise Failure unless the URL names a database of a kind that there is a store for."""
    if not _DATABASE.match(settings.database_url):
        raise usage(
            "ZELIAN_DATABASE_URL must be such as postgresql://user:password@host/name",
            "ZELIAN_DATABASE_URL 应为形如 postgresql://用户:密码@主机/库名 的地址",
        )


@contextmanager
def database_answers() -> Iterator[None]:
    """Turn what the database's library raises in the block into a failure of the command.

    Only the store names that library, so its errors are known by where they come from.
    """
    try:
        yield
    except ReadOnly as failure:
        if failure.reason != "database_lost":
            raise
        raise Failure(UNREACHABLE, failure.en, failure.zh) from None
    except (LedgerError, CryptoError, Failure):
        raise
    except Exception as error:
        if type(error).__module__ != "sqlalchemy.exc":
            raise
        raise database_unreachable() from None


def database_unreachable() -> Failure:
    """Return the failure of a command whose database does not answer as it must."""
    return Failure(
        UNREACHABLE,
        "the database cannot be reached or read: check ZELIAN_DATABASE_URL, then `zelian doctor`; "
        "what was sent may be sent again",
        "数据库无法访问或读取：请检查 ZELIAN_DATABASE_URL，再运行 `zelian doctor`；"
        "已发送的内容可以重发",
    )
