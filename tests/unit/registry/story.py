"""A ledger told in a few lines: every entry passes read, examine and judge, then is folded."""

from typing import Any

from crypto.chain import REGISTRY_TYPES
from crypto.keys import PrivateKey
from crypto.notation import parse_time, write_b64
from crypto.note import ED25519, VKey, format_vkey
from crypto.statement import Statement, sign_statement
from ledger.access.speak import SourceOf, no_source
from ledger.admission.checks import examine, judge, read
from ledger.errors import Refused
from ledger.registry.state import Registry

ORIGIN = "ledger.example/story"
NOW = "2026-06-01T00:00:00.000Z"
YEAR_START = "2026-01-01T00:00:00.000Z"
A, B = "DEPT-A", "DEPT-B"
CURATED = "registrar"


def key(name: str) -> PrivateKey:
    """The same key for the same name, everywhere."""
    return PrivateKey.from_seed(name.encode().ljust(32, b"."))


def b64(of: PrivateKey) -> str:
    return write_b64(of.public.spki)


LOG = key("log")


class Story:
    """Keeps the registry and the next index; ``now`` is the T of the next entry."""

    def __init__(self, registrars: int = 1, threshold: int = 1) -> None:
        self.registry = Registry()
        self.now = NOW
        self.count = 0
        self.logged: list[tuple[str, dict[str, Any]]] = []
        self.source_of: SourceOf = no_source
        self.registrars = [key(f"registrar-{n}") for n in range(registrars)]
        self.log(self.opened(self.registrars, threshold), *self.registrars)

    def event(self, kind: str, source: str, data: dict[str, Any], **top: Any) -> dict[str, Any]:
        self.count += 1
        return {
            "specversion": "1.0",
            "id": f"s-{self.count}",
            "source": f"/departments/{source}",
            "ledger": ORIGIN,
            "type": f"zelian.{kind}.v1",
            "subject": f"department/{source}",
            "time": YEAR_START,
            "datacontenttype": "application/json",
            "data": {"refs": {}, "parents": [], **data},
            **top,
        }

    def opened(self, keys: list[PrivateKey], threshold: int, **data: Any) -> dict[str, Any]:
        ordered = sorted(keys, key=lambda k: k.key_id)
        return self.event(
            "ledger.opened",
            CURATED,
            {
                "origin": ORIGIN,
                "log_key": format_vkey(VKey(ORIGIN, ED25519, LOG.raw_public)),
                "chain_commitment": "00" * 32,
                "registrar_keys": [b64(k) for k in ordered],
                "registrar_threshold": threshold,
                "spec": "zelian/1",
                **data,
            },
        )

    def registered(self, department: str, kind: str = "gov") -> dict[str, Any]:
        data = {"department": department, "name": {"zh": "部门"}, "kind": kind}
        return self.event("department.registered", CURATED, data)

    def appointed(
        self, name: str, who: str, department: str, tiers: list[str], **data: Any
    ) -> dict[str, Any]:
        data = {
            "appointment": name,
            "appointee": who,
            "department": department,
            "post": "经办岗",
            "tiers": tiers,
            "starts": YEAR_START,
            **data,
        }
        return self.event("official.appointed", CURATED, data)

    def released(self, name: str, who: str, department: str, ends: str) -> dict[str, Any]:
        data = {"appointment": name, "appointee": who, "department": department, "ends": ends}
        return self.event("official.released", CURATED, data)

    def enrolled(self, new: PrivateKey, department: str, **data: Any) -> dict[str, Any]:
        data = {"department": department, "public_key": b64(new), **data}
        return self.event("key.enrolled", CURATED, data)

    def revoked(self, old: PrivateKey, department: str, **data: Any) -> dict[str, Any]:
        data = {"keyid": old.key_id, "department": department, "reason": "lost", **data}
        return self.event("key.revoked", CURATED, data)

    def used(self, source: str, **top: Any) -> dict[str, Any]:
        data = {
            "refs": {"item": f"{A}/I-1", "use": f"{source}/U-{self.count}"},
            "purpose_code": "check",
            "use_kind": "act",
            "reliance": "decisive",
        }
        return self.event("use.recorded", source, data, **top)

    def removed(self, source: str, target: str, kind: str = "withheld") -> dict[str, Any]:
        data = {
            "target": target,
            "ground": "court",
            "decided_by": source,
            "document": "云发〔2026〕1号",
        }
        return self.event(f"statement.{kind}", source, data)

    def judge(self, event: dict[str, Any], *keys: PrivateKey, at: int | None = None) -> Statement:
        statement = read(sign_statement(event, keys))
        examined = examine(statement, ORIGIN, self.registry.public_keys)
        at = self.registry.size if at is None else at
        judge(examined, self.registry, at, self.now, parse_time(self.now), self.source_of)
        return statement

    def log(self, event: dict[str, Any], *keys: PrivateKey) -> int:
        """Let it in or raise; returns its index."""
        statement = self.judge(event, *keys)
        index = self.registry.size
        self.fold(self.registry, index, self.now, statement.event)
        self.logged.append((self.now, statement.event))
        return index

    def code(self, event: dict[str, Any], *keys: PrivateKey) -> str:
        """The code with which it would be refused now, or "ok"."""
        try:
            self.judge(event, *keys)
        except Refused as refusal:
            return refusal.code if refusal.en and refusal.zh else "no words"
        return "ok"

    @staticmethod
    def fold(registry: Registry, index: int, recorded_at: str, event: dict[str, Any]) -> None:
        if event["type"] in REGISTRY_TYPES:
            registry.apply(index, recorded_at, event)
        else:
            registry.advance(index + 1)

    # The registrar alone signs, with as many keys as there are

    def register(self, department: str, kind: str = "gov") -> int:
        return self.log(self.registered(department, kind), *self.registrars)

    def appoint(self, name: str, who: str, department: str, tiers: list[str], **data: Any) -> int:
        return self.log(self.appointed(name, who, department, tiers, **data), *self.registrars)

    def release(self, name: str, who: str, department: str, ends: str) -> int:
        return self.log(self.released(name, who, department, ends), *self.registrars)

    def enrol(self, new: PrivateKey, department: str, **data: Any) -> int:
        return self.log(self.enrolled(new, department, **data), *self.registrars, new)

    def revoke(self, old: PrivateKey, department: str, **data: Any) -> int:
        return self.log(self.revoked(old, department, **data), *self.registrars)


def town() -> Story:
    """A, with Li (handler) and a system; B, with nobody."""
    story = Story()
    story.register(A)
    story.register(B)
    story.appoint("app-li", "li", A, ["handler"])
    story.enrol(key("li"), A, holder="li")
    story.enrol(key("system"), A)
    return story
