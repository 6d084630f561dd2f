"""A small ledger that knows every role and holds a statement of every type, really logged.

The statements are the accepted examples of the types. Regions differ, so that areas can
be told apart; authorisations of three kinds are granted, one of them by a body to itself.
"""

from typing import Any

from crypto.keys import PrivateKey
from crypto.notation import write_b64
from crypto.statement import sign_statement
from ledger.errors import Refused
from ledger.events.registration import TIERS
from ledger.registry.records import REGISTRAR
from ledger.settings import Settings
from tests.unit.events.examples import (
    DEPARTMENTS,
    KIND_OF_ROLE,
    PATHS,
    event_of,
    load,
    official_of,
    signers,
    system_key,
)
from tests.unit.registry.story import key
from tests.world import World

REGIONS = {"department": ("530102", "county"), "sharing_authority": ("530100", "city")}
ELSEWHERE = ("530300", "city")
AREA = "area/530100"  # what the sharing authority stands for
STARTS, EXPIRES = "2026-01-01T00:00:00.000Z", "2999-01-01T00:00:00.000Z"
ENDED = "2026-01-02T00:00:00.000Z"
OPENED = f"reader/{DEPARTMENTS['department']}"  # what the audit office is authorised to read

MERGED, SPLIT = "MERGED-1", "SPLIT-1"  # departments that others go on with
FUNCTION = "food-licence"
# By role, what its department reads of theirs: the whole of one, one function of the other.
INHERITED = {"court": f"reader/{MERGED}", "cyberspace": f"function/{SPLIT}/{FUNCTION}"}


REMOVALS = ("statement.withheld", "statement.erased")


class Town:
    """A world with a department of every role, in the shape that examples are said in."""

    def __init__(self, settings: Settings) -> None:
        self.world = World(settings).begin(cast=False)
        self.registrars = [self.world.registrar]
        self._register()
        self._say_examples()
        self._share()
        self._grant_scopes()
        self._succeed()

    def event(self, name: str, source: str, data: dict[str, Any]) -> dict[str, Any]:
        return self.world.event(source, name, f"department/{source}", data)

    def key_of(self, role: str) -> PrivateKey:
        """What a role signs in with: the system of its department."""
        return self.world.registrar if role == REGISTRAR else system_key(role)

    def department_of(self, role: str) -> str:
        return DEPARTMENTS.get(role, REGISTRAR)

    def _register(self) -> None:
        world = self.world
        for role, department in DEPARTMENTS.items():
            region, level = REGIONS.get(role, ELSEWHERE)
            data = {"department": department, "kind": KIND_OF_ROLE[role], "level": level}
            data |= {"name": {"zh": "云岭省某部门"}, "region": region}
            name = f"department/{department}"
            world.submit(world.registry("department.registered", name, data), world.registrar)
            official = official_of(role)
            world.appoint(department, official, appointment=f"app-{role}", tiers=list(TIERS))
            world.enrol(department, key(official[:32]), official)
            world.enrol(department, system_key(role))
        self._enrol_service()

    def _enrol_service(self) -> None:
        """The service records readings in the name of the department ``ledger``."""
        world = self.world
        assert world.ledger is not None
        service = world.ledger.parts.home.read_key(world.ledger.parts.home.service_key)
        world.register("ledger", "责链账本服务", kind="ledger_operator")
        data = {"department": "ledger", "public_key": write_b64(service.public.spki)}
        event = world.registry("key.enrolled", "department/ledger", data)
        world.submit(event, world.registrar, service)

    def _say_examples(self) -> None:
        assert self.world.ledger is not None
        for path in PATHS:
            if path.parent.name == "registry" or path.stem in REMOVALS:
                continue  # the one is said above, the other would hide what is asked for
            said = load(path)["accepted"]
            event = event_of(self, path.stem, said)  # type: ignore[arg-type]
            try:
                keys = signers(self, path.stem, said)  # type: ignore[arg-type]
                self.world.ledger.submit(sign_statement(event, keys))
            except Refused as refusal:
                raise AssertionError(f"{path.stem}: {refusal.code} {refusal.en}") from None

    def _share(self) -> None:
        """Each role is sent something, and uses something, of which no other role is a party."""
        provider = DEPARTMENTS["department"]
        for n, (role, department) in enumerate(DEPARTMENTS.items()):
            refs = {"delivery": f"{provider}/D-{n}", "item": f"{provider}/I-{n}"}
            sent = {"channel": "api", "consumer": department, "refs": refs}
            event = self.event("delivery.sent", provider, sent)
            self.world.submit(event, system_key("department"))
            if role == "ledger_operator":
                continue
            used = {
                "purpose_code": "dibao-check",
                "refs": {"item": f"{department}/I-0", "use": f"{department}/U-{n}"},
                "reliance": "decisive",
                "use_kind": "act",
            }
            self.world.submit(self.event("use.recorded", department, used), system_key(role))

    def _grant_scopes(self) -> None:
        self.grant("sharing_authority", "audit", {"departments": [DEPARTMENTS["department"]]})
        self.grant("audit", "audit", {"whole_ledger": True})  # to itself: no effect
        self.grant("people_government", "supervisory", {"whole_ledger": True})
        self.grant("audit", "procuratorate", {"whole_ledger": True}, expires=ENDED)

    def grant(self, granter: str, body: str, over: dict[str, Any], **more: Any) -> None:
        data = {
            "body": DEPARTMENTS[body],
            "document": "云数函〔2026〕1号",
            "expires": EXPIRES,
            "over": over,
            "purpose": "audit",
            "starts": STARTS,
            **more,
        }
        event = self.event("scope.granted", DEPARTMENTS[granter], data)
        self.world.submit(event, system_key(granter))

    def _succeed(self) -> None:
        """One department goes on in the court, another in two, of which each has a function."""
        for old in (MERGED, SPLIT):
            self.world.register(old, "云岭省某旧部门")
            self.world.enrol(old, key(old))
            for code in (FUNCTION, "price-report"):
                data = {"act_kind": "licence", "begun_by": "application", "matter_code": code}
                data["refs"] = {"act": f"{old}/{code}"}
                self.world.submit(self.event("act.opened", old, data), key(old))
        court, cyberspace = DEPARTMENTS["court"], DEPARTMENTS["cyberspace"]
        self.succession("rename", MERGED, {FUNCTION: court})
        self.succession("split", SPLIT, {FUNCTION: cyberspace, "price-report": DEPARTMENTS["npc"]})

    def succession(self, kind: str, old: str, functions: dict[str, str]) -> None:
        data = {
            "document": "云政〔2026〕21号",
            "effective": STARTS,
            "function_map": [
                {"from": old, "matter_code": code, "to": to} for code, to in functions.items()
            ],
            "kind": kind,
            "predecessors": [old],
            "successors": sorted(set(functions.values())),
        }
        event = self.event("succession.recorded", DEPARTMENTS["people_government"], data)
        self.world.submit(event, system_key("people_government"))
