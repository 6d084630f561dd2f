"""``zelian refresh``: bring cosignatures into receipts that were given before there were any.

A receipt is the operator's promise until its checkpoint is cosigned. Here its proof
is replaced by one that ends in the published checkpoint, once enough witnesses stand
behind that; chains and header stay. The tree that was promised must be the beginning
of the cosigned one: if it is not, both are kept, for together they prove a fork.

Source: spec 6 ("fetch the cosigned proof later").
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import click

from cli.command import command
from cli.door import Door, open_door
from cli.failures import DONE, FAILED, NOT_FOUND, UNVERIFIED, Failure, as_failure, usage
from cli.invocation import SENDING, here, home
from cli.output import data_json, progress, talk
from cli.receipts import trust_policy, write_durably
from crypto.checkpoint import Checkpoint
from crypto.consistency import verify_consistency
from crypto.errors import CryptoError, Mismatch
from crypto.policy import NO_QUORUM, Opened, Policy, QuorumUnmet, open_under_policy
from crypto.receipt import Receipt, VerifiedReceipt, format_receipt, parse_receipt, verify_receipt
from crypto.tlog_proof import TlogProof, format_tlog_proof, parse_tlog_proof

State = Literal["refreshed", "cosigned", "waiting"]


@command(
    "Bring cosignatures into kept receipts.\n\n"
    "Each gets a proof under a checkpoint that enough witnesses of the policy cosigned. "
    "Without RECEIPT: all in the home. Exits 3 where one has to wait, 1 where what was "
    "promised is not in the cosigned tree.",
    "为已保存的回执补入联署。\n\n"
    "每份回执改用达到策略法定数的已联署检查点下的证明。不带参数时处理主目录中的全部回执。"
    "有回执尚须等待时退出码为 3；所承诺的内容不在已联署的树中时退出码为 1。",
    options=SENDING,
)
@click.argument(
    "receipts", metavar="[RECEIPT]...", nargs=-1, type=click.Path(path_type=Path, dir_okay=False)
)
def refresh(receipts: tuple[Path, ...]) -> None:
    """Bring cosignatures into kept receipts."""
    policy = trust_policy()
    if policy.quorum == NO_QUORUM:
        raise usage(
            "the policy asks for no witness, so no receipt lacks one: name witnesses and a quorum",
            "策略未要求任何见证者，回执并无所缺：请写明见证者与法定数",
        )
    paths = receipts or tuple(sorted(home().receipts.glob("*.json")))
    if not paths:
        raise Failure(NOT_FOUND, "there is no receipt to refresh", "没有可补入联署的回执")
    with open_door(writes=False) as door, progress("refreshing", "补入中", len(paths)) as told:
        refresher = Refresher(door, policy)
        codes = []
        for number, path in enumerate(paths):
            codes.append(_refresh(refresher, path))
            told(number + 1)
    click.get_current_context().exit(_worst(codes))


def _refresh(refresher: "Refresher", path: Path) -> int:
    """Refresh one, say what became of it, and return the exit code that it asks for."""
    try:
        state, index = refresher.refresh(path)
    except CryptoError as error:
        talk(f"{path.name}: {error.en}", f"{path.name}：{error.zh}")
        return as_failure(error).exit_code
    if here().as_json:
        data_json({"index": index, "receipt": str(path), "state": state})
    elif state == "refreshed":
        talk(f"{path.name}: entry {index}, cosigned now", f"{path.name}：第 {index} 条，已补入联署")
    elif state == "waiting":
        talk(
            f"{path.name}: entry {index}, not cosigned by enough witnesses yet: try again later",
            f"{path.name}：第 {index} 条，联署尚未达到法定数：请稍后再试",
        )
    return UNVERIFIED if state == "waiting" else DONE


def _worst(codes: Sequence[int]) -> int:
    if FAILED in codes:
        return FAILED
    return max(codes)


class Refresher:
    """Refreshes receipts under one published checkpoint.

    Args:
        door: the ledger; nothing that it says is believed.
        policy: has a quorum.
    """

    def __init__(self, door: Door, policy: Policy) -> None:
        self._door, self._policy = door, policy
        self._note = door.checkpoint()
        self._opened, self._cosigned = self._open(self._note)
        self._joined: set[Checkpoint] = set()

    def refresh(self, path: Path) -> tuple[State, int]:
        """Replace the proof in the receipt at *path*; its statement lies beside it.

        Raises:
            CryptoError: the receipt, or what the ledger gave for it, does not hold.
            Failure: there is no such file.
        """
        raw, envelope = _read(path), _read(path.with_suffix(".statement"))
        promised = verify_receipt(raw, envelope, lambda note: self._open(note)[0].checkpoint)
        index = promised.header.index
        if self._open(parse_tlog_proof(parse_receipt(raw).proof).checkpoint)[1]:
            return "cosigned", index
        if not self._cosigned or self._opened.checkpoint.size <= index:
            return "waiting", index
        fresh = self._fresh(raw, promised)
        try:
            verify_receipt(fresh, envelope, lambda note: self._open(note)[0].checkpoint)
            self._join(promised.checkpoint)
        except Mismatch:
            write_durably(path.with_suffix(".rejected"), fresh)
            raise
        write_durably(path, fresh)
        return "refreshed", index

    def _fresh(self, raw: bytes, promised: VerifiedReceipt) -> bytes:
        """Return the receipt with the ledger's proof under the published note; not verified."""
        old, index = parse_receipt(raw), promised.header.index
        given = parse_tlog_proof(self._door.proof(index, self._opened.checkpoint.size))
        proof = format_tlog_proof(TlogProof(given.index, given.path, self._note))
        return format_receipt(Receipt(old.chains, old.header, proof))

    def _join(self, promised: Checkpoint) -> None:
        """Raise unless the promised tree and the cosigned one are one tree that grew."""
        if promised in self._joined:
            return
        cosigned = self._opened.checkpoint
        old, new = sorted((promised, cosigned), key=lambda one: one.size)
        path = self._door.consistency(old.size, new.size)
        verify_consistency(old.size, new.size, old.root, new.root, path)
        self._joined.add(promised)

    def _open(self, note: str) -> tuple[Opened, bool]:
        """Open a checkpoint of a log of the policy; tell whether enough witnesses cosigned it."""
        try:
            return open_under_policy(note, self._policy), True
        except QuorumUnmet as unmet:
            return unmet.opened, False


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Failure(
            NOT_FOUND,
            f"{path} is missing: a receipt needs its statement beside it",
            f"缺少 {path}：回执须与其陈述放在一起",
        ) from None
