"""Put both sides of each exchange together, and set apart what was none.

X-Road gives each request an id of its own, which both sides record; where a record has
none, the message id, the client and the service say which exchange it is. A message id
alone does not: clients use one again. Records that say the same, but for when they were
collected, count once. A side that says "failed" tells of no exchange of data.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger.reconciliation.xroad import Record

_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """Data that went from a provider to a client, as one or both of them say.

    Attributes:
        client, producer: the record of that side that says it succeeded.
        failing: a record of the other side that says it failed.
    """

    client: Record | None
    producer: Record | None
    failing: Record | None = None

    @property
    def either(self) -> Record:
        """The provider's record, else the client's."""
        found = self.producer or self.client
        if found is None:
            raise LookupError("an exchange is told by a side at least")
        return found

    @property
    def at(self) -> int:
        """When the response went out, milliseconds."""
        return self.either.ended

    @property
    def ids(self) -> frozenset[str]:
        """What either side calls it."""
        told = [one for one in (self.client, self.producer) if one is not None]
        return frozenset(name for one in told for name in (one.request, one.message) if name)


@dataclass(frozen=True, slots=True)
class Paired:
    """All that a platform's records say.

    Attributes:
        exchanges: by time.
        failed: records of what no side says succeeded, by time.
        repeated: how many records said what an earlier one had said.
    """

    exchanges: tuple[Exchange, ...]
    failed: tuple[Record, ...]
    repeated: int


def distinct(records: Iterable[Record]) -> list[Record]:
    """Return *records* without those that say what an earlier one said."""
    seen: set[tuple[tuple[str, str], ...]] = set()
    found = []
    for record in records:
        said = tuple(sorted(record.members.items()))
        if said not in seen:
            seen.add(said)
            found.append(record)
    return found


def pair(records: Sequence[Record]) -> Paired:
    """Return the exchanges of which *records* tell."""
    once = distinct(records)
    groups: dict[_Key, list[Record]] = {}
    for record in once:
        groups.setdefault(_key_of(record), []).append(record)
    exchanges: list[Exchange] = []
    failed: list[Record] = []
    for group in groups.values():
        told = _exchanges(group)
        exchanges += told
        used = {id(one.failing) for one in told}
        failed += [one for one in group if not one.succeeded and id(one) not in used]
    return Paired(
        tuple(sorted(exchanges, key=lambda one: (one.at, one.either.file, one.either.number))),
        tuple(sorted(failed, key=lambda one: (one.ended, one.file, one.number))),
        len(records) - len(once),
    )


def _key_of(record: Record) -> _Key:
    if record.request is not None:
        return ("request", record.request)
    if record.message is not None:
        return ("message", record.message, record.client or "", record.service or "")
    return ("record", record.file, str(record.number))  # nothing says what it belongs to


def _exchanges(group: Sequence[Record]) -> list[Exchange]:
    """Return the exchanges of one key; more than one only where a side tells it twice."""
    clients, producers = (_of(group, side, True) for side in ("Client", "Producer"))
    both = min(len(clients), len(producers))
    found = [Exchange(*sides) for sides in zip(clients[:both], producers[:both], strict=True)]
    failing = _of(group, "Producer", False)
    found += [
        Exchange(one, None, failing[at] if at < len(failing) else None)
        for at, one in enumerate(clients[both:])
    ]
    failing = _of(group, "Client", False)
    found += [
        Exchange(None, one, failing[at] if at < len(failing) else None)
        for at, one in enumerate(producers[both:])
    ]
    return found


def _of(group: Sequence[Record], side: str, succeeded: bool) -> list[Record]:
    chosen = [one for one in group if one.side == side and one.succeeded is succeeded]
    return sorted(chosen, key=lambda one: (one.began, one.file, one.number))
