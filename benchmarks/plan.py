"""How much of everything a run does: the whole, or a quick one that only shows that it works.

Counts are of statements unless said otherwise.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """One run; the whole, where nothing else is said.

    Args:
        judged: whether floors decide how the run ends; small runs are all start-up.
        minutes: after which a run is given up.
        rounds: how often a limit and what is held against it take turns, at least 3.
        raw_each: signatures that each process verifies in one measurement.
        lines: of a batch.
        batches: over HTTP, a round and a form of receipts.
        posts_one, posts_many: single POSTs a round, by one client and by many.
        sizes: of the ledgers that are grown, ascending.
        growth_rounds: batches measured at each size.
        proofs: a round and a size.
        load_batches, load_posts: what a server gets before its memory is read.
        burst: statements that come without a pause before they are projected, and
            entries of the ledger that the projector takes in alone.
        queried: entries of the ledgers that are asked questions.
        questions, requests: asked of each in process, and over HTTP.
        traced: sizes of the ledger in which acts are traced, one grown into the other.
        registrations: acts that are laid into it before each of these.
        traces: of each length, in process, and over HTTP.
    """

    judged: bool = True
    minutes: int = 150
    rounds: int = 3
    raw_each: int = 30_000
    lines: int = 1_000
    batches: int = 17
    posts_one: int = 2_000
    posts_many: int = 6_000
    sizes: tuple[int, ...] = (1_000, 10_000, 100_000, 1_000_000)
    growth_rounds: int = 9
    proofs: int = 500
    load_batches: int = 20
    load_posts: int = 500
    burst: int = 100_000
    queried: int = 1_000_000
    questions: int = 2_000
    requests: int = 500
    traced: tuple[int, int] = (100_000, 1_000_000)
    registrations: int = 300
    traces: int = 300

    @property
    def compared(self) -> tuple[int, int]:
        """The sizes whose batch costs are held against each other."""
        return self.sizes[1], self.sizes[-1]

    @property
    def largest(self) -> tuple[int, int]:
        """The sizes that are verified whole, and whose memory is held against each other."""
        return self.sizes[-2], self.sizes[-1]


FULL = Plan()

QUICK = Plan(
    judged=False,
    minutes=5,
    raw_each=200,
    lines=50,
    batches=2,
    posts_one=20,
    posts_many=80,
    sizes=(100, 200, 400, 800),
    growth_rounds=3,
    proofs=20,
    load_batches=2,
    load_posts=20,
    burst=1_000,
    queried=1_500,
    questions=100,
    requests=30,
    traced=(2_000, 3_000),
    registrations=1,
    traces=2,
)
