"""Clocks, medians and words about progress."""

import sys
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return what *work* returns, and the seconds that it took."""
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that *share* (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def say(text: str) -> None:
    """Tell on stderr how far the run has come."""
    print(f"bench: {text}", file=sys.stderr, flush=True)
