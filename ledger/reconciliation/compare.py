"""Lay a platform's exchanges beside what the ledger holds, and list what differs, both ways.

Each exchange is expected twice in the ledger: as a delivery that the provider recorded,
and as a use that the consumer recorded, but for a side that says it failed. A statement
tells of an exchange if it names it by the platform's id, and its item and parties are
those of the exchange; a statement that names no id, if its time is within the tolerance.
Each statement tells of one exchange, each exchange is told by one statement a party.
Windows of calls, in which many are counted together, are compared by their numbers and
stand for calls that no statement tells of.

What the mapping does not name is not compared, and is listed. Statements of the ledger
are looked at where their item and both departments are named in the mapping, their time
is within the file's, and their channel is one that goes through a gateway.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.reconciliation.exchanges import Exchange, Paired
from ledger.reconciliation.matching import Call, Matched, match
from ledger.reconciliation.names import Names, relation
from ledger.reconciliation.outcome import (
    FEWER_RECORDED,
    GRANT_DIFFERS,
    MORE_RECORDED,
    NOT_EXCHANGED,
    NOT_RECORDED,
    ONE_SIDE,
    TIME_DIFFERS,
    UNMAPPED,
    Count,
    Difference,
    Failed,
    Outcome,
    coverage_of,
    in_listing_order,
)
from ledger.reconciliation.recorded import PARTIES, Book, Party, Recorded
from ledger.reconciliation.span import Span
from ledger.reconciliation.windows import Told, cover, windows_of
from ledger.reconciliation.xroad import Record


@dataclass(slots=True)
class _Work:
    """What has been found so far."""

    differences: list[Difference] = field(default_factory=list)
    coverage: dict[tuple[str, str | None, str], Count] = field(default_factory=dict)

    def count(self, of: str, name: str | None, party: str, recorded: bool) -> None:
        one = self.coverage.setdefault((of, name, party), Count())
        one.calls += 1
        one.recorded += recorded


def span_of(paired: Paired, since: int | None, until: int | None, tolerance: int) -> Span:
    """Return what *paired* is about, where nobody says otherwise: from first to last record.

    Args:
        since, until: said by whoever asks, or None. All in milliseconds.
    """
    told = [one for exchange in paired.exchanges for one in _sides(exchange)] + [*paired.failed]
    first = min((one.began for one in told), default=0)
    last = max((one.ended for one in told), default=0)
    return Span(first if since is None else since, last if until is None else until, tolerance)


def compare(paired: Paired, book: Book, names: Names, span: Span) -> Outcome:
    """Return in what *paired* and *book* differ within *span*."""
    within = [one for one in paired.exchanges if span.holds(one.at)]
    looked_at = [one for one in within if one.either.service not in names.passed_over]
    work = _Work()
    named: list[tuple[Exchange, Call]] = []
    for exchange in looked_at:
        call = _call(exchange, names)
        if call is None:
            work.differences.append(_unmapped(exchange, names))
        else:
            named.append((exchange, call))
        if (exchange.client is None) != (exchange.producer is None):
            work.differences.append(_one_side(exchange, call))
    counted = {"other_channel": 0, "again": 0, "windows_beyond": 0}
    for party in PARTIES:
        calls = [call for exchange, call in named if not _says_it_failed(exchange, party)]
        matched = match(calls, _scope(book, party, names, span, counted), party, span.tolerance)
        windows = windows_of(book, party, names)
        told = cover(calls, matched, windows, party, span)
        counted["windows_beyond"] += told.beyond
        _tell(work, party, calls, matched, told, span, counted)
    return Outcome(
        span.since,
        span.until,
        _platform(paired, within, looked_at, named),
        _ledger(book, counted),
        in_listing_order(work.differences),
        tuple(_failed(record) for record in paired.failed if span.holds(record.ended)),
        coverage_of(work.coverage),
    )


def _sides(exchange: Exchange) -> Iterator[Record]:
    yield from (one for one in (exchange.client, exchange.producer) if one is not None)


def _says_it_failed(exchange: Exchange, party: Party) -> bool:
    side = "Client" if party == "consumer" else "Producer"
    return exchange.failing is not None and exchange.failing.side == side


def _call(exchange: Exchange, names: Names) -> Call | None:
    """Return the exchange in the ledger's names; None where one is missing."""
    told = exchange.either
    client, provider, service = told.client or "", told.provider or "", told.service or ""
    found = (
        names.subsystems.get(provider),
        names.subsystems.get(client),
        names.services.get(service),
    )
    if None in found:
        return None
    return Call(
        provider=str(found[0]),
        consumer=str(found[1]),
        item=str(found[2]),
        grant=names.grants.get(relation(client, service)),
        at={
            "provider": (exchange.producer or told).ended,
            "consumer": (exchange.client or told).ended,
        },
        ids=exchange.ids,
        id=told.key,
        theirs=relation(client, service),
        source=_place(told),
    )


def _place(record: Record) -> str:
    return f"{record.file}:{record.number}"


def _unmapped(exchange: Exchange, names: Names) -> Difference:
    told = exchange.either
    return Difference(
        UNMAPPED,
        provider=names.subsystems.get(told.provider or ""),
        consumer=names.subsystems.get(told.client or ""),
        item=names.services.get(told.service or ""),
        at=exchange.at,
        calls=1,
        id=told.key,
        theirs=relation(told.client or "-", told.service or "-"),
        source=_place(told),
    )


