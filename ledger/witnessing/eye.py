"""One witness as the ledger sees it: what it cosigned last, and asking it for more.

Whatever it answers is verified: a line counts if it is by the witness's key over
the very text that was sent. What it says without a signature of the log's own
is never reason to stop.

Units: sizes count entries; a cosignature's time is seconds since 1970.

Source: C2SP tlog-witness.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from crypto.add_checkpoint import AddCheckpoint, format_add_checkpoint
from crypto.checkpoint import parse_checkpoint, parse_number
from crypto.cosignature import verify_cosignature
from crypto.errors import CryptoError
from crypto.notation import format_time
from crypto.note import Note, format_signature, format_vkey, names, parse_signatures
from crypto.policy import Witness
from ledger.exchange import Answer, Unanswered
from ledger.witnessing.ask import Asker

TRIES = 3  # a witness that is told of other sizes meanwhile is asked again so often

Prove = Callable[[int, int], Sequence[bytes]]


class Cosignature(NamedTuple):
    """A verified line.

    Args:
        size: of the checkpoint.
        witness: the key, as a policy writes it.
        time_s: when, as the witness says.
        line: the signature line with its line feed.
    """

    size: int
    witness: str
    time_s: int
    line: str


class Refused(Exception):
    """The witness answered and did not cosign; *status* is its answer's."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


class Eye:
    """One witness of the policy that has an address; for one thread at a time."""

    def __init__(self, witness: Witness, asker: Asker) -> None:
        self.name, self.key = witness.name, witness.key
        self.vkey = format_vkey(witness.key)
        self._asker = asker
        self._size = 0  # what it is believed to have cosigned last

    def ask(self, note: Note, prove: Prove) -> Cosignature:
        """Return the witness's cosignature of *note*.

        Args:
            note: a checkpoint of ours.
            prove: gives the consistency proof between two sizes.

        Raises:
            Refused: it does not cosign: 409 where it knows a larger tree.
            Unanswered: it cannot be reached, or its answer is none.
        """
        size = parse_checkpoint(note.text).size
        for _ in range(TRIES):
            if self._size > size:
                break
            request = AddCheckpoint(self._size, tuple(prove(self._size, size)), note)
            answer = self._asker.add_checkpoint(format_add_checkpoint(request))
            if answer.status == 200:
                self._size = size
                return self._read(size, note.text, answer)
            if answer.status != 409:
                raise Refused(answer.status)
            self._size = _size_of(answer)
        self._size, known = 0, self._size  # it is asked anew next time
        raise Refused(409) if known > size else Unanswered("sizes change faster than it is asked")

    def checkpoint(self, origin: str) -> bytes | None:
        """Return what it publishes as cosigned last, unverified; None for nothing.

        Raises:
            Unanswered: it cannot be reached.
        """
        answer = self._asker.checkpoint(origin)
        return answer.body if answer.status == 200 else None

    def close(self) -> None:
        self._asker.close()

    def _read(self, size: int, text: str, answer: Answer) -> Cosignature:
        try:
            for line in parse_signatures(answer.body.decode()):
                if names(line, self.key):
                    time_s = verify_cosignature(text, line, self.key)
                    format_time(time_s * 1_000)  # a year beyond 9999 cannot be said
                    return Cosignature(size, self.vkey, time_s, format_signature(line))
        except (CryptoError, UnicodeDecodeError) as error:
            raise Unanswered(f"its cosignature is {type(error).__name__}") from None
        raise Unanswered("no cosignature by the key of the policy")


def _size_of(answer: Answer) -> int:
    try:
        return parse_number(answer.body.decode("ascii").removesuffix("\n"))
    except (CryptoError, UnicodeDecodeError):
        raise Unanswered("no size in its answer 409") from None
