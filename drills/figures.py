"""What was seen while something failed, as figures. Pure: times in, text out."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

Sample = tuple[float, bool]  # when, in seconds of one clock, and whether it was so


@dataclass(frozen=True, slots=True)
class Round:
    """One thing that failed, and what came of it.

    Args:
        event: what was done.
        silent_s: the longest time in which no statement was acknowledged.
        unready_s: how long ``/readyz`` did not say 200.
        acknowledged: statements, since the round before.
        again: times that a statement was sent again for want of a receipt.
        notes: checkpoints held by then, each once.
        lost, forks: what must be none.
    """

    event: str
    silent_s: float
    unready_s: float
    acknowledged: int
    again: int
    notes: int
    lost: int
    forks: int


def longest_silence(times: Sequence[float], began: float, ended: float) -> float:
    """Return the longest gap between *times* from *began* to *ended*, both of which bound it."""
    within = sorted(time for time in times if began < time < ended)
    marks = [began, *within, ended]
    return max(after - before for before, after in itertools.pairwise(marks))


def time_without(samples: Sequence[Sample], began: float, ended: float) -> float:
    """Return for how long it was not so: from each sample that says so to the next."""
    within = [sample for sample in samples if began <= sample[0] <= ended]
    ends = [*(time for time, _ in within[1:]), ended]
    return sum(end - time for (time, so), end in zip(within, ends, strict=True) if not so)


def table_lines(rounds: Sequence[Round]) -> list[str]:
    """Return a row a round, then the least, the middle and the most of each event."""
    lines = [
        f"{'round':<6}{'event':<34}{'silent s':>9}{'unready s':>10}{'acknowledged':>13}"
        f"{'sent again':>11}{'checkpoints':>12}{'lost':>5}{'forks':>6}"
    ]
    for number, one in enumerate(rounds, 1):
        lines.append(
            f"{number:<6}{one.event:<34}{one.silent_s:>9.1f}{one.unready_s:>10.1f}"
            f"{one.acknowledged:>13,}{one.again:>11,}{one.notes:>12,}{one.lost:>5}{one.forks:>6}"
        )
    lines += ["", f"{'seconds without an acknowledgement':<40}{'min':>9}{'median':>10}{'max':>13}"]
    for event in dict.fromkeys(one.event for one in rounds):
        silent = [one.silent_s for one in rounds if one.event == event]
        name = f"{event}, {len(silent)} times"
        lines.append(f"{name:<40}{min(silent):>9.1f}{median(silent):>10.1f}{max(silent):>13.1f}")
    return [*lines, "", _sum(rounds)]


def _sum(rounds: Sequence[Round]) -> str:
    acknowledged = sum(one.acknowledged for one in rounds)
    lost, forks = sum(one.lost for one in rounds), sum(one.forks for one in rounds)
    return (
        f"{len(rounds)} rounds, {acknowledged:,} statements acknowledged, "
        f"lost {lost}, forks {forks}"
    )
