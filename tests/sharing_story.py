"""A share that is asked for, granted, delivered, used and closed, told into a ledger of tests."""

from typing import Any

from crypto.statement import sign_statement
from tests.unit.sharing.tale import example
from tests.world import GA, MZ, World

ITEM, REQUEST, GRANT = f"{GA}/I-1", f"{MZ}/R-1", f"{GA}/G-1"
USE, ACT, DELIVERY = f"{MZ}/U-1", f"{MZ}/A-1", f"{GA}/D-1"
SHARE = {"grant": GRANT, "item": ITEM}
EMPTY = {"superseded_by": None, "consultation": None, "filing": None}


def told(world: World, kind: str, source: str, refs: dict[str, str], /, **members: Any) -> bytes:
    """Return the signed statement; members that are None are left out."""
    data = example(kind) | {"refs": refs, "parents": []} | members
    data.pop("signers", None)
    official, key = {GA: ("li", world.li), MZ: ("zhang", world.zhang)}[source]
    event = world.event(
        source,
        kind,
        f"department/{source}",
        {name: value for name, value in data.items() if value is not None},
        official=official,
        tier="handler",
    )
    return sign_statement(event, [key])


def share(world: World, grant: str = GRANT) -> list[bytes]:
    """From the item in the catalogue to a use and its feedback, with a stranger's word between."""
    share, asked = {"grant": grant, "item": ITEM}, {"request": REQUEST, "item": ITEM}
    sent = share | {"delivery": DELIVERY}
    used = share | {"use": USE, "act": ACT}
    credit = [{"item": ITEM, "use": USE}]
    return [
        told(world, "item.published", GA, {"item": ITEM}, provider=GA),
        told(world, "request.made", MZ, asked, provider=GA),
        told(world, "request.replied", MZ, asked, consumer=MZ),
        told(world, "request.replied", GA, asked | {"grant": grant}, consumer=MZ, decision="agree"),
        told(world, "grant.issued", GA, share, consumer=MZ, emergency=None, pilot=None),
        told(world, "delivery.sent", GA, sent, consumer=MZ, content_sha256="a" * 64),
        told(world, "delivery.received", MZ, sent, provider=GA, content_sha256="a" * 64),
        told(world, "use.recorded", MZ, used),
        told(world, "grant.suspended", MZ, share, consumer=MZ),
        told(world, "grant.suspended", GA, share, consumer=MZ),
        told(world, "feedback.effect", MZ, {"feedback": f"{MZ}/F-1"}, contributions=credit),
    ]
