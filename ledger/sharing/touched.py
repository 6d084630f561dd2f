"""Which things a statement touches: those it names as what it is about, of the kinds that live.

A grant that is only pointed at, as the one that another was copied from, is not
touched; what feedback credits and what an act rests on is.
"""

from collections.abc import Mapping
from typing import Any

from ledger.sharing.agreements import AGREEMENT
from ledger.sharing.catalogue import ACT, DELIVERY, ITEM, MATTER
from ledger.sharing.corrections import CORRECTION
from ledger.sharing.determinations import DETERMINATION
from ledger.sharing.disputes import DISPUTE
from ledger.sharing.grants import GRANT
from ledger.sharing.machine import Machine
from ledger.sharing.requests import REQUEST
from ledger.sharing.uses import USE

MACHINES: Mapping[str, Machine] = {
    machine.kind: machine
    for machine in (
        REQUEST, GRANT, USE, CORRECTION, DISPUTE, AGREEMENT, ITEM, DELIVERY, ACT, MATTER,
        DETERMINATION,
    )
}  # fmt: skip

# Members that are lists of what a statement is about, beside its refs.
_INSIDE = ("contributions", "evidence")
_PIECES = ("item", "use")


def touched(event: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """Return (kind, ref) of each thing that the admitted *event* is about."""
    data = event["data"]
    found = {(kind, ref) for kind, ref in data["refs"].items() if kind in MACHINES}
    for member in _INSIDE:
        for piece in data.get(member, ()):
            found |= {(kind, piece[kind]) for kind in _PIECES if kind in piece}
    return frozenset(found)
