"""The table of faults: which step fails, how, at which edge of a tile, with a restart or not.

A *walk* takes one row of the table over the edge: each of its steps appends a batch
while the step of the row fails, so that the fault meets the tree just below the edge,
on it and just above, with batches of several sizes. A step of a walk is a case.

Source: the fault table of FiloSottile/sunlight, which it follows in spirit.
"""

from dataclasses import dataclass
from itertools import product
from typing import Literal, get_args

Stage = Literal[
    "stage", "sign", "commit", "publish tile", "publish checkpoint", "cosign", "project"
]
Mode = Literal["fails", "persisted", "late", "twice"]

STAGES: tuple[Stage, ...] = get_args(Stage)
MODES: tuple[Mode, ...] = get_args(Mode)  # persisted: it took effect, and its answer was lost
EDGES = (256, 65_536)  # a tile is full; a tile of tiles is full
BATCHES = (1, 1, 2, 1, 3, 1, 1, 2, 1)  # appended in turn, from BELOW entries below the edge on
BELOW = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table.

    Args:
        restart: the ledger is opened anew after each fault; else it goes on as it can.
    """

    stage: Stage
    mode: Mode
    restart: bool

    def __str__(self) -> str:
        return f"{self.stage}, {self.mode}, {'restart' if self.restart else 'goes on'}"


ROWS = [Row(*row) for row in product(STAGES, MODES, (False, True))]
CASES = len(ROWS) * len(EDGES) * len(BATCHES)
