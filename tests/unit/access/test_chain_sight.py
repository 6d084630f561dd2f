"""Who may ask for a chain, from its name alone."""

import pytest

from ledger.access.chain_sight import opens_chain
from ledger.access.sight import EVERYTHING, NOTHING, Sight
from tests.unit.registry.story import Story

NAMES = ("act/A/1", "grant/A/1", "item/A/1", "department/A", "official/li")


@pytest.fixture(scope="module")
def story() -> Story:
    made = Story()
    for department in ("A", "B"):
        made.register(department)
    made.appoint("app-1", "li", "A", ["handler"])
    made.appoint("app-2", "wang", "A", ["handler"])
    made.appoint("app-3", "wang", "B", ["handler"])
    return made


def opened(story: Story, name: str, *terms: str) -> bool:
    registry = story.registry
    return opens_chain(Sight(frozenset(terms)), name, registry, registry.size)


@pytest.mark.parametrize("name", NAMES)
def test_the_owner_opens_it_and_an_area_or_another_do_not(story: Story, name: str) -> None:
    assert opened(story, name, "reader/A")
    for term in ("reader/B", "area/530000", "reader/*", "type/use.recorded"):
        assert not opened(story, name, term)


def test_a_scope_over_a_thing_opens_its_chain_alone(story: Story) -> None:
    assert opened(story, "item/A/1", "item/A/1")
    assert not opened(story, "item/A/2", "item/A/1")
    assert not opened(story, "department/A", "department/A")


def test_an_official_is_opened_by_all_his_departments(story: Story) -> None:
    assert not opened(story, "official/wang", "reader/A")
    assert opened(story, "official/wang", "reader/A", "reader/B")
    assert not opened(story, "official/nobody", "reader/A")
    earlier = story.registry.appointment("app-3").appointed_at
    assert opens_chain(Sight(frozenset({"reader/A"})), "official/wang", story.registry, earlier)


def test_everything_nothing_and_the_registry(story: Story) -> None:
    registry = story.registry
    for name in (*NAMES, "registry/A", "official/nobody"):
        assert opens_chain(EVERYTHING, name, registry, registry.size)
        assert not opens_chain(NOTHING, name, registry, registry.size)
    assert opened(story, "registry/A", "reader/*")
