"""Every type and every role, against the table that was written by hand before the code."""

import pytest

from ledger.events.speakers import ROLE_OF_KIND, ROLES
from ledger.events.types import EVENT_TYPES
from tests.roles.table import read_statements

ROLE_KINDS, SAID = read_statements()


def test_the_roles_are_those_of_the_table() -> None:
    assert set(ROLES) == set(ROLE_KINDS)
    kinds = {kind: role for role, found in ROLE_KINDS.items() for kind in found}
    assert dict(ROLE_OF_KIND) == kinds


@pytest.mark.parametrize("name", sorted(EVENT_TYPES))
def test_a_type_is_said_by_the_roles_of_the_table(name: str) -> None:
    kind = EVENT_TYPES[name]
    assert {role for role in ROLES if role in kind.speakers} == SAID[name].speakers
    assert (kind.voice, kind.by_author) == (SAID[name].voice, SAID[name].by_author)
    assert kind.serves == SAID[name].serves


def test_the_table_lists_every_type_and_no_other() -> None:
    assert set(EVENT_TYPES) == set(SAID)
