"""Build and sign the statement of each event, one case after another's state in mind.

The same rows, mapping, origin and keys give the same bytes: ids and times come from
the source, Ed25519 signs without chance, and a parent is named by the digest of its
bytes. A system key signs, so the department says it and the official is *attested*,
without ``tier``.

Source: spec 1 (events), spec 8 (who speaks).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cli.importing.cases import Step
from cli.importing.declared import OFFICIAL, Activity, Last, LogMapping
from cli.importing.templates import Value, fill_members
from crypto.keys import PrivateKey
from crypto.statement import sign_statement

KeyOf = Callable[[str], PrivateKey]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement that is ready to be sent, and the line from which it came."""

    line: int
    id: str
    type: str
    family: str
    envelope: bytes
    digest: bytes
    event: Mapping[str, Any]


@dataclass(slots=True)
class _Case:
    """The newest event of each activity and family: its place in the case, its digest."""

    length: int = 0
    activities: dict[str, tuple[int, str]] = field(default_factory=dict)
    families: dict[str, tuple[int, str]] = field(default_factory=dict)

    def last(self, rules: Iterable[Last]) -> list[str]:
        """Return the parent that the first rule finds which finds one."""
        for rule in rules:
            found = [self.activities[name] for name in rule.activities if name in self.activities]
            found += [self.families[name] for name in rule.families if name in self.families]
            if found:
                return [max(found)[1]]
        return []

    def add(self, activity: Activity, digest: str) -> None:
        place = (self.length, digest)
        self.length += 1
        self.activities[activity.label] = self.families[activity.rule.family] = place


def prepare(
    steps: Iterable[Step], mapping: LogMapping, origin: str, key_of: KeyOf
) -> Iterator[Prepared]:
    """Yield the statements of *steps*, which are in order and hold whole beginnings of cases.

    Args:
        key_of: gives the system key of a department.
    """
    cases: dict[str, _Case] = {}
    for step in steps:
        activity = mapping.activities[step.row.text("activity")]
        case = cases.setdefault(step.row.text("case"), _Case())
        event = build_event(step, activity, mapping, origin, case.last(activity.rule.parents))
        envelope = sign_statement(event, [key_of(step.row.text("department"))])
        digest = hashlib.sha256(envelope).digest()
        case.add(activity, digest.hex())
        rule = activity.rule
        yield Prepared(
            step.row.line, event["id"], rule.kind.name, rule.family, envelope, digest, event
        )


def build_event(
    step: Step, activity: Activity, mapping: LogMapping, origin: str, parents: list[str]
) -> dict[str, Any]:
    """Return the event of one step, without its signers."""
    rule, values = activity.rule, _values(step, activity, mapping)
    event: dict[str, Any] = {
        "data": {
            **fill_members(rule.data, values),
            "parents": parents,
            "refs": fill_members(rule.refs, values),
        },
        "datacontenttype": "application/json",
        "id": step.row.text("event"),
        "ledger": origin,
        "source": f"/departments/{step.row.text('department')}",
        "specversion": "1.0",
        "subject": str(rule.subject.fill(values) or ""),
        "time": step.row.text("time"),
        "type": rule.kind.name,
    }
    official = step.row.values.get(OFFICIAL)
    return event if official is None else {**event, "official": official}


def _values(step: Step, activity: Activity, mapping: LogMapping) -> dict[str, Value]:
    values: dict[str, Value] = {**mapping.constants, **step.row.values, "code": activity.code}
    if step.following is not None:
        values |= {f"next.{name}": value for name, value in step.following.values.items()}
    return values
