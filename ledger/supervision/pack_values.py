"""A rule pack, its parameters and an adjustment of law, as values read from data.

The data is that of ``rules.adopted`` and ``law.adjusted``, or of a built-in file of the
same members, which carries the texts of the articles that it cites besides.

Source: spec 9; decree 809, article 21.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ledger.events.wording import Wording
from ledger.sharing.machine import Body
from ledger.supervision.regions import covers

Stricter = Literal["less", "more", "same"]


@dataclass(frozen=True, slots=True)
class PackName:
    """Which pack said it; ``adopted_by`` is an entry index, None: built in, not adopted."""

    id: str
    version: str
    adopted_by: int | None

    @property
    def adopted(self) -> bool:
        return self.adopted_by is not None

    @property
    def members(self) -> Body:
        """The name as JSON."""
        return {"id": self.id, "version": self.version, "adopted_by": self.adopted_by}


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
