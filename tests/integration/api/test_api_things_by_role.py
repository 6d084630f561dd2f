"""Every list and every thing by every role: what is shown follows from what the role may read.

What is expected is folded here from the statements that the hand-written tables open to a
role, one after another; the tables of things, and what they leave out, are not asked.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from crypto.notation import format_time
from ledger.access.speak import role_of
from ledger.settings import Settings
from ledger.shares_views import PLURALS
from ledger.sharing.machine import Said, fold
from ledger.sharing.touched import MACHINES, touched
from tests.integration.api import test_api_roles as roles
from tests.integration.api.test_api_roles import ROLES, ROUTES, Served
from tests.sharing_story import SHARE, share, told
from tests.world import GA, MZ

served = roles.served  # with the share of the story in it, by the fixture below


@pytest.fixture(scope="module", autouse=True)
def shared() -> Iterator[None]:
    """Have the town's ledger hold a share, too, between departments that stand in the area."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(roles, "Town", _with_a_share)
        yield


def _with_a_share(settings: Settings) -> Any:
    town = _town(settings)
    world = town.world
    for department, official, key in ((GA, "li", world.li), (MZ, "zhang", world.zhang)):
        data = {"department": department, "kind": "gov", "level": "county", "region": "530102"}
        data |= {"name": {"zh": "云岭省某局"}}
        name = f"department/{department}"
        world.submit(world.registry("department.registered", name, data), world.registrar)
        world.appoint(department, official)
        world.enrol(department, key, official)
    for line in [*share(world), told(world, "assessment.recorded", GA, SHARE | _PAPER)]:
        world.ledger.submit(line)
    return town


CATALOGUE = {"item.published", "item.amended", "item.withdrawn", "item.reviewed"}
_PAPER = {"assessment": f"{GA}/AS-1"}
_town = roles.Town


def _expected(served: Served, role: str) -> dict[tuple[str, str], tuple[Any, list[Any]]]:
    """Fold what the role may read, and keep what it opens."""
    said: dict[tuple[str, str], list[Said]] = {}
    ledger = served.town.world.ledger
    seen = served.seen(role)
    own = served.as_party(role)
    opened = {
        ref: index
        for index in sorted(seen, reverse=True)
        for kind, ref in touched(served.events[index])
        if kind == "item" and served.events[index]["type"] == "zelian.item.published.v1"
    }
    for index in sorted(seen):
        entry = ledger.entry(index)
        event = served.events[index]
        source = event["source"].removeprefix("/departments/")
        role_then = role_of(source, ledger.parts.judge.registry, index)
        recorded_at = json.loads(entry.header)["recorded_at"]
        digest, alone = served.digests[index], frozenset({source})
        one = Said(index, recorded_at, event, digest, role_then, "signed", alone)
        for thing in touched(event):
            # An item that a role sees in the catalogue alone is what the catalogue has of it.
            known = thing[0] != "item" or opened.get(thing[1], index) in own
            if known or one.type in CATALOGUE:
                said.setdefault(thing, []).append(one)
    folded = {thing: fold(MACHINES[thing[0]], thing[1], said[thing]) for thing in said}
    return {thing: found for thing, found in folded.items() if found[0]["opened"] is not None}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_shown_what_it_may_read_folded_and_nothing_else(
    served: Served, role: str
) -> None:
    asker, walked = served.askers[role], 0
    if ROUTES["GET /api/v1/grants"][role] == "none":
        assert asker.ask("/api/v1/grants")[0] == (401 if role == "public" else 403)
        return
    expected, at = _expected(served, role), format_time(served.town.world.clock())
    everything = {thing for event in served.events.values() for thing in touched(event)}
    asked = f"as_of={served.size}&at={at}&limit=1000"
    for plural, kind in PLURALS.items():
        status, page = asker.ask(f"/api/v1/{plural}?{asked}")
        assert status == 200, page
        named = {ref for known, ref in expected if known == kind}
        assert {one["ref"] for one in page["things"]} == named, (role, plural)
        for ref in {ref for known, ref in everything if known == kind}:
            status, shown = asker.ask(f"/api/v1/{plural}/{ref}?{asked}")
            assert status == (200 if ref in named else 404), (role, plural, ref)
            if ref in named:
                body, steps = expected[kind, ref]
                given = [
                    (one["index"], one["fits"], one.get("state", "")) for one in shown["history"]
                ]
                assert given == [(one.index, one.fits, one.state) for one in steps]
                assert shown["thing"]["last"] == body["last"]
                assert shown["thing"]["unfit"] == body["unfit"]
            walked += 1
    print(f"{role}: {walked} things asked for, {len(expected)} of {len(everything)} there")


def test_the_roles_differ(served: Served) -> None:
    """Else the walk above would show nothing."""
    found = {role: frozenset(_expected(served, role)) for role in ROLES}
    assert found["supervisory"] > found["sharing_authority"] | found["npc"]
    assert found["sharing_authority"] - found["department"] > frozenset()
    assert ("grant", SHARE["grant"]) in found["sharing_authority"]
