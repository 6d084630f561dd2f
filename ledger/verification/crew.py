"""The processes that do the work, and the order in which their answers come back.

Workers are started by ``spawn`` and end with the process that started them,
however that ends. At most a few jobs are under way at a time, which bounds the
memory; the answers come in the order of the jobs. With no workers the same code
runs in this process: for ledgers so small that starting a process costs more.
"""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import msgspec

from ledger.processes import begin_worker
from ledger.verification.buckets import walk
from ledger.verification.messages import Job, Outcome, Setting, Walk, Walked
from ledger.verification.span_check import SpanChecker

WAITING_A_WORKER = 2  # jobs: one under way, one that waits for it

T = TypeVar("T")

_encode = msgspec.msgpack.Encoder().encode
_decode_setting = msgspec.msgpack.Decoder(Setting).decode
_decode_job = msgspec.msgpack.Decoder(Job).decode
_decode_walk = msgspec.msgpack.Decoder(Walk).decode
_decode_outcome = msgspec.msgpack.Decoder(Outcome).decode
_decode_walked = msgspec.msgpack.Decoder(Walked).decode


class Crew:
    """Workers for one verification.

    Args:
        workers: how many processes; 0: the work is done here.
        setting: what they know from the start.
        folder: where jobs are handed over, removed by whoever made it.
    """

    def __init__(self, workers: int, setting: Setting, folder: Path) -> None:
        self._folder = folder
        self._jobs = max(1, WAITING_A_WORKER * workers)
        self._here = None if workers else SpanChecker(setting)
        self._pool = (
            ProcessPoolExecutor(
                workers,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(_encode(setting),),
            )
            if workers
            else None
        )

        if self._pool is not None:
            for _ in range(workers):  # else the second would start with the second job
                self._pool.submit(_ready)

    def __enter__(self) -> "Crew":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let what is under way end, a fraction of a second, and drop the rest."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def check(self, jobs: Iterable[tuple[T, Job]]) -> Iterator[tuple[T, Outcome]]:
        """Yield the outcome of each job beside what came with it; *jobs* is read lazily."""
        if self._here is not None:
            for tag, job in jobs:
                yield tag, self._here.check(job)
        else:
            # The first span tells most keys: whoever waits for it sends them with the rest.
            queue = ((tag, self._laid_down(n, job)) for n, (tag, job) in enumerate(jobs))
            for part in (islice(queue, 1), queue):
                for tag, raw in self._send(_check, part):
                    yield tag, _decode_outcome(raw)

    def _laid_down(self, number: int, job: Job) -> bytes:
        """Write a job of 2 MB where a worker reads it: half the cost of a pipe.

        There are as many files as jobs under way, so none is written before it was read.
        """
        path = self._folder / f"job-{number % self._jobs}"
        path.write_bytes(_encode(job))
        return bytes(path)

    def walk(self, jobs: Iterable[Walk]) -> Iterator[Walked]:
        """Yield what each bucket held, in order."""
        if self._pool is None:
            yield from map(walk, jobs)
        else:
            for _, raw in self._send(_walk, ((None, _encode(job)) for job in jobs)):
                yield _decode_walked(raw)

    def _send(
        self, function: Callable[[bytes], bytes], jobs: Iterable[tuple[T, bytes]]
    ) -> Iterator[tuple[T, bytes]]:
        assert self._pool is not None
        under_way: deque[tuple[T, Future[bytes]]] = deque()
        for tag, job in jobs:
            under_way.append((tag, self._pool.submit(function, job)))
            if len(under_way) >= self._jobs:
                tag, future = under_way.popleft()
                yield tag, future.result()
        for tag, future in under_way:
            yield tag, future.result()


# What follows runs in the workers.

_checker: SpanChecker


def _begin(setting: bytes) -> None:
    global _checker  # a worker has no other state
    begin_worker()
    _checker = SpanChecker(_decode_setting(setting))


def _ready() -> None:
    """Do nothing, but in a process that has begun."""


def _check(path: bytes) -> bytes:
    return _encode(_checker.check(_decode_job(Path(os.fsdecode(path)).read_bytes())))


def _walk(job: bytes) -> bytes:
    return _encode(walk(_decode_walk(job)))
