"""How long a trace takes: at two sizes of the ledger, and for chains of several lengths.

The acts are the canonical story's: seven providers, one use of each share, three
officials. The ledger of the larger size is that of the smaller one, grown.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, islice

from benchmarks import floors
from benchmarks.cast import ORIGIN, make_ledger
from benchmarks.client import OK
from benchmarks.filling import fill
from benchmarks.registrations import Registrations
from benchmarks.servers import serve_ledger
from benchmarks.signing_in import token_of
from benchmarks.table import Floor, Row, millis
from benchmarks.timing import percentile, say, timed
from benchmarks.town import settle
from benchmarks.wire import get
from benchmarks.workers import Workers
from benchmarks.workshop import Workshop
from ledger.access.sight import EVERYTHING
from ledger.bootstrap import open_ledger
from ledger.processes import collect_seldom
from ledger.settings import Settings
from ledger.traces import Asked, responsibility

LENGTHS = (4, 16)  # times over the seven shares
LONG_ACTS = 2  # of each of these lengths
SHARE = 200  # entries of the ledger to an act of the story
WARM_UP = 10


@dataclass(slots=True)
class _Traced:
    """A ledger of one size, its acts by their length, and the seconds of each trace of them."""

    size: int
    home: Settings
    acts: dict[int, list[str]]
    direct: defaultdict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    http: list[float] = field(default_factory=list)


def measure_traces(shop: Workshop) -> list[Row]:
    """Trace the same kind of act in a ledger of either size, then acts of longer chains."""
    home = shop.settings("traces")
    make_ledger(home)
    settle(home)
    told = Registrations(home)
    with Workers(collect_seldom, pools=2) as tracing:
        grown = [_grow(shop, home, told, size, tracing) for size in shop.plan.traced]
        for _ in range(shop.plan.rounds):
            for one, pool in zip(grown, tracing.pools, strict=True):
                _trace_some(shop, one, pool)
    for one in grown:
        one.http = _over_http(shop, one, told)
    small, large = grown
    return [
        *(row for one in grown for row in _rows(one)),
        _flat(small, large),
        *(_linear(large, times) for times in LENGTHS),
    ]


def _grow(
    shop: Workshop, home: Settings, told: Registrations, size: int, workers: Workers
) -> _Traced:
    """Bring the ledger to *size*, with some acts more; return it, or a copy of it as it is now."""
    short = min(shop.plan.registrations, size // SHARE)
    longer = {} if told.acts else dict.fromkeys(LENGTHS, min(LONG_ACTS, short))
    told.lay({1: short, **longer})
    say(f"filling traces to {size:,} entries")
    fill(home, shop.signers, size)
    workers.pools[0].submit(_take_in, home).result()
    last = size == shop.plan.traced[-1]
    kept = home if last else shop.copy(home, f"traces-{size}")
    return _Traced(size, kept, {times: [*acts] for times, acts in told.acts.items()})


def _trace_some(shop: Workshop, one: _Traced, pool: ProcessPoolExecutor) -> None:
    for times, acts in sorted(one.acts.items()):
        asked = [*islice(cycle(_spread(acts)), max(1, shop.plan.traces // times))]
        seconds = pool.submit(_trace, one.home, asked).result()
        one.direct[times] += seconds
        say(f"traces at {one.size:,}, {times} times: {_figures(seconds)}")


def _over_http(shop: Workshop, one: _Traced, told: Registrations) -> list[float]:
    key = told.clerk_key()
    asked = islice(cycle(_spread(one.acts[1])), WARM_UP + shop.plan.traces)
    with serve_ledger(one.home) as server:
        server.settle()
        bearer = f"Authorization: Bearer {token_of(server.port, key, ORIGIN)}"
        requests = [get(f"/api/v1/acts/{act}/responsibility", bearer) for act in asked]
        return shop.client.drive(server.port, requests, 1, OK).latencies[WARM_UP:]


def _spread(acts: Sequence[str]) -> list[str]:
    """The acts in an order in which old and new ones take turns."""
    half = (len(acts) + 1) // 2
    return [act for pair in zip(acts[:half], reversed(acts), strict=False) for act in pair]


# Rows


def _rows(found: _Traced) -> Iterable[Row]:
    yield _row(f"trace of one act at {found.size:,}", found.direct[1])
    yield _row("  over HTTP, by an official of the acting department", found.http)


def _row(what: str, seconds: Sequence[float]) -> Row:
    p95_ms = percentile(seconds, 0.95) * 1e3
    return Row(
        what, _figures(seconds), floor=Floor(round(p95_ms, 2), "<=", floors.TRACE_P95_MS, " ms p95")
    )


def _figures(seconds: Sequence[float]) -> str:
    shares = {"p50": 0.5, "p95": 0.95}
    return ", ".join(
        f"{name} {millis(percentile(seconds, share))}" for name, share in shares.items()
    )


def _flat(small: _Traced, large: _Traced) -> Row:
    one, other = (percentile(found.direct[1], 0.5) for found in (small, large))
    growth = other / one
    return Row(
        f"trace of one act: {large.size:,} against {small.size:,}",
        f"{growth:.2f} x",
        floor=Floor(round(growth, 3), "<=", floors.TRACE_FLAT, " x"),
    )


def _linear(found: _Traced, times: int) -> Row:
    one, longer = (percentile(found.direct[each], 0.5) for each in (1, times))
    growth = longer / one
    return Row(
        f"trace of an act with {times} times the shares, at {found.size:,}",
        _figures(found.direct[times]),
        f"{millis(times * one)} {times} times one",
        times / growth,
        Floor(round(growth, 3), "<=", float(times), " x"),
    )


# What follows runs in a worker, which does about garbage as a server does.


def _take_in(home: Settings) -> None:
    ledger = open_ledger(home, writes=False)
    try:
        ledger.parts.runner.catch_up()
    finally:
        ledger.close()


def _trace(home: Settings, acts: Sequence[str]) -> list[float]:
    ledger = open_ledger(home, writes=False)
    try:
        asked = Asked(ledger.look_up.projected())
        traces = [partial(responsibility, ledger, EVERYTHING, act, asked) for act in acts]
        for trace in traces[:WARM_UP]:
            trace()
        return [timed(trace)[1] for trace in traces]
    finally:
        ledger.close()
