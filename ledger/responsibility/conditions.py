"""What the rows of a matrix make something hang on, as far as a chain shows it.

Most of it no ledger can show, such as whether an error was obvious: that is unknown, and
somebody competent finds it out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.responsibility.beside import dissents
from ledger.responsibility.branches import Branch
from ledger.responsibility.climb import hashes_equal, notices

if TYPE_CHECKING:
    from ledger.responsibility.defects import Scene


@dataclass(frozen=True, slots=True)
class Shown:
    """Whether a condition is shown: ``shown``, ``not_shown`` or ``unknown``, and by what."""

    result: str
    entries: tuple[int, ...] = ()


UNKNOWN = Shown("unknown")


def condition(scene: "Scene", name: str) -> Shown:
    """Return what the chain shows of the condition *name*."""
    asked = _ASKED.get(name)
    return UNKNOWN if asked is None else asked(scene)


def _each(scene: "Scene", judge: Callable[[Branch], bool | None]) -> Shown:
    """Shown where it is of any branch; not shown where it is of none; else unknown."""
    judged = [(branch, judge(branch)) for branch in scene.branches]
    yes = [said.index for branch, found in judged if found for said in branch.said]
    if yes:
        return Shown("shown", tuple(yes))
    return Shown("not_shown") if judged and all(found is False for _, found in judged) else UNKNOWN


def _check_skipped(scene: "Scene") -> Shown:
    def judge(branch: Branch) -> bool | None:
        if branch.use is None or "verification" not in branch.use.data:
            return None
        return branch.use.data["verification"] == "none" and branch.reliance == "decisive"

    return _each(scene, judge)


def _data_as_of(scene: "Scene") -> Shown:
    def judge(branch: Branch) -> bool | None:
        there = [one for one in (branch.use, branch.sent) if one is not None]
        return any("data_as_of" in one.data for one in there) if there else None

    return _each(scene, judge)


def _hashes(scene: "Scene") -> Shown:
    return _each(scene, hashes_equal)


def _warned(scene: "Scene") -> Shown:
    """A provider's notice came before a use of what it is about, or before the decision."""
    found = [
        (notice.index, said.index)
        for branch in scene.branches
        for notice in notices(scene.chain, branch)
        for said in (branch.use, *(decision for decision, _ in branch.cited))
        if said is not None and notice.index < said.index
    ]
    return Shown("shown", tuple(i for pair in found for i in pair)) if found else UNKNOWN


def _undelivered(scene: "Scene") -> Shown:
    """A notice was never acknowledged by a department that used the data."""
    chain, lost, heard = scene.chain, [], []
    for branch in scene.branches:
        for said in notices(chain, branch):
            answered = [
                one.index
                for one in chain.about("item", branch.item, "notice.acknowledged")
                if said.digest in one.data["parents"]
            ]
            heard += answered
            lost += [] if answered else [said.index]
    if lost:
        return Shown("shown", tuple(lost))
    return Shown("not_shown", tuple(heard)) if heard else UNKNOWN


def _kept_using(scene: "Scene") -> Shown:
    """After it asked for a correction, the department relied on the same item decisively."""
    chain = scene.chain
    found = [
        (asked.index, branch.use.index)
        for branch in scene.branches
        if branch.use is not None and branch.reliance == "decisive"
        for asked in chain.about("item", branch.item, "correction.requested")
        if asked.index < branch.use.index
        and not any(
            one.index < branch.use.index
            for one in chain.about("correction", asked.refs["correction"], "correction.resulted")
        )
    ]
    return Shown("shown", tuple(i for pair in found for i in pair)) if found else UNKNOWN


def _overridden(scene: "Scene") -> Shown:
    found = [one for one in dissents(scene.chain, scene.act) if "decided_after" in one]
    entries = tuple(index for one in found for index in one["entries"])
    return Shown("shown", entries) if found else Shown("not_shown")


def _leader(scene: "Scene") -> Shown:
    signed = [said.index for one in scene.people if one.layer == "leadership" for said in one.said]
    return Shown("shown", tuple(signed)) if signed else Shown("not_shown")


_ASKED: Mapping[str, Callable[["Scene"], Shown]] = {
    "check_skipped_and_decisive": _check_skipped,
    "data_as_of_visible": _data_as_of,
    "dissent_overridden": _overridden,
    "hashes_equal": _hashes,
    "kept_using_as_decisive": _kept_using,
    "leader_signed": _leader,
    "notice_undelivered": _undelivered,
    "used_against_warning": _warned,
}
