"""Check spans of entries by themselves: everything that needs no entry outside them.

This runs in worker processes. What depends on entries before the span - the
first link, who was in post, how chains go on - is sent back in the smallest form
in which the other side can judge it.

A worker is given public keys by their bytes and computes the ids itself, so that
no key can pass for another; which key may speak is not decided here.

Source: spec 3 and 5.
"""

from pathlib import Path

from crypto.checkpoint import open_checkpoint
from crypto.errors import CryptoError, Mismatch, Untrusted
from crypto.keys import PublicKey, read_public_key
from crypto.note import parse_vkey
from ledger.verification.continuity import Problem
from ledger.verification.messages import Job, Outcome, Setting
from ledger.verification.span_work import ChainIds, SpanWork

CHECKPOINTS = "checkpoints"


class SpanChecker:
    """Checks one span after another, in whatever order they come."""

    def __init__(self, setting: Setting) -> None:
        self._origin = setting.origin
        self._keys_file = Path(setting.keys_file)
        self._log = parse_vkey(setting.log_key) if setting.log_key else None
        self._ids = ChainIds(setting.secret) if setting.secret else None
        self._buckets = setting.buckets
        self._keys: dict[str, PublicKey] = {}
        self._keys_read = 0

    def check(self, job: Job) -> Outcome:
        """Return everything that the span alone tells."""
        self._learn(job.keys_size)
        work = SpanWork(self._origin, self._keys, self._ids, self._buckets)
        for offset, raw in enumerate(job.headers):
            index = job.start + offset
            header = work.take_header(index, raw)
            if job.envelopes is not None:
                work.take_statement(index, header, job.envelopes[offset])
        work.verify_signatures()
        outcome = work.finish(job.start)
        self._open_notes(job, outcome)
        return outcome

    def _learn(self, size: int) -> None:
        """Read the keys that were written since."""
        if size <= self._keys_read:
            return
        with self._keys_file.open("rb") as file:
            file.seek(self._keys_read)
            fresh = file.read(size - self._keys_read)
        self._keys_read = size
        at = 0
        while at < len(fresh):
            stop = at + 1 + fresh[at]
            key = read_public_key(fresh[at + 1 : stop])
            self._keys[key.key_id] = key
            at = stop

    def _open_notes(self, job: Job, outcome: Outcome) -> None:
        """Open the stored checkpoints; their roots are compared where the tree is."""
        if self._log is None:
            return
        for size, note in job.notes:
            try:
                checkpoint = open_checkpoint(note, self._log)
                if checkpoint.size != size:
                    raise Mismatch(
                        f"it states size {checkpoint.size}", f"其中的大小为 {checkpoint.size}"
                    )
            except Untrusted as error:
                outcome.untrusted.append(_of_note(size, error))
            except CryptoError as error:
                outcome.problems.append(_of_note(size, error))
            else:
                outcome.roots.append((size, checkpoint.root))


def _of_note(size: int, error: CryptoError) -> Problem:
    return (
        CHECKPOINTS,
        size - 1,
        f"entry {size - 1}: the checkpoint stored for size {size}: {error.en}",
        f"第 {size - 1} 条：大小为 {size} 的检查点：{error.zh}",
    )
