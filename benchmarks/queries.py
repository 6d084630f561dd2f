"""How long questions take, on SQLite and on PostgreSQL, in process and over HTTP."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from urllib.parse import quote

from benchmarks import floors
from benchmarks.archive import Projecting, make_archive, postgresql
from benchmarks.cast import ORIGIN, official_key
from benchmarks.client import OK
from benchmarks.questions import Questions
from benchmarks.servers import Server, serve_ledger
from benchmarks.signing_in import token_of
from benchmarks.table import Floor, Row, millis, speed
from benchmarks.timing import percentile, say, timed
from benchmarks.town import AUDIT, system_key
from benchmarks.wire import get
from benchmarks.workers import Workers
from benchmarks.workshop import Workshop
from crypto.keys import PrivateKey
from ledger.bootstrap import open_ledger
from ledger.processes import collect_seldom
from ledger.settings import Settings

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
WARM_UP = 50
# Who asks over HTTP, with which key, and what he sends beside his token.
CLIENTS: dict[str, tuple[PrivateKey, tuple[str, ...]]] = {
    "an official": (official_key(0), ()),
    "an auditor, recorded": (system_key(AUDIT), ("X-Zelian-Reason: audit",)),
}
Taken = dict[str, list[float]]  # seconds, by kind of question


def measure_queries(shop: Workshop) -> list[Row]:
    """Ask the same questions of a ledger on either database."""
    rows = _measure(shop, SQLITE, "")
    with postgresql(shop.folder.parent) as url:
        return rows + _measure(shop, POSTGRESQL, url)


def _measure(shop: Workshop, database: str, url: str) -> list[Row]:
    plan = shop.plan
    home = make_archive(shop, f"queries-{database}", plan.queried, url)
    where = f"{plan.queried:,}, {database}"
    with ExitStack() as stack:
        projecting = stack.enter_context(Projecting())
        asking = stack.enter_context(Workers(collect_seldom))
        rate = plan.queried / projecting.seconds(home)
        say(f"projected {where}: {speed(rate)}")
        [pool] = asking.pools
        taken: Taken = pool.submit(_ask_all, home, plan.questions).result()
        texts: list[str] = pool.submit(_texts, home, plan.requests).result()
    return [
        Row(f"projected alone, {where}", speed(rate)),
        *_rows(where, taken),
        *_over_http(shop, home, where, texts),
    ]


def _rows(where: str, taken: Taken) -> list[Row]:
    slowest = max(taken, key=lambda kind: percentile(taken[kind], 0.95))
    for kind, seconds in sorted(taken.items()):
        say(f"queries at {where}: {kind}: {_figures(seconds)}")
    every = [one for seconds in taken.values() for one in seconds]
    return [
        _row(f"queries at {where}", every),
        Row(f"  the slowest kind: {slowest}", _figures(taken[slowest])),
    ]


def _row(what: str, seconds: Sequence[float]) -> Row:
    p95_ms = percentile(seconds, 0.95) * 1e3
    floor = Floor(round(p95_ms, 2), "<=", floors.QUERY_P95_MS, " ms p95")
    return Row(what, _figures(seconds), floor=floor)


def _figures(seconds: Sequence[float]) -> str:
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    return ", ".join(
        f"{name} {millis(percentile(seconds, share))}" for name, share in shares.items()
    )


def _over_http(shop: Workshop, home: Settings, where: str, texts: Sequence[str]) -> list[Row]:
    rows = []
    with serve_ledger(home) as server:
        server.settle()
        for who, (key, lines) in CLIENTS.items():
            seconds = _requested(shop, server, texts, key, lines)
            say(f"searches over HTTP at {where}, {who}: {_figures(seconds)}")
            rows.append(_row(f"  searches over HTTP, {who}", seconds))
    return rows


def _requested(
    shop: Workshop, server: Server, texts: Sequence[str], key: PrivateKey, lines: Sequence[str]
) -> list[float]:
    bearer = f"Authorization: Bearer {token_of(server.port, key, ORIGIN)}"
    requests = [get(f"/api/v1/entries?q={quote(text)}", bearer, *lines) for text in texts]
    return shop.client.drive(server.port, requests, 1, OK).latencies


# What follows runs in a worker, which does about garbage as a server does.


def _ask_all(home: Settings, count: int) -> Taken:
    ledger = open_ledger(home, writes=False)
    taken: Taken = defaultdict(list)
    try:
        for number, (kind, ask) in enumerate(Questions(ledger).some(WARM_UP + count)):
            _, seconds = timed(ask)
            if number >= WARM_UP:
                taken[kind].append(seconds)
    finally:
        ledger.close()
    return dict(taken)


def _texts(home: Settings, count: int) -> list[str]:
    ledger = open_ledger(home, writes=False)
    try:
        return list(Questions(ledger).texts(count))
    finally:
        ledger.close()
