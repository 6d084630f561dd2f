"""Chain names, salts and ids."""

import pytest

from crypto.chain import REGISTRY_TYPES, chain_id, chain_names, commitment, salt_of

SECRET = bytes(range(32))


def an_event(kind="zelian.use.recorded.v1", refs=None, official=None, **data):
    event = {"source": "/departments/d:1", "type": kind, "data": {"refs": refs or {}, **data}}
    return event if official is None else {**event, "official": official}


def test_a_system_speaks_on_its_departments_chain_alone():
    assert chain_names(an_event()) == ("department/d:1",)


def test_only_act_grant_and_item_are_chains_of_refs():
    refs = {
        name: f"own/{name}-1"
        for name in ["item", "grant", "act", "matter", "request", "agreement", "delivery", "use",
                     "feedback", "correction", "disposal", "dispute", "incident", "complaint",
                     "assessment", "inquiry", "finding", "determination"]
    }  # fmt: skip
    assert chain_names(an_event(refs=refs, official="li")) == (
        "act/own/act-1",
        "department/d:1",
        "grant/own/grant-1",
        "item/own/item-1",
        "official/li",
    )


@pytest.mark.parametrize("kind", sorted(REGISTRY_TYPES))
@pytest.mark.parametrize("who", ["appointee", "holder"])
def test_registry_events_join_what_they_name(kind, who):
    names = chain_names(an_event(kind, department="x", **{who: "li"}))
    assert names == ("department/d:1", "department/x", "official/li", "registry/x")


def test_an_event_that_names_its_own_department_joins_it_once():
    names = chain_names(an_event("zelian.key.revoked.v1", department="d:1"))
    assert names == ("department/d:1", "registry/d:1")


def test_entry_0_names_nobody():
    assert chain_names(an_event("zelian.ledger.opened.v1")) == ("department/d:1",)


@pytest.mark.parametrize("kind", ["zelian.use.recorded.v1", "zelian.key.enrolled.v2", "", "x"])
def test_no_other_type_joins_the_registry(kind):
    names = chain_names(an_event(kind, department="x", appointee="a", holder="b"))
    assert names == ("department/d:1",)


def test_the_six_registry_types():
    assert len(REGISTRY_TYPES) == 7
    assert all(kind.startswith("zelian.") and kind.endswith(".v1") for kind in REGISTRY_TYPES)


def test_sizes_and_that_everything_counts():
    salt = salt_of(SECRET, "act/a/1")
    assert len(salt) == 16
    assert len(chain_id(salt, "act/a/1")) == 32
    assert len(commitment(SECRET)) == 64
    assert salt_of(SECRET, "act/a/2") != salt != salt_of(SECRET[::-1], "act/a/1")
    assert chain_id(salt, "act/a/2") != chain_id(salt, "act/a/1") != chain_id(salt[::-1], "act/a/1")
    assert commitment(SECRET) != commitment(SECRET[::-1])
