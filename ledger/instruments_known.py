"""Which packs and calendars a ledger knows: the built-in ones, and those that were adopted."""

import orjson

from ledger.builtin_packs import built_in
from ledger.parts import Parts
from ledger.store.engine import reading
from ledger.store.supervision_rows import supervision_rows
from ledger.supervision.instruments import Instruments
from ledger.supervision.supervisor import INSTRUMENTS


def instruments_known(parts: Parts, as_of: int | None = None) -> Instruments:
    """Return the instruments adopted below *as_of*; None: so far as supervision has come."""
    with reading(parts.projection_engine) as connection:
        rows = dict(supervision_rows(parts.engine).find_watched(connection, [INSTRUMENTS]))
    adopted = orjson.loads(rows[INSTRUMENTS])["adopted"] if INSTRUMENTS in rows else ()
    return built_in().with_all(one for one in adopted if as_of is None or one["index"] < as_of)
