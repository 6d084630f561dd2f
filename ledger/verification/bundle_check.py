"""Verify an evidence bundle, offline: every check that there is, also those not made.

Nothing in the bundle is believed: neither its manifest, which nobody signed, nor its
report, which is computed again. The caller's trust policy and the identity of entry 0
are all that counts.

Source: spec 7.
"""

from dataclasses import dataclass, replace
from typing import Any

from crypto.archive import read_archive
from crypto.checkpoint import Checkpoint
from crypto.errors import CryptoError, Mismatch
from ledger.evidence import bundle as form
from ledger.evidence.bundle import Contents, Manifest
from ledger.evidence.bundle_reader import Members, read_contents, read_manifest
from ledger.evidence.readme import readme_of
from ledger.evidence.report import report_of
from ledger.evidence.traced import trace_in
from ledger.evidence_page.page import MAX_PAGE, holds, is_ours, page_of
from ledger.verification.bundle_chains import check_chains, check_tail
from ledger.verification.bundle_checks import CHECKS, Work, bundle_tallies
from ledger.verification.bundle_entries import check_entries, known_entries
from ledger.verification.bundle_people import People
from ledger.verification.closing import UNPINNED, close_identity, close_opening
from ledger.verification.report import (
    FAILED,
    INCOMPLETE,
    NOT_CHECKED,
    UNTRUSTED,
    VERIFIED,
    Check,
    Finding,
    Report,
    Words,
)
from ledger.verification.trust import Published, Trust, log_key_for, open_published

_FORM = Words(
    "The file is a bundle and its members are those listed", "文件是证据包且成员与清单一致"
)
_NOTHING = Words("", "")
_UNREAD = Words("the bundle cannot be read", "无法读取该证据包")


@dataclass(frozen=True, slots=True)
class _Read:
    """A bundle that could be read."""

    members: Members
    manifest: Manifest
    contents: Contents


def bundle_report(raw: bytes, trust: Trust, identity: bytes | None) -> Report:
    """Return what a bundle proves; nothing that it holds makes this raise.

    Args:
        raw: the zip file.
        trust: a policy, or the log's key alone, or None.
        identity: leaf hash of entry 0, 32 bytes, to pin; None: not pinned.
    """
    try:
        read = _read(raw)
        published = open_published(read.contents.checkpoint, trust)
        _check_head(read.manifest, published.checkpoint)
    except CryptoError as error:
        return unread_bundle_report(error)
    work = _checked(read, published, trust, identity)
    form_check = Check("form", _FORM, VERIFIED, len(read.members), len(read.members), _NOTHING)
    checks = (form_check, *published.checks, *_closed(work, read))
    return Report("bundle", checks, _facts(read, published))


def bundle_trace(raw: bytes) -> dict[str, Any]:
    """Return the trace of the act that a bundle is about, as far as its statements go.

    It is worth what :func:`bundle_report` says of the bundle.

    Raises:
        CryptoError: the bundle cannot be read.
        LookupError: it is not asked about an act, or shows no statement of it.
    """
    return trace_in(_read(raw).contents)


def _read(raw: bytes) -> _Read:
    members = read_archive(raw)
    manifest = read_manifest(members)
    return _Read(members, manifest, read_contents(members, manifest))


def _check_head(manifest: Manifest, checkpoint: Checkpoint | None) -> None:
    """The manifest's origin and size are those of the checkpoint."""
    if checkpoint is None or (checkpoint.origin, checkpoint.size) != (
        manifest.origin,
        manifest.size,
    ):
        raise Mismatch(
            "the checkpoint is not of the origin and size that the manifest states",
            "检查点的账本名或大小与清单不符",
            f"/{form.CHECKPOINT}",
        )


def unread_bundle_report(error: CryptoError) -> Report:
    """Return what is to be said of a file that *error* shows to be no bundle."""
    finding = Finding(-1, FAILED, error.en, error.zh)
    checks = [Check("form", _FORM, FAILED, 1, 1, _NOTHING, 1, (finding,))]
    checks += open_published(None, None).checks
    checks += [Check(n, entry.label, NOT_CHECKED, 0, 0, _UNREAD) for n, entry in CHECKS.items()]
    return Report("bundle", tuple(checks))


