"""What others hold of a log: whether it has been larger than a restored one, or another.

A checkpoint, a receipt, a proof file or a watcher's folder counts if the log's own key
signed what is in it; nothing else is believed of it. Witnesses are asked for theirs.

Source: spec 5.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from crypto.checkpoint import Checkpoint, open_checkpoint
from crypto.errors import CryptoError
from crypto.note import MAX_NOTE, VKey
from crypto.receipt import MAX_RECEIPT, parse_receipt
from crypto.tlog_proof import PROOF_HEAD, parse_tlog_proof
from ledger.errors import LedgerError
from ledger.exchange import Unanswered
from ledger.parts import Parts
from ledger.witnessing.ask import Asker
from ledger.witnessing.eye import Eye


class Seen(NamedTuple):
    """A checkpoint of ours, and where it was found."""

    where: str
    checkpoint: Checkpoint
    note: str


class Answers(NamedTuple):
    """What witnesses showed; who did not answer is ``silent``."""

    seen: list[Seen]
    silent: list[str]


def read_note(path: Path) -> str:
    """Return the checkpoint note in a file or a watcher's folder; raise LedgerError, OSError."""
    source = path / "checkpoint" if path.is_dir() else path
    with source.open("rb") as file:
        raw = file.read(max(MAX_RECEIPT, MAX_NOTE) + 1)
    try:
        if raw.startswith(b"{"):
            raw = parse_receipt(raw).proof.encode()
        if raw.startswith(PROOF_HEAD.encode()):
            return parse_tlog_proof(raw.decode()).checkpoint
        return raw.decode()
    except (CryptoError, UnicodeDecodeError):
        raise LedgerError(
            f"{path} is no checkpoint, receipt, proof or watcher's folder",
            f"{path} 不是检查点、回执、证明或监视者目录",
        ) from None


def seen_in(log: VKey, where: str, note: str) -> Seen:
    """Return the checkpoint of a note; raise LedgerError unless this log signed it."""
    try:
        return Seen(where, open_checkpoint(note, log), note)
    except CryptoError as error:
        raise LedgerError(
            f"{where} bears no signature of this log, so it proves nothing: {error.en}",
            f"{where} 没有本账本的签名，不能证明任何事：{error.zh}",
        ) from None


def ask_witnesses(parts: Parts) -> Answers:
    """Ask each witness of the policy that has an address for what it cosigned last."""
    answers = Answers([], [])
    for witness in parts.witnessing.policy.witnesses:
        if witness.url is None:
            continue
        eye = Eye(witness, Asker(witness.url))
        try:
            note = eye.checkpoint(parts.log.name)
            if note is not None:
                opened = open_checkpoint(note, parts.log)
                answers.seen.append(Seen(witness.name, opened, note.decode()))
        except (Unanswered, CryptoError):
            answers.silent.append(witness.name)
        finally:
            eye.close()
    return answers


def contradicting(parts: Parts, all_seen: Sequence[Seen]) -> tuple[Seen, bool] | None:
    """Return the largest checkpoint that this log contradicts, and whether it is only larger."""
    size = parts.reader.size()
    for seen in sorted(all_seen, key=lambda seen: -seen.checkpoint.size):
        if seen.checkpoint.size > size:
            return seen, True
        if parts.reader.root(seen.checkpoint.size) != seen.checkpoint.root:
            return seen, False
    return None
