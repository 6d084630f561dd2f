"""A bundle whose statements cite another ledger: what a policy bore out, and no more."""

from collections.abc import Iterator

import pytest

from ledger.evidence.question import Question
from ledger.verification.bundle_check import bundle_report
from tests.citing import FOREIGN, Foreign, citing
from tests.integration.evidence.conftest import ACT, Case, begin


@pytest.fixture(name="cited", scope="module")
def _cited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """One citation before the other ledger was registered, and one after it."""
    case = begin(tmp_path_factory.mktemp("citing") / "home")
    world = case.world
    world.submit(citing(world.use(50, act="A-50"), Foreign().cite()), world.zhang)
    registering = {"origin": FOREIGN, "policy": Foreign().policy(witnessed=True)}
    world.submit(
        world.registry("peer.registered", "department/registrar", registering), world.registrar
    )
    world.submit(citing(world.use(51, act="A-51"), Foreign().cite(witnessed=True)), world.zhang)
    case.ledger.catch_up()
    yield case
    world.close()


def test_what_a_registered_policy_bore_out_is_verified_again(cited: Case) -> None:
    report = cited.verify(cited.make(Question("act", "MZ/A-51")).raw)
    check = report.check("citations")
    assert (check.verdict, check.done) == ("verified", check.of)
    assert check.of >= 1


def test_what_no_policy_judged_is_not_checked_and_never_verified(cited: Case) -> None:
    report = cited.verify(cited.make(Question("act", "MZ/A-50")).raw)
    check = report.check("citations")
    assert check.verdict == "not_checked"
    assert [one.verdict for one in check.findings] == ["not_checked"]
    assert FOREIGN in check.findings[0].en
    assert FOREIGN in check.findings[0].zh
    assert report.verdict == "not_checked"


def test_without_a_pinned_entry_0_no_policy_counts(cited: Case) -> None:
    raw = cited.make(Question("act", "MZ/A-51")).raw
    assert bundle_report(raw, cited.policy, None).check("citations").verdict == "not_checked"


def test_a_bundle_that_cites_nothing_has_nothing_to_check(cited: Case) -> None:
    check = cited.verify(cited.make(ACT).raw).check("citations")
    assert (check.verdict, check.of) == ("verified", 0)
