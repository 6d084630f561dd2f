"""F39 on a real municipality's log, one opening a case with its deadline: before the rest or after.

The data are by J.C.A.M. Buijs (2014), doi 10.4121/uuid:a07386a5-7be3-4367-9535-70bc9e77dbe6,
and are not shipped.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest

from cli.importing.cases import in_order
from cli.importing.events import Prepared, prepare
from cli.importing.mapping import read_mapping
from cli.importing.rows import read_source
from cli.importing.values import read_rows
from ledger.access.terms import source_of
from ledger.builtin_packs import built_in
from ledger.registry.state import Registry
from ledger.sharing.machine import Body, Said
from ledger.supervision.fixture import Kept
from ledger.supervision.rules import BY_ID
from ledger.supervision.supervisor import Supervisor
from tests.world import seed

PROJECT = Path(__file__).parents[3]
LOG = PROJECT.parent / "shared" / "data" / "receipt.csv.gz"
EXAMPLES = PROJECT / "examples"
RECORDED = "2026-07-01T00:00:00.000Z"

pytestmark = pytest.mark.skipif(
    not LOG.exists(), reason="the municipality's log is not shipped: put it at ../shared/data"
)


@pytest.fixture(scope="module")
def log() -> list[Prepared]:
    name = "receipt-deadlines.toml"
    mapping = read_mapping(
        (EXAMPLES / name).read_bytes(), name, lambda other: (EXAMPLES / other).read_bytes()
    )
    steps = in_order(read_rows(read_source(LOG), mapping).events, mapping)
    return list(prepare(steps, mapping, "test.example/log", lambda _: seed(1)))


def found(log: Iterable[Prepared]) -> tuple[list[Body], Kept]:
    """What F39 finds in statements that are recorded one after the other."""
    store, registry = Kept(), Registry()
    raised: list[Body] = []
    supervisor = Supervisor(store, [BY_ID["F39"]], built_in())
    for index, one in enumerate(log):
        source = source_of(one.event)
        said = Said(
            index, RECORDED, one.event, f"{index:064x}", "department", "attested",
            frozenset({source}),
        )  # fmt: skip
        registry.advance(index + 1)
        raised += supervisor.take(said, registry).raised
    return raised, store


def late(raised: Iterable[Body]) -> list[tuple[str, ...]]:
    """Which statements are found, whatever entries raised the findings."""
    facts = [(one["department"], *(one["facts"][name] for name in ("act", "due", "at")))
             for one in raised]  # fmt: skip
    return sorted(facts)


def test_what_came_too_late_is_found_whenever_the_openings_were_recorded(
    log: list[Prepared],
) -> None:
    opened = [one for one in log if one.family == "act"]
    events = [one for one in log if one.family != "act"]
    before, _ = found([*opened, *events])
    after, store = found([*events, *opened])
    assert (len(opened), len(before), len(after)) == (1434, 380, 380)
    assert late(after) == late(before)
    assert len({one["ref"] for one in after}) == 380
    assert not any("earlier" in body.get("notes", ()) for body in store.values())
    for one in after:
        [entry] = one["entries"]
        assert entry < len(events) <= one["entry"]
