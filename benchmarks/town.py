"""Who provides, authorises and looks in the ledger that is asked questions; all invented.

Beside the cast: the provider, who publishes every item and issues every grant that
the cast uses; a sharing authority of the province; an audit office, with an
authorisation to read two departments.
"""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from benchmarks.cast import (
    DEPARTMENTS,
    FIELDS,
    GRANTS,
    ITEMS,
    ORIGIN,
    PROVIDER,
)
from benchmarks.errors import BenchError
from crypto.keys import PrivateKey
from crypto.notation import format_time, write_b64
from crypto.statement import sign_statement
from ledger.bootstrap import open_ledger
from ledger.log.clock import system_clock
from ledger.opening import registrar_event
from ledger.service import Ledger, Submitted
from ledger.settings import Settings

AUTHORITY, AUDIT = "SJ", "SHJ"
INSPECTED = DEPARTMENTS[:2]
PROVINCE = "990000"
LATER = "2999-01-01T00:00:00.000Z"
BEFORE = "2020-01-01T00:00:00.000Z"
_KINDS = {PROVIDER: "gov", AUTHORITY: "sharing_authority", AUDIT: "audit"}


def system_key(department: str) -> PrivateKey:
    """Return the key of a department's system: the same everywhere, worth nothing elsewhere."""
    return PrivateKey.from_seed(hashlib.sha256(f"zelian benchmark {department}".encode()).digest())


def settle(settings: Settings) -> None:
    """Add all of them, and what they say, to a ledger that holds the cast."""
    ledger = open_ledger(settings)
    try:
        _settle(ledger)
    finally:
        ledger.close()


def _settle(ledger: Ledger) -> None:
    registrar = ledger.parts.home.read_key(ledger.parts.home.registrar_key)
    ids = (f"t-{number:06d}" for number in count())
    lines = []
    for department, kind in _KINDS.items():
        key = system_key(department)
        face = {
            "department": department, "kind": kind, "level": "province", "region": PROVINCE,
            "name": {"zh": f"云岭省{department}厅"},
        }  # fmt: skip
        held = {"department": department, "public_key": write_b64(key.public.spki)}
        for name, data, keys in (
            ("department.registered", face, [registrar]),
            ("key.enrolled", held, [registrar, key]),
        ):
            subject = f"department/{department}"
            event = registrar_event(ORIGIN, name, subject, data, next(ids), system_clock())
            lines.append(sign_statement(event, keys))
    _submit(ledger, [*lines, *_said(ids)])


def _submit(ledger: Ledger, lines: list[bytes]) -> None:
    answer = ledger.submit_batch(lines)
    refused = [one for one in answer.lines if not isinstance(one, Submitted)]
    if refused:
        raise BenchError(f"the ledger does not take a statement: {refused[0]}")


def _said(ids: Iterator[str]) -> Iterator[bytes]:
    for item in range(ITEMS):
        yield _statement(ids, PROVIDER, "item.published", _item(item))
    for grant in range(GRANTS):
        yield _statement(ids, PROVIDER, "grant.issued", _grant(grant))
    yield _statement(ids, AUTHORITY, "scope.granted", _scope(INSPECTED))


def _statement(ids: Iterator[str], department: str, kind: str, data: dict[str, Any]) -> bytes:
    event = {
        "data": {"parents": [], "refs": {}, **data},
        "datacontenttype": "application/json",
        "id": next(ids),
        "ledger": ORIGIN,
        "source": f"/departments/{department}",
        "specversion": "1.0",
        "subject": f"department/{department}",
        "time": format_time(system_clock()),
        "type": f"zelian.{kind}.v1",
    }
    return sign_statement(event, [system_key(department)])


def _item(number: int) -> dict[str, Any]:
    return {
        "channels": ["api"],
        "assessments": {"secrecy": f"{PROVIDER}/AS-{number}"},
        "classification": "pop-base",
        "data_fields": [{"name": name, "type": "code"} for name in FIELDS],
        "format": "database",
        "grade": "general",
        "granularity": "subject",
        "item_version": "1",
        "name": {"zh": f"信息项{number}"},
        "openness": "closed",
        "origin": "government",
        "personal_data": "none",
        "secrecy": "none",
        "provider": PROVIDER,
        "refs": {"item": f"{PROVIDER}/I-{number}"},
        "sharing_attribute": "unconditional",
        "source_department": PROVIDER,
        "update_cycle": "real_time",
    }


def _grant(number: int) -> dict[str, Any]:
    return {
        "consumer": DEPARTMENTS[number % len(DEPARTMENTS)],
        "expected_benefits": [{"kind": "materials_saved"}],
        "feedback_days": 30,
        "refs": {"grant": f"{PROVIDER}/G-{number}", "item": f"{PROVIDER}/I-{number % ITEMS}"},
        "safeguards": ["access_control"],
        "scope": {
            "channels": ["api"],
            "fields": [*FIELDS],
            "from": BEFORE,
            "granularity": "subject",
            "purpose_codes": ["dibao-check"],
            "to": LATER,
        },
    }


def _scope(departments: Iterable[str]) -> dict[str, Any]:
    return {
        "body": AUDIT,
        "document": "云审授〔2026〕1号",
        "expires": LATER,
        "over": {"departments": list(departments)},
        "purpose": "audit",
        "starts": BEFORE,
    }
