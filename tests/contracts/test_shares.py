"""Things in a sight, on every store: what is seen of them, at which size, at which time."""

from typing import Any

import pytest

from ledger.access.sight import EVERYTHING, NOTHING, Sight
from ledger.errors import NotFound
from ledger.shares_views import VIEWS, departments_in
from ledger.shown import Asked, Shown
from tests.contracts.test_things import renaming
from tests.sharing_story import DELIVERY, GRANT, ITEM, SHARE, USE, share, told
from tests.world import GA, MZ, World

OF_MZ, OF_GA = Sight(frozenset({f"reader/{MZ}"})), Sight(frozenset({f"reader/{GA}"}))
BUT_FEEDBACK = Sight(frozenset({f"reader/{GA}"}), frozenset({"type/feedback.effect"}))
NOW = "2026-11-02T00:00:00.000Z"


@pytest.fixture
def told_world(world: World) -> World:
    for line in [*share(world), told(world, "assessment.recorded", GA, SHARE | _PAPER)]:
        world.ledger.submit(line)
    world.ledger.catch_up()
    return world


_PAPER = {"assessment": f"{GA}/AS-1"}


def one(world: World, sight: Sight, kind: str, ref: str, **asked: Any) -> Shown:
    as_of = asked.get("as_of", world.ledger.size())
    return world.ledger.shares.one(sight, kind, ref, as_of, asked.get("at", NOW))


def listed(world: World, sight: Sight, kind: str, **asked: Any) -> list[str]:
    wanted = Asked(kind, world.ledger.size(), NOW, **asked)
    return [shown.ref for shown in world.ledger.shares.listed(sight, wanted, None, 10)]


def test_each_sees_what_its_own_statements_make_of_it(told_world: World) -> None:
    whole = one(told_world, EVERYTHING, "grant", GRANT)
    assert whole.steps is None
    assert whole.body["papers"]["assessment"] is not None
    assert one(told_world, OF_GA, "grant", GRANT) == whole
    own = one(told_world, OF_MZ, "grant", GRANT)
    assert own.body["papers"]["assessment"] is None
    assert len(own.steps) == len(whole_steps(told_world, whole)) - 1
    without = one(told_world, BUT_FEEDBACK, "use", USE)
    assert without.state == "feedback_due"
    assert listed(told_world, BUT_FEEDBACK, "use", stored=("bound",)) == [USE]
    assert listed(told_world, OF_GA, "use", stored=("bound",)) == []
    assert one(told_world, OF_GA, "use", USE).state == "feedback_given"
    for sight in (NOTHING, Sight(frozenset({"reader/nobody"}))):
        with pytest.raises(NotFound):
            one(told_world, sight, "grant", GRANT)


def whole_steps(world: World, shown: Shown) -> list[Any]:
    return world.ledger.shares.steps(shown, world.ledger.size(), 0, 100)


def test_lists_are_of_what_is_seen(told_world: World) -> None:
    assert listed(told_world, EVERYTHING, "grant") == [GRANT]
    assert listed(told_world, OF_MZ, "grant", state="suspended", department=MZ) == [GRANT]
    assert listed(told_world, OF_MZ, "item") == []  # it is no party to the catalogue
    assert listed(told_world, OF_GA, "item", never_shared=True) == []
    assert listed(told_world, NOTHING, "grant") == []
    assert listed(told_world, OF_GA, "delivery", item=ITEM, stored=("received",)) == [DELIVERY]


def test_islands_are_those_with_whom_nothing_is_seen_exchanged(told_world: World) -> None:
    size, ledger = told_world.ledger.size(), told_world.ledger
    assert not {GA, MZ} & set(ledger.shares.islands(OF_MZ, size))
    assert {GA, MZ} <= set(ledger.shares.islands(NOTHING, size))
    duties = dict(departments_in(ledger, "no_sharing_duty", EVERYTHING, size, NOW))
    assert duties[GA] == duties[MZ] == "no_duty"
    assert VIEWS["islands"].kind is None


def test_who_answers_today_is_told_where_it_is_somebody_else(told_world: World) -> None:
    shown = one(told_world, EVERYTHING, "grant", GRANT)
    assert shown.answering == {}
    told_world.submit(renaming(told_world, GA, MZ), told_world.registrar)
    told_world.ledger.catch_up()
    shown = one(told_world, EVERYTHING, "grant", GRANT)
    assert shown.answering[GA].department == MZ
    assert MZ not in shown.answering
    before = one(told_world, EVERYTHING, "grant", GRANT, at="2026-01-01T00:00:00.000Z")
    assert before.answering == {}
    assert one(told_world, BUT_FEEDBACK, "grant", GRANT).answering.keys() <= {GA}
