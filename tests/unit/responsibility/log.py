"""The demo's stories as a log in memory: every line recorded when it was told, and searched.

What a trace needs is fetched here as the service fetches it, search by search, from the
terms of each statement, so that what the searches miss the report lacks.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cli.stories.departments import DEPARTMENTS, REGISTRAR, department_id
from cli.stories.keyring import Keyring
from cli.stories.line import Line
from cli.stories.teller import Teller
from cli.stories.whole import all_lines
from crypto.chain import REGISTRY_TYPES
from crypto.keys import PrivateKey
from crypto.notation import format_time, parse_time
from crypto.statement import read_statement
from ledger.access.terms import source_of, terms_of
from ledger.builtin_matrix import built_in_matrix
from ledger.events.speakers import ROLE_OF_KIND
from ledger.home import Home
from ledger.registry.state import Registry
from ledger.responsibility.chain import Chain, Fetched
from ledger.responsibility.matrix import adopted
from ledger.responsibility.reach import Search, wanted
from ledger.sharing.machine import Said

START_MS = parse_time("2026-07-05T16:00:00.000Z")
SINCE = format_time(START_MS - 200 * 86_400_000)  # T of entry 0, before all lines
ROLES = {one.id: ROLE_OF_KIND[one.kind] for one in DEPARTMENTS} | {REGISTRAR: REGISTRAR}
KEYS = {one.id: one.key for one in DEPARTMENTS}


@dataclass(frozen=True)
class Log:
    """Every statement, with its line and its terms."""

    said: tuple[Said, ...]
    lines: tuple[Line, ...]
    terms: tuple[frozenset[str], ...]
    registry: Registry

    def fetched(self, act: str, reader: str | None = None) -> Fetched:
        """Return what a trace of *act* needs, in the sight of a department, or of nobody's."""
        said: dict[int, Said] = {}
        done: set[Search] = set()
        waiting = [Search((f"act/{act}",))]
        while waiting:
            done.update(waiting)
            said |= {one.index: one for search in waiting for one in self._found(search, reader)}
            waiting = [one for one in wanted(Chain(self._of(said.values())), act)
                       if one not in done]  # fmt: skip
        matrices = [adopted(one) for one in self.said if one.type == "matrix.adopted"]
        return replace(self._of(said.values()), matrices=[built_in_matrix(), *matrices])

    def _of(self, said: Iterable[Said]) -> Fetched:
        last = self.said[-1].recorded_at
        return Fetched(tuple(said), self.registry, len(self.said) + 1, last, since=SINCE)

    def _found(self, search: Search, reader: str | None) -> list[Said]:
        seen = {"reader/*"} if reader is None else {"reader/*", f"reader/{reader}"}
        found = [
            one
            for one, terms in zip(self.said, self.terms, strict=True)
            if terms.issuperset(search.terms)
            and (search.below is None or one.index < search.below)
            and (reader is None or not seen.isdisjoint(terms))
        ]
        return found[-1:] if search.newest else found

    def name(self, index: int) -> str:
        """Return the name of the line that an entry tells; entry 0 opens the ledger."""
        return self.lines[index - 1].name


@cache
def told() -> Log:
    """Return the log of all stories."""
    with TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        home.write_key(home.registrar_key, PrivateKey.generate("ed25519"))
        teller, registry = Teller("stories.example/yunling", START_MS, Keyring(home)), Registry()
        said, lines = [], tuple(all_lines())
        for index, line in enumerate(lines, 1):
            statement = read_statement(teller.statement(line))
            teller.note(line, statement.digest.hex())
            at = format_time(START_MS + line.when.offset_ms)
            if statement.event["type"] in REGISTRY_TYPES:
                registry.apply(index, at, statement.event)
            else:
                registry.advance(index + 1)
            said.append(_said(index, line, at, statement.event, statement.digest.hex()))
        terms = tuple(_terms(one, registry) for one in said)
    return Log(tuple(said), lines, terms, registry)


def _said(index: int, line: Line, at: str, event: dict[str, Any], digest: str) -> Said:
    source = source_of(event)
    voice = "signed" if line.voice.tier else "attested" if line.voice.official else "system"
    merged = {department_id("sy")} if source == department_id("sc") else set()
    return Said(index, at, event, digest, ROLES[source], voice, frozenset({source} | merged))


def _terms(said: Said, registry: Registry) -> frozenset[str]:
    try:
        return terms_of(said.event, registry, said.index)
    except LookupError:  # the registrar's own key is that of no entry here
        return frozenset({f"type/{said.type}"})


def short(text: str) -> str:
    """Return *text* with departments called as the stories call them."""
    for identifier, key in KEYS.items():
        text = text.replace(identifier, key)
    return text
