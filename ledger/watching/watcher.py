"""Watch a log from outside: follow it, and tell when it does what no log may do.

    Watcher(...).look() -> Seen

Each look fetches the published checkpoint, holds it against the one that was verified
last, takes in what is new, holds it against what the witnesses cosigned last, and looks at
the clock. What the log's own signatures tell against it is kept as a report that anybody
checks offline; what is only missing is told of, and looked at again.

Units: milliseconds since 1970 for clocks, seconds for ages.

Source: C2SP tlog-checkpoint, tlog-witness; design, principle 4.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from crypto.checkpoint import Checkpoint, parse_checkpoint
from crypto.errors import CryptoError
from crypto.fork import (
    FORK,
    ROLLBACK,
    UNEXPLAINED,
    ForkReport,
    Kind,
    roots_of,
    shown,
    verify_fork,
    write_fork_report,
)
from crypto.header import parse_header
from crypto.notation import format_time, parse_time
from crypto.note import VKey, parse_note
from crypto.policy import Opened, Policy
from crypto.prove import ReadNodes
from ledger.log.tile_store import CHECKPOINT, TileStore
from ledger.store.mirror_rows import Pin
from ledger.verification.source import MISSING, FilesSource, ReadFile
from ledger.watching.alarms import Alarm
from ledger.watching.mirror import Mirror, OtherRoot, Stopped, tiles_of
from ledger.watching.witnessed import (
    AskWitness,
    Held,
    Unreachable,
    held_by_witnesses,
    opened_in,
)

REPORT = "{kind}-report-{size}-{pair}.json"
HELD_BACK_S = 60  # a log may bring to its witnesses first what it publishes a moment later
_UNREAD = (CryptoError, LookupError)
_Found = tuple[Alarm, Path | None]
_Shown = tuple[tuple[bytes, ...], tuple[bytes, ...]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What is told of.

    Attributes:
        silent_s: no note that says anything new for so long.
        witness_s: a witness's newest cosignature is so old, or lacks.
        clock_s: the last entry's time lies so far ahead of the watcher's clock.
    """

    silent_s: int = 7_200
    witness_s: int = 7_200
    clock_s: int = 60


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look found.

    Attributes:
        size: up to which all is verified now; root: of that tree; None before anything is.
        added: entries that were taken in by this look.
        alarms: in the order in which they were found.
        report: the file that keeps the evidence, where signed notes tell against the log.
    """

    size: int
    root: bytes | None
    added: int
    alarms: tuple[Alarm, ...]
    report: Path | None = None

    @property
    def ends(self) -> bool:
        """Whether the log can no longer be followed."""
        return any(alarm.ends for alarm in self.alarms)


class Watcher:
    """Follows one log.

    Args:
        folder: where the copy and the evidence are kept.
        policy: whose checkpoints count.
        read_file: gives the log's files; raises Unreachable.
        ask: gives what a witness publishes.
        clock: milliseconds since 1970.
    """

    def __init__(
        self,
        folder: Path,
        policy: Policy,
        read_file: ReadFile,
        ask: AskWitness,
        clock: Callable[[], int],
        limits: Limits,
    ) -> None:
        self._folder, self._policy = folder, policy
        self._read, self._ask = read_file, ask
        self._clock, self._limits = clock, limits
        self.mirror = Mirror(folder)
        self._looked_s: int | None = None  # when all was taken in that was shown

    def close(self) -> None:
        self.mirror.close()

    def look(self) -> Seen:
        """Look once."""
        before, began_s = self.mirror.pin(), self._clock() // 1000
        try:
            note, opened = self._fetch()
            found = self._follow(before, note, opened)
        except Stopped as stopped:
            return self._seen(before, (stopped.alarm, *self._of_silence()))
        if found is not None:
            return self._seen(before, (found[0],), found[1])
        others = list(self._of_witnesses(note, opened, began_s))
        kept = next((path for _, path in others if path is not None), None)
        told = [alarm for alarm, _ in others]
        told += [*self._of_silence(), *self._beside(opened), *self._of_lateness(before, opened)]
        self._looked_s = began_s
        return self._seen(before, told, kept)

    def _seen(
        self, before: Pin | None, alarms: Sequence[Alarm], report: Path | None = None
    ) -> Seen:
        now = self.mirror.pin()
        if now is None:
            return Seen(0, None, 0, tuple(alarms), report)
        root = parse_checkpoint(parse_note(now.note).text).root
        added = now.size - (0 if before is None else before.size)
        return Seen(now.size, root, added, tuple(alarms), report)

    def _fetch(self) -> tuple[str, Opened]:
        try:
            raw = self._read(CHECKPOINT)
        except Unreachable as error:
            raise _unreached(error) from None
        if raw is None:
            raise Stopped(
                Alarm("incomplete", "the log publishes no checkpoint", "日志没有公布检查点")
            )
        note = raw.decode("utf-8", "replace")
        try:
            return note, opened_in(note, self._policy)
        except CryptoError as error:
            raise Stopped(Alarm("untrusted", error.en, error.zh)) from None

    # Following

    def _follow(self, before: Pin | None, note: str, opened: Opened) -> _Found | None:
        """Take in what is new; return alarm and evidence where the log cannot be followed."""
        now = opened.checkpoint
        pin = Pin(now.size, note, self._clock())
        if before is None:
            return self._extend(None, pin, opened)
        old = parse_checkpoint(parse_note(before.note).text)
        if now.size < old.size:
            return self._shrunk(before, note, opened)
        if now.size == old.size:
            if now.root != old.root:
                return self._report(FORK, before.note, note, ((), ()), opened.log)
            if note != before.note:  # cosigned anew
                self.mirror.note(pin)
            return None
        return self._extend(before, pin, opened)

    def _extend(self, before: Pin | None, pin: Pin, opened: Opened) -> _Found | None:
        try:
            self.mirror.extend(opened.checkpoint, pin, self._read)
        except Unreachable as error:
            raise _unreached(error) from None
        except Stopped as stopped:
            if before is None or stopped.alarm.code != "broken":
                raise
            found = self._other_history(before, pin, opened)
            if found[0].code != "forked":
                raise
            return found
        except OtherRoot:
            if before is None:
                raise Stopped(_ALARMS[UNEXPLAINED]) from None
            return self._other_history(before, pin, opened)
        return None

    def _other_history(self, before: Pin, pin: Pin, opened: Opened) -> _Found:
        """The new entries do not follow: by the log's own tiles it is told whether it forked."""
        size = opened.checkpoint.size
        over = self._shown(before.size, size, tiles_of(self._read, size))
        return self._report(FORK, before.note, pin.note, over, opened.log)

    def _shrunk(self, before: Pin, note: str, opened: Opened) -> _Found:
        """The log shows less: by the copy's own tree it is told whether it is another history."""
        smaller = opened.checkpoint.size
        over = self._shown(smaller, before.size, self.mirror.nodes(before.size))
        return self._report(FORK, note, before.note, over, opened.log, ROLLBACK)

    def _shown(self, old: int, new: int, read: ReadNodes) -> _Shown:
        try:
            return shown(old, new, read)
        except (*_UNREAD, Unreachable):
            return (), ()

    def _report(
        self,
        kind: Kind,
        first: str,
        second: str,
        over: _Shown,
        log: VKey,
        otherwise: Kind = UNEXPLAINED,
    ) -> _Found:
        """Keep the evidence, once: as *kind* where it proves that, else as *otherwise*."""
        at = format_time(self._clock())
        report = ForkReport(kind, first, second, *over, at)
        try:
            verify_fork(report, log)
        except CryptoError:
            report = ForkReport(otherwise, first, second, *over, at)
        texts = [parse_note(note).text for note in (first, second)]
        pair = sha256("".join(texts).encode()).hexdigest()[:16]
        size = parse_checkpoint(texts[1]).size
        name = REPORT.format(kind=report.kind, size=size, pair=pair)
        kept = TileStore(self._folder / "reports")
        if kept.get(name) is None:
            kept.put(name, write_fork_report(report))
        return _ALARMS[report.kind], kept.root / name

    # Beside what witnesses hold

    def _of_witnesses(self, note: str, opened: Opened, began_s: int) -> Iterator[_Found]:
        """Hold what the log shows, which was taken in, against what each witness cosigned."""
        for one in held_by_witnesses(self._policy, opened.checkpoint.origin, self._ask):
            if isinstance(one, Alarm):
                yield one, None
            elif one.checkpoint.size <= opened.checkpoint.size:
                yield from self._other_view(one, note, opened)
            elif one.time_s < began_s - HELD_BACK_S:
                yield self._held_back(one, note, opened)

    def _other_view(self, held: Held, note: str, opened: Opened) -> Iterator[_Found]:
        """The witness saw no more: by the copy's own tree it is told whether it saw this."""
        seen, size = held.checkpoint, opened.checkpoint.size
        over = self._shown(seen.size, size, self.mirror.nodes(size))
        if any(over) and roots_of(seen.size, size, *over)[0] != seen.root:
            yield self._report(FORK, held.note, note, over, opened.log)

    def _held_back(self, held: Held, note: str, opened: Opened) -> _Found:
        """The witness saw more, a while before the log was asked."""
        _, path = self._report(ROLLBACK, note, held.note, ((), ()), opened.log, ROLLBACK)
        sizes = opened.checkpoint.size, held.checkpoint.size
        return Alarm(
            "held_back",
            f"it shows {sizes[0]} entries; {held.witness} cosigned {sizes[1]} before",
            f"现示 {sizes[0]} 条；{held.witness} 此前已联署 {sizes[1]} 条",
        ), path

    # Beside the tree

    def _of_silence(self) -> Iterator[Alarm]:
        pin = self.mirror.pin()
        age_s = 0 if pin is None else (self._clock() - pin.changed_ms) // 1000
        if age_s > self._limits.silent_s:
            yield Alarm(
                "silent",
                f"no checkpoint that says anything new for {age_s} seconds",
                f"已有 {age_s} 秒没有新的检查点",
            )

    def _beside(self, opened: Opened) -> Iterator[Alarm]:
        now_ms = self._clock()
        times = dict(opened.cosigners)
        for witness in self._policy.witnesses:
            age_s = None if witness.name not in times else now_ms // 1000 - times[witness.name]
            if age_s is None:
                yield Alarm(
                    "witness_behind",
                    f"{witness.name} has not cosigned size {opened.checkpoint.size}",
                    f"{witness.name} 未联署大小 {opened.checkpoint.size}",
                )
            elif age_s > self._limits.witness_s:
                yield Alarm(
                    "witness_behind",
                    f"{witness.name} cosigned {age_s} seconds ago",
                    f"{witness.name} 上次联署在 {age_s} 秒前",
                )
        yield from self._of_clock(opened.checkpoint, now_ms)

    def _of_clock(self, checkpoint: Checkpoint, now_ms: int) -> Iterator[Alarm]:
        stated_ms = self._stated_ms(checkpoint, checkpoint.size - 1)
        if stated_ms is None:
            return
        ahead_s = (stated_ms - now_ms) // 1000
        if ahead_s > self._limits.clock_s:
            yield Alarm(
                "clock_off",
                f"the last entry's time lies {ahead_s} seconds ahead of this clock",
                f"最后一条的时间比本机时钟超前 {ahead_s} 秒",
            )

    def _of_lateness(self, before: Pin | None, opened: Opened) -> Iterator[Alarm]:
        """What was not shown at the last look was not there, or was kept from being seen."""
        if before is None or self._looked_s is None or opened.checkpoint.size == before.size:
            return
        stated_ms = self._stated_ms(opened.checkpoint, before.size)
        behind_s = 0 if stated_ms is None else self._looked_s - stated_ms // 1000
        if behind_s > self._limits.clock_s:
            yield Alarm(
                "clock_off",
                f"entry {before.size} was not shown by the last look, and states a time "
                f"{behind_s} seconds before it: the clock runs behind, or entries were held back",
                f"第 {before.size} 条在上次查看时未公布，所示时间却早于该次查看 {behind_s} 秒："
                "时钟落后，或条目曾被扣留不发",
            )

    def _stated_ms(self, checkpoint: Checkpoint, index: int) -> int | None:
        """The time that an entry of the copy states; None: it is not there."""
        if index < 0:
            return None
        source = FilesSource(checkpoint.origin, checkpoint.size, "", self.mirror.tiles.get)
        [span] = source.spans(index, index + 1, 1)
        if span.headers[0] == MISSING:
            return None
        return parse_time(parse_header(span.headers[0]).recorded_at)


def _unreached(error: Unreachable) -> Stopped:
    return Stopped(Alarm("unreachable", error.en, error.zh))


_ALARMS = {
    FORK: Alarm(
        "forked",
        "the log signed two histories: keep the report, and show it to others",
        "日志签署了两种历史：请保存报告并交予他人核验",
    ),
    ROLLBACK: Alarm(
        "rolled_back",
        "the log shows fewer entries than it signed before",
        "日志所示条目少于此前已签署的",
    ),
    UNEXPLAINED: Alarm(
        "unexplained",
        "the files do not make the root that was signed",
        "所供文件不能得到所签的根",
    ),
}
