"""Rule packs as values: which rules are on, with which numbers, by whose word, from when on.

A pack is a list of parameters. It switches a rule on by the parameter ``on`` (unit
``flag``, value 1), whose basis, law and article are those of the rule; every other
parameter is a number that the rule asks for. What parameters there are, in what unit,
and which way is stricter, is declared as data beside the built-in pack.

Who wins: the built-in pack, which nobody adopted, gives what no other says. National
packs that an authority adopted come over it, the newest version of each; local ones
of the divisions around a department come over those, from without to within, and only
where they are *stricter*: whatever is not is left out, and that is shown. An
adjustment of law silences its rules, or gives other numbers, inside its window only.

A pack says nothing of what was recorded before it was adopted, whatever it claims.

Source: decree 809, articles 21 to 23; domain, 0A "Rules"; S66.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import msgspec

from ledger.supervision.departments import Departments
from ledger.supervision.pack_values import Adjustment, Declared, Pack, PackName, Parameter
from ledger.supervision.periods import UNITS
from ledger.supervision.regions import around, covers

ON = "on"


@dataclass(frozen=True, slots=True)
class Ignored:
    """A parameter that has no effect: ``laxer``, ``other_unit``, ``unknown``, ``no_period``."""

    parameter: Parameter
    reason: str


class Rules:
    """The rules in force at one time in one division; see :func:`in_force`."""

    def __init__(
        self,
        parameters: Mapping[tuple[str, str], Parameter],
        ignored: tuple[Ignored, ...],
        adjustments: tuple[Adjustment, ...],
    ) -> None:
        self.parameters, self.ignored, self.adjustments = parameters, ignored, adjustments

    def is_on(self, rule: str, department: str | None = None, items: Iterable[str] = ()) -> bool:
        """Whether *rule* counts for what *department* does with *items*."""
        switch = self.parameters.get((rule, ON))
        if switch is None or not switch.value:
            return False
        return not self.adjustments or not any(
            one.effect == "suspended" or not _given(one, rule)
            for one in self.adjusted(rule, department, items)
        )

    def parameter(
        self, rule: str, name: str, department: str | None = None, items: Iterable[str] = ()
    ) -> Parameter:
        """Return a number of *rule*.

        Raises:
            LookupError: no pack in force gives it, not even the built-in one.
        """
        if self.adjustments:
            for one in reversed(self.adjusted(rule, department, items)):
                for given in _given(one, rule):
                    if given.name == name:
                        return given
        held = self.parameters.get((rule, name))
        if held is None:
            raise LookupError(f"no pack in force has {rule} {name}")
        return held

    def value(
        self, rule: str, name: str, department: str | None = None, items: Iterable[str] = ()
    ) -> int:
        """Return the value of :meth:`parameter`."""
        return self.parameter(rule, name, department, items).value

    def pack(self, rule: str) -> PackName | None:
        """Return the pack that switched *rule* on or off; None: no pack speaks of it."""
        switch = self.parameters.get((rule, ON))
        return None if switch is None else switch.pack

    def adjusted(
        self, rule: str, department: str | None = None, items: Iterable[str] = ()
    ) -> tuple[Adjustment, ...]:
        """Return the adjustments of *rule* that hold here, by entry."""
        if not self.adjustments:
            return ()
        items = tuple(items)
        return tuple(one for one in self.adjustments if one.touches(rule, department, items))


class Packs:
    """The packs and adjustments that are known, as an immutable value.

    Args:
        declared: what parameters there are.
        packs: built-in ones first, then in the order of their entries.
        adjustments: in the order of their entries.
    """

    def __init__(
        self,
        declared: Mapping[tuple[str, str], Declared],
        packs: tuple[Pack, ...],
        adjustments: tuple[Adjustment, ...] = (),
    ) -> None:
        self.declared, self.packs, self.adjustments = declared, packs, adjustments
        self._turns = sorted(set(_turns(packs, adjustments)))
        self._known: dict[tuple[int, str | None], Rules] = {}

    def with_pack(self, pack: Pack) -> "Packs":
        """Return these with one more, adopted after all others."""
        return Packs(self.declared, (*self.packs, pack), self.adjustments)

    def with_adjustment(self, adjustment: Adjustment) -> "Packs":
        """Return these with one more adjustment of law."""
        fit = tuple(one for one in adjustment.parameters if unfit(self.declared, one) is None)
        # A number that no rule can use changes nothing; above all it silences no rule.
        idle = {one.rule for one in adjustment.parameters} - {one.rule for one in fit}
        kept = replace(adjustment, parameters=fit, rules=adjustment.rules - idle)
        return Packs(self.declared, self.packs, (*self.adjustments, kept))

    def in_force(self, at: str, region: str | None) -> Rules:
        """Return the rules at the T *at* in the division *region*; see :func:`in_force`."""
        key = (bisect_right(self._turns, at), region)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._layered(at, region)
        return known

    def _layered(self, at: str, region: str | None) -> Rules:
        built_in = [one for one in self.packs if not one.name.adopted and one.holds(at)]
        adopted = self._newest(at)
        national = [one for one in adopted if one.layer == "national"]
        layers = _Layers(self.declared)
        for pack in (*built_in, *national):
            layers.lay(pack)
        for code in reversed(around(region)):
            for pack in adopted:
                if pack.layer == "local" and code is not None and pack.region == code:
                    layers.lay_stricter(pack)
        adjustments = tuple(
            one
            for one in self.adjustments
            if one.competent and one.starts <= at < one.ends and covers(one.region, region)
        )
        return Rules(layers.parameters, tuple(layers.ignored), adjustments)

    def _newest(self, at: str) -> list[Pack]:
        """Return the adopted packs in force: of each id the newest, none that is superseded."""
        held = [one for one in self.packs if one.name.adopted and one.competent and one.holds(at)]
        gone = {one.supersedes for one in held}
        newest = {
            (one.layer, one.region, one.name.id): one for one in held if one.digest not in gone
        }
        return sorted(newest.values(), key=lambda one: one.name.adopted_by or 0)


class _Layers:
    """Packs laid one over the other."""

    def __init__(self, declared: Mapping[tuple[str, str], Declared]) -> None:
        self._declared = declared
        self.parameters: dict[tuple[str, str], Parameter] = {}
        self.ignored: list[Ignored] = []

    def lay(self, pack: Pack) -> None:
        for one in pack.parameters:
            reason = unfit(self._declared, one)
            if reason is None:
                self.parameters[one.key] = one
            else:
                self.ignored.append(Ignored(one, reason))

    def lay_stricter(self, pack: Pack) -> None:
        # SPEC: decree 809, article 23, a locality may shorten; it may not lengthen.
        for one in pack.parameters:
            reason = unfit(self._declared, one) or self._laxer(one)
            if reason is None:
                self.parameters[one.key] = one
            else:
                self.ignored.append(Ignored(one, reason))

    def _laxer(self, one: Parameter) -> str | None:
        held = self.parameters.get(one.key)
        if held is None or one.value == held.value:
            return None
        stricter = self._declared[one.key].stricter
        if stricter == "same":
            return "not_local"
        return None if (one.value < held.value) == (stricter == "less") else "laxer"


def unfit(declared: Mapping[tuple[str, str], Declared], one: Parameter) -> str | None:
    """Return why no rule can use a parameter, or None."""
    known = declared.get(one.key)
    if known is None:
        return "unknown"
    if one.unit != known.unit:
        return "other_unit"
    return "no_period" if one.unit in UNITS and one.value < 1 else None


def in_force(packs: Packs, at: str, region: str | None) -> Rules:
    """Return the rules in force at the T *at* for a department in the division *region*.

    Args:
        packs: those known where one judges: adopted up to the entry, none later.
        region: division code; None: the whole country, where no local pack holds.
    """
    return packs.in_force(at, region)


class Judging:
    """The rules in force for whoever asks with a department rather than a division.

    Args:
        packs: known up to the entry that is judged.
        departments: as they were registered before it.
    """

    __slots__ = ("_departments", "_packs")

    def __init__(self, packs: Packs, departments: Departments) -> None:
        self._packs, self._departments = packs, departments

    def at(self, time: str, department: str, items: frozenset[str] = frozenset()) -> "Held":
        """Return what holds at the T *time* for *department* and *items* of the catalogue."""
        rules = in_force(self._packs, time, self._departments.region(department))
        return Held(rules, department, items)


class Held(msgspec.Struct, frozen=True, gc=False):
    """What holds at one time for one department and some items."""

    rules: Rules
    department: str
    items: frozenset[str]

    def is_on(self, rule: str) -> bool:
        return self.rules.is_on(rule, self.department, self.items)

    def parameter(self, rule: str, name: str) -> Parameter:
        return self.rules.parameter(rule, name, self.department, self.items)

    def value(self, rule: str, name: str) -> int:
        return self.rules.parameter(rule, name, self.department, self.items).value

    def pack_of(self, rule: str) -> PackName:
        """Return the pack that switches *rule* on or off; raise LookupError where none does."""
        return self.rules.parameter(rule, ON).pack


def _given(adjustment: Adjustment, rule: str) -> list[Parameter]:
    return [one for one in adjustment.parameters if one.rule == rule]


def _turns(packs: Iterable[Pack], adjustments: Iterable[Adjustment]) -> Iterator[str]:
    """Yield every T at which something begins or ends to hold."""
    for pack in packs:
        yield pack.effective_from
        if pack.effective_to is not None:
            yield pack.effective_to
    for one in adjustments:
        yield from (one.starts, one.ends)
