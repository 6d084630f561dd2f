"""One fault: a step fails, fails though it took effect, comes late, or comes twice.

The step is found where the open ledger calls it; what is put in its place calls the real
one, in another order or number. Late is one of two things. Where the caller waits, others
go on *meanwhile* before the effect comes. Where a caller gives up on a write (a file, a
witness), it is told of a failure, and the effect comes after what follows it succeeded.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from ledger.exchange import Unanswered
from ledger.log import sequencer as sequencer_module
from ledger.log.tile_store import CHECKPOINT
from tests.faults.held import opened
from tests.faults.matrix.cases import Row, Stage
from tests.faults.matrix.site import Site

Call = Callable[[], Any]


def _owner(site: Site, stage: Stage) -> tuple[Any, str]:
    """The object whose attribute is the step."""
    parts = opened(site.world).parts
    where: dict[Stage, tuple[Any, str]] = {
        "stage": (parts.rows, "add_entries"),
        "sign": (sequencer_module, "sign_checkpoint"),
        "commit": (parts.engine.dialect, "do_commit"),
        "publish tile": (parts.tiles, "put_all"),
        "publish checkpoint": (parts.tiles, "put_all"),
        "cosign": (parts.witnessing._asked[0].eye._asker, "_exchange"),
        "project": (parts.projection_engine.dialect, "do_commit"),
    }
    return where[stage]


def _error(stage: Stage, number: int) -> Exception:
    """What the step raises in life, in turn: a lost database or disk, or a fault of the program."""
    lost = sa.exc.OperationalError("", None, Exception("the connection was lost"))
    kinds: dict[Stage, list[Exception]] = {
        "stage": [lost, RuntimeError("a fault")],
        "sign": [RuntimeError("the key's device is away"), OSError(5, "Input/output error")],
        "commit": [lost, RuntimeError("a fault")],
        "publish tile": [OSError(28, "No space left on device"), TimeoutError()],
        "publish checkpoint": [OSError(28, "No space left on device"), TimeoutError()],
        "cosign": [Unanswered("TimeoutError"), Unanswered("ConnectionResetError")],
        "project": [lost, RuntimeError("a fault")],
    }
    return kinds[stage][number % 2]


WAITED_FOR = ("stage", "sign", "commit", "project")  # steps whose caller never gives up


@dataclass
class Fault:
    """What happened so far.

    Args:
        number: of the case in its walk: chooses the error and the file.
        meanwhile: what others do while the step is late.
    """

    site: Site
    row: Row
    number: int
    meanwhile: Call
    met: bool = False
    left: list[Call] = field(default_factory=list)  # effects that come later

    def __call__(self, real: Callable[..., Any], *args: Any, **options: Any) -> Any:
        def effect() -> Any:
            return real(*args, **options)

        if self.met or not self._is_it(args):
            return effect()
        self.met = True
        return self._faulty(effect)

    def _is_it(self, args: tuple[Any, ...]) -> bool:
        """Whether this call of the step is the one: of the checkpoint, or of other files."""
        if self.row.stage in ("publish tile", "publish checkpoint"):
            is_note = [path for path, _ in args[0]] == [CHECKPOINT]
            return bool(args[0]) and is_note == (self.row.stage == "publish checkpoint")
        return self.row.stage != "cosign" or args[0] == "POST"

    def _faulty(self, effect: Call) -> Any:
        mode, error = self.row.mode, _error(self.row.stage, self.number)
        if mode == "twice":
            effect()
            return effect()
        if mode == "late" and self.row.stage in WAITED_FOR:
            self.meanwhile()
            return effect()
        if mode == "late":
            self.left.append(effect)
        if mode == "persisted":
            effect()
        raise error

    @property
    def lost(self) -> bool:
        """Whether all that happened is that the database did not answer."""
        is_lost = isinstance(_error(self.row.stage, self.number), sa.exc.OperationalError)
        return is_lost and self.row.mode in ("fails", "persisted")

    def arrive(self) -> None:
        """Let the effects that were late come now."""
        while self.left:
            self.left.pop()()


@contextmanager
def faulty(fault: Fault) -> Iterator[Fault]:
    """Put the fault in the step's place for as long as the block runs."""
    owner, name = _owner(fault.site, fault.row.stage)
    real = getattr(owner, name)
    kept = vars(owner).get(name)

    def call(*args: Any, **options: Any) -> Any:
        if name == "put_all":
            args = (list(args[0]),)
        return fault(real, *args, **options)

    setattr(owner, name, call)
    try:
        yield fault
    finally:
        if kept is None:
            delattr(owner, name)
        else:
            setattr(owner, name, kept)
