"""Say something as the registrar: sign with the keys at hand, send, or print what to sign.

Where enough registrar keys are at hand the statement is logged at once. Where they
are not, nothing is sent: what is there already, signed by the keys that are, goes to
stdout for the others to sign (``zelian sign``) and to submit (``zelian submit``), and
the command exits 7.

Source: spec 8 (the registrar), spec 9.1.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from cli.command import option
from cli.door import Door, open_door
from cli.drafting import new_id, now
from cli.failures import REFUSED, Failure, as_failure, usage
from cli.invocation import here, home
from cli.keyfiles import read_private_key
from cli.output import data, data_bytes, data_json, talk
from cli.receipts import Kept, Outbox, Unkept, trust_policy
from cli.registry_view import RegistryView, opening_of_ledger, read_registry
from cli.signing import ToSign, add_signatures, check_sound
from crypto.keys import PrivateKey
from crypto.notation import HEX32
from crypto.statement import prepare_event
from ledger.log.clock import system_clock
from ledger.opening import registrar_event
from ledger.registrations import Registration

REGISTRAR_KEY: Callable[[Any], Any] = option(
    "--registrar-key",
    "registrar_files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    en="A registrar's private key; may be repeated (default: the home's, in demo mode).",
    zh="登记机关私钥文件；可重复（默认：演示模式下主目录中的）。",
)
SIGNER: Callable[[Any], Any] = option(
    "--signer",
    "signer_ids",
    multiple=True,
    metavar="KEYID",
    en="A registrar key that will sign elsewhere; may be repeated (default: as many as needed).",
    zh="将在别处签名的登记机关密钥标识；可重复（默认：按所需数量选取）。",
)


def say_as_registrar(
    said: Registration,
    registrar_files: Sequence[Path],
    signer_ids: Sequence[str],
    new_keys: Sequence[PrivateKey] = (),
    new_key_ids: Sequence[str] = (),
) -> None:
    """Log one registry statement and print its index, or print what is still to be signed.

    Args:
        said: what is to be registered.
        registrar_files: private keys of registrars; none: the home's, if it has one.
        signer_ids: key ids of registrars that sign elsewhere.
        new_keys: keys at hand that are enrolled, which sign too.
        new_key_ids: keys elsewhere that are enrolled.
    """
    own = registrar_keys(registrar_files)
    with open_door(writes=True) as door:
        event = registrar_event(door.origin, *said, new_id(), system_clock())
        others = [*_elsewhere(door, own, signer_ids), *new_key_ids]
        at_hand = [*own, *new_keys]
        payload = prepare_event(event, {*(key.key_id for key in at_hand), *others})
        check_sound(payload)
        signed = add_signatures(ToSign(payload), at_hand)
        if signed.missing:
            print_unsigned(signed)
        log_one(door, signed.envelope())


def registrar_keys(files: Sequence[Path]) -> list[PrivateKey]:
    """Return the registrar keys at hand: those in *files*, else the home's in demo mode."""
    if files:
        return [read_private_key(path) for path in files]
    place = home()
    return [place.read_key(place.registrar_key)] if place.demo else []


def view_as_registrar(files: Sequence[Path]) -> RegistryView:
    """Return the registry, signing in to a server with a registrar's key where need be."""
    place = home()
    spare = list(files) or ([place.registrar_key] if place.demo else [])
    here().spare_key = spare[0] if spare else None
    with open_door(writes=False) as door:
        return read_registry(door)


def print_unsigned(part: ToSign) -> None:
    """Print what others have to sign, say who, and end with exit code 7."""
    if here().as_json:
        text = part.envelope().decode() if part.signatures else None
        data_json({"event": part.event, "missing": part.missing, "partial": text})
    else:
        data_bytes(part.envelope() if part.signatures else part.payload)
    missing = "\n  ".join(part.missing)
    talk(
        f"not logged: these keys have to sign it yet:\n  {missing}\n"
        "each with `zelian sign FILE --key KEY`, then `zelian submit FILE`",
        f"尚未记入：还须由以下密钥签名：\n  {missing}\n"
        "分别运行 `zelian sign 文件 --key 密钥`，再运行 `zelian submit 文件`",
    )
    click.get_current_context().exit(REFUSED)


def log_one(door: Door, envelope: bytes) -> Kept:
    """Log one statement, keep its receipt and print its index.

    Raises:
        Failure: the ledger refused it, or its receipt does not hold.
    """
    kept = send_one(door, envelope)
    if here().as_json:
        data_json({"created": kept.created, "digest": kept.digest, "index": kept.index})
    else:
        data(str(kept.index))
        talk(f"logged as entry {kept.index}", f"已记入第 {kept.index} 条")
    return kept


def send_one(door: Door, envelope: bytes) -> Kept:
    """Log one statement and keep its receipt; raise Failure where that fails."""
    result = Outbox(door, home().receipts, trust_policy()).send([envelope])[0]
    if isinstance(result, Unkept):
        raise as_failure(result.error)
    return result


def _elsewhere(door: Door, own: Sequence[PrivateKey], asked: Sequence[str]) -> list[str]:
    """Return the ids of the registrar keys that sign elsewhere."""
    for key_id in asked:
        if not HEX32.fullmatch(key_id):
            raise usage(
                "--signer takes a whole key id, 64 hex digits: `zelian key list` shows them",
                "--signer 应为完整的密钥标识（64 位十六进制）：可用 `zelian key list` 查看",
            )
    if asked:
        return list(asked)
    try:
        threshold = opening_of_ledger(door)["data"]["registrar_threshold"]
    except Failure:
        if own:  # not to be read from here: the ledger will say whether they suffice
            return []
        raise
    if len(own) >= threshold:
        return []
    view = read_registry(door)
    mine = {key.key_id for key in own}
    live = view.registry.live_registrar_keys(None, now())
    return [key_id for key_id in live if key_id not in mine][: threshold - len(own)]
