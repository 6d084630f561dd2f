"""``zelian key``: private keys in files, and who in the ledger holds which key.

``new`` and ``show`` touch no ledger. ``enrol`` and ``revoke`` speak as the
registrar; enrolling takes the new key's own signature too, as proof that somebody
holds it.

Source: spec 2, spec 9.1 (``key.enrolled``, ``key.revoked``).
"""

from pathlib import Path

import click

from cli.command import command, group, option
from cli.door import open_door
from cli.drafting import now
from cli.failures import NOT_FOUND, Failure, usage
from cli.invocation import ANYWHERE, NOWHERE, SENDING, here
from cli.keyfiles import public_pem, read_private_key, read_public, write_private_key
from cli.output import data, data_json, local_time, table, talk
from cli.registering import REGISTRAR_KEY, SIGNER, say_as_registrar, view_as_registrar
from cli.registry_view import RegistryView, read_registry
from cli.speech import pick
from crypto.keys import PrivateKey, PublicKey
from crypto.notation import HEX32, write_b64
from ledger.registrations import enrolled, revoked
from ledger.registry.records import KeyRecord

key = group(
    "Make, show, list, enrol, revoke keys.", "密钥的生成与登记。", name="key", options=SENDING
)

REASONS = ("lost", "compromised", "superseded", "left_post")


@command(
    "Make a private key in FILE, mode 0600; its public half goes to stdout.",
    "在文件中生成私钥（权限 0600）；公钥输出到 stdout。",
    name="new",
    options=NOWHERE,
)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@option(
    "--algorithm",
    type=click.Choice(["ed25519", "p256"]),
    default="ed25519",
    show_default=True,
    en="Which kind of key.",
    zh="密钥算法。",
)
def new(path: Path, algorithm: str) -> None:
    """Make a private key."""
    made = PrivateKey.generate("p256" if algorithm == "p256" else "ed25519")
    write_private_key(path, made)
    _print_public(made.public)
    talk(
        f"the private key lies in {path}: whoever reads that file can sign in its holder's name",
        f"私钥存于 {path}：能读取该文件者即可以持有人名义签名",
    )


@command(
    "Show the public key and key id of FILE, or of base64.",
    "显示文件或 base64 中密钥的公钥与标识。",
    name="show",
    options=NOWHERE,
)
@click.argument("source", metavar="FILE")
def show(source: str) -> None:
    """Show a public key; never a private one."""
    _print_public(read_public(source))


def _print_public(public: PublicKey) -> None:
    described = {
        "algorithm": public.algorithm,
        "keyid": public.key_id,
        "public_key": write_b64(public.spki),
    }
    if here().as_json:
        data_json(described)
        return
    for line in public_pem(public).split("\n"):
        data(line)
    talk(f"key id {public.key_id}", f"密钥标识 {public.key_id}")


@command("List the keys of the ledger.", "列出账本中的密钥。", name="list", options=ANYWHERE)
@option("--department", metavar="D", en="Only of this department.", zh="仅列出该部门的。")
@option("--holder", metavar="H", en="Only of this official.", zh="仅列出该人员的。")
def list_keys(department: str | None, holder: str | None) -> None:
    """List the keys of the ledger."""
    with open_door(writes=False) as door:
        view = read_registry(door)
    records = [
        record
        for record in map(view.registry.key, view.registry.public_keys)
        if record is not None
        and department in (None, record.department)
        and holder in (None, record.holder)
    ]
    records.sort(key=lambda record: (record.enrolled_at, record.key_id))
    if here().as_json:
        data_json([_described(record) for record in records])
        return
    heading = (
        pick("KEY ID", "密钥标识"),
        pick("DEPARTMENT", "部门"),
        pick("HOLDER", "持有人"),
        pick("ENTRY", "登记条目"),
        pick("STATE", "状态"),
    )
    rows = [
        (r.key_id, r.department, r.holder or "-", str(r.enrolled_at), _state(r)) for r in records
    ]
    for line in table([heading, *rows]):
        data(line)


