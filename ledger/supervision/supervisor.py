"""The one fold of supervision: statements in, findings and obligations out.

Each statement first changes the things that it touches, by the machines of
``ledger.sharing``; then the lives of findings; then every rule that looks on its
type reads what has come to be, and clocks start and stop. All state lies behind a
small store, so that the same fold runs over a dict in tests and over rows in a
projection, at once or in pieces.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

from crypto.notation import format_time, parse_time
from ledger.registry.state import Registry
from ledger.sharing.machine import Body, Said, Step, fresh, step_on
from ledger.sharing.touched import MACHINES
from ledger.supervision import findings, keeping, obligations
from ledger.supervision.departments import Registered
from ledger.supervision.instruments import TYPES, Instruments, adopted
from ledger.supervision.packs import Judging
from ledger.supervision.periods import LAST
from ledger.supervision.rule import Recalls, Rule, nothing
from ledger.supervision.scene import NOTES, Scene, Spoken, Store, Thing, spoken_of
from ledger.supervision.seen import Seen

INSTRUMENTS = "instruments"  # the name under which what was adopted is kept
EXPLAIN = ("explain", "days")  # the parameter: how long a department has before it shows above
_DAY_MS = 86_400_000
_LAST_MS = parse_time(LAST)  # a time to explain that a pack makes longer ends here
_CORRECTED = "statement.corrected"
_TAKEN_BACK: Mapping[str, str] = {"feedback.withdrawn": "feedback"}  # by the ref that it names


class Taken(msgspec.Struct, frozen=True, gc=False):
    """What one statement brought.

    Attributes:
        steps: what it did to each thing that it touches, in their order.
        raised: new findings; ``changed``: those whose life went on.
        owed: obligations that began or changed.
    """

    steps: Mapping[Thing, Step]

    raised: Sequence[Body]
    changed: Sequence[Body]
    owed: Sequence[Body]


class _Looking(NamedTuple):
    """The rules that look on a type, and what they ask for."""

    rules: tuple[Rule, ...]
    recalls: tuple[Recalls, ...]


class Supervisor:
    """Takes statements in, in the order of their entries.

    Args:
        store: where every body lies.
        rules: those that are judged; ``built_in``: packs and calendars that nobody adopted.
    """

    def __init__(self, store: Store, rules: Iterable[Rule], built_in: Instruments) -> None:
        self._store = store
        kept = store.get(INSTRUMENTS)
        self._instruments = built_in.with_all(kept["adopted"] if kept else ())
        self._rules = tuple(rules)
        self._by_type: dict[str, _Looking] = {}

    def names(self, said: Said) -> list[str]:
        """Return the names of all that *said* will ask the store for, so far as it tells."""
        spoken = spoken_of(said)
        found = [name for _, name in spoken.touched]
        for recalls in self._looking(spoken.type).recalls:
            found += recalls(spoken)
        if "finding" in spoken.refs:
            found.append(f"finding/{spoken.refs['finding']}")
        found += _raised_by(spoken)
        found += keeping.names(spoken)
        found += obligations.names(spoken)
        return found

    def take(self, said: Said, registry: Registry) -> Taken:
        """Take one statement in; *registry* is folded up to its entry or further."""
        spoken = spoken_of(said)
        steps, touched = self._fold(spoken)
        changed = [*self._live(spoken), *self._withdraw(spoken)]
        departments = Registered(registry, said.index)
        if spoken.type in TYPES:
            self._adopt(adopted(spoken, departments.region(spoken.source)))
        in_force = Judging(self._instruments.packs, departments)
        scene = Scene(spoken, registry, self._store, in_force, steps, touched)
        keeping.keep(scene)
        raised = self._judge(scene)
        known = self._instruments
        seen = Seen(scene.thing, departments, known.packs, known.calendar)
        return Taken(steps, raised, changed, obligations.take(spoken, seen, self._store))

    def _looking(self, type_: str) -> "_Looking":
        if type_ not in self._by_type:
            rules = tuple(rule for rule in self._rules if not rule.types or type_ in rule.types)
            recalls = tuple(
                dict.fromkeys(rule.recalls for rule in rules if rule.recalls != nothing)
            )
            self._by_type[type_] = _Looking(rules, recalls)
        return self._by_type[type_]

    def _fold(self, said: Spoken) -> tuple[dict[Thing, Step], dict[Thing, Body]]:
        """Return what *said* does to each thing that it touches, and the things after it."""
        steps: dict[Thing, Step] = {}
        touched: dict[Thing, Body] = {}
        store = self._store
        for thing, name in said.touched:
            kind, ref = thing
            body = store.get(name)
            if body is None:
                body = fresh(ref)
            steps[thing] = step_on(MACHINES[kind], body, said)
            touched[thing] = body
            store.put(name, body)
        return steps, touched

    def _adopt(self, instrument: Body) -> None:
        """Keep a pack, a calendar or an adjustment of law; it counts for its own entry too."""
        kept = self._store.get(INSTRUMENTS) or {"adopted": []}
        kept["adopted"].append(instrument)
        self._store.put(INSTRUMENTS, kept)
        self._instruments = self._instruments.with_adopted(instrument)

    # Rules

    def _judge(self, scene: Scene) -> list[Body]:
        raised: list[Body] = []
        numbers: dict[tuple[str, str], int] = {}
        for rule in self._looking(scene.said.type).rules:
            for found in rule.judge(scene):
                in_force = scene.in_force(found.department)
                if not in_force.is_on(rule.id):
                    continue
                number = numbers.get((rule.id, found.department), 0) + 1
                numbers[rule.id, found.department] = number
                days = in_force.value(*EXPLAIN)
                body = findings.raised(
                    rule,
                    found,
                    scene.said,
                    (len(raised) + 1, number),
                    in_force.pack_of(rule.id),
                    _later(scene.said.recorded_at, days),
                )
                self._keep(body)
                raised.append(body)
                if found.said is not None:
                    self._add(f"raised/{found.said}", [body["ref"]])
        if raised:
            self._remember(scene.said, [body["ref"] for body in raised])
        return raised

    def _keep(self, body: Body) -> None:
        self._store.put(f"finding/{body['ref']}", body)
        for kind, ref in body["marks"]:
            thing = self._store.get(f"{kind}/{ref}")
            if thing is not None:
                notes = thing.setdefault(NOTES, {})
                notes.setdefault("found", []).append(body["ref"])
                self._store.put(f"{kind}/{ref}", thing)

    # The life of findings

    def _remember(self, said: Spoken, refs: list[str]) -> None:
        """Keep which findings a statement raised, for whoever corrects it or takes it back."""
        self._store.put(f"raised/{said.digest}", {"findings": list(refs)})  # once a statement
        for kind in _TAKEN_BACK.values():
            if kind in said.refs:
                self._add(f"raised/{kind}/{said.refs[kind]}", refs)

    def _add(self, name: str, refs: list[str]) -> None:
        kept = self._store.get(name) or {"findings": []}
        kept["findings"] += refs
        self._store.put(name, kept)

    def _live(self, said: Spoken) -> list[Body]:
        if said.type not in findings.LIFE_TYPES:
            return []
        body = self._store.get(f"finding/{said.refs['finding']}")
        if body is None:
            return []  # nothing was found under that name
        findings.live(body, said)
        self._store.put(f"finding/{body['ref']}", body)
        return [body]

    def _withdraw(self, said: Spoken) -> list[Body]:
        changed = []
        why = said.data.get("effect") or said.data.get("reason")
        for name in _raised_by(said):
            for ref in (self._store.get(name) or {"findings": ()})["findings"]:
                body = self._store.get(f"finding/{ref}")
                if body is not None and _may_take_back(said, body):
                    findings.withdraw(body, said, str(why))
                    self._store.put(f"finding/{ref}", body)
                    changed.append(body)
        return changed


def _may_take_back(said: Spoken, body: Body) -> bool:
    """Whether what is taken back was said by whoever takes it back."""
    return said.type == _CORRECTED or bool(body["department"] in said.stands_for)


def _raised_by(said: Spoken) -> list[str]:
    """Return under which names the findings of what *said* corrects or takes back are kept."""
    if said.type == _CORRECTED:
        return [f"raised/{said.data['target']}"]
    kind = _TAKEN_BACK.get(said.type)
    return [] if kind is None else [f"raised/{kind}/{said.refs[kind]}"]


@lru_cache(1_000)
def _later(at: str, days: int) -> str:
    return format_time(min(parse_time(at) + days * _DAY_MS, _LAST_MS))
