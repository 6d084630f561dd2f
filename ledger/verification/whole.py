"""Walk the buckets: what only the whole ledger can tell of its chains and ids.

Source: spec 4 and 6; spec 9.2 (who may erase).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from ledger.verification.buckets import CHAINS, END_RECORD, UNIQUE, speaker_hash
from ledger.verification.crew import Crew
from ledger.verification.messages import Walk, Walked
from ledger.verification.report import FAILED, Finding, Verdict
from ledger.verification.speakers import SPEAKERS, Aimed, Speakers
from ledger.verification.tally import Tally


class ChainEnd(NamedTuple):
    """Where one chain ends: its id, how many entries it has, the leaf hash of its last."""

    id: bytes
    length: int
    leaf: bytes


class Whole:
    """The last part of a verification.

    Args:
        crew: does the walking.
        tallies: the checks, by name.
        gap: verdict of a broken chain: where headers are missing it may be only incomplete.
    """

    def __init__(self, crew: Crew, tallies: Mapping[str, Tally], gap: Verdict) -> None:
        self._crew, self._tallies, self._gap = crew, tallies, gap
        self.chains = 0

    def walk_chains(self, paths: list[Path], ends: bool) -> Iterator[ChainEnd]:
        """Walk all chains; where *ends* are asked for, yield them, ascending by id."""
        tally = self._tallies[CHAINS]
        for walked in self._crew.walk(Walk(str(path), False, [], ends) for path in paths):
            tally.done += walked.links
            tally.of += walked.links
            self.chains += walked.chains
            _note(tally, walked, self._gap)
            for end in END_RECORD.iter_unpack(walked.ends):
                yield ChainEnd(*end)

    def walk_pairs(self, paths: list[Path], speakers: Speakers) -> None:
        """Walk all (source, id) pairs, and look up what withholdings and erasures aim at."""
        tally = self._tallies[UNIQUE]
        targets = sorted({aimed.target for aimed in speakers.aimed})
        found: dict[bytes, tuple[int, bytes]] = {}
        for walked in self._crew.walk(Walk(str(path), True, targets, False) for path in paths):
            tally.done += walked.records
            _note(tally, walked, FAILED)
            found.update((digest, (index, speaker)) for digest, index, speaker in walked.found)
        undecided = []
        for aimed in speakers.aimed:
            target = found.get(aimed.target)
            if target is None and speakers.lacking_from is not None:
                undecided.append(aimed)  # its header may tell, where the statement is gone
            elif not _may_remove(aimed, target):
                self._tallies[SPEAKERS].add([_overreach(aimed)])
                speakers.erased.pop(aimed.target, None)
        speakers.aimed = undecided


def _note(tally: Tally, walked: Walked, verdict: Verdict) -> None:
    findings = [Finding(index, verdict, en, zh) for _, index, en, zh in walked.problems]
    tally.add(findings, walked.bad)


def _may_remove(aimed: Aimed, target: tuple[int, bytes] | None) -> bool:
    """SPEC: spec 9.2, a department withholds or erases what it spoke itself."""
    if target is None:
        return False
    return target[0] < aimed.at and target[1] == speaker_hash(aimed.source)


def _overreach(aimed: Aimed) -> Finding:
    return Finding(
        aimed.at,
        FAILED,
        f"entry {aimed.at}: {aimed.source} neither spoke what it withholds or erases nor is of "
        "a kind that may decide this",
        f"第 {aimed.at} 条：{aimed.source} 既未作出该陈述，也不属于有权决定隐去或删除的部门类别",
    )
