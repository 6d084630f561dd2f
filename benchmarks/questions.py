"""What auditors, departments and holders ask: a fixed mix, drawn by one seed.

What is named is drawn from entries of the ledger that is asked, so that most is there.
A question is put together before it is timed; its answer is what a page of the API
is made of.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from random import Random
from typing import Any

from benchmarks.cast import DEPARTMENTS, ITEMS, OFFICIALS, PROVIDER, department_of
from benchmarks.town import AUDIT, AUTHORITY
from crypto.header import parse_header
from crypto.notation import format_time
from crypto.statement import read_statement
from ledger.access.reader import Reader, sight_of
from ledger.access.scopes import Scope, fold
from ledger.access.sight import EVERYTHING, Sight
from ledger.errors import NotFound
from ledger.log.clock import system_clock
from ledger.projections.query import parse_query
from ledger.service import Ledger
from ledger.share_members import listed
from ledger.shown import Asked

SEED = 809
PAGE = 50
Question = Callable[[], object]

# How often each kind of question is asked; together 100.
MIX: Mapping[str, int] = {
    "act": 12,
    "item": 6,
    "item and grant": 4,
    "official": 6,
    "department between dates": 8,
    "common type": 4,
    "rare type": 4,
    "no such entry": 2,
    "purpose, but not": 6,
    "official of no such item": 2,
    "second page": 6,
    "deep page": 6,
    "short chain": 8,
    "long chain": 4,
    "things": 8,
    "things of a department": 4,
    "one thing": 4,
    "digest": 6,
}


def sights_of(ledger: Ledger) -> dict[str, Sight]:
    """Return what readers of different roles see."""
    registry, now = ledger.parts.judge.registry, format_time(system_clock())
    scope = next(one for one in _scopes(ledger) if one.is_live(None, now))
    readers = {
        "auditor with a scope": Reader(AUDIT, "audit", None, "", (scope,)),
        "provider": Reader(PROVIDER, "department", None, ""),
        "department": Reader(DEPARTMENTS[0], "department", None, ""),
        "another department": Reader(DEPARTMENTS[-1], "department", None, ""),
        "authority": Reader(AUTHORITY, "sharing_authority", None, ""),
    }
    found = {name: sight_of(reader, registry) for name, reader in readers.items()}
    return found | {"holder": EVERYTHING}


def _scopes(ledger: Ledger) -> tuple[Scope, ...]:
    look_up = ledger.look_up
    granted = look_up.find(
        EVERYTHING, parse_query("type:scope.granted"), look_up.projected(), None, PAGE
    )
    said = [(one.index, one.envelope, one.event) for one in ledger.entries_of(granted)]
    return fold(
        [(n, read_statement(raw).digest.hex(), event) for n, raw, event in said if raw and event],
        ledger.parts.judge.registry,
    )


class Questions:
    """Draws questions to one ledger that is projected."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._size = ledger.look_up.projected()
        self._sights = list(sights_of(ledger).values())
        self._random = Random(SEED)

    def some(self, count: int) -> Iterator[tuple[str, Question]]:
        """Yield *count* questions, each with the name of its kind."""
        for kind in self._random.choices(list(MIX), list(MIX.values()), k=count):
            yield kind, self._make(kind)

    def texts(self, count: int) -> Iterator[str]:
        """Yield *count* searches as somebody writes them."""
        kinds = [kind for kind in MIX if kind in _TEXTS]
        for kind in self._random.choices(kinds, [MIX[kind] for kind in kinds], k=count):
            yield _TEXTS[kind](self)

    def _make(self, kind: str) -> Question:
        return self._search(_TEXTS[kind](self)) if kind in _TEXTS else _OTHERS[kind](self)

    def _sight(self) -> Sight:
        return self._random.choice(self._sights)

    def event(self) -> dict[str, Any]:
        """The event of some use."""
        while True:
            found = self._ledger.entry(self._random.randrange(self._size)).event
            if found is not None and "use" in found["data"]["refs"]:
                return found

    def ref(self, kind: str) -> str:
        ref: str = self.event()["data"]["refs"][kind]
        return ref

    def official(self) -> int:
        return self._random.randrange(OFFICIALS)

    def dates(self) -> str:
        """A tenth of the time that the ledger took."""
        start = self._random.randrange(self._size * 9 // 10)
        times = (
            parse_header(self._ledger.entry(index).header).recorded_at
            for index in (start, start + self._size // 10)
        )
        return "after:{} before:{}".format(*times)

    def _search(self, text: str, after: int | None = None) -> Question:
        sight, ledger = self._sight(), self._ledger

        def ask() -> object:
            query, as_of = parse_query(text), ledger.look_up.projected()
            found = ledger.look_up.find(sight, query, as_of, after, PAGE + 1)
            return ledger.entries_of(found[:PAGE])

        return ask

    def second_page(self) -> Question:
        text = f"item:{self.ref('item')}"
        first = self._ledger.look_up.find(EVERYTHING, parse_query(text), self._size, None, PAGE)
        return self._search(text, first[-1])

    def deep_page(self) -> Question:
        text = f"department:{self._random.choice(DEPARTMENTS)}"
        return self._search(text, self._random.randrange(self._size))

    def chain(self, name: str) -> Question:
        sight, ledger = self._sight(), self._ledger
        start = self._random.choice((0, self._random.randrange(self._size)))

        def ask() -> object:
            as_of = ledger.look_up.projected()
            with suppress(NotFound):  # the chain of another department
                return ledger.look_up.chain(sight, name, as_of, start, PAGE)
            return None

        return ask

    def long_chain(self) -> Question:
        official = self.official()
        names = (
            f"department/{department_of(official)}",
            f"official/official-{official}",
            f"item/{self.ref('item')}",
        )
        return self.chain(self._random.choice(names))

    def things(self, department: str | None = None) -> Question:
        sight, ledger = self._sight(), self._ledger
        kind, view = self._random.choice((("grant", None), ("item", None), ("grant", _NO_FEEDBACK)))

        def ask() -> object:
            as_of, at = ledger.look_up.projected(), ledger.shares.now()
            asked = Asked(kind, as_of, at, department=department)
            return listed(ledger, sight, asked, view, None, PAGE)

        return ask

    def one_thing(self) -> Question:
        sight, ledger = self._sight(), self._ledger
        kind = self._random.choice(("grant", "item", "act", "use"))
        ref = self.ref(kind)

        def ask() -> object:
            as_of = ledger.look_up.projected()
            with suppress(NotFound):  # it is another department's
                shown = ledger.shares.one(sight, kind, ref, as_of, ledger.shares.now())
                return ledger.shares.steps(shown, as_of, 0, PAGE)
            return None

        return ask

    def digest(self) -> Question:
        sight, ledger = self._sight(), self._ledger
        raw = ledger.entry(self._random.randrange(self._size)).envelope
        assert raw is not None
        digest = read_statement(raw).digest.hex()

        def ask() -> object:
            entry = ledger.entry_of(digest)
            return ledger.shows(sight, entry)

        return ask


_NO_FEEDBACK = "uses_without_feedback"
_TEXTS: Mapping[str, Callable[[Questions], str]] = {
    "act": lambda q: f"act:{q.ref('act')}",
    "item": lambda q: f"item:{q.ref('item')}",
    "item and grant": lambda q: "item:{item} grant:{grant}".format_map(q.event()["data"]["refs"]),
    "official": lambda q: f"official:official-{q.official()} type:use.recorded",
    "department between dates": lambda q: f"department:{department_of(q.official())} {q.dates()}",
    "common type": lambda _: "type:use.recorded",
    "rare type": lambda _: "type:grant.issued",
    "no such entry": lambda q: f"type:dispute.opened item:{q.ref('item')}",
    "purpose, but not": lambda q: (
        f"purpose:dibao-check -item:{q.ref('item')} -department:{department_of(q.official())}"
    ),
    # The least that two lists of many can have in common: nothing.
    "official of no such item": lambda q: (
        f"official:official-{q.official()} item:{PROVIDER}/I-{q.official() % ITEMS}"
    ),
}
_OTHERS: Mapping[str, Callable[[Questions], Question]] = {
    "second page": Questions.second_page,
    "deep page": Questions.deep_page,
    "short chain": lambda q: q.chain(f"act/{q.ref('act')}"),
    "long chain": Questions.long_chain,
    "things": Questions.things,
    "things of a department": lambda q: q.things(department=department_of(q.official())),
    "one thing": Questions.one_thing,
    "digest": Questions.digest,
}
