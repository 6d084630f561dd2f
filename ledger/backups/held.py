"""Why a restored home takes no entries: kept in the home until somebody lets it go on.

A backup is older than what was acknowledged after it. Going on from there would give
other entries the same places: a fork. Only who knows that nothing was acknowledged after
it can say so, and not against a checkpoint that proves the contrary.

Source: spec 5.
"""

from typing import Literal

import msgspec

from ledger.errors import LedgerError, ReadOnly
from ledger.home import Home, write_public

State = Literal["restoring", "held", "older", "differs"]


class Restored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of a restored home.

    Attributes:
        size: entries in the backup.
        taken_at: when it was made (a T).
        where, note: the checkpoint that contradicts it, and where that was found.
    """

    state: State
    size: int
    taken_at: str
    where: str = ""
    seen_size: int = 0
    note: str = ""


def read_restored(home: Home) -> Restored | None:
    """Return what is kept; None: the home was not restored, or goes on.

    Raises:
        LedgerError: what is kept cannot be read.
    """
    try:
        return msgspec.json.decode(home.restored.read_bytes(), type=Restored)
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise LedgerError(
            "restored.json cannot be read: restore the backup again, into an empty home",
            "restored.json 无法读取：请将备份重新恢复到空的主目录",
        ) from None


def write_restored(home: Home, restored: Restored) -> None:
    """Keep why no entries are taken, durably."""
    write_public(home.restored, msgspec.json.encode(restored).decode() + "\n")


def held(home: Home) -> ReadOnly | None:
    """Return why a restored home takes no entries; None: it was not restored, or goes on."""
    restored = read_restored(home)
    if restored is None:
        return None
    size = restored.size
    if restored.state == "restoring":
        return ReadOnly(
            "restoring",
            "this home was not restored to its end, or what was restored did not verify: "
            "restore into an empty home",
            "此主目录的恢复未完成，或恢复的内容未通过验证：请恢复到空的主目录",
        )
    if restored.state == "held":
        return ReadOnly(
            "restored",
            f"restored from a backup of {size} entries, made {restored.taken_at}: if nothing was "
            "acknowledged after it, let it go on with `zelian restore --go-on`; else entries "
            "taken now would fork the log",
            f"由 {restored.taken_at} 的备份恢复，共 {size} 条：如此后未再确认任何记录，"
            "请用 `zelian restore --go-on` 继续；否则此时接收记录会使账本分叉",
        )
    if restored.state == "older":
        return ReadOnly(
            "restored_older",
            f"restored from a backup of {size} entries, and {restored.where} holds a checkpoint of "
            f"{restored.seen_size} that this log signed: restore the newest database; where it is "
            "gone for good keep this for reading, and open a new ledger",
            f"由 {size} 条的备份恢复，而 {restored.where} 持有本账本签名的"
            f" {restored.seen_size} 条的检查点：请恢复最新的数据库；"
            "如已永久丢失，请仅供查阅，并另开新账本",
        )
    return ReadOnly(
        "restored_differs",
        f"restored from a backup of {size} entries, and {restored.where} holds a checkpoint of "
        f"{restored.seen_size} that this log signed, with another root: the log forked; keep all "
        "that there is",
        f"由 {size} 条的备份恢复，而 {restored.where} 持有本账本签名的"
        f" {restored.seen_size} 条的检查点，但根不同：账本已分叉；请保留全部资料",
    )
