"""Single POSTs by one client and by sixteen, against an empty POST to the same server.

The same client program sends the same bytes to the ledger, to an empty Flask
service and to a bare responder; the last tells what the client itself can do.
"""

from contextlib import ExitStack
from statistics import median

from benchmarks import floors
from benchmarks.client import CREATED, Driven
from benchmarks.servers import Server, serve_ledger, serve_module
from benchmarks.table import Floor, Row, millis, speed
from benchmarks.timing import percentile, say
from benchmarks.wire import STATEMENTS, post
from benchmarks.workshop import Workshop

MANY = 16
WARM_UP = 32
LEDGER, EMPTY, CEILING = "ledger", "empty", "ceiling"
Taken = dict[str, list[Driven]]


def measure_posts(shop: Workshop) -> list[Row]:
    """Measure the three services in turns."""
    with ExitStack() as stack:
        servers = {
            LEDGER: stack.enter_context(serve_ledger(shop.new_home("posts"))),
            EMPTY: stack.enter_context(serve_module("benchmarks.empty_server")),
            CEILING: stack.enter_context(serve_module("benchmarks.responder")),
        }
        _take_turns(shop, servers, MANY, WARM_UP)
        one = _rounds(shop, servers, 1, shop.plan.posts_one)
        many = _rounds(shop, servers, MANY, shop.plan.posts_many)
    return [*_rows(one, 1), *_rows(many, MANY), _slowest(many)]


def _rounds(shop: Workshop, servers: dict[str, Server], clients: int, count: int) -> Taken:
    taken: Taken = {name: [] for name in servers}
    for number in range(shop.plan.rounds):
        for name, driven in _take_turns(shop, servers, clients, count).items():
            taken[name].append(driven)
        rate = speed(taken[LEDGER][-1].rate)
        say(f"single POST, clients: {clients}, round {number + 1}: {rate}")
    return taken


def _take_turns(
    shop: Workshop, servers: dict[str, Server], clients: int, count: int
) -> dict[str, Driven]:
    requests = [post(STATEMENTS, line) for line in shop.signers.lines(count)]
    taken = {}
    for name, server in servers.items():
        taken[name] = shop.client.drive(server.port, requests, clients, CREATED)
        if name == LEDGER:
            server.settle()  # what it publishes afterwards is not the next one's burden
    return taken


def _rows(taken: Taken, clients: int) -> list[Row]:
    ledger, empty, ceiling = (
        median(driven.rate for driven in taken[name]) for name in (LEDGER, EMPTY, CEILING)
    )
    ratio = ledger / empty
    floor = Floor(round(ratio, 3), ">=", floors.POSTS) if clients == MANY else None
    whose = f"{clients} client{'s' if clients > 1 else ''}"
    return [
        Row(
            f"single POST, {whose}",
            _figures(taken[LEDGER]),
            speed(empty, "empty POST"),
            ratio,
            floor,
        ),
        Row(
            f"  empty POST, {whose}",
            _figures(taken[EMPTY]),
            speed(ceiling, "client's ceiling"),
            empty / ceiling,
        ),
    ]


def _figures(driven: list[Driven]) -> str:
    rate = median(one.rate for one in driven)
    return f"{speed(rate)}, p50 {millis(_at(driven, 0.5))}, p99 {millis(_at(driven, 0.99))}"


def _at(driven: list[Driven], share: float) -> float:
    """Return the median over rounds of a percentile of the latencies, in seconds."""
    return median(percentile(one.latencies, share) for one in driven)


def _slowest(many: Taken) -> Row:
    p99_ms = _at(many[LEDGER], 0.99) * 1e3
    return Row(
        f"single POST, {MANY} clients, p99",
        f"{p99_ms:.2f} ms",
        f"{_at(many[EMPTY], 0.99) * 1e3:.2f} ms empty POST",
        floor=Floor(p99_ms, "<=", floors.POSTS_P99_MS, " ms"),
    )
