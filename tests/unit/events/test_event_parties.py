"""Whoever a type names beside its refs is either a party that may read it, or only mentioned."""

from collections.abc import Iterator

import pytest

from ledger.events.fields import DepartmentId, Kind, ListOf, Object, Ref
from ledger.events.types import EVENT_TYPES

# Whose owners and whom these name may read without being declared (EventType.parties).
READERS_ANYWAY = {"refs", "on_behalf_of"}


def naming(kind: Kind, path: tuple[str, ...] = ()) -> Iterator[str]:
    """The dotted paths of all members that hold a department id or a ref."""
    if isinstance(kind, DepartmentId | Ref):
        yield ".".join(path)
    elif isinstance(kind, ListOf):
        yield from naming(kind.item, path)
    elif isinstance(kind, Object):
        for name, member in kind.members.items():
            yield from naming(member, (*path, name))


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_each_member_that_names_a_department_is_a_party_or_a_mention(name: str) -> None:
    kind = EVENT_TYPES[name]
    found = [path for path in naming(kind.data) if path.split(".")[0] not in READERS_ANYWAY]
    assert sorted(kind.parties + kind.mentions) == sorted(found)


def test_the_first_types_give_rights_to_the_other_side() -> None:
    assert EVENT_TYPES["zelian.delivery.sent.v1"].parties == ("consumer",)
    assert EVENT_TYPES["zelian.delivery.received.v1"].parties == ("provider",)
    effect = EVENT_TYPES["zelian.feedback.effect.v1"]
    assert (effect.parties, effect.mentions) == (("contributions.item",), ("contributions.use",))
    assert EVENT_TYPES["zelian.statement.erased.v1"].mentions == ("decided_by",)
