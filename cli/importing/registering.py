"""Work out what the registry must know before an import: departments, keys, posts.

Each statement's id follows from what it registers, so that another run asks for the
same ones. Nothing is sent or signed here. Pure.

Source: spec 8, spec 9.1.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cli.failures import usage
from cli.importing.cases import Step
from cli.importing.declared import OFFICIAL, LogMapping
from cli.importing.events import KeyOf
from cli.importing.values import Rows
from crypto.canonical import write_canonical
from crypto.keys import PrivateKey
from ledger.opening import SERVICE_DEPARTMENT
from ledger.registrations import appointed, enrolled, registered
from ledger.registry.records import REGISTRAR
from ledger.registry.state import Registry

_DIGITS = 24  # of the hash in an id: 96 bits


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something that the registry must hold.

    Args:
        id: of the statement that would say so.
        kind: ``<noun>.<verb>`` of spec 9.1.
        subject: the chain that it is about.
        data: the type's own members.
        new_key: the key that is enrolled and signs too.
    """

    id: str
    kind: str
    subject: str
    data: dict[str, Any]
    new_key: PrivateKey | None = None

    def is_known(self, registry: Registry) -> bool:
        """Tell whether the registry holds it already, whoever said so."""
        if self.new_key is not None:
            return registry.key(self.new_key.key_id) is not None
        if self.kind == "official.appointed":
            return registry.appointment(self.data["appointment"]) is not None
        return registry.department(self.data["department"]) is not None


def wanted_of(
    steps: Sequence[Step], rows: Rows, mapping: LogMapping, key_of: KeyOf
) -> list[Wanted]:
    """Return what must be registered for *steps*: departments, their keys, then posts.

    Raises:
        Failure: a department of the source would be one of the ledger's own.
    """
    departments = dict.fromkeys(step.row.text("department") for step in steps)
    for own in (REGISTRAR, SERVICE_DEPARTMENT):
        if own in departments:
            raise usage(
                f"department {own} is the ledger's own: give the source's value another id in "
                "fields.department.values",
                f"部门 {own} 属于账本自身：请在 fields.department.values 中另给标识",
            )
    return [
        *(_department(department, rows, mapping) for department in departments),
        *(_key(department, mapping, key_of(department)) for department in departments),
        *_appointments(steps, mapping),
    ]


def statement_id(name: str, *parts: str) -> str:
    """Return the id of the statement about *parts*: at most 64 characters, always the same."""
    digest = hashlib.sha256(write_canonical([name, *parts])).hexdigest()
    return f"import-{name}-{digest[:_DIGITS]}"


def _department(department: str, rows: Rows, mapping: LogMapping) -> Wanted:
    naming = mapping.departments.naming(department)
    # What opens a case may be said by a department that the mapping names and no row does.
    values = {"id": department, "source": rows.sources["department"].get(department, department)}
    name_en = None if naming.en is None else str(naming.en.fill(values))
    return Wanted(
        statement_id(mapping.name, "department", department),
        *registered(department, naming.kind, str(naming.zh.fill(values)), name_en),
    )


def _key(department: str, mapping: LogMapping, key: PrivateKey) -> Wanted:
    return Wanted(
        statement_id(mapping.name, "key", department, key.key_id),
        *enrolled(key.public, department),
        new_key=key,
    )


def _appointments(steps: Sequence[Step], mapping: LogMapping) -> Iterator[Wanted]:
    """Yield one post for each official in each department, from the day of the first event."""
    if mapping.posts is None:
        return
    first: dict[tuple[str, str], str] = {}
    for step in steps:
        official = step.row.values.get(OFFICIAL)
        if official is not None:
            first.setdefault((step.row.text("department"), str(official)), step.row.text("time"))
    for (department, official), time in first.items():
        id_ = statement_id(mapping.name, "post", department, official)
        yield Wanted(
            id_,
            *appointed(
                official,
                department,
                id_,
                mapping.posts.post,
                mapping.posts.tiers,
                f"{time[:10]}T00:00:00.000Z",
            ),
        )
