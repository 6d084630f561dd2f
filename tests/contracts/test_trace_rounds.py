"""A trace asks the databases round by round: as often for many shares as for one."""

import sqlalchemy as sa

from ledger.access.reader import Reader, sight_of
from ledger.access.sight import EVERYTHING, Sight
from ledger.impacts import item_impact
from ledger.responsibility.impact import Asked as AskedImpact
from ledger.service import Ledger
from ledger.traces import Asked, responsibility
from tests.sharing_story import told
from tests.world import GA, MZ, World

ONE, MANY = f"{MZ}/A-one", f"{MZ}/A-many"
SHARES = 6


def shares(world: World, act: str, numbers: range) -> list[bytes]:
    """Deliveries of items of their own, what the catalogue says of these, and uses for an act."""
    lines = []
    for number in numbers:
        item = {"item": f"{GA}/I-{number}"}
        sent = {**item, "delivery": f"{GA}/D-{number}"}
        lines += [
            told(world, "item.published", GA, item, provider=GA),
            told(world, "delivery.sent", GA, sent, consumer=MZ, content_sha256="a" * 64),
            told(world, "use.recorded", MZ, {**sent, "use": f"{MZ}/U-{number}", "act": act}),
        ]
    return lines


def asked_for(ledger: Ledger, act: str, sight: Sight, department: str | None) -> tuple[int, int]:
    """How many branches a trace has, and how many statements of SQL it took."""
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    engines = {ledger.parts.engine, ledger.parts.projection_engine}
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", counted)
    found = responsibility(ledger, sight, act, Asked(ledger.size(), department))
    for engine in engines:
        sa.event.remove(engine, "before_cursor_execute", counted)
    return len(found["branches"]), count


def test_many_shares_take_no_more_questions_than_one(world: World) -> None:
    world.post(shares(world, ONE, range(1)) + shares(world, MANY, range(1, 1 + SHARES)))
    ledger = world.ledger
    assert ledger is not None
    ledger.catch_up()
    own = sight_of(Reader(MZ, "department", None, ""), ledger.parts.judge.registry)
    for sight, department in ((EVERYTHING, None), (own, MZ)):
        one = asked_for(ledger, ONE, sight, department)
        many = asked_for(ledger, MANY, sight, department)
        assert (one[0], many[0]) == (1, SHARES)
        assert many[1] <= one[1]


def test_no_thread_holds_two_connections_to_a_database(world: World) -> None:
    """As many threads ask as there are connections: each that waits for a second waits for ever."""
    world.post(shares(world, MANY, range(SHARES)))
    ledger = world.ledger
    assert ledger is not None
    ledger.catch_up()
    own = sight_of(Reader(MZ, "department", None, ""), ledger.parts.judge.registry)
    ledger.parts.runner.close()
    held: list[int] = []
    for engine in {ledger.parts.engine, ledger.parts.projection_engine}:
        pool = engine.pool
        others = pool.checkedout()  # the ledger's own
        sa.event.listen(
            engine,
            "checkout",
            lambda *_, pool=pool, others=others: held.append(pool.checkedout() - others),
        )
    responsibility(ledger, own, MANY, Asked(ledger.size(), MZ, "D1"))
    item_impact(ledger, own, AskedImpact(f"{GA}/I-0"), ledger.size())
    assert set(held) == {1}
