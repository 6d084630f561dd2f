"""What a watcher keeps beside the files of its mirror: where it stands, and where chains end.

One row says up to which signed checkpoint everything was verified; the files of the
mirror follow it.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from ledger.store.engine import open_engine

Connection = sa.Connection

_metadata = sa.MetaData()
_pin = sa.Table(
    "pin",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("changed_ms", sa.BigInteger, nullable=False),
)
_ends = sa.Table(
    "chain_ends",
    _metadata,
    sa.Column("id", sa.LargeBinary, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("leaf", sa.LargeBinary, nullable=False),
)
_AT_ONCE = 500  # ids in one question


class Pin(NamedTuple):
    """The checkpoint up to which all was verified.

    ``changed_ms``: when a note that says something new was last seen, by the watcher's clock.
    """

    size: int
    note: str
    changed_ms: int


class End(NamedTuple):
    """Where a chain ends: the sequence number of its last entry, and that entry's leaf hash."""

    seq: int
    leaf: bytes


def open_mirror(path: Path) -> sa.Engine:
    """Return the engine of the file *path*, which is made where it is missing."""
    engine = open_engine(f"sqlite:///{path}", 16)
    _metadata.create_all(engine)
    return engine


def read_pin(connection: sa.Connection) -> Pin | None:
    """Return where the watcher stands; None: it has seen nothing yet."""
    row = connection.execute(sa.select(_pin.c.size, _pin.c.note, _pin.c.changed_ms)).first()
    return None if row is None else Pin(*row)


def put_pin(connection: sa.Connection, pin: Pin) -> None:
    """Move on."""
    connection.execute(sa.delete(_pin))
    connection.execute(sa.insert(_pin), [{"id": 1, **pin._asdict()}])


def ends_of(connection: sa.Connection, ids: Iterable[bytes]) -> dict[bytes, End]:
    """Return the ends of those chains that are known."""
    wanted, found = list(ids), {}
    for at in range(0, len(wanted), _AT_ONCE):
        some = wanted[at : at + _AT_ONCE]
        rows = connection.execute(sa.select(_ends).where(_ends.c.id.in_(some)))
        found.update({row.id: End(row.seq, row.leaf) for row in rows})
    return found


def put_ends(connection: sa.Connection, ends: Mapping[bytes, End]) -> None:
    """Replace the ends of these chains."""
    values = [{"id": key, "seq": end.seq, "leaf": end.leaf} for key, end in ends.items()]
    if values:
        connection.execute(sa.insert(_ends).prefix_with("OR REPLACE"), values)
