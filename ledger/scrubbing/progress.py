"""How far scrubbing has come, kept in the home so that restarts and other processes know.

What it says is believed of nothing but where to go on: a round that begins there holds
the published files against a signed root first. Damage that was found stays noted until
a round has gone over it again and found it mended.

Times are milliseconds since 1970; sizes count entries.
"""

from pathlib import Path

import msgspec

from ledger.home import write_public


class Damage(msgspec.Struct, frozen=True):
    """One thing wrong with an entry, as a check of ``fsck`` of that name would tell it."""

    check: str
    index: int
    en: str
    zh: str


class Progress(msgspec.Struct, frozen=True):
    """Where scrubbing stands.

    Attributes:
        position: up to here this round made a signed root.
        target: where this round ends.
        rounds: how many ended.
        round_ended_ms, round_size: when the last one ended, and over how many entries it went.
        repaired: files written anew since the home was made.
        damage: what is wrong with entries; none: nothing that is known.
    """

    position: int = 0
    target: int = 0
    rounds: int = 0
    round_ended_ms: int | None = None
    round_size: int = 0
    repaired: int = 0
    damage: tuple[Damage, ...] = ()


def read_progress(path: Path) -> Progress:
    """Return what is kept; where nothing is, or nothing that can be read, a beginning."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Progress)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return Progress()


def write_progress(path: Path, progress: Progress) -> None:
    """Keep *progress*; raise OSError."""
    write_public(path, msgspec.json.encode(progress).decode() + "\n")
