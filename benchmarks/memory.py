"""Memory of a server and of a verification, at two sizes of the ledger."""

from benchmarks import floors
from benchmarks.client import CREATED, OK, Expected
from benchmarks.machine import memory_of
from benchmarks.servers import Server, serve_ledger
from benchmarks.table import Floor, Row, megabytes
from benchmarks.timing import say
from benchmarks.verifying import verification_peak
from benchmarks.wire import STATEMENTS, get, post, post_batch
from benchmarks.workshop import Workshop

IN_FLIGHT = 2
CLIENTS = 16
MEBIBYTE = 2**20


def measure_memory(shop: Workshop) -> list[Row]:
    """Load a server at either size, then verify its ledger."""
    servers, verifications, cache = [], [], 0
    for size in shop.plan.largest:
        home = shop.grown(size)
        cache = home.cache_mib * MEBIBYTE
        say(f"memory at {size:,}: serving; tiles and projections have to catch up first")
        with serve_ledger(home) as server:
            servers.append(_loaded(shop, server))
        say(f"memory at {size:,}: verifying")
        verifications.append(verification_peak(home))
    return [
        *_rows(shop, "server", servers, cache + floors.MEMORY_SLACK),
        *_rows(shop, "full verification", verifications, floors.MEMORY_SLACK),
    ]


def _loaded(shop: Workshop, server: Server) -> int:
    """Let *server* work; return the most memory that its process has had, in bytes."""
    plan = shop.plan
    server.settle()
    batches = shop.signers.batches(plan.load_batches, plan.lines)
    expected = Expected(b"200", b'"status":201}', plan.lines)
    bodies = [post_batch(lines, compact=False) for lines in batches]
    shop.client.drive(server.port, bodies, IN_FLIGHT, expected)
    posts = [post(STATEMENTS, line) for line in shop.signers.lines(plan.load_posts)]
    shop.client.drive(server.port, posts, CLIENTS, CREATED)
    server.settle()
    step = max(1, plan.sizes[0] // plan.load_posts)
    proofs = [get(f"/api/v1/entries/{n * step}/proof") for n in range(plan.load_posts)]
    shop.client.drive(server.port, proofs, CLIENTS, OK)
    now, highest = memory_of(server.pid)
    say(f"memory of the server: {megabytes(now)} now, {megabytes(highest)} at its highest")
    return highest


def _rows(shop: Workshop, whose: str, taken: list[int], most: int) -> list[Row]:
    rows = [
        Row(f"peak memory, {whose}, at {size:,}", megabytes(peak))
        for size, peak in zip(shop.plan.largest, taken, strict=True)
    ]
    grown = taken[1] - taken[0]
    floor = Floor(round(grown / 1e6, 1), "<=", round(most / 1e6, 1), " MB")
    return [*rows, Row(f"  growth of {whose}", megabytes(grown), floor=floor)]
