"""Whether a witness holds what contradicts this ledger: a larger tree, or another root.

A witness's word alone stops nothing: what counts is a checkpoint that bears the log
key's own signature. One is found where an older database was restored, or where the
key signs elsewhere; going on would fork the log.

Units: seconds; sizes count entries.

Source: spec 5: on start the ledger refuses to write if any witness holds more.
"""

import threading
import time
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from crypto.checkpoint import Checkpoint, open_checkpoint
from crypto.errors import CryptoError
from crypto.note import VKey
from crypto.policy import Witness
from ledger.errors import LedgerError, ReadOnly
from ledger.exchange import Unanswered
from ledger.witnessing.ask import Asker
from ledger.witnessing.eye import Eye

WAIT_S = 2.0  # for all together; who does not answer by then is not waited for

Held = Callable[[], int]  # how many entries the database holds
RootOf = Callable[[int], bytes]  # root of so many of them


def recall(witnesses: Sequence[Witness], own: VKey, held: Held, root: RootOf) -> ReadOnly | None:
    """Ask every witness that has an address what it cosigned last; return what contradicts."""
    found: list[ReadOnly] = []

    def ask(witness: Witness, url: str) -> None:
        eye = Eye(witness, Asker(url))
        try:
            failure = contradiction(eye, own, held, root)
        finally:
            eye.close()
        if failure is not None:
            found.append(failure)

    threads = [
        threading.Thread(target=ask, args=(witness, witness.url), name="recall", daemon=True)
        for witness in witnesses
        if witness.url is not None
    ]
    for thread in threads:
        thread.start()
    ends = time.monotonic() + WAIT_S
    for thread in threads:
        thread.join(max(0.0, ends - time.monotonic()))
    return found[0] if found else None


def contradiction(eye: Eye, own: VKey, held: Held, root: RootOf) -> ReadOnly | None:
    """Return why no entry may be taken in the face of what one witness publishes, if it is so."""
    try:
        note = eye.checkpoint(own.name)
        seen = None if note is None else open_checkpoint(note, own)
        return None if seen is None else _contradicts(eye.name, seen, held(), root)
    except (Unanswered, CryptoError):  # it proves nothing
        return None
    except (LedgerError, sa.exc.SQLAlchemyError):  # what is wrong here is found by other checks
        return None


def _contradicts(name: str, seen: Checkpoint, held: int, root: RootOf) -> ReadOnly | None:
    if seen.size > held:
        return ReadOnly(
            "witness_ahead",
            f"the witness {name} holds a checkpoint of {seen.size} entries that this ledger "
            f"signed, and the database holds {held}: restore the newest database; taking entries "
            "now would fork the log",
            f"见证者 {name} 持有本账本签名的 {seen.size} 条记录的检查点，而数据库只有 {held} 条："
            "请恢复最新的数据库；此时接收记录会使账本分叉",
        )
    if root(seen.size) != seen.root:
        return ReadOnly(
            "witness_differs",
            f"the witness {name} holds a checkpoint of {seen.size} entries that this ledger "
            "signed, with another root: keep a copy, run `zelian fsck`; the log key may sign "
            "elsewhere",
            f"见证者 {name} 持有本账本签名的 {seen.size} 条记录的检查点，但根不同："
            "请保留副本并运行 `zelian fsck`；日志密钥可能在别处签名",
        )
    return None
