"""``zelian init``: make a ledger, with its registrar's key in the home or with all elsewhere.

Demo mode makes a registrar key in the home and does everything in one run. With
``--registrar`` the home holds no registrar's key: the first run prints entry 0's
event, the registrars sign it wherever their keys lie, and ``--opened`` takes their
statement and prints the two statements that let the service speak of itself.

``identity`` is written last. A run that was cut short leaves a home without it:
running the same command again goes on where it stopped.

Source: spec 4, 8, 9.1; design "Command line and home".
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from cli.command import command, option
from cli.door import Door
from cli.drafting import new_id
from cli.failures import REFUSED, Failure, usage
from cli.home_door import check_database_url, database_answers, open_home
from cli.invocation import LOCAL, here, settings
from cli.keyfiles import read_public
from cli.output import data, data_bytes, data_json, talk
from cli.receipts import write_durably
from cli.registering import send_one
from cli.registry_view import RegistryView, read_registry
from cli.signing import ToSign, add_signatures
from crypto.errors import CryptoError
from crypto.keys import PrivateKey, PublicKey
from crypto.notation import check_origin
from crypto.statement import prepare_event, read_statement, sign_statement
from ledger.bootstrap import read_log_key
from ledger.home import Home
from ledger.log.clock import system_clock
from ledger.opening import make_home, note_identity, opening_event, service_events
from ledger.settings import Settings

TO_SIGN = "to-sign"
OPENING_FILE = "ledger.opened.json"
SERVICE_FILES = ("department.registered.json", "key.enrolled.json")
MAX_REGISTRARS = 8


@command(
    "Make a ledger.\n\n"
    "Without --registrar: demo mode, a registrar's key lies in the home and whoever holds the "
    "home is the registrar. With --registrar, once a key: prints entry 0's event for all of "
    "them to sign elsewhere; --opened finishes with their statement.",
    "新建账本。\n\n"
    "不带 --registrar：演示模式，登记机关密钥存于主目录，持有主目录者即登记机关。"
    "带 --registrar（每把密钥一次）：输出第 0 条的事件，供登记机关在别处签名；"
    "再用 --opened 提交其签名的陈述，完成新建。",
    options=LOCAL,
)
@option(
    "--origin",
    metavar="NAME",
    en="The ledger's name, for ever, such as ledger.example.gov/2026.",
    zh="账本名，永久不变，例如 ledger.example.gov/2026。",
)
@option(
    "--registrar",
    "registrars",
    multiple=True,
    metavar="PUB",
    en="A registrar's public key: a file (PEM, DER, base64) or base64; may be repeated.",
    zh="登记机关公钥：文件（PEM、DER、base64）或 base64；可重复。",
)
@click.argument("more_registrars", nargs=-1, metavar="[PUB]...")
@option(
    "--threshold",
    type=click.IntRange(1, 6),
    default=None,
    en="How many registrars must sign each registry statement (default: all).",
    zh="每条登记类陈述所需的登记机关签名数（默认：全部）。",
)
@option(
    "--signer",
    "signer_ids",
    multiple=True,
    metavar="KEYID",
    en="With --opened: a registrar key that will sign what lets the service speak; may be "
    "repeated (default: the first of entry 0, as many as needed).",
    zh="与 --opened 同用：将为服务登记签名的登记机关密钥标识；可重复（默认：第 0 条中的前几把）。",
)
@option(
    "--opened",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    en="The statement that the registrars signed.",
    zh="登记机关签名后的陈述。",
)
def init(
    origin: str | None,
    registrars: tuple[str, ...],
    more_registrars: tuple[str, ...],
    threshold: int | None,
    signer_ids: tuple[str, ...],
    opened: Path | None,
) -> None:
    """Make a ledger."""
    if more_registrars and not registrars:
        raise usage(
            f"unexpected argument {more_registrars[0]}: name the ledger with --origin",
            f"多余的参数 {more_registrars[0]}：请用 --origin 指定账本名",
        )
    config = settings()
    _refuse_second(config)
    if opened is not None:
        _finish(config, opened, signer_ids)
        return
    if origin is None:
        raise usage("give the ledger's name: --origin NAME", "请给出账本名：--origin 名称")
    check_origin_option(origin)
    if registrars:
        keys = [read_public(text) for text in (*registrars, *more_registrars)]
        _begin(config, origin, keys, threshold)
    elif threshold is not None:
        raise usage("--threshold goes with --registrar", "--threshold 须与 --registrar 同用")
    else:
        _init_demo(config, origin)


def check_origin_option(origin: str) -> None:
    """Raise a usage failure unless *origin* can name a ledger."""
    try:
        check_origin(origin)
    except CryptoError as error:
        raise usage(f"--origin: {error.en}", f"--origin：{error.zh}") from None


def _refuse_second(config: Settings) -> None:
    home = Home(config.home)
    noted = home.read_identity()
    if noted is not None:
        raise Failure(
            REFUSED,
            f"this home has a ledger, {noted}: choose another home; nothing was changed",
            f"此主目录已有账本 {noted}：请另选主目录；未作任何更改",
        )


def _home_of(config: Settings, origin: str) -> Home:
    """Make the home, or go on with one that an earlier run made and did not finish."""
    home = Home(config.home)
    if not home.trust_policy.exists():
        _refuse_half_made(config, home)
        check_database_url(config)
        with database_answers():
            return make_home(config, origin)
    log, _ = read_log_key(home)
    if log.name != origin:
        raise Failure(
            REFUSED,
            f"an unfinished init of ledger {log.name} lies in this home: "
            "finish it with that --origin, or choose another home",
            f"此主目录中有未完成的账本 {log.name}：请用该 --origin 完成，或另选主目录",
        )
    talk("going on with an init that was cut short", "继续先前中断的新建")
    return home


def _refuse_half_made(config: Settings, home: Home) -> None:
    """Say what a run that was cut short before it wrote the trust policy left behind."""
    places = [home.log_key, home.service_key, home.secret]
    if config.on_sqlite:
        places.append(home.path / "ledger.db")
    there = [str(path.relative_to(home.path)) for path in places if path.exists()]
    if there:
        listed = ", ".join(there)
        raise Failure(
            REFUSED,
            f"the home holds {listed} and no trust-policy: if an init was cut short here, "
            "remove these files and run it again; if a ledger was in use here, restore "
            "trust-policy and identity from a backup",
            f"主目录中有 {listed}，但没有 trust-policy：若是新建中断所致，请删除这些文件后重试；"
            "若此处曾有账本在用，请从备份恢复 trust-policy 和 identity",
        )


# Demo mode


def _init_demo(config: Settings, origin: str) -> None:
    home = _home_of(config, origin)
    if (home.path / TO_SIGN).exists():
        raise Failure(
            REFUSED,
            "this init has registrars elsewhere: finish it with --opened STATEMENT",
            "此次新建的登记机关密钥在别处：请用 --opened 陈述 完成",
        )
    identity = make_demo(config, home, origin)
    _print_identity(origin, identity)
    talk(
        "demo mode: keys/registrar.pem lies in this home, so whoever holds it can register "
        "anybody; for trials only\nnext: `zelian serve`, or `zelian department register`",
        "演示模式：keys/registrar.pem 存于此主目录，持有者可登记任何人；仅供试用\n"
        "下一步：`zelian serve`，或 `zelian department register`",
    )


def make_demo(config: Settings, home: Home, origin: str) -> str:
    """Open the ledger of a home that ``make_home`` made; return its identity, hex.

    Every step is skipped that an earlier run has done.
    """
    registrar = home.make_key(home.registrar_key)
    with open_home(config, writes=True) as door:
        if door.size() == 0:
            event = opening_event(home, origin, [registrar.public], 1, new_id(), system_clock())
            send_one(door, sign_statement(event, [registrar]))
        _register_service(door, home, registrar)
        return note_identity(home, door.entry(0).header)


def _register_service(door: Door, home: Home, registrar: PrivateKey) -> None:
    service = home.read_key(home.service_key)
    register, enrol = service_events(door.origin, service.public, new_id, system_clock())
    view = read_registry(door)
    if view.registry.department(register["data"]["department"]) is None:
        send_one(door, sign_statement(register, [registrar]))
    if view.registry.key(service.key_id) is None:
        send_one(door, sign_statement(enrol, [registrar, service]))


# Registrars elsewhere


def _begin(config: Settings, origin: str, keys: Sequence[PublicKey], threshold: int | None) -> None:
    if len({key.key_id for key in keys}) != len(keys) or len(keys) > MAX_REGISTRARS:
        raise usage(
            f"--registrar takes 1 to {MAX_REGISTRARS} different keys",
            f"--registrar 应为 1 至 {MAX_REGISTRARS} 把互不相同的密钥",
        )
    needed = min(len(keys), 6) if threshold is None else threshold
    if needed > len(keys):
        raise usage(
            f"--threshold {needed} exceeds the {len(keys)} registrar keys",
            f"--threshold {needed} 超过登记机关密钥数 {len(keys)}",
        )
    home = _home_of(config, origin)
    path = home.path / TO_SIGN / OPENING_FILE
    event = opening_event(home, origin, keys, needed, new_id(), system_clock())
    payload = prepare_event(event, [key.key_id for key in keys])
    if path.exists():
        payload = _same_opening(path.read_bytes().strip(), payload)
    else:
        path.parent.mkdir(exist_ok=True)
        write_durably(path, payload + b"\n")
    data_bytes(payload)
    talk(
        f"entry 0's event, also in {TO_SIGN}/{OPENING_FILE}: all {len(keys)} registrars sign it "
        "with `zelian sign FILE --key KEY --partial`, one after another,\n"
        "then `zelian init --opened STATEMENT` finishes",
        f"以上为第 0 条的事件，亦存于 {TO_SIGN}/{OPENING_FILE}：由全部 {len(keys)} 把登记机关密钥"
        "依次用 `zelian sign 文件 --key 密钥 --partial` 签名，\n"
        "再运行 `zelian init --opened 陈述` 完成",
    )


def _same_opening(kept: bytes, fresh: bytes) -> bytes:
    """Return the event that an earlier run printed, if it says the same but for id and time."""
    old, new = ToSign(kept).event, ToSign(fresh).event
    if old["data"] != new["data"]:
        raise Failure(
            REFUSED,
            f"an unfinished init with other registrars lies in this home: finish it with --opened, "
            f"or remove {TO_SIGN}/{OPENING_FILE} and run this again",
            f"此主目录中有另一组登记机关的未完成新建：请用 --opened 完成，"
            f"或删除 {TO_SIGN}/{OPENING_FILE} 后重试",
        )
    return kept


def _finish(config: Settings, opened: Path, chosen: Sequence[str]) -> None:
    home = Home(config.home)
    if not home.trust_policy.exists():
        raise usage(
            "begin with `zelian init --origin NAME --registrar PUB`: this home has no keys yet",
            "请先运行 `zelian init --origin 名称 --registrar 公钥`：此主目录尚无密钥",
        )
    raw = opened.read_bytes().strip()
    statement = read_statement(raw)
    _check_ours(home, statement.event)
    with open_home(config, writes=True) as door:
        send_one(door, raw)
        parts = _service_parts(home, read_registry(door), chosen)
        _keep_parts(home, parts)
        identity = note_identity(home, door.entry(0).header)
    if here().as_json:
        data_json(
            {"identity": identity, "origin": statement.ledger, "to_sign": list(map(_shown, parts))}
        )
    else:
        for part in parts:
            data_bytes(part.envelope() if part.signatures else part.payload)
    talk(
        f"the ledger {statement.ledger} is open; its identity: {identity}\n"
        f"to let the service speak, registrars sign the two files in {TO_SIGN}/ (printed above) "
        "and `zelian submit` sends them, the department first",
        f"账本 {statement.ledger} 已启用；其标识：{identity}\n"
        f"为使服务能够陈述，请登记机关签署 {TO_SIGN}/ 中的两个文件（如上所示），"
        "再用 `zelian submit` 提交，先提交部门登记",
    )


def _check_ours(home: Home, event: dict[str, Any]) -> None:
    """Refuse to open this home with a statement that was made for another one."""
    log, _ = read_log_key(home)
    own = opening_event(home, log.name, [], 1, "x", 0)["data"]
    theirs = event["data"]
    for member in ("origin", "log_key", "chain_commitment"):
        if theirs.get(member) != own[member]:
            raise Failure(
                REFUSED,
                f"/data/{member} is not this home's: sign the event that this home's init printed",
                f"/data/{member} 与此主目录不符：请签署此主目录新建时输出的事件",
            )


def _service_parts(home: Home, view: RegistryView, chosen: Sequence[str]) -> list[ToSign]:
    """Return what registers the service, signed by its own key where that must sign."""
    service = home.read_key(home.service_key)
    opening = view.events[0][1]["data"]
    signers = list(chosen) or opening["signers"][: opening["registrar_threshold"]]
    if not set(signers) <= set(opening["signers"]):
        raise usage(
            "--signer: entry 0 lists no such registrar key: give whole key ids, 64 hex digits",
            "--signer：第 0 条未列出该登记机关密钥：请给出完整的密钥标识（64 位十六进制）",
        )
    register, enrol = service_events(view.registry.origin, service.public, new_id, system_clock())
    enrolment = ToSign(prepare_event(enrol, [*signers, service.key_id]))
    return [ToSign(prepare_event(register, signers)), add_signatures(enrolment, [service])]


def _keep_parts(home: Home, parts: Sequence[ToSign]) -> None:
    folder = home.path / TO_SIGN
    folder.mkdir(exist_ok=True)
    for name, part in zip(SERVICE_FILES, parts, strict=True):
        raw = part.envelope() if part.signatures else part.payload
        write_durably(folder / name, raw + b"\n")


def _shown(part: ToSign) -> dict[str, Any]:
    return {
        "event": part.event,
        "missing": part.missing,
        "partial": part.envelope().decode() if part.signatures else None,
    }


def _print_identity(origin: str, identity: str) -> None:
    if here().as_json:
        data_json({"identity": identity, "origin": origin})
    else:
        data(identity)
        talk(
            f"the ledger {origin} is open; its identity is printed above: give it and the file "
            "trust-policy to those who verify",
            f"账本 {origin} 已启用；以上为其标识：请将它与 trust-policy 文件交给验证方",
        )
