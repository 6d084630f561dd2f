"""Verify a certificate of removal, offline.

What it can never prove is listed as not checked and does not count: that no copy
is left anywhere, and whether whoever ordered it was competent.

Source: spec 3 (erasure), 7 (verdicts).
"""

from crypto.checkpoint import Checkpoint
from crypto.errors import CryptoError, Malformed, Mismatch
from crypto.header import Header
from crypto.inclusion import verify_inclusion
from crypto.merkle import leaf_hash
from crypto.removal import Removal, Shown, open_removal
from crypto.statement import read_statement
from ledger.verification.report import (
    FAILED,
    NOT_CHECKED,
    VERIFIED,
    Check,
    Finding,
    Report,
    Words,
)
from ledger.verification.trust import Published, Trust, open_published

NO_WORDS = Words("", "")
_SIGNED = Words("The enrolled key in it signed it", "由其所附已登记的密钥签署")
_ENTRIES = Words("Its entries are in the checkpoint's tree", "所列记录均在检查点的树中")
_ORDER = Words("The order says what it says", "命令内容与证书一致")
_RIGHTS = Words("The key was live, and who ordered it was competent", "密钥有效，且命令者有权作出")
_GONE = Words("No copy is left anywhere", "任何地方均无副本")


def certificate_report(raw: bytes, order: bytes | None, trust: Trust) -> Report:
    """Return what a certificate is worth.

    Args:
        raw: the certificate.
        order: the statement that ordered the removal, where the verifier has it.
        trust: whose checkpoints count.
    """
    try:
        removal = open_removal(raw)
        note = removal.order.read()[1].checkpoint
    except CryptoError as error:
        nobody = open_published(None, trust).checks
        return Report("certificate", (_check("certificate", _SIGNED, error), *nobody))
    published = open_published(note, trust)
    checks = (
        _check("certificate", _SIGNED, None),
        *published.checks,
        _check("entries", _ENTRIES, _failure_of_entries(removal, published)),
        _order_check(removal, order),
        _never("speakers", _RIGHTS, "verify the ledger for that", "请用验证账本的命令检查"),
        _never("gone", _GONE, "the service promises it for its own", "服务仅就其自身作出承诺"),
    )
    return Report("certificate", checks, _facts(removal, published))


def _check(name: str, label: Words, failure: CryptoError | None) -> Check:
    if failure is None:
        return Check(name, label, VERIFIED, 1, 1, NO_WORDS)
    finding = Finding(-1, FAILED, failure.en, failure.zh)
    return Check(name, label, FAILED, 1, 1, NO_WORDS, 1, (finding,))


def _never(name: str, label: Words, en: str, zh: str) -> Check:
    return Check(name, label, NOT_CHECKED, 0, 0, Words(en, zh), counts=False)


def _failure_of_entries(removal: Removal, published: Published) -> CryptoError | None:
    try:
        _verify_entries(removal, published.checkpoint)
    except CryptoError as error:
        return error
    return None


def _verify_entries(removal: Removal, checkpoint: Checkpoint | None) -> None:
    if checkpoint is None:
        raise Malformed("its proofs end in no checkpoint", "其证明末尾没有检查点", "/order/proof")
    if checkpoint.origin != removal.ledger:
        raise Mismatch(
            f"it is of {removal.ledger}, and its checkpoint of {checkpoint.origin}",
            f"证书属于 {removal.ledger}，而检查点属于 {checkpoint.origin}",
            "/ledger",
        )
    note = removal.order.read()[1].checkpoint
    target = _verify_entry("/target", removal.target, note, checkpoint)
    order = _verify_entry("/order", removal.order, note, checkpoint)
    enrolment = _verify_entry("/enrolment", removal.enrolment, note, checkpoint)
    if enrolment.statement != read_statement(removal.statement).digest:
        raise Mismatch(
            "the enrolment is not the one that its entry records",
            "所附登记与其记录头所记不符",
            "/enrolment/statement",
        )
    if target.index >= order.index:
        raise Mismatch(
            "the order does not come after what it removes", "命令并非在所移除的记录之后", "/order"
        )


def _verify_entry(pointer: str, shown: Shown, note: str, under: Checkpoint) -> Header:
    header, proof = shown.read()
    if proof.checkpoint != note or header.index != proof.index:
        raise Mismatch(
            f"{pointer} is not proved under the one checkpoint at its own index",
            f"{pointer} 未按其序号在同一检查点下得到证明",
            pointer,
        )
    verify_inclusion(leaf_hash(shown.header), proof.index, under.size, proof.path, under.root)
    return header


def _order_check(removal: Removal, order: bytes | None) -> Check:
    if order is None:
        return _never("order", _ORDER, "give it with --order", "请用 --order 提供命令陈述")
    try:
        _compare_order(removal, order)
    except CryptoError as error:
        return _check("order", _ORDER, error)
    return _check("order", _ORDER, None)


def _compare_order(removal: Removal, order: bytes) -> None:
    statement = read_statement(order)
    target, by = removal.target.read()[0], removal.order.read()[0]
    data = statement.data
    said = (
        statement.digest,
        statement.type,
        data.get("target"),
        statement.source,
        data.get("decided_by"),
        data.get("ground"),
    )
    wanted = (
        by.statement,
        f"zelian.statement.{removal.kind}.v1",
        target.statement.hex(),
        removal.ordered_by,
        removal.decided_by,
        removal.ground,
    )
    if said != wanted:
        raise Mismatch(
            "this statement is not the order that the certificate names",
            "该陈述并非证书所指的命令",
            "/order",
        )


def _facts(removal: Removal, published: Published) -> dict[str, object]:
    facts: dict[str, object] = {
        "cosigned": published.cosigned,
        "decided_by": removal.decided_by,
        "ground": removal.ground,
        "issued_at": removal.issued_at,
        "kind": removal.kind,
        "ordered_by": removal.ordered_by,
        "origin": removal.ledger,
    }
    try:
        target, order = removal.target.read()[0], removal.order.read()[0]
    except CryptoError:
        return facts
    return facts | {
        "by": order.index,
        "index": target.index,
        "statement": target.statement.hex(),
    }
