"""What every scenario begins with: a home, a registrar, the service's own key; and its cast."""

import hashlib
import shutil
from pathlib import Path

from crypto.keys import PrivateKey
from crypto.notation import parse_time
from crypto.statement import sign_statement
from ledger.opening import registrar_event, service_events
from ledger.registrations import appointed, enrolled, registered, released
from tests.scenarios.served import settings_of
from tests.scenarios.steps import Department, Official
from tests.world import ORIGIN, Clock, World

OPENED = "2017-01-02T01:00:00.000Z"  # before the first day of any scenario


def make_ground(home: Path) -> Path:
    """Make a ledger of three entries; return its home, to be copied."""
    world = World(settings_of(home), Clock(parse_time(OPENED))).begin(cast=False)
    assert world.ledger is not None
    service = world.ledger.parts.home.read_key(world.ledger.parts.home.service_key)
    register, enrol = service_events(ORIGIN, service.public, world.id, world.clock.now_ms)
    world.submit(register, world.registrar)
    world.submit(enrol, world.registrar, service)
    world.ledger.catch_up()
    world.close()
    return home


def copy_ground(ground: Path, home: Path) -> Path:
    """Return a copy of a home that nobody has open."""
    return Path(shutil.copytree(ground, home))


def key_of(department: str, official: str | None) -> PrivateKey:
    """The key of an official, or of a department's system: made from the names."""
    name = f"{department}/{official or 'system'}"
    return PrivateKey.from_seed(hashlib.sha256(name.encode()).digest())


class Registrar:
    """Signs what the registrar says; ``id_`` of each must be new."""

    _key = World.registrar

    def department(self, one: Department, id_: str, now_ms: int) -> bytes:
        said = registered(one.id, one.kind, one.name, region=one.region)
        return sign_statement(registrar_event(ORIGIN, *said, id_, now_ms), [self._key])

    def official(self, one: Official, id_: str, now_ms: int) -> bytes:
        said = appointed(
            one.id, one.department, _appointment(one.id), one.post, one.tiers, one.since
        )
        return sign_statement(registrar_event(ORIGIN, *said, id_, now_ms), [self._key])

    def key(self, department: str, official: str | None, id_: str, now_ms: int) -> bytes:
        key = key_of(department, official)
        said = enrolled(key.public, department, official)
        return sign_statement(registrar_event(ORIGIN, *said, id_, now_ms), [self._key, key])

    def release(self, department: str, official: str, at: str, id_: str, now_ms: int) -> bytes:
        said = released(official, department, _appointment(official), at)
        return sign_statement(registrar_event(ORIGIN, *said, id_, now_ms), [self._key])


def _appointment(official: str) -> str:
    return f"app-{official}"
