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
from dataclasses import dataclass
from typing import Any, Literal

from ledger.events.wording import Wording
from ledger.sharing.machine import Body
from ledger.supervision.periods import UNITS
from ledger.supervision.regions import around, covers

Stricter = Literal["less", "more", "same"]
ON = "on"


@dataclass(frozen=True, slots=True)
class PackName:
    """Which pack said it; ``adopted_by`` is an entry index, None: built in, not adopted."""

    id: str
    version: str
    adopted_by: int | None

    @property
    def adopted(self) -> bool:
        return self.adopted_by is not None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of one rule, with what it rests on and the pack that gave it."""

    rule: str
    name: str
    value: int
    unit: str
    basis: str
    law: str | None
    article: str | None
    pack: PackName

    @property
    def key(self) -> tuple[str, str]:
        return self.rule, self.name


@dataclass(frozen=True, slots=True)
class Declared:
    """What a parameter is: its unit, which way is stricter, what it is called.

    A parameter whose ``stricter`` is ``same`` is no locality's to change.
    """

    unit: str
    stricter: Stricter
    label: Wording


@dataclass(frozen=True, slots=True)
class Pack:
    """One rule pack.

    Attributes:
        effective_from, effective_to: T; None: without end.
        digest: of the statement that adopted it; None: built in.
        consultations, supersedes: digests of statements.
        competent: whether who adopted it speaks for the division for which it holds.
        texts: of the articles cited, by law and article.
    """

    name: PackName
    layer: str
    region: str | None
    effective_from: str
    effective_to: str | None
    parameters: tuple[Parameter, ...]
    consultations: tuple[str, ...] = ()
    supersedes: str | None = None
    digest: str | None = None
    competent: bool = True
    texts: Mapping[str, Mapping[str, str]] | None = None

    def holds(self, at: str) -> bool:
        """Whether the T *at* lies in its time."""
        return self.effective_from <= at and (self.effective_to is None or at < self.effective_to)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A lawful suspension or adjustment of rules, for a window, a division, some departments.

    ``departments`` and ``items`` empty: all of the division.
    """

    index: int
    law: str
    articles: tuple[str, ...]
    effect: str
    rules: frozenset[str]
    parameters: tuple[Parameter, ...]
    starts: str
    ends: str
    region: str | None
    departments: frozenset[str]
    items: frozenset[str]
    competent: bool

    def touches(self, rule: str, department: str | None, items: Iterable[str]) -> bool:
        """Whether it is about *rule* where *department* does something with *items*."""
        whose = not self.departments or department in self.departments
        what = not self.items or not self.items.isdisjoint(items)
        return rule in self.rules and whose and what


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
        return not any(
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
        for one in reversed(self.adjusted(rule, department, items)):
            for given in _given(one, rule):
                if given.name == name:
                    return given
        if (rule, name) not in self.parameters:
            raise LookupError(f"no pack in force has {rule} {name}")
        return self.parameters[rule, name]

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
        return Packs(self.declared, self.packs, (*self.adjustments, adjustment))

    def in_force(self, at: str, region: str | None) -> Rules:
        """Return the rules at the T *at* in the division *region*; see :func:`in_force`."""
        key = (bisect_right(self._turns, at), region)
        if key not in self._known:
            self._known[key] = self._layered(at, region)
        return self._known[key]

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
            reason = self._unfit(one)
            if reason is None:
                self.parameters[one.key] = one
            else:
                self.ignored.append(Ignored(one, reason))

    def lay_stricter(self, pack: Pack) -> None:
        # SPEC: decree 809, article 23, a locality may shorten; it may not lengthen.
        for one in pack.parameters:
            reason = self._unfit(one) or self._laxer(one)
            if reason is None:
                self.parameters[one.key] = one
            else:
                self.ignored.append(Ignored(one, reason))

    def _unfit(self, one: Parameter) -> str | None:
        declared = self._declared.get(one.key)
        if declared is None:
            return "unknown"
        if one.unit != declared.unit:
            return "other_unit"
        return "no_period" if one.unit in UNITS and one.value < 1 else None

    def _laxer(self, one: Parameter) -> str | None:
        held = self.parameters.get(one.key)
        if held is None or one.value == held.value:
            return None
        stricter = self._declared[one.key].stricter
        if stricter == "same":
            return "not_local"
        return None if (one.value < held.value) == (stricter == "less") else "laxer"


def in_force(packs: Packs, at: str, region: str | None) -> Rules:
    """Return the rules in force at the T *at* for a department in the division *region*.

    Args:
        packs: those known where one judges: adopted up to the entry, none later.
        region: division code; None: the whole country, where no local pack holds.
    """
    return packs.in_force(at, region)


def pack_of(data: Mapping[str, Any], adopted: Body | None = None) -> Pack:
    """Return the pack that the data of ``rules.adopted``, or a built-in file, holds.

    Args:
        adopted: how it was adopted, as :mod:`ledger.supervision.instruments` keeps it.
    """
    name = PackName(data["pack"], data["version"], None if adopted is None else adopted["index"])
    region = data.get("region")
    return Pack(
        name,
        data["layer"],
        region,
        data["effective"]["from"],
        data["effective"].get("to"),
        tuple(parameters_of(data["parameters"], name)),
        tuple(data.get("consultations", ())),
        data.get("supersedes"),
        None if adopted is None else adopted["digest"],
        adopted is None or covers(adopted["region"], region),
        data.get("texts"),
    )


def adjustment_of(data: Mapping[str, Any], adopted: Body) -> Adjustment:
    """Return what the data of ``law.adjusted`` says; without a region, for its speaker's."""
    name = PackName("law.adjusted", data["document"], adopted["index"])
    region = data.get("region", adopted["region"])
    return Adjustment(
        adopted["index"],
        data["law"],
        tuple(data["articles"]),
        data["effect"],
        frozenset(data["rules"]),
        tuple(parameters_of(data.get("parameters", ()), name)),
        data["window"]["from"],
        data["window"]["to"],
        region,
        frozenset(data.get("departments", ())),
        frozenset(data.get("items", ())),
        covers(adopted["region"], region),
    )


def declared_of(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Declared]:
    """Return the declarations of parameters that the rows of a built-in file hold."""
    return {
        (row["rule"], row["name"]): Declared(
            row["unit"], row["stricter"], Wording(row["en"], row["zh"])
        )
        for row in rows
    }


def event_data(pack: Pack, *, document: str) -> dict[str, Any]:
    """Return the members of a ``rules.adopted`` that adopts *pack* as it is, ready to be signed."""
    effective = {"from": pack.effective_from}
    if pack.effective_to is not None:
        effective["to"] = pack.effective_to
    data: dict[str, Any] = {
        "document": document,
        "pack": pack.name.id,
        "version": pack.name.version,
        "layer": pack.layer,
        "effective": effective,
        "parameters": [_written(one) for one in pack.parameters],
    }
    return data if pack.region is None else data | {"region": pack.region}


def parameters_of(rows: Iterable[Mapping[str, Any]], pack: PackName) -> Iterator[Parameter]:
    for row in rows:
        yield Parameter(
            row["rule"],
            row["name"],
            row["value"],
            row["unit"],
            row["basis"],
            row.get("law"),
            row.get("article"),
            pack,
        )


def _written(one: Parameter) -> dict[str, Any]:
    names = ("rule", "name", "value", "unit", "basis", "law", "article")
    members = {name: getattr(one, name) for name in names}
    return {name: value for name, value in members.items() if value is not None}


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
