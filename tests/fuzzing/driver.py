"""Throw mutated values at targets within a budget, and keep whatever a target must not do.

A crash is: an error that is not ours, more than ``CPU_S`` of one input, memory beyond
``MEMORY``, or a value that was read and is written as other bytes.
"""

import resource
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType

from cli.failures import Failure
from crypto.errors import CryptoError
from ledger.errors import LedgerError
from tests.fuzzing.mutations import mutated
from witness.errors import WitnessError

OURS = (CryptoError, LedgerError, WitnessError, Failure)
CPU_S = 5.0  # of one input: hundreds of times what the slowest takes
MEMORY = 1024 * 1024 * 1024  # bytes beyond what the process has when a run begins

Run = Callable[[bytes], object]


class TooSlow(BaseException):
    """An input took too long; no ``except Exception`` of a reader swallows it."""


@dataclass(frozen=True)
class Target:
    """A reader, and real values that it takes.

    Attributes:
        run: reads an input; raises only ours; returns None, or the bytes that writing
            what was read gives, which must be those that were read.
    """

    name: str
    corpus: Sequence[bytes]
    run: Run


@dataclass
class Tally:
    """What a run did: inputs, those that were read, and crashes as told."""

    inputs: int = 0
    read: int = 0
    crashes: list[str] = field(default_factory=list)


def check_corpus(targets: Sequence[Target]) -> None:
    """Raise AssertionError unless every value is read: else mutations would show nothing."""
    for target in targets:
        for raw in target.corpus:
            written = target.run(raw)
            assert written is None or written == raw, (target.name, raw[:200])


def fuzz(
    targets: Sequence[Target],
    seed: int,
    seconds: float | None = None,
    inputs: int | None = None,
    keep: Path | None = None,
) -> Tally:
    """Go round the targets until the time or the number of inputs is used up.

    Args:
        keep: folder in which inputs that crash a target are written.
    """
    tally, random = Tally(), Random(seed)
    end = None if seconds is None else time.monotonic() + seconds
    everything = [raw for target in targets for raw in target.corpus]
    with _bounded():
        while tally.inputs != inputs and (end is None or time.monotonic() < end):
            target = targets[tally.inputs % len(targets)]
            others = target.corpus if random.random() < 0.9 else everything
            _try(target, mutated(random, random.choice(target.corpus), others), tally, keep)
    return tally


def _try(target: Target, raw: bytes, tally: Tally, keep: Path | None) -> None:
    tally.inputs += 1
    signal.setitimer(signal.ITIMER_VIRTUAL, CPU_S)
    try:
        written = target.run(raw)
        fault = "" if written is None or written == raw else "is written as other bytes"
        tally.read += 1
    except OURS:
        return
    except (Exception, TooSlow) as error:
        fault = f"{type(error).__name__}: {error}"[:300]
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    if fault:
        tally.crashes.append(f"{target.name}: {fault}: {raw[:300]!r} ({len(raw)} bytes)")
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{target.name.replace(' ', '-')}-{tally.inputs}").write_bytes(raw)


@contextmanager
def _bounded() -> Iterator[None]:
    """Bound memory, and have the timer raise, for the length of a run."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    handler = signal.signal(signal.SIGVTALRM, _late)
    try:
        yield
    finally:
        signal.signal(signal.SIGVTALRM, handler)
        resource.setrlimit(resource.RLIMIT_AS, before)


def _late(_signal: int, _frame: FrameType | None) -> None:
    raise TooSlow(f"more than {CPU_S} s of one input")
