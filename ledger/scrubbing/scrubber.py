"""Go over a served ledger round after round, slowly, and stop writes where entries decayed.

One thread, which rests between spans: at most so many entries a second, and never longer
at work than a fifth of its time. Of several processes that serve one home one scrubs, by
a file lock; the others learn from the home what it found.

After damage no round goes on and nothing is repaired any more: whoever looks into it
finds all as it was. A restart begins again where the last root was good; once the entries
that were named are whole again, entries are taken again.
"""

import fcntl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
import sqlalchemy as sa
import structlog

from crypto.errors import CryptoError
from ledger.errors import ReadOnly
from ledger.log.failures import TRANSIENT, damaged, from_database
from ledger.parts import Parts
from ledger.scrubbing.progress import Damage, Progress, read_progress, write_progress
from ledger.scrubbing.round import EntriesDamaged, Round
from ledger.verification.report import FAILED, Check, Finding, Report, Words

NICENESS = 4  # rests so many times as long as it worked, at least
REST_S = 60.0  # between rounds, and before what failed is tried again
KEEP_S = 10.0  # how often progress is kept

_LABELS = {
    "headers": Words("Every header can be read", "各记录头均可读取"),
    "index": Words("No entry is missing", "记录无缺"),
    "links": Words("Entries and chains continue those before", "各条记录与链均接续前一条"),
    "recorded_at": Words("Time does not run back", "时间不倒退"),
    "chain_heads": Words("Chain heads are where the chains end", "链头与各链末端一致"),
    "statements": Words("Every statement is there", "各陈述均在"),
    "digests": Words("Statements are those of the headers", "陈述与记录头所记一致"),
    "signatures": Words("Statements are signed", "陈述签名有效"),
    "checkpoints": Words("Stored checkpoints are signed", "所存检查点签名有效"),
    "tree": Words("Entries make the signed roots", "记录得出已签名的根"),
}

Rest = Callable[[int, float], bool]  # told entries and seconds of a span: whether to go on

log = structlog.get_logger("zelian.scrubber")


