"""Read the registry as anyone can: from the public headers and the registrar's statements.

All that the registrar says continues one chain, ``department/registrar``, whose id
entry 0 shows. So the public bundles of headers tell which entries to ask for, and
the chain's own count tells whether one was left out. Digests and links are
checked; signatures are not: that is what ``zelian verify ledger`` is for.

The registrar may say other things too, such as a succession. What it says of the
registry is read by everybody signed in and never removed, so a statement of it that
is not shown is claimed to be one of the others, which is told on stderr.

Source: spec 4 (chains), spec 5 (bundles), spec 8 (the registrar).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cli.door import Door, Shown
from cli.failures import FAILED, NOT_ALLOWED, Failure
from cli.output import talk
from crypto.chain import REGISTRY_TYPES
from crypto.checkpoint import parse_checkpoint
from crypto.header import Header, Link, parse_header
from crypto.merkle import leaf_hash
from crypto.note import parse_note
from crypto.statement import read_statement
from crypto.tiles import TILE_WIDTH, entries_path, parse_bundle
from ledger.errors import NotFound
from ledger.registry.state import Registry


@dataclass(slots=True)
class RegistryView:
    """The registry as of ``size`` entries, and the events of which it is the fold.

    ``events`` holds (index, event) of each registry statement, in order.
    """

    size: int = 0
    registry: Registry = field(default_factory=Registry)
    events: list[tuple[int, dict[str, Any]]] = field(default_factory=list)


def read_registry(door: Door) -> RegistryView:
    """Return the registry of all entries that there are now.

    Raises:
        Failure: what is shown does not agree with itself, or may not be read.
    """
    view = RegistryView(size=door.size())
    if view.size == 0:
        return view
    chain = _registrar_chain(door)
    last, hidden = bytes(32), list[int]()
    for seq, raw in enumerate(_headers_on(door, chain, view.size)):
        header = parse_header(raw)
        link = _link(header, chain)
        if link.seq != seq or link.prev != last:
            raise _disagrees(header.index)
        last = leaf_hash(raw)
        shown = door.entry(header.index)
        if shown.envelope is None and view.events:  # entry 0 could be read, and so all like it
            hidden.append(header.index)
            continue
        event = _event(shown, raw, header)
        if event["type"] in REGISTRY_TYPES:
            view.registry.apply(header.index, header.recorded_at, event)
            view.events.append((header.index, event))
    view.registry.advance(view.size)
    if hidden:
        _tell_of(hidden)
    return view


def opening_of_ledger(door: Door) -> dict[str, Any]:
    """Return the event of entry 0.

    Raises:
        Failure: it may not be read from here.
    """
    shown = door.entry(0)
    return _event(shown, shown.header, parse_header(shown.header))


def _registrar_chain(door: Door) -> bytes:
    """Return the id of the registrar's chain: entry 0 continues that one alone."""
    header = parse_header(door.entry(0).header)
    if header.index != 0 or len(header.chains) != 1:
        raise _disagrees(0)
    return header.chains[0].id


def _headers_on(door: Door, chain: bytes, size: int) -> Iterator[bytes]:
    """Yield the headers that continue *chain*: published ones by bundles, then the tail."""
    mark = chain.hex().encode()
    published = min(_published(door), size)
    for start in range(0, published, TILE_WIDTH):
        width = min(TILE_WIDTH, published - start)
        bundle = door.tile(entries_path(start // TILE_WIDTH, width))
        yield from (raw for raw in parse_bundle(bundle) if mark in raw)
    for index in range(published, size):
        header = door.entry(index).header
        if mark in header:
            yield header


def _published(door: Door) -> int:
    try:
        return parse_checkpoint(parse_note(door.checkpoint()).text).size
    except NotFound:
        return 0


def _link(header: Header, chain: bytes) -> Link:
    for link in header.chains:
        if link.id == chain:
            return link
    raise _disagrees(header.index)


def _tell_of(hidden: list[int]) -> None:
    which = ", ".join(map(str, hidden))
    talk(
        f"not shown here, and so claimed to be no part of the registry: entries {which}",
        f"以下记录此处不予出示，即称其不属登记内容：{which}",
    )


def _event(shown: Shown, raw: bytes, header: Header) -> dict[str, Any]:
    if shown.envelope is None:
        why = shown.absent or ""
        raise Failure(
            NOT_ALLOWED,
            f"entry {shown.index}, a registry statement, cannot be read from here: {why}",
            f"无法在此读取第 {shown.index} 条（登记类陈述）：{why}",
        )
    statement = read_statement(shown.envelope)
    if shown.header != raw or statement.digest != header.statement:
        raise _disagrees(header.index)
    return statement.event


def _disagrees(index: int) -> Failure:
    return Failure(
        FAILED,
        f"entry {index} does not agree with the registrar's chain: keep a copy and run "
        "`zelian verify ledger`",
        f"第 {index} 条与登记机关的链不符：请保留副本并运行 `zelian verify ledger`",
    )
