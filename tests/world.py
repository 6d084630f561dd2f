"""A small world for tests: a ledger with two departments, officials, keys and a clock to turn.

云岭省 and everybody in it are invented.
"""

import shutil
from collections.abc import Iterator
from itertools import count
from typing import Any

from crypto.keys import PrivateKey
from crypto.notation import format_time, write_b64
from crypto.statement import sign_statement
from ledger.admission.admission import SMALL_BATCH
from ledger.bootstrap import open_ledger
from ledger.opening import (
    make_home,
    note_identity,
    opening_event,
    registrar_event,
    service_events,
)
from ledger.service import Ledger, Submitted
from ledger.settings import Settings

ORIGIN = "test.example/yunling"
START_MS = 1_793_500_000_000  # 2026-11-01
GA, MZ = "GA", "MZ"  # 公安厅 provides, 民政厅 uses


class Clock:
    """A clock that stands still until it is turned."""

    def __init__(self, now_ms: int = START_MS) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms

    def turn(self, by_ms: int) -> None:
        self.now_ms += by_ms


def seed(number: int) -> PrivateKey:
    """A key that is the same in every run; for tests only."""
    return PrivateKey.from_seed(number.to_bytes(32, "big"))


class World:
    """Signs statements of a known cast and submits them to one ledger."""

    registrar, li, zhang, ga_system, mz_system = map(seed, (1, 2, 3, 4, 5))

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or Clock()
        self.ids: Iterator[int] = count()
        self.ledger: Ledger | None = None

    def open(self, **options: Any) -> Ledger:
        """Open the ledger again, as a restart would."""
        self.ledger = open_ledger(self.settings, self.clock, **options)
        return self.ledger

    def close(self) -> None:
        if self.ledger is not None:
            self.ledger.close()
            self.ledger = None

    def begin(self, cast: bool = True, **options: Any) -> "World":
        """Make the ledger and, if asked for, register the cast."""
        home = make_home(self.settings, ORIGIN)
        home.write_key(home.registrar_key, self.registrar)
        ledger = self.open(**options)
        event = opening_event(
            home, ORIGIN, [self.registrar.public], 1, self.id(), self.clock.now_ms
        )
        self.submit(event, self.registrar)
        note_identity(home, ledger.entry(0).header)
        if cast:
            self.register_cast(home.read_key(home.service_key))
        return self

    def begin_like(self, begun: "World") -> "World":
        """Open a copy of the home of *begun*, which is closed; its database was copied before."""
        shutil.copytree(begun.settings.home, self.settings.home)
        self.clock.now_ms = begun.clock.now_ms
        self.ids = count(1_000)  # above those that were used
        self.open()
        return self

    def register_cast(self, service: PrivateKey) -> None:
        """Departments GA and MZ, officials li and zhang, system keys, the service."""
        register, enrol = service_events(ORIGIN, service.public, self.id, self.clock.now_ms)
        self.submit(register, self.registrar)
        self.submit(enrol, self.registrar, service)
        for department, name in ((GA, "云岭省公安厅"), (MZ, "云岭省民政厅")):
            self.register(department, name)
        for department, official, key in ((GA, "li", self.li), (MZ, "zhang", self.zhang)):
            self.appoint(department, official)
            self.enrol(department, key, official)
        self.enrol(GA, self.ga_system)
        self.enrol(MZ, self.mz_system)

    # Statements

    def id(self) -> str:
        return f"t-{next(self.ids):08d}"

    def submit(self, event: dict[str, Any], *keys: PrivateKey) -> Submitted:
        assert self.ledger is not None
        return self.ledger.submit(sign_statement(event, keys))

    def registry(self, kind: str, subject: str, data: dict[str, Any]) -> dict[str, Any]:
        return registrar_event(ORIGIN, kind, subject, data, self.id(), self.clock.now_ms)

    def register(self, department: str, name: str, kind: str = "gov") -> Submitted:
        data = {"department": department, "kind": kind, "name": {"zh": name}}
        return self.submit(
            self.registry("department.registered", f"department/{department}", data),
            self.registrar,
        )

    def appoint(self, department: str, official: str, **more: Any) -> Submitted:
        data = {
            "appointee": official,
            "appointment": f"app-{official}",
            "department": department,
            "post": "经办岗",
            "starts": "2026-01-01T00:00:00.000Z",
            "tiers": ["handler"],
            **more,
        }
        return self.submit(
            self.registry("official.appointed", f"official/{official}", data), self.registrar
        )

    def enrolment(self, department: str, key: PrivateKey, holder: str | None = None) -> bytes:
        data = {"department": department, "public_key": write_b64(key.public.spki)}
        data |= {"holder": holder} if holder else {}
        event = self.registry("key.enrolled", f"department/{department}", data)
        return sign_statement(event, [self.registrar, key])

    def enrol(self, department: str, key: PrivateKey, holder: str | None = None) -> Submitted:
        assert self.ledger is not None
        return self.ledger.submit(self.enrolment(department, key, holder))

    def revocation(self, department: str, key: PrivateKey, holder: str | None = None) -> bytes:
        data = {"department": department, "keyid": key.key_id, "reason": "lost"}
        data |= {"holder": holder} if holder else {}
        event = self.registry("key.revoked", f"department/{department}", data)
        return sign_statement(event, [self.registrar])

    def event(
        self, department: str, kind: str, subject: str, data: dict[str, Any], **more: Any
    ) -> dict[str, Any]:
        return {
            "data": {"parents": [], "refs": {}, **data},
            "datacontenttype": "application/json",
            "id": self.id(),
            "ledger": ORIGIN,
            "source": f"/departments/{department}",
            "specversion": "1.0",
            "subject": subject,
            "time": format_time(self.clock.now_ms),
            "type": f"zelian.{kind}.v1",
            **more,
        }

    def delivery(self, number: int = 0, **more: Any) -> dict[str, Any]:
        data = {
            "channel": "api",
            "consumer": MZ,
            "refs": {"delivery": f"{GA}/D-{number}", "item": f"{GA}/I-1"},
        }
        more = {"official": "li", "tier": "handler"} | more
        return self.event(GA, "delivery.sent", f"item/{GA}/I-1", data, **more)

    def use(self, number: int = 0, act: str = "A-1", **more: Any) -> dict[str, Any]:
        data = {
            "purpose_code": "dibao-check",
            "refs": {"act": f"{MZ}/{act}", "item": f"{GA}/I-1", "use": f"{MZ}/U-{number}"},
            "reliance": "decisive",
            "use_kind": "act",
        }
        more = {"official": "zhang", "tier": "handler"} | more
        return self.event(MZ, "use.recorded", f"act/{MZ}/{act}", data, **more)

    def uses(self, number: int, **more: Any) -> list[bytes]:
        """That many signed uses, each of another act."""
        return [
            sign_statement(self.use(i, act=f"A-{i}", **more), [self.zhang]) for i in range(number)
        ]

    def post(self, lines: list[bytes]) -> None:
        """Log lines in batches so small that no process pool is started for them."""
        assert self.ledger is not None
        for start in range(0, len(lines), SMALL_BATCH):
            answer = self.ledger.submit_batch(lines[start : start + SMALL_BATCH])
            assert all(isinstance(line, Submitted) for line in answer.lines)
