"""Batches over HTTP, two in flight, against the raw verify rate."""

from statistics import median

from benchmarks import floors
from benchmarks.client import Expected
from benchmarks.servers import Server, serve_ledger
from benchmarks.table import Floor, Row, speed
from benchmarks.timing import say
from benchmarks.wire import post_batch
from benchmarks.workshop import Workshop

IN_FLIGHT = 2
MADE = b'"status":201}'  # ends each line of an answer whose statement made an entry
FORMS = {"full": False, "compact": True}


def measure_batches(shop: Workshop) -> list[Row]:
    """Fill a fresh ledger over HTTP."""
    rates: dict[str, list[float]] = {form: [] for form in FORMS}
    raw: list[float] = []
    home = shop.new_home("batches")
    with serve_ledger(home) as server:
        _send(shop, server, compact=False)  # starts the server's own workers
        for number in range(shop.plan.rounds):
            for form, compact in FORMS.items():
                raw.append(shop.raw.rate(shop.plan.raw_each))
                rates[form].append(_send(shop, server, compact))
                server.settle()
                say(f"batches, {form}, round {number + 1}: {speed(rates[form][-1])}")
    return [_row(shop, form, median(rates[form]), median(raw)) for form in FORMS]


def _send(shop: Workshop, server: Server, compact: bool) -> float:
    """Send one round's batches, signed before; return statements a second."""
    plan = shop.plan
    batches = shop.signers.batches(plan.batches, plan.lines)
    requests = [post_batch(lines, compact) for lines in batches]
    expected = Expected(b"200", MADE, plan.lines)
    return shop.client.drive(server.port, requests, IN_FLIGHT, expected).rate * plan.lines


def _row(shop: Workshop, form: str, rate: float, raw: float) -> Row:
    return Row(
        f"batches of {shop.plan.lines:,}, {IN_FLIGHT} in flight, {form} receipts",
        speed(rate),
        speed(raw, "raw verify"),
        rate / raw,
        Floor(round(rate / raw, 3), ">=", floors.BATCH),
    )
