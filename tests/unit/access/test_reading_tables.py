"""Who reads what, and what each address gives, against the tables that came before the code."""

from unittest.mock import Mock

from flask import Flask

from api.application import build_app
from api.guard import named
from cli.roles import gets, says, sees
from ledger.access.reader import PUBLIC, READERS, TERMS
from ledger.access.rights import NOBODY, right_to
from ledger.events.speakers import ROLES
from tests.roles.table import read_routes, read_sights, read_statements


def test_the_readers_are_the_roles_and_the_public() -> None:
    roles, _ = read_statements()
    assert set(READERS) == {PUBLIC, *roles} == {PUBLIC, *ROLES}
    assert set(read_sights()) == set(READERS)


def test_each_role_has_the_sight_of_the_table() -> None:
    assert {role: tuple(words) for role, words in sees().items()} == read_sights()
    assert {word for words in sees().values() for word in words} == set(TERMS)


def test_each_address_gives_each_role_what_the_table_says() -> None:
    assert gets() == {
        route: {role: words[role] for role in READERS} for route, words in read_routes().items()
    }


def test_the_printed_matrix_of_types_is_the_table() -> None:
    _, said = read_statements()
    found = {name: {role for role, may in row.items() if may} for name, row in says().items()}
    assert found == {name: set(one.speakers) for name, one in said.items()}


def routes_of(app: Flask) -> set[str]:
    return {
        f"{method} {named(rule.rule)}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_address_of_the_application_is_in_the_table() -> None:
    """One that is not would answer nobody."""
    routes = routes_of(build_app(Mock(opened_at=0)))
    assert routes - set(read_routes()) == set()
    assert right_to("GET /no/such") == NOBODY
