"""Make a ledger: its files, its empty tables, and the statements that open it.

Three steps, each of which may be the last of one program run: ``make_home``
writes keys, secret, policy and an empty log; ``opening_event`` is what the
registrars sign, wherever their keys lie; ``note_identity`` pins entry 0 once it
is logged. ``service_events`` are the two statements that let the service speak
of itself. Source: spec 4, 8, 9.1.
"""

from collections.abc import Callable, Sequence
from typing import Any

from crypto.chain import commitment
from crypto.header import first_prev
from crypto.keys import PublicKey
from crypto.merkle import leaf_hash
from crypto.notation import check_origin, format_time, write_b64
from crypto.note import format_vkey, vkey_of
from crypto.policy import Policy, PolicyLog, format_policy
from ledger.errors import LedgerError
from ledger.home import Home, write_public
from ledger.registrations import enrolled, registered
from ledger.settings import Settings
from ledger.store.engine import migrate, open_engine, writing
from ledger.store.log_rows import HeadRow, log_rows

ED25519 = 1
SERVICE_DEPARTMENT = "ledger"
MakeId = Callable[[], str]


def make_home(settings: Settings, origin: str, begun: bool = False) -> Home:
    """Create the keys, the secret, the trust policy and an empty log.

    A run that is cut short leaves some of it, whole files each; the trust policy
    comes last.

    Args:
        begun: go on with what such a run left. The caller must know that what lies
            here is that: of a ledger whose trust policy was lost it would be the end.

    Raises:
        Malformed: *origin* is no origin.
        LedgerError: the home or the database has a ledger already, or half of one.
    """
    check_origin(origin)
    home = Home(settings.home)
    if not begun:
        check_free(home)
    home.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    _create_log(settings, origin, begun)
    key = home.make_key(home.log_key)
    home.make_key(home.service_key)
    home.make_secret()
    vkey = vkey_of(origin, ED25519, key)
    policy = Policy((PolicyLog(vkey),), (), (), "none")
    write_public(home.trust_policy, format_policy(policy))
    return home


def check_free(home: Home) -> None:
    """Raise LedgerError where the home holds anything of a ledger; the database is not asked."""
    taken = [home.trust_policy, home.log_key, home.service_key, home.secret, home.identity]
    there = [path.name for path in taken if path.exists()]
    if there:
        raise LedgerError(
            f"this home has a ledger or the beginning of one ({', '.join(there)}): "
            "choose another home; nothing was changed",
            f"此主目录已有账本或未完成的账本（{'、'.join(there)}）：请另选主目录；未作任何更改",
        )


def _create_log(settings: Settings, origin: str, begun: bool) -> None:
    empty = HeadRow(0, first_prev(origin), b"", "", 0, 0)
    engine = open_engine(settings.database_url, settings.cache_mib)
    rows = log_rows(engine)
    try:
        migrate(engine)
        with writing(engine) as connection:
            head = rows.read_head(connection)
            if head is None:
                rows.create_head(connection, empty)
            elif not begun or head != empty:
                raise LedgerError(
                    "the database holds a ledger already: use an empty one",
                    "数据库中已有账本：请使用空数据库",
                )
    finally:
        engine.dispose()


def opening_event(
    home: Home, origin: str, registrars: Sequence[PublicKey], threshold: int, id_: str, now_ms: int
) -> dict[str, Any]:
    """The event of entry 0, to be signed by all *registrars*."""
    ordered = sorted(registrars, key=lambda key: key.key_id)
    log = vkey_of(origin, ED25519, home.read_key(home.log_key))
    data = {
        "chain_commitment": commitment(home.read_secret()),
        "log_key": format_vkey(log),
        "origin": origin,
        "registrar_keys": [write_b64(key.spki) for key in ordered],
        "registrar_threshold": threshold,
        "spec": "zelian/1",
    }
    return registrar_event(origin, "ledger.opened", "department/registrar", data, id_, now_ms)


def service_events(
    origin: str, service: PublicKey, make_id: MakeId, now_ms: int
) -> list[dict[str, Any]]:
    """Register the department ``ledger`` and enrol the service's key as its system key."""
    said = (
        registered(SERVICE_DEPARTMENT, "ledger_operator", "责链账本服务", "Ledger service"),
        enrolled(service, SERVICE_DEPARTMENT),
    )
    return [registrar_event(origin, *one, make_id(), now_ms) for one in said]


def registrar_event(
    origin: str, kind: str, subject: str, data: dict[str, Any], id_: str, now_ms: int
) -> dict[str, Any]:
    """An event that the registrar speaks; *kind* is ``<noun>.<verb>``."""
    return {
        "data": {"parents": [], "refs": {}, **data},
        "datacontenttype": "application/json",
        "id": id_,
        "ledger": origin,
        "source": "/departments/registrar",
        "specversion": "1.0",
        "subject": subject,
        "time": format_time(now_ms),
        "type": f"zelian.{kind}.v1",
    }


def note_identity(home: Home, header: bytes) -> str:
    """Pin the leaf hash of entry 0 in the home; return it in hex."""
    identity = leaf_hash(header).hex()
    if home.identity.exists() and home.read_identity() != identity:
        raise LedgerError(
            "the home notes another ledger's identity", "主目录所记的账本标识与此不同"
        )
    write_public(home.identity, identity + "\n")
    return identity
