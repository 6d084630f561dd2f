"""Read the examples of event types, which are data, and say them in a town that knows every role.

An example is ``tests/examples/<family>/<noun.verb>.json``: ``accepted`` is said as it stands;
each of ``refused`` says how it differs from that (``role``, ``voice``, ``tier``, ``remove`` a
pointer, ``set`` values by pointer), and the code and the pointer of the answer.
"""

import copy
import json
from pathlib import Path
from typing import Any

from crypto.keys import PrivateKey
from crypto.notation import parse_time
from crypto.statement import sign_statement
from ledger.admission.checks import examine, judge, read
from ledger.errors import Refused
from ledger.events.registration import TIERS
from ledger.events.speakers import REGISTRAR, ROLE_OF_KIND
from ledger.registry.records import ENROLLED, OPENED
from ledger.registry.state import Registry
from tests.unit.registry.story import Story, key

Example = dict[str, Any]

FOLDER = Path("tests/examples")
PATHS = sorted(FOLDER.glob("*/*.json"))
# A department of each role; all of them, and 云岭省, are invented.
KIND_OF_ROLE = {role: kind for kind, role in reversed(ROLE_OF_KIND.items())}
DEPARTMENTS = {role: f"115300000150{n:05d}A" for n, role in enumerate(KIND_OF_ROLE, 1)}
NEW = key("new")  # of an enrolment


def load(path: Path) -> Example:
    example: Example = json.loads(path.read_text("utf-8"))
    return example


def variants(example: Example) -> list[Example]:
    """What is to be refused, each as a whole."""
    return [_varied(example["accepted"], change) for change in example["refused"]]


def _varied(accepted: Example, change: Example) -> Example:
    whole = copy.deepcopy(accepted) | {
        name: change[name] for name in ("role", "voice", "tier") if name in change
    }
    if "remove" in change:
        spot, name = _place(whole, change["remove"])
        del spot[name]
    for pointer, value in change.get("set", {}).items():
        spot, name = _place(whole, pointer)
        if isinstance(spot, list) and name == len(spot):
            spot.append(value)
        else:
            spot[name] = value
    return whole


def _place(whole: Example, pointer: str) -> tuple[Any, Any]:
    """The object or list that a pointer into the event leads to, and its last token."""
    # In an example, what the event has in data under these names stands beside it.
    tokens = pointer.removeprefix("/data/refs").split("/")[1:]
    if pointer.startswith("/data/refs"):
        tokens.insert(0, "refs")
        whole.setdefault("refs", {})
    *way, last = tokens
    spot: Any = whole
    for token in way:
        spot = spot[int(token) if isinstance(spot, list) else token]
    return spot, int(last) if isinstance(spot, list) else last


def system_key(role: str) -> PrivateKey:
    return key(f"system {role}"[:32])


def official_of(role: str) -> str:
    return f"official-{role}"


def town() -> Story:
    """Every role has a department with one official, who holds every tier, and a system."""
    story = Story()
    for role, department in DEPARTMENTS.items():
        story.register(department, KIND_OF_ROLE[role])
        story.appoint(f"app-{role}"[:64], official_of(role), department, list(TIERS))
        story.enrol(key(official_of(role)[:32]), department, holder=official_of(role))
        story.enrol(system_key(role), department)
    return story


def event_of(story: Story, name: str, said: Example) -> dict[str, Any]:
    """The event that an example spells out, short of its signers."""
    source = DEPARTMENTS.get(said["role"], REGISTRAR)
    parents = [f"{n:064x}" for n in range(1, said.get("parents", 0) + 1)]
    data = {"parents": parents, "refs": said.get("refs", {}), **said["data"]}
    event = story.event(name, source, data)
    event["subject"] = said.get("subject", f"department/{source}")
    if said["voice"] in ("signed", "attested"):
        event["official"] = official_of(said["role"])
    if said["voice"] == "signed":
        event["tier"] = said.get("tier", "handler")
    return event


def signers(story: Story, name: str, said: Example) -> list[PrivateKey]:
    if said["voice"] == "registrar":
        return [*story.registrars, *([NEW] if f"zelian.{name}.v1" == ENROLLED else [])]
    if said["voice"] == "signed":
        return [key(official_of(said["role"])[:32])]
    return [system_key(said["role"])]


def answer(story: Story, name: str, said: Example) -> tuple[str, str] | None:
    """Say it: None where it is taken, else the code and the pointer of the refusal."""
    # An opening is entry 0 or nothing.
    first = f"zelian.{name}.v1" == OPENED and said["voice"] == "registrar"
    registry = Registry() if first else story.registry
    raw = sign_statement(event_of(story, name, said), signers(story, name, said))
    try:
        examined = examine(read(raw), story.registry.origin, registry.public_keys)
        judge(examined, registry, registry.size, story.now, parse_time(story.now))
    except Refused as refusal:
        return refusal.code, refusal.pointer
    return None