def _described(record: KeyRecord) -> dict[str, object]:
    return {
        "department": record.department,
        "enrolled_at": record.enrolled_at,
        "expires": record.expires,
        "holder": record.holder,
        "keyid": record.key_id,
        "live": record.is_live(now()),
        "public_key": write_b64(record.spki),
        "reason": record.reason,
        "revoked_at": record.revoked_at,
        "since": record.since,
    }


def _state(record: KeyRecord) -> str:
    if record.revoked_at is not None:
        return pick(
            f"revoked by entry {record.revoked_at} ({record.reason})",
            f"已由第 {record.revoked_at} 条吊销（{record.reason}）",
        )
    if record.has_expired(now()):
        return pick("expired", "已到期")
    if record.expires is not None:
        until = local_time(record.expires)
        return pick(f"live until {until}", f"有效至 {until}")
    return pick("live", "有效")


@command(
    "Enrol a key for a department, or for one of its officials.",
    "为部门或其公务人员登记密钥。",
    name="enrol",
    options=SENDING,
)
@option("--department", metavar="D", required=True, en="The key's department.", zh="密钥所属部门。")
@option(
    "--holder",
    metavar="H",
    en="The official who holds it (default: a system of the department).",
    zh="持有密钥的人员（默认：部门的系统）。",
)
@option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, dir_okay=False),
    en="The new private key, which signs too.",
    zh="新私钥文件，亦参与签名。",
)
@option(
    "--public",
    metavar="PUB",
    en="The new public key, where the private one lies elsewhere.",
    zh="新公钥（私钥在别处时使用）。",
)
@option("--expires", metavar="T", en="When it expires, YYYY-MM-DDTHH:MM:SS.mmmZ.", zh="到期时间。")
@REGISTRAR_KEY
@SIGNER
def enrol(
    department: str,
    holder: str | None,
    key_file: Path | None,
    public: str | None,
    expires: str | None,
    registrar_files: tuple[Path, ...],
    signer_ids: tuple[str, ...],
) -> None:
    """Enrol a key."""
    if (key_file is None) == (public is None):
        raise usage(
            "give the new key: --key FILE, or --public PUB where it lies elsewhere",
            "请给出新密钥：--key 文件；私钥在别处时用 --public 公钥",
        )
    own = [read_private_key(key_file)] if key_file is not None else []
    public_key = own[0].public if own else read_public(str(public))
    say_as_registrar(
        enrolled(public_key, department, holder, expires),
        registrar_files,
        signer_ids,
        new_keys=own,
        new_key_ids=[] if own else [public_key.key_id],
    )


@command(
    "Revoke a key; it cannot sign from the next entry on.\n\n"
    "KEY is a key id, or its first digits if they are one key's alone.",
    "吊销密钥；自下一条目起不能再签名。\n\n可写完整标识，或足以区分的开头数位。",
    name="revoke",
    options=SENDING,
)
@click.argument("key_id", metavar="KEY")
@option("--reason", type=click.Choice(REASONS), required=True, en="Why.", zh="原因。")
@option("--since", metavar="T", en="Since when it is not to be trusted.", zh="自何时起不可信。")
@REGISTRAR_KEY
@SIGNER
def revoke(
    key_id: str,
    reason: str,
    since: str | None,
    registrar_files: tuple[Path, ...],
    signer_ids: tuple[str, ...],
) -> None:
    """Revoke a key."""
    record = _find(view_as_registrar(registrar_files), key_id)
    say_as_registrar(
        revoked(record.key_id, record.department, record.holder, reason, since),
        registrar_files,
        signer_ids,
    )


def _find(view: RegistryView, text: str) -> KeyRecord:
    """Return the one key whose id begins with *text*."""
    found = [key_id for key_id in view.registry.public_keys if key_id.startswith(text)]
    if len(found) > 1 and not HEX32.fullmatch(text):
        raise usage(
            f"{text} begins {len(found)} key ids: give more digits",
            f"{text} 对应 {len(found)} 把密钥：请多写几位",
        )
    record = view.registry.key(found[0]) if found else None
    if record is None:
        raise Failure(
            NOT_FOUND,
            f"no key {text} is enrolled: `zelian key list` shows all",
            f"没有登记密钥 {text}：可用 `zelian key list` 查看",
        )
    return record


for _command in (new, show, list_keys, enrol, revoke):
    key.add_command(_command)
