"""Invented exchanges of 云岭省 in X-Road's words, and statements on them."""

import json
from typing import Any

from crypto.notation import format_time, parse_time
from ledger.reconciliation.exchanges import Paired, pair
from ledger.reconciliation.names import Names
from ledger.reconciliation.recorded import Book, Told, book_of
from ledger.reconciliation.xroad import read_records

START = parse_time("2026-11-02T01:00:00.000Z")
MINUTE = 60_000
CLIENT, PROVIDER = "YL/GOV/MZ/DIBAO", "YL/GOV/GA/HUJI"
SERVICE = f"{PROVIDER}/household/v1"
BETWEEN = f"{CLIENT} > {SERVICE}"
ITEM, GRANT = "GA/household", "GA/G-1"
NAMES = Names({CLIENT: "MZ", PROVIDER: "GA"}, {SERVICE: ITEM}, {BETWEEN: GRANT})


def record(side: str, number: int, **changes: Any) -> dict[str, Any]:
    """What one side says of exchange *number*, which is in minute *number*."""
    at = START + number * MINUTE
    said = {
        "securityServerType": side,
        "securityServerInternalIp": "192.0.2.1",
        "requestInTs": at,
        "responseOutTs": at + (100 if side == "Producer" else 200),
        "clientXRoadInstance": "YL", "clientMemberClass": "GOV", "clientMemberCode": "MZ",
        "clientSubsystemCode": "DIBAO",
        "serviceXRoadInstance": "YL", "serviceMemberClass": "GOV", "serviceMemberCode": "GA",
        "serviceSubsystemCode": "HUJI", "serviceCode": "household", "serviceVersion": "v1",
        "messageId": f"m-{number}", "xRequestId": f"r-{number}",
        "succeeded": True, "insertTime": at / 1000,
    }  # fmt: skip
    return {name: value for name, value in (said | changes).items() if value is not None}


def both(*numbers: int) -> list[dict[str, Any]]:
    """Both sides' records of exchanges."""
    return [record(side, number) for number in numbers for side in ("Client", "Producer")]


def paired(records: list[dict[str, Any]]) -> Paired:
    return pair(read_records(json.dumps(records), "records.json"))


def told(
    kind: str, index: int, at: int, *, source: str = "", refs: dict[str, str] | None = None,
    **data: Any,
) -> Told:  # fmt: skip
    """An entry: a use by MZ, a delivery by GA or a window, of the item, under the grant."""
    usual = {
        "use.recorded": ("MZ", {}),
        "delivery.sent": ("GA", {"consumer": "MZ", "channel": "api"}),
        "window.recorded": (
            "MZ", {"provider": "GA", "consumer": "MZ", "counted_by": "consumer", "channel": "api"},
        ),
        "statement.corrected": ("MZ", {}),
    }  # fmt: skip
    who, members = usual[kind]
    event = {
        "type": f"zelian.{kind}.v1",
        "source": f"/departments/{source or who}",
        "time": format_time(at),
        "data": {**members, **data, "refs": {"item": ITEM, "grant": GRANT, **(refs or {})}},
    }
    return index, f"{index:064x}", event


def use(index: int, number: int, *, late: int = 0, **data: Any) -> Told:
    """The use of exchange *number*; ``late`` milliseconds after it."""
    return told("use.recorded", index, START + number * MINUTE + 200 + late, **data)


def delivery(index: int, number: int, *, late: int = 0, **data: Any) -> Told:
    """The delivery of exchange *number*."""
    return told("delivery.sent", index, START + number * MINUTE + 100 + late, **data)


def window(index: int, since: int, until: int, count: int, **data: Any) -> Told:
    """A window of minutes."""
    span = {
        "from": format_time(START + since * MINUTE),
        "to": format_time(START + until * MINUTE),
    }
    return told("window.recorded", index, START, window=span, count=count, **data)


def recorded(*numbers: int) -> list[Told]:
    """Use and delivery of each exchange, by its request's id."""
    found = []
    for number in numbers:
        found.append(delivery(2 * number, number, platform_ref=f"r-{number}"))
        found.append(use(2 * number + 1, number, call_ref=f"r-{number}"))
    return found


def book(*entries: Told) -> Book:
    return book_of(entries)
