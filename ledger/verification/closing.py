"""The checks that are decided once, at the end, and what keeps others from being made.

Source: spec 4 (commitment), 7 (ledger identity, absence) and 8 (entry 0).
"""

from collections.abc import Mapping
from dataclasses import replace

from crypto.chain import commitment
from crypto.checkpoint import Checkpoint
from crypto.note import VKey, format_vkey
from ledger.registry.records import Opening
from ledger.verification.absence import explained
from ledger.verification.cited import Cited
from ledger.verification.joining import Joining
from ledger.verification.report import (
    FAILED,
    INCOMPLETE,
    NOT_CHECKED,
    UNTRUSTED,
    Check,
    Words,
)
from ledger.verification.source import Source
from ledger.verification.speakers import Speakers
from ledger.verification.tally import Tally
from ledger.verification.trust import Published

_OF_STATEMENTS = ("digests", "statements", "signatures", "speakers", "chain_names", "unique")

NO_STATEMENTS = Words("there are no statements in what was read", "所读内容不含陈述")
# SPEC: spec 7, "unpinned, every key check says not_checked".
UNPINNED = Words(
    "keys count only if entry 0 is pinned: give the ledger's identity",
    "只有核对了第 0 条，密钥才算数：请提供账本标识",
)


def close_identity(tally: Tally, first_leaf: bytes | None, identity: bytes | None) -> None:
    """SPEC: spec 7, a verifier pins the leaf hash of entry 0."""
    tally.of = 1
    if identity is None:
        tally.limit(NOT_CHECKED, Words("no identity was given to pin", "未提供可比对的账本标识"))
    elif first_leaf is not None:
        tally.done = 1
        if first_leaf != identity:
            tally.find(
                0,
                f"entry 0: it hashes to {first_leaf.hex()}, and the ledger you mean begins with "
                f"{identity.hex()}",
                f"第 0 条：其散列为 {first_leaf.hex()}，而您所指的账本以 {identity.hex()} 开头",
            )


def close_opening(
    tally: Tally, opening: Opening | None, published: Published, log: VKey | None
) -> None:
    """SPEC: spec 8, origin and log key of entry 0 are those of the checkpoint.

    Args:
        log: by which key the verifier knows the log, whether or not it signed. Where it
            did not, that entry 0 names another says only that this is not his log.
    """
    tally.of = 1
    checkpoint = published.checkpoint
    if opening is None:
        tally.limit(NOT_CHECKED, Words("entry 0's statement was not read", "未能读到第 0 条的陈述"))
    elif log is None or checkpoint is None:
        tally.limit(NOT_CHECKED, Words("no trusted checkpoint is at hand", "没有可信的检查点"))
    else:
        tally.done = 1
        if opening.origin != checkpoint.origin or opening.log_key != format_vkey(log):
            signed = published.log is not None
            _find_other_log(tally, opening, checkpoint, log, signed)


def _find_other_log(
    tally: Tally, opening: Opening, checkpoint: Checkpoint, log: VKey, signed: bool
) -> None:
    contradicts = signed or opening.origin != checkpoint.origin
    key = format_vkey(log)
    held = (
        Words(
            f"the checkpoint of {checkpoint.origin} is signed by {key}",
            f"{checkpoint.origin} 的检查点由 {key} 签名",
        )
        if signed
        else Words(
            f"the key that you trust for {checkpoint.origin} is {key}",
            f"您为 {checkpoint.origin} 所信任的密钥是 {key}",
        )
    )
    tally.find(
        0,
        f"entry 0: it names {opening.origin} and the log key {opening.log_key}, and {held.en}",
        f"第 0 条：写明 {opening.origin} 及日志密钥 {opening.log_key}，而 {held.zh}",
        FAILED if contradicts else UNTRUSTED,
    )


def close_chain_names(tally: Tally, opening: Opening | None, secret: bytes | None) -> None:
    """SPEC: spec 4, entry 0 commits to the secret from which chain ids follow."""
    if secret is None:
        tally.limit(
            NOT_CHECKED,
            Words(
                "without the ledger's chain secret only their number is compared",
                "没有账本的链密钥，只比对了数目",
            ),
        )
    elif opening is not None and opening.commitment != commitment(secret):
        tally.find(
            0,
            f"entry 0: it commits to the chain secret {opening.commitment}, and this one gives "
            f"{commitment(secret)}",
            f"第 0 条：其承诺的链密钥为 {opening.commitment}，而此密钥得到 {commitment(secret)}",
        )


def close_statements(
    tallies: Mapping[str, Tally],
    source: Source,
    joining: Joining,
    speakers: Speakers,
    pinned: bool,
) -> None:
    """Say of each check of statements how many there were to check."""
    of = source.size - _note_lacking(tallies, joining, speakers)
    for name in _OF_STATEMENTS:
        tallies[name].of = of
        if not source.has_statements:
            tallies[name].limit(NOT_CHECKED, NO_STATEMENTS)
    tallies["signatures"].done += speakers.verified
    tallies["speakers"].done = speakers.judged
    if not pinned:
        tallies["signatures"].limit(NOT_CHECKED, UNPINNED)
        tallies["speakers"].limit(NOT_CHECKED, UNPINNED)


def _note_lacking(tallies: Mapping[str, Tally], joining: Joining, speakers: Speakers) -> int:
    """Note statements that are missing; return how many of them a logged erasure explains."""
    absences, tally = joining.absences, tallies["digests"]
    wrong = list(absences.undecided(speakers))
    tallies["speakers"].add(wrong)
    void = {finding.index for finding in wrong}
    erased = {digest: by for digest, by in speakers.erased.items() if by not in void}
    gone = explained(absences.lacking, erased)
    for index in sorted({one.index for one in absences.lacking.values()} - gone):
        tally.find(
            index,
            f"entry {index}: its statement is missing, and no entry says that it was erased",
            f"第 {index} 条：缺少陈述，且没有记录说明已将其删除",
            INCOMPLETE,
        )
    if gone:
        tally.remark(Words(f"{len(gone)} erased by order", f"依令删除 {len(gone)} 条"))
    return len(gone)


def close_citations(tally: Tally, cited: Cited, has_statements: bool, pinned: bool) -> Check:
    """Close the check of what is cited; where no policy judged some of it, it does not count.

    Whoever may speak can cite a ledger that nobody registered; of this one that tells
    nothing.
    """
    tally.of, tally.done = cited.of, cited.verified
    left = cited.of - cited.verified
    counts = Words(
        f"{cited.of} cited, {cited.verified} verified, {left} not checked",
        f"共援引 {cited.of} 处，已验证 {cited.verified} 处，未检查 {left} 处",
    )
    if not has_statements:
        tally.limit(NOT_CHECKED, NO_STATEMENTS)
    elif not cited.of:
        return tally.close()
    elif not pinned:
        tally.limit(NOT_CHECKED, UNPINNED)
        tally.remark(counts)
    elif left:
        tally.limit(NOT_CHECKED, counts)
    else:
        tally.remark(counts)
    check = tally.close()
    return replace(check, counts=check.verdict != NOT_CHECKED)


def close_optional(tally: Tally, present: bool, why: Words) -> Check:
    """Close a check that only some sources allow; where this one does not, it does not count."""
    if present:
        return tally.close()
    tally.limit(NOT_CHECKED, why)
    return replace(tally.close(), counts=False)
