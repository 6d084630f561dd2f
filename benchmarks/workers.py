"""Worker processes of the benchmark: started before anything is timed, ended with the block."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from types import TracebackType
from typing import Any, Self

from ledger.processes import end_with_parent


class Workers:
    """Pools of processes, each of which begins with one call.

    Args:
        begin, arguments: what each process calls first.
        pools: how many pools; work given to one pool is done there.
        each: processes a pool.
    """

    def __init__(
        self, begin: Callable[..., None], *arguments: Any, pools: int = 1, each: int = 1
    ) -> None:
        context = multiprocessing.get_context("spawn")
        self.pools = [
            ProcessPoolExecutor(each, context, initializer=_begin, initargs=(begin, arguments))
            for _ in range(pools)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for pool in self.pools:
            pool.shutdown(cancel_futures=True)


def _begin(begin: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    end_with_parent()
    begin(*arguments)
