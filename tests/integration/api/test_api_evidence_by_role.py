"""Bundles by every role: no statement leaves in one that the role may not read.

What a role may read is taken from the hand-written tables; the sight is not asked.
"""

from urllib.parse import quote

import pytest

from crypto.archive import read_archive
from ledger.evidence.bundle_reader import read_contents, read_manifest
from tests.integration.api import test_api_roles as roles
from tests.integration.api.test_api_roles import ROLES, ROUTES, Served

served = roles.served


def stated(raw: bytes) -> set[int]:
    members = read_archive(raw)
    contents = read_contents(members, read_manifest(members))
    return {entry.index for entry in contents.entries if entry.statement is not None}


@pytest.mark.parametrize("role", ROLES)
def test_a_bundle_holds_what_the_role_may_read(served: Served, role: str) -> None:
    asker = served.askers[role]
    if ROUTES["GET /api/v1/evidence"][role] == "none":
        assert asker.ask("/api/v1/evidence?entry=0")[0] == (401 if role == "public" else 403)
        return
    seen = served.seen(role)
    assert seen
    for index in sorted({*range(0, served.size, 9), *sorted(seen)[-8:]}):
        status, raw = asker.ask(f"/api/v1/evidence?entry={index}&as_of={served.size}")
        assert (status == 200) == (index in seen), (role, index, raw)
        if status == 200:
            assert index in stated(raw) <= seen
    chains = {event["subject"] for event in served.events.values()}
    for name in sorted(chains)[:12]:
        status, raw = asker.ask(f"/api/v1/evidence?chain={quote(name)}&as_of={served.size}")
        assert status in (200, 404)
        assert status == 404 or stated(raw) <= seen
