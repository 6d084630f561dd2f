"""Run the whole fault table, and print what was counted.

    python -m tests.faults [EDGE …]

Without an edge: 256 and 65,536. The faults with processes that are really killed are
`pytest -m long tests/faults/real`.
"""

import logging
import sys
import time

import structlog

from tests.faults.matrix.cases import BATCHES, EDGES, MODES, ROWS, STAGES
from tests.faults.matrix.known import Tally
from tests.faults.matrix.prepared import SMALL, prepared
from tests.faults.matrix.walk import over


def main(edges: list[int]) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    all_ = Tally()
    for edge in edges:
        began = time.monotonic()
        with prepared(edge) as base:
            tally = over(base, ROWS, BATCHES, whole=edge < SMALL)
        print(f"{tally.told(edge)} ({time.monotonic() - began:.0f} s)", flush=True)
        all_.add(tally)
    print_table(all_)


def print_table(tally: Tally) -> None:
    """Print the cases by step and way; each with and without a restart."""
    print(f"\n{'step':<20}" + "".join(f"{mode:>12}" for mode in MODES))
    for stage in STAGES:
        cells = "".join(f"{tally.cases[stage, mode]:>12}" for mode in MODES)
        print(f"{stage:<20}{cells}")
    print(
        f"\n{sum(tally.cases.values())} cases, lost {tally.lost}, forks {tally.forks}, "
        f"verified on damage {tally.damage_verified} of {tally.damages}"
    )


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or list(EDGES))
