"""What statements say of exchanges: uses, deliveries and windows of calls, and what is void.

A use is the using department's word, a delivery the providing department's; a window is
a count of many calls by whoever counted. A statement whose author corrected it, or said
that it is void, counts no more; one that replaces it counts as itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from crypto.notation import parse_time

Kind = Literal["use", "delivery", "window"]
Party = Literal["provider", "consumer"]

PARTIES: tuple[Party, ...] = ("provider", "consumer")
TYPES = ("use.recorded", "delivery.sent", "window.recorded", "statement.corrected")
# How data go through a gateway; a use does not say how its data came.
GATEWAY = frozenset({"api", "shared_platform", "not_stated"})

_KINDS: Mapping[str, Kind] = {
    "zelian.use.recorded.v1": "use",
    "zelian.delivery.sent.v1": "delivery",
    "zelian.window.recorded.v1": "window",
}
_CORRECTED = "zelian.statement.corrected.v1"
_SOURCE = "/departments/"


@dataclass(frozen=True, slots=True)
class Window:
    """A count of calls from ``since`` on and before ``until``, both in milliseconds."""

    since: int
    until: int
    count: int
    counted_by: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """One statement.

    Attributes:
        index: of its entry; ``digest``: of the statement, hex.
        speaker: who says it, or on whose behalf it is said.
        consumer, provider: department ids; of a use the provider is its item's owner.
        ids: what it calls the exchange, in the platform's words.
        delivery: the ref of a delivery, its own or that on which a use relies.
        window: of a window.
        many: of a delivery: it tells of a window, not of one call.
    """

    index: int
    digest: str
    kind: Kind
    speaker: str
    provider: str
    consumer: str
    item: str
    grant: str | None
    at: int
    ids: frozenset[str]
    channel: str | None
    delivery: str | None
    window: Window | None
    many: bool

    @property
    def through_the_gateway(self) -> bool:
        """Whether it may tell of an exchange that the platform carried."""
        return self.channel is None or self.channel in GATEWAY


@dataclass(frozen=True, slots=True)
class Book:
    """What the ledger holds, by the order of entries.

    Attributes:
        void: how many more were corrected by their authors and do not count.
        absent: how many entries are there whose statement is withheld or erased.
    """

    uses: tuple[Recorded, ...]
    deliveries: tuple[Recorded, ...]
    windows: tuple[Recorded, ...]
    void: int
    absent: int

    def of(self, party: Party) -> tuple[Recorded, ...]:
        """Return the statements in which *party* tells of single exchanges."""
        if party == "consumer":
            return self.uses
        return tuple(one for one in self.deliveries if not one.many)

    def elsewhere(self, party: Party) -> frozenset[int]:
        """Return the indexes of those that tell of data which came by other ways."""
        deliveries = {
            one.delivery for one in self.deliveries if one.delivery and not one.through_the_gateway
        }
        return frozenset(
            one.index
            for one in self.of(party)
            if not one.through_the_gateway or (one.kind == "use" and one.delivery in deliveries)
        )


Told = tuple[int, str, Mapping[str, Any] | None]  # index, digest, event or None


def book_of(entries: Iterable[Told]) -> Book:
    """Return what *entries* say; an entry may come more than once."""
    told = {index: (digest, event) for index, digest, event in entries}
    found: list[Recorded] = []
    corrected: dict[str, set[str]] = {}
    for index, (digest, event) in sorted(told.items()):
        if event is None:
            continue
        if event["type"] == _CORRECTED:
            corrected.setdefault(event["data"]["target"], set()).add(event["source"])
        elif event["type"] in _KINDS:
            found.append(recorded_of(index, digest, event))
    sources = {index: event["source"] for index, (_, event) in told.items() if event is not None}
    live = [one for one in found if sources[one.index] not in corrected.get(one.digest, ())]
    return Book(
        tuple(one for one in live if one.kind == "use"),
        tuple(one for one in live if one.kind == "delivery"),
        tuple(one for one in live if one.kind == "window"),
        void=len(found) - len(live),
        absent=sum(event is None for _, event in told.values()),
    )


def recorded_of(index: int, digest: str, event: Mapping[str, Any]) -> Recorded:
    """Return what the statement *event*, one of the three kinds, says of exchanges."""
    kind, data = _KINDS[event["type"]], event["data"]
    refs = data["refs"]
    speaker = data.get("on_behalf_of") or event["source"].removeprefix(_SOURCE)
    owner = refs["item"].partition("/")[0]
    window = data.get("window") if kind != "use" else None
    return Recorded(
        index=index,
        digest=digest,
        kind=kind,
        speaker=speaker,
        provider={"use": owner, "delivery": speaker}.get(kind) or data["provider"],
        consumer=speaker if kind == "use" else data["consumer"],
        item=refs["item"],
        grant=refs.get("grant"),
        at=parse_time(event["time"]),
        ids=frozenset(data[name] for name in ("call_ref", "platform_ref") if name in data),
        channel=data.get("channel"),
        delivery=refs.get("delivery"),
        window=_window(data) if kind == "window" else None,
        many=kind == "delivery" and window is not None,
    )


def _window(data: Mapping[str, Any]) -> Window:
    since, until = (parse_time(data["window"][name]) for name in ("from", "to"))
    return Window(since, until, data["count"], data["counted_by"])
