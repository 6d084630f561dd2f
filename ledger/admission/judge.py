"""The sequencer's judge: one registry, folded in order, asked at an index.

Several threads may catch up at once; whoever comes second skips what is folded
already. Source: spec 6 and 8.
"""

import threading
from typing import cast

from crypto.chain import REGISTRY_TYPES
from crypto.statement import read_statement
from ledger.access.speak import SourceOf, Speaking, check_times, speaking_of
from ledger.admission.checks import Examined, doubtful, judge
from ledger.errors import Refused
from ledger.log.candidate import Candidate
from ledger.registry.state import Registry

REMEMBERED = 2_000  # ways of speaking; recorded_at is one of their parts, so they age


class RegistryJudge:
    """Answers for candidates whose evidence is an ``Examined``.

    Args:
        registry: folded here and nowhere else.
        source_of: who spoke the target of a withholding or an erasure.
    """

    def __init__(self, registry: Registry, source_of: SourceOf) -> None:
        self.registry = registry
        self._source_of = source_of
        self._folding = threading.Lock()
        self._heard: set[Speaking] = set()  # who may speak, as the registry is now

    @property
    def size(self) -> int:
        return self.registry.size

    def judge(self, candidate: Candidate, index: int, recorded_at: str, now_ms: int) -> None:
        """Raise Refused unless *candidate* may become entry *index*."""
        examined = cast(Examined, candidate.evidence)
        if candidate.registry or candidate.looks_back or doubtful(examined):
            self.judge_examined(examined, index, recorded_at, now_ms)
            return
        speaking = speaking_of(examined.statement.event, recorded_at)
        if speaking in self._heard:
            check_times(examined.statement, recorded_at, now_ms)
            return
        self.judge_examined(examined, index, recorded_at, now_ms)
        self._remember(speaking)

    def _remember(self, speaking: Speaking) -> None:
        if len(self._heard) >= REMEMBERED:
            self._heard.clear()
        self._heard.add(speaking)

    def judge_examined(self, examined: Examined, index: int, recorded_at: str, now_ms: int) -> None:
        """The same before there is a candidate."""
        judge(examined, self.registry, index, recorded_at, now_ms, self._source_of)

    def fold(self, index: int, recorded_at: str, envelope: bytes) -> None:
        """Take in a committed registry statement, once."""
        with self._folding:
            if index < self.registry.size:
                return
            event = read_statement(envelope).event
            if event["type"] in REGISTRY_TYPES:  # the registrar may say other things too
                self._heard.clear()
                self.registry.apply(index, recorded_at, event)

    def advance(self, size: int) -> None:
        """Note that the entries below *size* are taken in."""
        with self._folding:
            if size > self.registry.size:
                self.registry.advance(size)


def refusal_of(
    judge_: RegistryJudge, examined: Examined, recorded_at: str, now_ms: int
) -> Refused | None:
    """What the newest state says of a statement, without giving it a place."""
    try:
        judge_.judge_examined(examined, judge_.size, recorded_at, now_ms)
    except Refused as refusal:
        return refusal
    return None
