"""A ledger with something of everything that a bundle shows, and bundles of it, made once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crypto.policy import Policy, parse_policy
from crypto.statement import sign_statement
from ledger.access.sight import EVERYTHING
from ledger.evidence.question import Question
from ledger.evidence_maker import Made, make_evidence
from ledger.service import Ledger
from ledger.settings import Settings
from ledger.verification.bundle_check import bundle_report
from ledger.verification.report import Report
from tests.erasures import remove
from tests.world import MZ, World, seed

ACT = Question("act", f"{MZ}/A-1")
LOST = seed(61)  # a key of zhang's that was revoked


@dataclass
class Case:
    """An open ledger, and what a verifier knows of it."""

    world: World
    policy: Policy
    identity: bytes

    @property
    def ledger(self) -> Ledger:
        assert self.world.ledger is not None
        return self.world.ledger

    def make(self, question: Question = ACT, as_of: int | None = None) -> Made:
        return make_evidence(self.ledger, EVERYTHING, question, as_of, MZ)

    def verify(self, raw: bytes) -> Report:
        return bundle_report(raw, self.policy, self.identity)


def begin(home: Path) -> Case:
    """Five entries on one act: signed, attested, one erased by order; and more after it."""
    world = World(Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1)).begin()
    ledger = world.ledger
    assert ledger is not None
    world.enrol(MZ, LOST, "zhang")
    ledger.submit(world.revocation(MZ, LOST, "zhang"))
    world.submit(world.use(0), world.zhang)
    erased = sign_statement(world.use(1), [world.zhang])
    ledger.submit(erased)
    attested = world.use(2)
    del attested["tier"]
    world.submit(attested, world.mz_system)
    remove(world, erased)
    world.submit(world.delivery(1), world.li)
    world.submit(world.use(3), world.zhang)
    for number in range(3):
        world.submit(world.delivery(number + 2), world.li)
    ledger.catch_up()
    policy = parse_policy((home / "trust-policy").read_bytes())
    return Case(world, policy, bytes.fromhex(ledger.identity))


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    made = begin(tmp_path_factory.mktemp("evidence") / "home")
    yield made
    made.world.close()


@pytest.fixture(scope="module")
def made(case: Case) -> Made:
    """The bundle about the act."""
    return case.make()
