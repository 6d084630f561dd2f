"""Findings by every role: those of statements that it may read, its own at once, others' later.

What a role may read is taken from the hand-written tables; the sight in SQL is not asked.
"""

from typing import Any

import pytest

from crypto.notation import format_time
from ledger.access.sight import EVERYTHING
from ledger.findings_view import Asked
from tests.integration.api import test_api_roles as roles
from tests.integration.api import test_api_things_by_role as with_things
from tests.integration.api.test_api_roles import ROLES, ROUTES, Served

served = roles.served
shared = with_things.shared  # a share, with a stranger's word in it

LATER = "2099-01-01T00:00:00.000Z"


def everything(served: Served, at: str) -> list[dict[str, Any]]:
    """Every finding there is, as the holder of the home sees it."""
    ledger = served.town.world.ledger
    ledger.catch_up()
    asked = Asked(served.size, at, None)
    return [members for _, members in ledger.findings.listed(EVERYTHING, asked, None, 1_000)]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_shown_findings_of_what_it_may_read(
    served: Served, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker = served.askers[role]
    if ROUTES["GET /api/v1/findings"][role] == "none":
        assert asker.ask("/api/v1/findings")[0] == (401 if role == "public" else 403)
        return
    seen, own = served.as_party(role), served.town.department_of(role)
    now = format_time(served.town.world.clock())
    for at, clock in ((now, now), (LATER, now), (LATER, LATER)):
        shares = served.town.world.ledger.shares
        monkeypatch.setattr(shares, "now", lambda clock=clock: clock)
        over = min(at, clock)  # no T that lies ahead ends anybody's time to explain
        found = everything(served, at)
        assert len({one["department"] for one in found}) > 1
        expected = {
            one["ref"]
            for one in found
            if one["entry"] in seen and (one["department"] == own or one["visible"] <= over)
        }
        query = f"as_of={served.size}&at={at}&limit=1000"
        status, page = asker.ask(f"/api/v1/findings?{query}")
        assert status == 200, page
        assert {one["ref"] for one in page["findings"]} == expected, (role, at, clock)
        for one in found[:40]:
            status, _ = asker.ask(
                f"/api/v1/findings/{one['ref']}?as_of={served.size}&at={at}"
            )  # fmt: skip
            assert status == (200 if one["ref"] in expected else 404), (role, one["ref"])
