"""While rules are judged anew after an erasure, searches, chains and things answer as ever."""

import pytest

from tests.integration.api.conftest import ServedWorld
from tests.integration.api.test_api_health import samples
from tests.world import MZ

OTHERS = (
    "/api/v1/entries?q=type:use.recorded",
    f"/api/v1/chains/department/{MZ}?limit=50",
    "/api/v1/uses?limit=50",
)
JUDGED = ("/api/v1/findings", "/api/v1/obligations", f"/api/v1/departments/{MZ}/obligations")


@pytest.fixture
def replaying(fresh: ServedWorld) -> ServedWorld:
    fresh.log(3)
    fresh.ledger.parts.runner.forget([fresh.ledger.size() - 1])
    return fresh


@pytest.mark.parametrize("address", OTHERS)
def test_others_wait_for_nothing(replaying: ServedWorld, address: str) -> None:
    size = replaying.ledger.size()
    for asked in ("", f"&as_of={size}", f"&wait_for={size}"):
        answer = replaying.client.get(address + asked).json
        assert answer["as_of"] == answer["projected"] == size
        assert answer.get("entries", answer.get("things"))
    assert samples(replaying)["zelian_projection_lag_entries"] == size  # rules still wait


@pytest.mark.parametrize("address", JUDGED)
def test_what_is_judged_says_how_far(replaying: ServedWorld, address: str) -> None:
    answer = replaying.client.get(address).json
    assert answer["as_of"] == answer["projected"] == 0
    size = replaying.ledger.size()
    answer = replaying.client.get(f"{address}?as_of={size}").json
    assert answer["as_of"] == answer["projected"] == size


def test_metrics_tell_which_projection_is_behind(replaying: ServedWorld) -> None:
    def behind() -> dict[str, float]:
        start = "zelian_projection_entries_behind{'projection': '"
        found = samples(replaying).items()
        return {name[len(start) : -2]: value for name, value in found if name.startswith(start)}

    size = replaying.ledger.size()
    assert behind() == {"log_index": 0, "postings": 0, "supervision": size, "things": 0}
    replaying.ledger.catch_up()
    assert set(behind().values()) == {0}
