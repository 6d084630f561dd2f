"""Things told in a few lines: statements that fit their types, by a cast of departments, folded.

What a statement does not say stands in it as in the example of its type.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from msgspec import convert

from ledger.events.types import EVENT_TYPES
from ledger.sharing.machine import Body, Said, Step, fold
from ledger.sharing.touched import MACHINES

P, C, X = "GA", "MZ", "TY"  # provides, uses, has nothing to do with it
AUTHORITY, SUPERIOR, GOVERNMENT, AUDIT = "SJ", "GSJ", "ZF", "SHJ"
ROLES = {
    AUTHORITY: "sharing_authority",
    SUPERIOR: "sharing_authority",
    GOVERNMENT: "people_government",
    AUDIT: "audit",
}
ITEM, REQUEST, GRANT, USE = f"{P}/I-1", f"{C}/R-1", f"{P}/G-1", f"{C}/U-1"
CORRECTION, DISPUTE, ACT, DELIVERY = f"{C}/C-1", f"{C}/DP-1", f"{C}/A-1", f"{P}/D-1"
EXAMPLES = {path.stem: path for path in Path("tests/examples").glob("*/*.json")}
# Where an example has a member that would stand in the way of most tales.
LEFT_OUT = {"grant.issued": ("emergency", "pilot"), "feedback.effect": ("contributions",)}


def digest_of(index: int) -> str:
    return hashlib.sha256(str(index).encode()).hexdigest()


class Tale:
    """Says one thing after another; ``now`` is the T of the next."""

    def __init__(self, kind: str, ref: str) -> None:
        self.machine, self.ref = MACHINES[kind], ref
        self.said: list[Said] = []
        self.now = "2026-07-02T00:00:00.000Z"
        self.stands_for: dict[str, frozenset[str]] = {}

    def say(self, kind: str, source: str, refs: dict[str, str], /, **members: Any) -> Step:
        """Say it, and return its step in the history."""
        index = len(self.said)
        tier = members.pop("tier", "handler")
        data = example(kind) | {"refs": refs, "parents": [], "signers": ["0" * 64]} | members
        data = {name: value for name, value in data.items() if value is not None}
        declared = EVENT_TYPES[f"zelian.{kind}.v1"].data
        convert(data, declared.wire)
        assert declared.beyond is None or declared.beyond(data), kind
        event = {
            "type": f"zelian.{kind}.v1",
            "source": f"/departments/{source}",
            "official": "li",
            "tier": tier,
            "data": data,
        }
        places = self.stands_for.get(source, frozenset({source}))
        role = ROLES.get(source, "department")
        self.said.append(Said(index, self.now, event, digest_of(index), role, "signed", places))
        return self.history[-1]

    @property
    def folded(self) -> tuple[Body, list[Step]]:
        return fold(self.machine, self.ref, self.said)

    @property
    def body(self) -> Body:
        return self.folded[0]

    @property
    def history(self) -> list[Step]:
        return self.folded[1]

    @property
    def state(self) -> str:
        return self.machine.state_at(self.body, self.now)


def example(kind: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(EXAMPLES[kind].read_text("utf-8"))["accepted"]["data"]
    common = ("document", "platform_ref", "on_behalf_of")
    gone = {*LEFT_OUT.get(kind, ()), *common} - {"document"}
    return {name: value for name, value in data.items() if name not in gone}
