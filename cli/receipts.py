"""Send statements so that nothing is lost, and keep the receipts that hold.

A statement's bytes are on the disk before they are sent: whatever happens on the
way, the same bytes can be sent again, and the ledger answers with the same entry.
A receipt is recomputed from the statement before it is kept; one that does not
hold is kept aside as evidence, and the command fails.

Files, in one folder: ``<digest>.statement``, ``<digest>.json`` (the receipt), and where it was
refused ``<digest>.refusal`` (the log's note on that).

Source: spec 6 ("A client stores the envelope before sending").
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.door import Door, Logged
from cli.failures import usage
from cli.invocation import here, home
from crypto.checkpoint import Checkpoint
from crypto.errors import CryptoError, Malformed, Mismatch, TooLarge
from crypto.note import parse_note
from crypto.policy import Policy, QuorumUnmet, open_under_policy, parse_policy
from crypto.receipt import verify_receipt
from crypto.refusal import open_refusal, parse_refusal
from crypto.statement import read_statement
from ledger.errors import LedgerError, Refused


@dataclass(frozen=True, slots=True)
class Kept:
    """A statement whose receipt was verified and stored."""

    digest: str
    index: int
    created: bool
    receipt: Path


@dataclass(frozen=True, slots=True)
class Unkept:
    """A statement without a receipt that holds, and why.

    ``digest`` is empty where the bytes are no statement and were never sent;
    ``sent`` tells whether there is an answer that was not believed, ``note`` where the
    log's own word on the refusal is kept.
    """

    digest: str
    error: LedgerError | CryptoError
    sent: bool = False
    note: Path | None = None


Result = Kept | Unkept

_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def trust_policy() -> Policy:
    """Return the policy under which receipts are verified: ``--policy``, else the home's.

    Raises:
        Failure: there is none; nothing is sent without a way to verify the answer.
    """
    path = here().policy or home().trust_policy
    try:
        raw = path.read_bytes()
    except OSError:
        raise usage(
            "no trust policy to verify receipts with: give --policy FILE "
            "(`log <vkey>` and `quorum none`, from the ledger's operator)",
            "没有可用于验证回执的信任策略：请给出 --policy FILE"
            "（内容为 `log <vkey>` 与 `quorum none`，向账本运营方索取）",
        ) from None
    return parse_policy(raw)


class Outbox:
    """A folder of statements and receipts, and the ledger to which they go.

    Args:
        door: where statements are sent.
        folder: where they are kept; made if need be.
        policy: what a receipt's checkpoint must satisfy, its quorum apart: until
            witnesses have cosigned, a receipt is the operator's promise.
    """

    def __init__(self, door: Door, folder: Path, policy: Policy) -> None:
        self._door, self._folder, self._policy = door, folder, policy
        folder.mkdir(parents=True, exist_ok=True)

    def send(self, statements: Sequence[bytes]) -> list[Result]:
        """Keep, send, verify, keep; one result each, in order.

        Raises:
            Failure: no answer came; the statements are kept and may be sent again.
            ReadOnly: the ledger takes none now.
        """
        kept = [self._keep(raw) for raw in statements]
        sound = [raw for raw, one in zip(statements, kept, strict=True) if isinstance(one, str)]
        answers = iter(self._answers(sound))
        return [
            self._receive(raw, one, next(answers)) if isinstance(one, str) else one
            for raw, one in zip(statements, kept, strict=True)
        ]

    def _answers(self, statements: Sequence[bytes]) -> Sequence[Logged | LedgerError]:
        if len(statements) != 1:
            return self._door.submit_batch(statements) if statements else []
        try:
            return [self._door.submit(statements[0])]
        except Refused as refusal:
            return [refusal]

    def _keep(self, raw: bytes) -> str | Unkept:
        """Return the digest of a statement that is on the disk now."""
        try:
            digest = read_statement(raw).digest.hex()
        except CryptoError as error:
            return Unkept("", error)
        path = self._folder / f"{digest}.statement"
        if not path.exists():  # named by its content, and put there whole
            write_durably(path, raw)
        return digest

    def _receive(self, raw: bytes, digest: str, answer: Logged | LedgerError) -> Result:
        if isinstance(answer, LedgerError):
            return Unkept(digest, answer, note=self._keep_refusal(digest, answer))
        try:
            verified = verify_receipt(answer.receipt, raw, self._open_note)
            if verified.header.index != answer.index:
                raise Mismatch("the answer names another entry", "应答所指的条目与回执不符")
        except CryptoError as error:
            write_durably(self._folder / f"{digest}.rejected", answer.receipt)
            return Unkept(digest, _believed_not(error), sent=True)
        path = self._folder / f"{digest}.json"
        write_durably(path, answer.receipt)
        return Kept(digest, answer.index, answer.created, path)

    def _keep_refusal(self, digest: str, answer: LedgerError) -> Path | None:
        """Keep the note on a refusal, if it is what it should be; return where."""
        note = answer.extra.get("note") if isinstance(answer, Refused) else None
        if note is None:
            return None
        try:
            said = parse_refusal(parse_note(note).text)
            keys = [log.key for log in self._policy.logs if log.key.name == said.origin]
            if said.digest != digest or not keys:
                return None
            open_refusal(note, keys[0])
        except CryptoError:
            return None
        path = self._folder / f"{digest}.refusal"
        write_durably(path, note.encode())
        return path

    def _open_note(self, note: str) -> Checkpoint:
        try:
            return open_under_policy(note, self._policy).checkpoint
        except QuorumUnmet as unmet:
            return unmet.opened.checkpoint


def _believed_not(error: CryptoError) -> CryptoError:
    """Return what a receipt that does not hold is: never a mere refusal."""
    if isinstance(error, Malformed | TooLarge):
        return Mismatch(error.en, error.zh, error.pointer)
    return error


def write_durably(path: Path, content: bytes) -> None:
    """Put *content* at *path*, whole or not at all, and on the disk when this returns."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        # Statements are confidential: whoever may read them is given them.
        with os.fdopen(os.open(aside, _NEW, 0o600), "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        aside.rename(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise usage(
            f"cannot write {path.name} into {path.parent} ({error.strerror}): "
            "choose another folder with --output",
            f"无法将 {path.name} 写入 {path.parent}（{error.strerror}）：请用 --output 另选目录",
        ) from None
