"""A lying server: nothing that it can do to a bundle is told as verified."""

from ledger.evidence_maker import Made
from tests.integration.evidence.conftest import Case
from tests.integration.evidence.lies import Lie, lies, table

REVOKED = "zelian.key.revoked.v1"


def test_no_lie_is_verified(case: Case, made: Made) -> None:
    assert case.verify(made.raw).verdict == "verified"
    revocation = next(
        one.index for one in made.shown if one.event is not None and one.event["type"] == REVOKED
    )
    found: list[tuple[Lie, str]] = []
    for lie in lies(made.raw, revocation):
        found.append((lie, case.verify(lie.raw).verdict))
    print("\n".join(["", f"{'done to the bundle':58} {'naively':28} made to fit", *table(found)]))
    assert len(found) > 300
    believed = {(lie.what, lie.fitted) for lie, verdict in found if verdict == "verified"}
    assert believed == set()
    assert {verdict for _, verdict in found} == {"failed", "untrusted", "incomplete"}
