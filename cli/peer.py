"""``zelian peer``: two ledgers that witness each other, and cite one another's statements.

What one side gives the other is its *card*, a trust policy (C2SP tlog-policy) of public
keys: its log, and the witness that it runs for others, with the address. No key file
leaves its home. Whoever takes a card should have it from the peer's own hands.

``add`` lets the own witness know the peer's log and the own ledger ask the peer's
witness; ``register`` logs by which policy receipts of the peer are judged.

Source: spec 6 (citation); C2SP tlog-policy, tlog-witness.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from cli.command import command, group, option
from cli.failures import REFUSED, Failure, usage
from cli.invocation import ANYWHERE, LOCAL, NOWHERE, SENDING, here, home
from cli.output import data, data_json, table, talk
from cli.registering import REGISTRAR_KEY, SIGNER, say_as_registrar, view_as_registrar
from cli.speech import pick
from cli.witness import KNOWN_LOGS
from cli.witness import VKEY as WITNESS_VKEY
from crypto.checkpoint import parse_checkpoint
from crypto.errors import CryptoError
from crypto.header import statement_of
from crypto.notation import write_b64
from crypto.note import COSIGNATURE, VKey, format_vkey, parse_note, parse_vkey
from crypto.policy import (
    NO_QUORUM,
    Policy,
    PolicyLog,
    Witness,
    format_policy,
    parse_policy,
)
from crypto.receipt import parse_receipt
from crypto.tlog_proof import parse_tlog_proof
from ledger.home import write_public
from ledger.registrations import peered
from witness.known_logs import parse_known_logs

CARD = click.Path(path_type=Path, dir_okay=False, exists=True)
FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)

peer = group(
    "Witness another ledger and be witnessed by it; cite its statements.",
    "与另一账本互为见证，援引其陈述。",
    name="peer",
    options=NOWHERE,
)


@command(
    "Print what a peer needs of us: our log, and the witness that we run for others.",
    "输出对方所需的名片：本账本的日志，以及我方为他人运行的见证者。",
    options=LOCAL,
)
@option(
    "--witness-home",
    type=FOLDER,
    en="The folder of the witness that we run.",
    zh="我方见证者的主目录。",
)
@option("--url", en="Where others reach that witness.", zh="他人访问该见证者的地址。")
def card(witness_home: Path | None, url: str | None) -> None:
    """Print our card."""
    if (witness_home is None) != (url is None):
        raise usage(
            "--witness-home and --url belong together", "--witness-home 与 --url 须同时给出"
        )
    own = parse_policy(home().trust_policy.read_bytes()).logs[:1]
    witnesses: tuple[Witness, ...] = ()
    if witness_home is not None:
        key = _witness_key(witness_home)
        witnesses = (Witness(key.name, key, url),)
    text = format_policy(Policy(own, witnesses, (), NO_QUORUM))
    parse_policy(text)  # an address with a blank would be another line
    if here().as_json:
        data_json({"card": text})
    else:
        for line in text.splitlines():
            data(line)


@command(
    "Take a peer's card: ask its witness, and let ours know its log.\n\n"
    "Without --witness-home only the ledger's trust-policy is changed. Restart both.",
    "收下对方名片：向其见证者请求联署，并让我方见证者认识其日志。\n\n"
    "不带 --witness-home 时只改动账本的 trust-policy。改动后请重启两者。",
    options=LOCAL,
)
@click.argument("card_file", metavar="CARD", type=CARD)
@option(
    "--witness-home",
    type=FOLDER,
    en="The folder of the witness that we run.",
    zh="我方见证者的主目录。",
)
def add(card_file: Path, witness_home: Path | None) -> None:
    """Take a peer's card."""
    theirs = _read_card(card_file)
    place = home()
    own = parse_policy(place.trust_policy.read_bytes())
    if any(log.key.name == own.logs[0].key.name for log in theirs.logs):
        raise usage("this is our own card: take the peer's", "这是我方的名片：请用对方的")
    trusted = _asking(own, theirs.witnesses)
    known = None if witness_home is None else _knowing(witness_home, theirs)
    # Both are judged before either is written.
    write_public(place.trust_policy, format_policy(trusted))
    if witness_home is not None and known is not None:
        write_public(witness_home / KNOWN_LOGS, known)
    _say_added(theirs, trusted, witness_home)


def _asking(own: Policy, witnesses: tuple[Witness, ...]) -> Policy:
    """Return the ledger's policy with these witnesses, which are a quorum where there was none."""
    keys = {format_vkey(one.key) for one in own.witnesses}
    fresh = tuple(one for one in witnesses if format_vkey(one.key) not in keys)
    changed = replace(own, witnesses=(*own.witnesses, *fresh))
    if own.quorum == NO_QUORUM and fresh:
        changed = replace(changed, quorum=fresh[0].name)
    return parse_policy(format_policy(changed))


def _knowing(witness_home: Path, theirs: Policy) -> str:
    """Return the witness's list of logs with the peer's among them."""
    before = parse_policy((witness_home / KNOWN_LOGS).read_bytes())
    keys = {format_vkey(log.key) for log in before.logs}
    fresh = tuple(PolicyLog(log.key) for log in theirs.logs if format_vkey(log.key) not in keys)
    text = format_policy(replace(before, logs=(*before.logs, *fresh)))
    parse_known_logs(text)
    return text