def _checked(read: _Read, published: Published, trust: Trust, identity: bytes | None) -> Work:
    contents = read.contents
    work = Work(contents, known_entries(contents), bundle_tallies(), {})
    check_entries(work, published.checkpoint)
    check_chains(work)
    check_tail(work)
    people = People(work)
    people.check()
    first = work.known.get(0)
    close_identity(work.tallies["identity"], None if first is None else first.leaf, identity)
    log = published.log or log_key_for(contents.origin, trust)
    opening = people.registry.opening()
    close_opening(work.tallies["opening"], opening, published, log)
    if identity is None:
        work.tallies["signatures"].limit(NOT_CHECKED, UNPINNED)
        work.tallies["speakers"].limit(NOT_CHECKED, UNPINNED)
        if work.tallies["citations"].of:
            work.tallies["citations"].limit(NOT_CHECKED, UNPINNED)
    _check_question(work)
    _check_derived(work, read.members)
    _check_page(work, read.members)
    return work


def _check_question(work: Work) -> None:
    tally, question, asked = work.tallies["question"], work.contents.question, work.contents.asked()
    tally.of = len(asked)
    for index in asked:
        if index in work.known:
            tally.done += 1
        else:
            work.lack("question", index, "it is not in the bundle", "不在包内")
    if question.chain is not None and not asked:
        tally.find(-1, f"{question.chain} is not in it", f"包内没有 {question.chain}", INCOMPLETE)
    if question.kind == "query":
        why = Words("whether other entries match cannot be told", "无法判断是否另有条目符合")
        tally.limit(NOT_CHECKED, why)
    tally.remark(_spoken(work.contents))


def _spoken(contents: Contents) -> Words:
    """The question as it was read again."""
    question, count = contents.question, len(contents.asked())
    if question.kind == "entry":
        return Words(f"entry {question.entries[0]}", f"第 {question.entries[0]} 条")
    text = question.chain or question.text
    return Words(f"{text}: {count} entries", f"{text}：{count} 条")


def _check_derived(work: Work, members: Members) -> None:
    """SPEC: spec 7, report.json is recomputed from the statements."""
    tally = work.tallies["report"]
    tally.of = 2
    for name, derive in ((form.REPORT, report_of), (form.README, readme_of)):
        try:
            same = derive(work.contents) == members[name]
        except CryptoError:  # whatever cannot be read is told by the check of it
            continue
        tally.done += 1
        if not same:
            tally.find(
                -1, f"{name} is not what follows from the rest", f"{name} 与其余内容所得不符"
            )


def _check_page(work: Work, members: Members) -> None:
    """SPEC: spec 7, report.html is there up to 16 MiB, and embeds every other member."""
    tally, page = work.tallies["page"], members.get(form.PAGE)
    if page is None and len(page_of(members)) > MAX_PAGE:
        return
    tally.of = 1
    if page is None:
        tally.find(-1, "report.html is missing", "缺少 report.html", INCOMPLETE)
    elif not holds(page, members):
        tally.find(
            -1,
            "report.html does not hold the other members of this bundle",
            "report.html 所含并非本包的其余成员",
        )
    elif not is_ours(page):
        tally.find(
            -1,
            "report.html holds the other members, and is not the page that this version of the "
            "program makes: what it shows is not known; do not rely on it",
            "report.html 所含与其余成员一致，但并非本程序此版本所制页面：所示内容不明，请勿采信",
            UNTRUSTED,
        )
    else:
        tally.done = 1


def _closed(work: Work, read: _Read) -> list[Check]:
    checks = [tally.close() for tally in work.tallies.values()]
    return [_optional(check, read) for check in checks]


def _optional(check: Check, read: _Read) -> Check:
    """Close the checks of what a bundle need not hold."""
    if check.name == "tail" and read.manifest.question.chain is None:
        why = Words("no chain was asked for", "未问及链")
        return replace(check, verdict=NOT_CHECKED, detail=why, counts=False)
    if check.name == "page" and not check.of:
        why = Words("left out: it would be over 16 MiB", "未附：将超过 16 MiB")
        return replace(check, verdict=NOT_CHECKED, detail=why, counts=False)
    return check


def _facts(read: _Read, published: Published) -> dict[str, object]:
    contents, checkpoint = read.contents, published.checkpoint
    return {
        "asked": list(contents.asked()),
        "asker_claimed": read.manifest.asker,
        "checkpoint_root": None if checkpoint is None else checkpoint.root.hex(),
        "checkpoint_size": contents.size,
        "cosigned": published.cosigned,
        "entries": len(contents.entries),
        "origin": contents.origin,
        "question": contents.question.to_json(),
    }
