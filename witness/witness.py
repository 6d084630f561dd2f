"""Cosign what a known log signed and proved to follow from all that was cosigned before.

The order: read, known log, its signature, judged against what is remembered,
signed, remembered durably if nothing moved meanwhile, and only then answered.
A crash before the store leaves nothing; after it, a log that is remembered as
larger than it knows: it is told by 409 and asks again. A line that was signed
and not remembered never leaves.

Source: C2SP tlog-witness, tlog-cosignature.
"""

from collections.abc import Callable, Mapping, Sequence

import structlog

from crypto.add_checkpoint import AddCheckpoint, parse_add_checkpoint
from crypto.cosignature import sign_cosignature
from crypto.errors import CryptoError
from crypto.keys import PrivateKey
from crypto.note import (
    COSIGNATURE,
    Note,
    Signature,
    VKey,
    format_note,
    format_signature,
    match_signatures,
    verify_signature,
    vkey_of,
)
from witness.errors import BadRequest, Inconsistent, Stale, UnknownLog, Unsigned, WitnessError
from witness.judge import FORK, Cosigned, evidence_of, judge
from witness.store import Evidence, Store
from witness.tree_head import TreeHead, parse_tree_head

log = structlog.get_logger("zelian.witness")


class Witness:
    """One witness: its key, the logs that it knows, what it remembers.

    Args:
        name: the key's name.
        key: Ed25519, used for nothing else.
        logs: the trusted keys of each known origin.
        store: see there.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        name: str,
        key: PrivateKey,
        logs: Mapping[str, Sequence[VKey]],
        store: Store,
        clock: Callable[[], int],
    ) -> None:
        self.vkey = vkey_of(name, COSIGNATURE, key)
        self._name, self._key = name, key
        self._logs, self._store, self._clock = logs, store, clock
        store.know(logs)

    def add_checkpoint(self, body: bytes) -> str:
        """Return the cosignature's line, with its line feed; it is remembered by then.

        Args:
            body: the request, see ``crypto.add_checkpoint``.

        Raises:
            WitnessError: it is not cosigned; the class tells the protocol's status.
        """
        request, head = _read(body)
        signed = self._signed_by_log(request.note, head.origin)
        while True:  # another round only where another request was faster
            last = self._store.last(head.origin)
            self._judge(last, request, head, signed)
            line = sign_cosignature(signed.text, self._name, self._key, self._now(last))
            if self._store.advance(last, _after(head, signed, line)):
                return format_signature(line)

    def checkpoint(self, origin_hash: str) -> str:
        """Return the checkpoint cosigned last, with the log's lines and ours.

        Args:
            origin_hash: lower-case hex SHA-256 of the origin.

        Raises:
            UnknownLog: none was ever cosigned.
        """
        note = self._store.note_of(origin_hash)
        if not note:
            raise UnknownLog(
                "no checkpoint of a log with this origin hash was cosigned",
                "未曾联署过此账本名哈希所指日志的检查点",
            )
        return note

    def _signed_by_log(self, note: Note, origin: str) -> Note:
        """Return the note with the lines of the log's trusted keys alone, all verified."""
        # SPEC: an unknown origin MUST be answered with 404.
        keys = self._logs.get(origin)
        if keys is None:
            raise UnknownLog(
                "this witness does not know the log: ask its operator to add the key",
                "此见证者不认识该日志：请联系其运营者添加密钥",
            )
        # SPEC: no line of a trusted key, or one that fails, MUST be answered with 403.
        lines = match_signatures(note, keys)
        try:
            for line, key in lines:
                verify_signature(note.text, line, key)
        except CryptoError as error:
            raise Unsigned(error.en, error.zh) from None
        if not lines:
            raise Unsigned(
                "the checkpoint has no signature by a key known for this origin",
                "检查点没有此账本名已知密钥的签名",
            )
        return Note(note.text, tuple(line for line, _ in lines))

    def _judge(self, last: Cosigned, request: AddCheckpoint, head: TreeHead, signed: Note) -> None:
        """Judge; what is refused and tells against its log is kept first."""
        try:
            judge(last, request, head)
        except (Stale, Inconsistent) as refused:
            kind = evidence_of(last, head)
            if kind == FORK or (kind is not None and isinstance(refused, Inconsistent)):
                self._keep(kind, last, head, signed)
            raise

    def _keep(self, kind: str, last: Cosigned, head: TreeHead, signed: Note) -> None:
        note, now = format_note(signed), self._clock()
        self._store.keep(Evidence(*_claims(head), kind, note, last.note, now))
        log.warning("not cosigned", kind=kind, origin=head.origin, size=head.size)

    def _now(self, last: Cosigned) -> int:
        """Return the time, which never runs back within one log's cosignatures."""
        now = self._clock()
        if now < last.time_s:
            raise WitnessError(
                f"the witness's clock is {last.time_s - now} s behind its last cosignature: "
                "its operator must set it",
                f"见证者的时钟比其上次联署落后 {last.time_s - now} 秒：请其运营者校时",
            )
        return now


def _read(body: bytes) -> tuple[AddCheckpoint, TreeHead]:
    try:
        request = parse_add_checkpoint(body)
        return request, parse_tree_head(request.note.text)
    except CryptoError as error:
        raise BadRequest(error.en, error.zh) from None


def _claims(head: TreeHead) -> tuple[str, int, bytes]:
    return head.origin, head.size, head.root


def _after(head: TreeHead, signed: Note, line: Signature) -> Cosigned:
    """What is remembered once *line* is: its time leads its bytes."""
    note = format_note(Note(signed.text, (*signed.signatures, line)))
    return Cosigned(*_claims(head), note, int.from_bytes(line.signature[:8], "big"))