def _say_added(theirs: Policy, trusted: Policy, witness_home: Path | None) -> None:
    logs = [log.key.name for log in theirs.logs]
    asked = [one.name for one in theirs.witnesses]
    if here().as_json:
        knows = logs if witness_home is not None else []
        data_json({"asked": asked, "known": knows, "quorum": trusted.quorum})
        return
    names = ", ".join(asked) or "-"
    data(pick(f"asked for cosignatures: {names}", f"将请求联署的见证者：{names}"))
    if witness_home is not None:
        listed = ", ".join(logs)
        data(pick(f"our witness knows: {listed}", f"我方见证者已认识：{listed}"))
    data(pick(f"quorum: {trusted.quorum}", f"法定数：{trusted.quorum}"))
    talk(
        "restart the ledger and the witness: both read this when they start",
        "请重启账本与见证者：两者仅在启动时读取",
    )


@command(
    "Register a peer: by which policy its receipts are judged, from this entry on.\n\n"
    "The registrar says it, so that whoever replays the log judges alike. With --witness a "
    "receipt counts once that witness cosigned its checkpoint.",
    "登记对等账本：自本条起按何策略验证其回执。\n\n"
    "由登记机关陈述，任何人重放日志均得相同结果。带 --witness 时，回执须经该见证者联署方可采信。",
    options=SENDING,
)
@click.argument("card_file", metavar="CARD", type=CARD)
@option(
    "--witness",
    "witness_text",
    metavar="VKEY",
    en="The key of a witness that must have cosigned, such as our own.",
    zh="须已联署的见证者的公钥，例如我方见证者。",
)
@REGISTRAR_KEY
@SIGNER
def register(
    card_file: Path,
    witness_text: str | None,
    registrar_files: tuple[Path, ...],
    signer_ids: tuple[str, ...],
) -> None:
    """Register a peer."""
    theirs = _read_card(card_file)
    policy = Policy(tuple(PolicyLog(log.key) for log in theirs.logs), (), (), NO_QUORUM)
    if witness_text is not None:
        key = _cosigning(witness_text)
        policy = replace(policy, witnesses=(Witness(key.name, key),), quorum=key.name)
    said = peered(theirs.logs[0].key.name, format_policy(policy))
    say_as_registrar(said, registrar_files, signer_ids)


@command(
    "End a peer: receipts of it are judged by no policy any more, from this entry on.",
    "终止对等账本登记：自本条起不再按任何策略验证其回执。",
    options=SENDING,
)
@click.argument("origin", metavar="ORIGIN")
@REGISTRAR_KEY
@SIGNER
def end(origin: str, registrar_files: tuple[Path, ...], signer_ids: tuple[str, ...]) -> None:
    """End a peer."""
    say_as_registrar(peered(origin, None), registrar_files, signer_ids)


@command(
    "List the peers that are registered.", "列出已登记的对等账本。", name="list", options=ANYWHERE
)
def list_peers() -> None:
    """List the peers."""
    found = view_as_registrar(()).registry.peers()
    if here().as_json:
        data_json(
            [
                {
                    "entry": one.registered_at,
                    "origin": one.origin,
                    "policy": None if one.policy is None else format_policy(one.policy),
                }
                for one in found
            ]
        )
        return
    rows = [
        (one.origin, str(one.registered_at), pick("ended", "已终止") if one.policy is None
         else pick(f"quorum {one.policy.quorum}", f"法定数 {one.policy.quorum}"))
        for one in found
    ]  # fmt: skip
    for line in table([(pick("LEDGER", "账本"), pick("ENTRY", "登记条目"), ""), *rows]):
        data(line)


@command(
    "Print what a statement holds that cites another ledger's, made of its receipt.\n\n"
    "It is one object of `data.cites`. Nothing is verified here: the ledger does that.",
    "由回执生成援引：`data.cites` 中的一个对象。\n\n此处不作验证，由账本验证。",
    options=NOWHERE,
)
@click.argument("receipt_file", metavar="RECEIPT", type=CARD)
def cite(receipt_file: Path) -> None:
    """Print a citation."""
    raw = receipt_file.read_bytes()
    receipt = parse_receipt(raw)
    note = parse_note(parse_tlog_proof(receipt.proof).checkpoint)
    members: dict[str, Any] = {
        "ledger": parse_checkpoint(note.text).origin,
        "receipt": write_b64(raw),
        "statement": statement_of(receipt.header).hex(),
    }
    data_json(members)


def _read_card(path: Path) -> Policy:
    """Return a card: the keys of one log, and witnesses with their addresses."""
    theirs = parse_policy(path.read_bytes())
    if len({log.key.name for log in theirs.logs}) != 1:
        raise usage(
            f"{path} is no card: it must name one log; the peer prints it with `zelian peer card`",
            f"{path} 不是名片：须且只能写明一个日志；由对方用 `zelian peer card` 输出",
        )
    if any(one.url is None for one in theirs.witnesses):
        raise usage(
            f"a witness in {path} has no address: ask the peer for `zelian peer card --url`",
            f"{path} 中的见证者没有地址：请对方用 `zelian peer card --url` 输出",
        )
    return theirs


def _witness_key(folder: Path) -> VKey:
    try:
        return parse_vkey((folder / WITNESS_VKEY).read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        raise Failure(
            REFUSED,
            f"no witness in {folder}: make one with `zelian witness init --name NAME`",
            f"{folder} 中没有见证者：请用 `zelian witness init --name 名称` 新建",
        ) from None


def _cosigning(text: str) -> VKey:
    try:
        key = parse_vkey(text)
    except CryptoError as error:
        raise usage(f"--witness: {error.en}", f"--witness：{error.zh}") from None
    if key.algorithm != COSIGNATURE:
        raise usage("--witness needs a witness's key", "--witness 须为见证者的公钥")
    return key


for _one in (card, add, register, end, list_peers, cite):
    peer.add_command(_one)
