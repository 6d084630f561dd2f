"""O12: the newest published checkpoint is not older than the policy allows.

No statement starts it, for the ledger would have to say something merely to say that
nothing happened. Whoever publishes hands in the time of the newest checkpoint, and
gets an obligation that was never stored.

Source: domain, 4.5 (O12); spec 5.
"""

from ledger.events.wording import Wording
from ledger.sharing.machine import Body, Said
from ledger.supervision.begun import begun
from ledger.supervision.obligation_kinds.kind import Kind, Start
from ledger.supervision.seen import Seen

CHECKPOINT = Kind(
    "O12",
    "checkpoint",
    Wording("Publish a checkpoint", "发布检查点"),
    "service",
    "service",
)

KINDS = (CHECKPOINT,)


def checkpoint_due(size: int, published_at: str, seen: Seen, operator: str) -> Body | None:
    """Return the obligation to publish the checkpoint after that of *size*; None: it is off.

    Args:
        published_at: T of the newest checkpoint.
        operator: department that operates the ledger.
    """
    said = Said(
        size - 1, published_at,
        {"source": f"/departments/{operator}", "time": published_at, "data": {}}, "",
        None, "system",
        frozenset((operator,)),
    )  # fmt: skip
    start = Start(operator, f"checkpoint/{size}", parameter="checkpoint")
    cases = list(begun([(CHECKPOINT, start)], said, seen, _NOTHING))
    return cases[0].body if cases else None


class _Nothing:
    """A store in which nothing is kept."""

    def get(self, _name: str, /) -> Body | None:
        return None

    def put(self, _name: str, _body: Body, /) -> None:
        raise LookupError("nothing is kept here")

    def owed(self) -> tuple[Body, ...]:
        return ()


_NOTHING = _Nothing()