class Scrubber:
    """Scrubs one open ledger.

    Args:
        parts: of the ledger.
        per_s: entries a second, at most; 0: not at all.
    """

    def __init__(self, parts: Parts, per_s: int) -> None:
        self._parts, self._per_s = parts, per_s
        self._path = parts.home.scrubbing
        self._progress = read_progress(self._path)
        self._failure: ReadOnly | None = None
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._kept_s = float("-inf")

    @property
    def on(self) -> bool:
        """Whether rounds are made at all."""
        return self._per_s > 0

    def progress(self) -> Progress:
        """Where it stands, whichever process scrubs."""
        return self._progress if self._thread is not None else read_progress(self._path)

    def report(self) -> Report:
        """What is known to be wrong with entries, as a check of the whole would tell it."""
        found: dict[str, list[Finding]] = {}
        for one in self.progress().damage:
            found.setdefault(one.check, []).append(Finding(one.index, FAILED, one.en, one.zh))
        none = Words("", "")
        return Report(
            "home",
            tuple(
                Check(name, _LABELS[name], FAILED, 0, 0, none, len(some), tuple(some))
                for name, some in found.items()
            ),
        )

    # In the background

    def start(self) -> None:
        """Scrub from now on; damage that was found before stops writes at once."""
        standing = self._parts.sequencer.failure
        if not self.on or (standing is not None and standing.reason not in TRANSIENT):
            return  # where something is wrong already all stays as it is for whoever looks
        self._adopt(self._progress)
        self._thread = threading.Thread(target=self._work, name="scrubber", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop after the span at hand."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while not self._closing.is_set():
            with self._turn() as mine:
                self._progress = read_progress(self._path)
                if mine:
                    self._attempt()
                self._adopt(self._progress)
            if self._closing.wait(REST_S):
                return

    def _attempt(self) -> None:
        """One round; what is no damage is tried again later."""
        try:
            self.round(self._rest)
        except EntriesDamaged:
            self._await_somebody()
        except sa.exc.SQLAlchemyError as error:
            failure = from_database(error, reading=True)
            log.warning("scrubbing could not go on", reason=failure.reason)
            if failure.reason == "damaged":
                self._parts.sequencer.failure = failure
        except (OSError, CryptoError) as error:
            log.warning("scrubbing could not go on", error=type(error).__name__)

    def _await_somebody(self) -> None:
        """After damage: hold the turn, so that no other process goes on and repairs either."""
        self._adopt(self._progress)
        self._closing.wait()

    @contextmanager
    def _turn(self) -> Iterator[bool]:
        """Tell whether this process is the one that scrubs the home."""
        with self._path.with_name(f".{self._path.name}.lock").open("ab") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                mine = True
            except BlockingIOError:
                mine = False
            yield mine

    def _rest(self, entries: int, took_s: float) -> bool:
        """Rest after a span; tell whether to go on."""
        rest_s = max(entries / self._per_s - took_s, took_s * NICENESS)
        return not self._closing.wait(rest_s)

    # A round

    def round(self, rest: Rest = lambda _entries, _took_s: True) -> bool:
        """Go over all that is published; tell whether it came to the end.

        Raises:
            EntriesDamaged: which is noted, and stops writes.
            sa.exc.SQLAlchemyError, OSError, CryptoError: it could not be looked at.
        """
        target = self._parts.publisher.published_size
        if target == 0:
            return False
        round_ = Round(self._parts, target, self._note_repaired)
        round_.resume(self._progress.position)
        while not round_.done:
            began = time.monotonic()
            try:
                entries = round_.step()
            except EntriesDamaged as found:
                self._stop(round_, found)
                raise
            self._passed(round_)
            if not rest(entries, time.monotonic() - began):
                self._keep()
                return False
        self._progress = msgspec.structs.replace(
            self._progress,
            position=0,
            rounds=self._progress.rounds + 1,
            round_ended_ms=self._parts.clock(),
            round_size=round_.target,
        )
        self._keep()
        return True

    def _passed(self, round_: Round) -> None:
        """Note how far the round is; what it went over is whole again, if it was not."""
        left = tuple(one for one in self._progress.damage if one.index >= round_.position)
        self._progress = msgspec.structs.replace(
            self._progress, position=round_.position, target=round_.target, damage=left
        )
        if self._failure is not None and not left:
            if self._parts.sequencer.failure is self._failure:
                self._parts.sequencer.failure = None
            log.info("entries that were damaged are whole again")
            self._failure = None
            self._keep()
        elif time.monotonic() - self._kept_s > KEEP_S:
            self._keep()

    def _note_repaired(self, path: str, was_there: bool) -> None:
        self._progress = msgspec.structs.replace(
            self._progress, repaired=self._progress.repaired + 1
        )
        log.warning("a published file was made anew", path=path, was_there=was_there)

    def _stop(self, round_: Round, found: EntriesDamaged) -> None:
        damage = tuple(Damage(*problem) for problem in found.problems)
        self._progress = msgspec.structs.replace(
            self._progress, position=round_.position, target=round_.target, damage=damage
        )
        self._adopt(self._progress)
        log.error("entries are damaged; no more are taken", first=damage[0].en, found=len(damage))
        self._keep()

    def _adopt(self, progress: Progress) -> None:
        """Take no entries while damage is known, whichever process found it."""
        if progress.damage and self._failure is None:
            first = progress.damage[0]
            self._failure = damaged(first.en, first.zh)
        standing = self._parts.sequencer.failure
        if progress.damage and (standing is None or standing.reason in TRANSIENT):
            self._parts.sequencer.failure = self._failure

    def _keep(self) -> None:
        """Keep progress; a disk without room loses only where to go on."""
        self._kept_s = time.monotonic()
        try:
            write_progress(self._path, self._progress)
        except OSError as error:
            log.warning("progress is not kept", error=type(error).__name__)