def _one_side(exchange: Exchange, call: Call | None) -> Difference:
    told = exchange.either
    return Difference(
        ONE_SIDE,
        party="consumer" if exchange.client is None else "provider",
        provider=call.provider if call else None,
        consumer=call.consumer if call else None,
        item=call.item if call else None,
        grant=call.grant if call else None,
        at=exchange.at,
        calls=1,
        id=told.key,
        theirs=relation(told.client or "-", told.service or "-"),
        source=_place(told),
    )


def _scope(
    book: Book, party: Party, names: Names, span: Span, counted: dict[str, int]
) -> list[Recorded]:
    """Return the statements of *party* that may tell of exchanges of this platform."""
    items, departments = {*names.services.values()}, {*names.subsystems.values()}
    elsewhere = book.elsewhere(party)
    found = []
    for one in book.of(party):
        if one.item not in items or not {one.consumer, one.speaker} <= departments:
            continue
        if one.index in elsewhere:
            counted["other_channel"] += span.holds(one.at)
        else:
            found.append(one)
    return found


def _tell(
    work: _Work,
    party: Party,
    calls: Sequence[Call],
    matched: Matched,
    told: Told,
    span: Span,
    counted: dict[str, int],
) -> None:
    """Add what *party* recorded too little or too much, and its coverage."""
    work.differences += [_uneven(one, party, number) for one, number in told.uneven]
    for at, call in enumerate(calls):
        statement = matched.of_call.get(at)
        recorded = statement is not None or at in told.stood_for
        work.count("department", call.consumer if party == "consumer" else call.provider, party,
                   recorded)  # fmt: skip
        if party == "consumer":
            work.count("grant", call.grant, party, recorded)
        if statement is not None:
            work.differences += _unlike(call, statement, party, span)
        elif at not in told.spoken_of:
            work.differences.append(_missing(call, party))
    for one in matched.rest:
        if one.index in matched.again:
            counted["again"] += 1
        elif span.holds(one.at):
            work.differences.append(_too_much(one, party))


def _uneven(one: Recorded, party: Party, calls: int) -> Difference:
    window = one.window
    if window is None:
        raise LookupError("a window has one")
    return Difference(
        FEWER_RECORDED if window.count < calls else MORE_RECORDED,
        party=party,
        provider=one.provider,
        consumer=one.consumer,
        item=one.item,
        grant=one.grant,
        since=window.since,
        until=window.until,
        calls=calls,
        recorded=window.count,
        entry=one.index,
    )


def _missing(call: Call, party: Party) -> Difference:
    return _about(NOT_RECORDED, call, party, 0, None)


def _unlike(call: Call, one: Recorded, party: Party, span: Span) -> Iterator[Difference]:
    """Yield in what a statement differs from the exchange of which it tells."""
    if abs(one.at - call.at[party]) > span.tolerance:
        yield _about(TIME_DIFFERS, call, party, 1, one.index)
    if call.grant is not None and one.grant is not None and call.grant != one.grant:
        yield _about(GRANT_DIFFERS, call, party, 1, one.index)


def _about(kind: str, call: Call, party: Party, recorded: int, entry: int | None) -> Difference:
    return Difference(
        kind,
        party=party,
        provider=call.provider,
        consumer=call.consumer,
        item=call.item,
        grant=call.grant,
        at=call.at[party],
        calls=1,
        recorded=recorded,
        id=call.id,
        entry=entry,
        theirs=call.theirs,
        source=call.source,
    )


def _too_much(one: Recorded, party: Party) -> Difference:
    return Difference(
        NOT_EXCHANGED,
        party=party,
        provider=one.provider,
        consumer=one.consumer,
        item=one.item,
        grant=one.grant,
        at=one.at,
        calls=0,
        recorded=1,
        id=min(one.ids, default=None),
        entry=one.index,
    )


def _failed(record: Record) -> Failed:
    theirs = relation(record.client or "-", record.service or "-")
    named = record.client is not None or record.service is not None
    return Failed(
        record.ended, record.side, theirs if named else None, record.key, record.fault,
        _place(record),
    )  # fmt: skip


def _platform(
    paired: Paired,
    within: Sequence[Exchange],
    looked_at: Sequence[Exchange],
    named: Sequence[tuple[Exchange, Call]],
) -> Mapping[str, int]:
    both = sum(None not in (one.client, one.producer) for one in looked_at)
    return {
        "exchanges": len(looked_at),
        "both_sides": both,
        "one_side": len(looked_at) - both,
        "unmapped": len(looked_at) - len(named),
        "passed_over": len(within) - len(looked_at),
        "outside_the_period": len(paired.exchanges) - len(within),
        "failed_records": len(paired.failed),
        "repeated_records": paired.repeated,
    }


def _ledger(book: Book, counted: Mapping[str, int]) -> Mapping[str, int]:
    return {
        "uses": len(book.uses),
        "deliveries": len(book.deliveries),
        "windows": len(book.windows),
        "void": book.void,
        "absent": book.absent,
        **counted,
    }
