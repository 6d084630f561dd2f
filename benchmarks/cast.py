"""Who speaks in the benchmark's ledger, and what they say. Everybody is invented.

Statement *n* follows from *n* alone: a use of shared data by one of twenty
officials of four departments. It joins five chains (department, official, item,
grant, act); three statements in a row belong to one act, so most acts are new.
Each grant is one department's and of one item.
Ids ascend with *n*, as ids that begin with a time do.
"""

import hashlib
from typing import Any

from crypto.keys import PrivateKey
from crypto.notation import write_b64
from crypto.statement import sign_statement
from ledger.bootstrap import open_ledger
from ledger.log.clock import system_clock
from ledger.opening import make_home, note_identity, opening_event, registrar_event, service_events
from ledger.service import Ledger
from ledger.settings import Settings

ORIGIN = "bench.example/yunling"
DEPARTMENTS = ("MZ", "RS", "WJ", "JT")
PROVIDER = "GA"
OFFICIALS = 20
FIELDS = ("household", "income_band", "valid_until")  # that a use takes
ITEMS, GRANTS = 200, 400
IN_POST_FROM = "2020-01-01T00:00:00.000Z"


def department_of(official: int) -> str:
    """Return the department in which an official is in post."""
    return DEPARTMENTS[official % len(DEPARTMENTS)]


def official_key(official: int) -> PrivateKey:
    """Return an official's key: the same in every process, worth nothing anywhere else."""
    return PrivateKey.from_seed(hashlib.sha256(f"zelian benchmark {official}".encode()).digest())


def official_of(n: int) -> int:
    """Return who says statement *n*: everybody in turn, one department an act."""
    department = n // 3 % len(DEPARTMENTS)
    return department + len(DEPARTMENTS) * (n % (OFFICIALS // len(DEPARTMENTS)))


def grant_of(n: int) -> int:
    """Return the number of the grant under which statement *n* uses data: its department's."""
    return n % (GRANTS // len(DEPARTMENTS)) * len(DEPARTMENTS) + official_of(n) % len(DEPARTMENTS)


def use_event(n: int, time: str) -> dict[str, Any]:
    """Return the event of statement *n*, said at T *time*."""
    official = official_of(n)
    department = department_of(official)
    act = f"{department}/A-{n // 3:09d}"
    grant = grant_of(n)
    return {
        "data": {
            "fields": [*FIELDS],
            "parents": [],
            "purpose_code": "dibao-check",
            "records": 1 + n % 9,
            "refs": {
                "act": act,
                "grant": f"{PROVIDER}/G-{grant}",
                "item": f"{PROVIDER}/I-{grant % ITEMS}",
                "use": f"{department}/U-{n:09d}",
            },
            "reliance": "decisive",
            "use_kind": "act",
            "verification": "matched",
        },
        "datacontenttype": "application/json",
        "id": f"u-{n:012d}",
        "ledger": ORIGIN,
        "official": f"official-{official}",
        "source": f"/departments/{department}",
        "specversion": "1.0",
        "subject": f"act/{act}",
        "tier": "handler",
        "time": time,
        "type": "zelian.use.recorded.v1",
    }


def make_ledger(settings: Settings) -> None:
    """Make a ledger in which everybody is registered and nobody has spoken yet."""
    home = make_home(settings, ORIGIN)
    registrar = PrivateKey.generate("ed25519")
    home.write_key(home.registrar_key, registrar)
    ledger = open_ledger(settings)
    try:
        casting = _Casting(ledger, registrar)
        opening = opening_event(
            home, ORIGIN, [registrar.public], 1, casting.next_id(), system_clock()
        )
        ledger.submit(sign_statement(opening, [registrar]))
        note_identity(home, ledger.entry(0).header)
        casting.register_service(home.read_key(home.service_key))
        for department in DEPARTMENTS:
            casting.register_department(department)
        for official in range(OFFICIALS):
            casting.register_official(official)
    finally:
        ledger.close()


class _Casting:
    """Registers the cast, one statement at a time."""

    def __init__(self, ledger: Ledger, registrar: PrivateKey) -> None:
        self._ledger, self._registrar = ledger, registrar
        self._count = 0

    def next_id(self) -> str:
        self._count += 1
        return f"r-{self._count:012d}"

    def register_service(self, service: PrivateKey) -> None:
        events = service_events(ORIGIN, service.public, self.next_id, system_clock())
        self._submit(events[0])
        self._submit(events[1], service)

    def register_department(self, department: str) -> None:
        data = {"department": department, "kind": "gov", "name": {"zh": f"云岭省{department}厅"}}
        self._say("department.registered", f"department/{department}", data)

    def register_official(self, official: int) -> None:
        """Appoint an official and enrol the key that he holds."""
        name, department, key = (
            f"official-{official}",
            department_of(official),
            official_key(official),
        )
        appointment = {
            "appointee": name,
            "appointment": f"appointment-{official}",
            "department": department,
            "post": "经办岗",
            "starts": IN_POST_FROM,
            "tiers": ["handler"],
        }
        self._say("official.appointed", f"official/{name}", appointment)
        enrolment = {
            "department": department,
            "holder": name,
            "public_key": write_b64(key.public.spki),
        }
        self._say("key.enrolled", f"department/{department}", enrolment, key)

    def _say(self, kind: str, subject: str, data: dict[str, Any], *others: PrivateKey) -> None:
        event = registrar_event(ORIGIN, kind, subject, data, self.next_id(), system_clock())
        self._submit(event, *others)

    def _submit(self, event: dict[str, Any], *others: PrivateKey) -> None:
        self._ledger.submit(sign_statement(event, [self._registrar, *others]))
