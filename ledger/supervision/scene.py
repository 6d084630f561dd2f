"""What a rule sees: one statement, the things that it touches, and what was kept before it.

Things are the bodies that the machines of ``ledger.sharing`` fold, so that a rule
and a reader have one definition of state. Beside each thing lie *notes*, JSON that
rules keep with it; what belongs to no thing lies in a *memory* under a name that
begins with the rule's id. Reading marks nothing as changed: only ``note`` and
``keep`` hand out what will be written back.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from ledger.registry.state import Registry
from ledger.sharing.machine import Body, Said, Step
from ledger.sharing.touched import touched
from ledger.supervision.pack_values import PackName
from ledger.supervision.seen import lists_asked

Thing = tuple[str, str]  # (kind, ref)
NOTES = "notes"  # the member of a body in which rules keep what they need


class Spoken(Said, frozen=True, gc=False):
    """A statement as rules ask for it: what ``Said`` works out at each asking, worked out once.

    Attributes:
        touched: the things that it is about, each with the name under which it is kept.
        lists: names of the lists of what is open that it may make one read.
    """

    type: str
    source: str
    data: Mapping[str, Any]
    refs: Mapping[str, str]
    touched: Sequence[tuple[Thing, str]]
    lists: Sequence[str]


def spoken_of(said: Said) -> Spoken:
    """Return a statement with all that is asked of it."""
    if isinstance(said, Spoken):
        return said
    data, event = said.data, said.event
    return Spoken(
        said.index, said.recorded_at, event, said.digest, said.role, said.voice, said.stands_for,
        said.type, said.source, data, data["refs"],
        [((kind, ref), f"{kind}/{ref}") for kind, ref in sorted(touched(event))],
        lists_asked(event),
    )  # fmt: skip


class Store(Protocol):
    """Bodies by name, as the fold left them; a dict in tests, bulk-loaded rows in a projection."""

    def get(self, name: str, /) -> Body | None:
        """Return the body, which the fold may change, or None."""

    def put(self, name: str, body: Body, /) -> None:
        """Keep a body that is new or was changed."""

    def owed(self) -> Iterable[Body]:
        """Return every obligation that is open, by ref."""


class InForce(Protocol):
    """What holds at one time, for one department."""

    def is_on(self, rule: str) -> bool:
        """Whether a rule is switched on and no adjustment of the law silences it."""

    def value(self, rule: str, name: str) -> int:
        """Return a parameter of a rule, in the unit that its pack gives."""

    def pack_of(self, rule: str) -> PackName:
        """Return the pack that switches a rule on."""


class Rules(Protocol):
    """The rules in force, whenever and wherever."""

    def at(self, time: str, department: str, items: frozenset[str]) -> InForce:
        """Return what holds at the T *time* for a department and items of the catalogue."""


class Scene:
    """One statement as the rules see it.

    Args:
        steps: what the statement did to each thing that it touches.
        touched: these things after it, as the store has them, which will write them back.
    """

    __slots__ = (
        "_in_force", "_rules", "_store", "_touched", "read", "registry", "said", "steps", "time",
    )  # fmt: skip

    def __init__(
        self,
        said: Spoken,
        registry: Registry,
        store: Store,
        rules: Rules,
        steps: Mapping[Thing, Step],
        touched: Mapping[Thing, Body],
    ) -> None:
        self.said, self.registry, self.steps = said, registry, steps
        self._store, self._rules, self._touched = store, rules, touched
        self._in_force: dict[str, InForce] = {}
        self.time: str = said.event["time"]  # when it happened, as the statement says
        self.read: dict[str, Any] = {}  # what several rules of a family read alike, by its name

    def ref(self, kind: str) -> str | None:
        return self.said.refs.get(kind)

    def thing(self, kind: str, ref: str | None) -> Body | None:
        """Return a thing after this statement; None where nothing opened it, or *ref* is None."""
        if ref is None:
            return None
        body = self._touched.get((kind, ref)) or self._store.get(f"{kind}/{ref}")
        return None if body is None or body["opened"] is None else body

    def step(self, kind: str) -> Step | None:
        """What the statement did to the thing of this kind among its refs."""
        ref = self.said.refs.get(kind)
        return None if ref is None else self.steps.get((kind, ref))

    def notes(self, kind: str, ref: str | None) -> Mapping[str, Any]:
        """What rules keep with a thing, to be read."""
        if ref is None:
            return {}
        body = self._touched.get((kind, ref)) or self._store.get(f"{kind}/{ref}")
        found: Mapping[str, Any] = {} if body is None else body.get(NOTES, {})
        return found

    def note(self, kind: str, ref: str) -> dict[str, Any]:
        """What rules keep with a thing that this statement touches, to be changed."""
        body = self._touched.get((kind, ref))
        if body is None:
            name = f"{kind}/{ref}"
            body = self._store.get(name)
            if body is None:
                raise LookupError(f"{name} is not touched by entry {self.said.index}")
            self._store.put(name, body)
        notes: dict[str, Any] = body.setdefault(NOTES, {})
        return notes

    def memory(self, name: str) -> Mapping[str, Any]:
        """What a rule keeps under a name that begins with its id, to be read."""
        return self._store.get(name) or {}

    def keep(self, name: str) -> dict[str, Any]:
        """The same, to be changed."""
        kept = self._store.get(name)
        if kept is None:
            kept = {}
        self._store.put(name, kept)
        return kept

    def finding(self, ref: str) -> Mapping[str, Any] | None:
        """Return a finding as it stands."""
        return self._store.get(f"finding/{ref}")

    def in_force(self, department: str) -> InForce:
        """What holds at the time of the statement for the department concerned."""
        known = self._in_force.get(department)
        if known is None:
            refs = self.said.refs
            items = frozenset((refs["item"],)) if "item" in refs else frozenset()
            known = self._in_force[department] = self._rules.at(self.time, department, items)
        return known

    def value(self, rule: str, name: str, department: str | None = None) -> int:
        """Return a parameter for a department; None: the one that speaks."""
        return self.in_force(department or self.said.source).value(rule, name)
