"""The projector alone against the batch endpoint, and how long a burst takes to drain."""

from statistics import median

from benchmarks import floors
from benchmarks.archive import Projecting, make_archive
from benchmarks.batches import IN_FLIGHT, MADE
from benchmarks.client import Expected
from benchmarks.servers import Server, serve_ledger
from benchmarks.table import Floor, Row, speed
from benchmarks.timing import say
from benchmarks.wire import post_batch
from benchmarks.workshop import Workshop


def measure_projector(shop: Workshop) -> list[Row]:
    """Measure the two rates in turns, then a burst."""
    size = shop.plan.burst
    home = make_archive(shop, "projector", size)
    projected, batches = [], []
    with serve_ledger(shop.new_home("projector-batches")) as server, Projecting() as alone:
        _send(shop, server, shop.plan.batches)  # starts the server's own workers
        for number in range(shop.plan.rounds):
            batches.append(_send(shop, server, shop.plan.batches))
            server.settle()
            projected.append(size / alone.seconds(home))
            say(f"projector, round {number + 1}: {speed(projected[-1])} of {size:,}")
    rate, limit = median(projected), median(batches)
    return [
        Row(
            f"projector alone, {size:,} entries",
            speed(rate),
            speed(limit, "batch endpoint"),
            rate / limit,
            Floor(round(rate / limit, 3), ">=", floors.PROJECTOR),
        ),
        *_burst(shop),
    ]


def _send(shop: Workshop, server: Server, count: int) -> float:
    """Send batches, signed before, for compact receipts; return statements a second."""
    lines = shop.plan.lines
    requests = [post_batch(batch, compact=True) for batch in shop.signers.batches(count, lines)]
    expected = Expected(b"200", MADE, lines)
    return shop.client.drive(server.port, requests, IN_FLIGHT, expected).rate * lines


def _burst(shop: Workshop) -> list[Row]:
    """Tell how long after the last answer of a burst all of it can be looked up."""
    burst = shop.plan.burst
    with serve_ledger(shop.new_home("burst")) as server:
        written = burst / _send(shop, server, burst // shop.plan.lines)
        seconds = server.project()
    say(f"a burst of {burst:,} was projected {seconds:.1f} s after its end")
    return [
        Row(
            f"projected after a burst of {burst:,}",
            f"{seconds:.1f} s",
            floor=Floor(round(seconds, 1), "<=", floors.DRAIN_S, " s"),
        ),
        Row(f"written and projected, {burst:,}", speed(burst / (written + seconds))),
    ]
