"""Verify what fits in one file: a receipt with its statement, a checkpoint.

A receipt proves that one statement is logged, and no more: what it can never
prove is listed as not checked and does not count.

Source: spec 5, 6 and 7 (verdicts).
"""

from crypto.checkpoint import Checkpoint
from crypto.errors import CryptoError, Malformed
from crypto.header import parse_header
from crypto.merkle import leaf_hash
from crypto.receipt import Receipt, VerifiedReceipt, parse_receipt, verify_receipt
from crypto.tlog_proof import parse_tlog_proof
from ledger.verification.checklist import CHECKLIST
from ledger.verification.report import (
    FAILED,
    NOT_CHECKED,
    VERIFIED,
    Check,
    Finding,
    Report,
    Verdict,
    Words,
)
from ledger.verification.trust import Published, Trust, open_published

_ENTRIES_LABEL = Words("The entries lead to this checkpoint", "各条记录与此检查点相符")
_RECEIPT_LABEL = Words(
    "Statement, chains, header and inclusion follow from one another",
    "陈述、链、记录头与收录证明相互一致",
)
_NO_REGISTRY = Words(
    "a receipt holds no registry; verify the ledger for that",
    "回执不含登记簿；请用验证账本的命令检查",
)
_NOT_ITS_ENTRY = Words(
    "only the receipt of entry 0 shows it; verify the ledger for that",
    "只有第 0 条的回执能显示；请用验证账本的命令检查",
)


def checkpoint_report(note: str, trust: Trust) -> Report:
    """Return what a checkpoint is worth by itself."""
    published = open_published(note, trust)
    why = Words("no entries were read; verify the ledger for that", "未读取记录；请验证整个账本")
    entries = Check("tree", _ENTRIES_LABEL, NOT_CHECKED, 0, 0, why, counts=False)
    return Report("checkpoint", (*published.checks, entries), _checkpoint_facts(published))


def unread_ledger_report(published: Published) -> Report:
    """Return the report of a ledger whose entries are not worth reading.

    A size that nobody trusted signed may be any number: reading so many entries
    would keep a verifier busy for as long as it pleased someone.
    """
    why = Words("the checkpoint is not trusted, so no entry was read", "检查点不可信，未读取记录")
    unread = (Check(name, entry.label, NOT_CHECKED, 0, 0, why) for name, entry in CHECKLIST.items())
    return Report("ledger", (*published.checks, *unread), _checkpoint_facts(published))


def receipt_report(raw: bytes, envelope: bytes, trust: Trust, identity: bytes | None) -> Report:
    """Return what a receipt proves of the statement *envelope*.

    Args:
        raw: the receipt.
        envelope: the statement as it was sent.
        trust: whose checkpoints count.
        identity: leaf hash of entry 0, looked at only in the receipt of entry 0.
    """
    try:
        receipt = parse_receipt(raw)
        published = open_published(parse_tlog_proof(receipt.proof).checkpoint, trust)
    except CryptoError as error:
        return Report("receipt", (_receipt_check(error), *open_published(None, trust).checks))
    verified: VerifiedReceipt | None = None
    failure: CryptoError | None = None
    try:
        verified = verify_receipt(raw, envelope, lambda _note: _stated(published))
    except CryptoError as error:
        failure = error
    checks = (
        _receipt_check(failure),
        *published.checks,
        _identity_check(receipt, identity),
        Check(
            "signatures",
            CHECKLIST["signatures"].label,
            NOT_CHECKED,
            0,
            0,
            _NO_REGISTRY,
            counts=False,
        ),
    )
    facts = {**_checkpoint_facts(published), **_receipt_facts(verified)}
    return Report("receipt", checks, facts)


def _stated(published: Published) -> Checkpoint:
    """Return the checkpoint, trusted or not: what it is worth is a check of its own."""
    if published.checkpoint is None:
        raise Malformed("its proof ends in no checkpoint", "其证明末尾没有检查点", "/proof")
    return published.checkpoint


def _receipt_check(failure: CryptoError | None) -> Check:
    if failure is None:
        return Check("receipt", _RECEIPT_LABEL, VERIFIED, 1, 1, Words("", ""))
    finding = Finding(-1, FAILED, failure.en, failure.zh)
    detail = Words("", "")
    return Check("receipt", _RECEIPT_LABEL, FAILED, 1, 1, detail, 1, (finding,))


def _identity_check(receipt: Receipt, identity: bytes | None) -> Check:
    label = CHECKLIST["identity"].label
    if identity is None or not _is_of_entry_0(receipt):
        return Check("identity", label, NOT_CHECKED, 0, 1, _NOT_ITS_ENTRY, counts=False)
    same = leaf_hash(receipt.header) == identity
    verdict: Verdict = VERIFIED if same else FAILED
    detail = Words(
        f"entry 0 hashes to {leaf_hash(receipt.header).hex()}",
        f"第 0 条的散列为 {leaf_hash(receipt.header).hex()}",
    )
    return Check("identity", label, verdict, 1, 1, detail, int(not same))


def _is_of_entry_0(receipt: Receipt) -> bool:
    try:
        return parse_header(receipt.header).index == 0
    except CryptoError:
        return False


def _receipt_facts(verified: VerifiedReceipt | None) -> dict[str, object]:
    if verified is None:
        return {}
    return {
        "chains": list(verified.names),
        "index": verified.header.index,
        "recorded_at": verified.header.recorded_at,
        "statement": verified.header.statement.hex(),
    }


def _checkpoint_facts(published: Published) -> dict[str, object]:
    checkpoint = published.checkpoint
    if checkpoint is None:
        return {}
    return {
        "checkpoint_root": checkpoint.root.hex(),
        "checkpoint_size": checkpoint.size,
        "cosigned": published.cosigned,
        "origin": checkpoint.origin,
    }
