"""The ledger's door: everything that the HTTP edge and the command line may do.

It joins admission, log and projections, and makes receipts. It decides nothing
about statements and reads no setting; ``bootstrap`` builds it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

import msgspec

from crypto.header import parse_header
from crypto.notation import parse_time
from crypto.receipt import Receipt, ReceiptWriter, format_compact, format_receipt
from crypto.tiles import parse_tile_path
from ledger.access.reader import Reader, sight_of
from ledger.access.readings import BUNDLE_MADE, SEALED
from ledger.access.sight import Sight, visible
from ledger.access.terms import terms_of
from ledger.admission.admission import Admission
from ledger.anchoring.known import Anchors, open_anchoring
from ledger.answers import Answers
from ledger.certificates import certificate_of
from ledger.desk import open_desk
from ledger.entries import Entries, Entry
from ledger.errors import NotFound, Refused
from ledger.findings_view import Findings
from ledger.log.candidate import Accepted, Repeated
from ledger.log.failures import telling_of_the_database
from ledger.log.reader import no_entry
from ledger.log.tile_store import TileStore
from ledger.look_up import LookUp
from ledger.obligations_view import Obligations
from ledger.parts import Parts
from ledger.readiness import Readiness, State
from ledger.scrubbing.scrubber import Scrubber
from ledger.shares import Shares
from ledger.store.engine import await_standbys, reading
from ledger.table_source import TableSource, Watch
from ledger.witnessing.eye import Eye
from ledger.witnessing.interval import Interval
from ledger.witnessing.recall import contradiction
from ledger.witnessing.receipts import under
from ledger.witnessing.witnessing import Standing


class Submitted(msgspec.Struct, frozen=True):
    """A statement that is logged: its receipt, its index, and whether it is new."""

    receipt: bytes
    index: int
    created: bool


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """An answer a line; for compact receipts the one checkpoint that covers them all."""

    lines: list[Submitted | Refused]
    checkpoint: str | None


# What stands before every use case that asks the database.
_writes = telling_of_the_database(reading=False)
_reads = telling_of_the_database(reading=True)


class Ledger:
    """One open ledger."""

    def __init__(self, parts: Parts, admission: Admission, lock: IO[bytes] | None) -> None:
        self.parts = parts
        self.settings = parts.settings
        self.origin = parts.log.name
        self._admission = admission
        self._lock = lock
        self._start_size = 0
        self._entries = Entries(parts)
        self._readiness = Readiness(parts)
        self.look_up = LookUp(parts)
        self.shares = Shares(parts)
        self.findings = Findings(parts, self.shares)
        self.obligations = Obligations(parts, self.shares)
        self.desk = open_desk(parts, self.submit)
        self.answers = Answers(self, parts.settings.signins)
        parts.eraser.before(self.answers.note_removed)
        self.anchors = Anchors(self)
        self.anchoring = open_anchoring(self, self.anchors, self.submit)
        self.scrubber = Scrubber(parts, parts.settings.scrub_per_s)

    @property
    def identity(self) -> str:
        """Leaf hash of entry 0, hex; "" before it."""
        noted = self.parts.home.read_identity()
        return noted or ""

    @property
    def demo(self) -> bool:
        """Whether a registrar's private key lies in the home."""
        return self.parts.home.demo

    # Writing

    @_writes
    def submit(self, raw: bytes) -> Submitted:
        """Log one statement; raise Refused or ReadOnly."""
        try:
            names, outcome = self._admission.submit(raw)
        except Refused as refusal:
            self._note_refused([(raw, refusal)])
            raise
        self.parts.eraser.carry_out()
        if isinstance(outcome, Accepted):
            receipt = _receipt(ReceiptWriter(), self._witnessed([outcome])[0], compact=False)
            return Submitted(receipt, outcome.index, created=True)
        return next(self._repeats([(names, outcome.index)], compact=False))

    @_writes
    def submit_batch(self, lines: Sequence[bytes], compact: bool = False) -> BatchAnswer:
        """Log each line as if posted in turn; raise ReadOnly.

        Args:
            lines: envelopes.
            compact: leave proofs out; one checkpoint covers all lines.
        """
        outcomes = self._admission.submit_batch(lines)
        self.parts.eraser.carry_out()
        self._note_refused(
            [
                (raw, one)
                for raw, (_, one) in zip(lines, outcomes, strict=True)
                if isinstance(one, Refused)
            ]
        )
        known = [(names, one.index) for names, one in outcomes if isinstance(one, Repeated)]
        repeats = self._repeats(known, compact)
        writer = ReceiptWriter()
        answers: list[Submitted | Refused] = []
        new = self._witnessed([one for _, one in outcomes if isinstance(one, Accepted)])
        made = iter(new)
        last = -1
        for _, outcome in outcomes:
            if isinstance(outcome, Refused):
                answers.append(outcome)
                continue
            last = max(last, outcome.index)
            if isinstance(outcome, Accepted):
                receipt = _receipt(writer, next(made), compact)
                answers.append(Submitted(receipt, outcome.index, created=True))
            else:
                answers.append(next(repeats))
        if not compact or last < 0:
            return BatchAnswer(answers, None)
        own = bool(new) and new[-1].index == last
        return BatchAnswer(answers, new[-1].note if own else self.parts.reader.note_for(last))

    def _witnessed(self, made: list[Accepted]) -> list[Accepted]:
        """What receipts are made of: under a quorum's checkpoint, where one is waited for."""
        wait_s = self.settings.quorum_wait_ms / 1000
        if not made or not wait_s:
            return made
        note = self.parts.witnessing.await_quorum(made[-1].index + 1, wait_s)
        return made if note is None else under(self.parts.reader, made, note)

    def _note_refused(self, refused: Sequence[tuple[bytes, Refused]]) -> None:
        for raw, refusal in refused:
            self.parts.refusal_notes.add_to(refusal, raw)
        self.desk.refusals.note(refused)

    def _repeats(
        self, known: Sequence[tuple[tuple[str, ...], int]], compact: bool
    ) -> Iterator[Submitted]:
        """The receipts of entries (chain names, index) as they were given when those were made."""
        reader = self.parts.reader
        if known:  # what another process committed may be on no standby yet
            await_standbys(self.parts.engine)
        kept = reader.kept([index for _, index in known]) if known else {}
        rows = [kept[index] for _, index in known]
        proofs = iter([] if compact else reader.inclusion_proofs(rows))
        for (names, index), row in zip(known, rows, strict=True):
            chains = tuple((chain.name, chain.salt) for chain in self.parts.names.sorted_of(names))
            if compact:
                receipt = format_compact(chains, row.header)
            else:
                receipt = format_receipt(Receipt(chains, row.header, next(proofs)))
            yield Submitted(receipt, index, created=False)

    # Reading; where the database is away all of it raises ReadOnly

    @_reads
    def size(self) -> int:
        """Entries committed so far."""
        return self.parts.reader.size()

    @_reads
    def entry(self, index: int) -> Entry:
        """Return one entry; raise NotFound."""
        return self._entries.of([index])[0]

    @_reads
    def entries(self, start: int, limit: int, as_of: int, newest_first: bool) -> list[Entry]:
        """Return up to *limit* entries below *as_of*: from *start* upwards, or downwards."""
        return self._entries.between(start, limit, as_of, newest_first)

    @_reads
    def entries_of(self, indexes: Sequence[int]) -> list[Entry]:
        """Return the entries of these indexes, in their order; raise NotFound."""
        return self._entries.of(indexes)

    # Sight

    def sight_of(self, reader: Reader | None) -> Sight:
        """Which statements somebody sees; None: who has not signed in."""
        return sight_of(reader, self.parts.judge.registry)

    def terms(self, entry: Entry) -> frozenset[str]:
        """What the statement of an entry is found and opened by; none where it is missing."""
        if entry.event is None:
            return frozenset()
        return terms_of(entry.event, self.parts.judge.registry, entry.index)

    def shows(self, sight: Sight, entry: Entry) -> bool:
        """Whether the statement of an entry is within a sight."""
        return entry.event is not None and visible(sight, self.terms(entry))

    def unseal(self, digest_hex: str, approval: str) -> None:
        """Log in clear what an ``access.sealed``, or a sealed ``bundle.made``, sealed.

        Raises NotFound where that is none.

        Args:
            digest_hex: of the statement that sealed it.
            approval: the document that lifts the seal.
        """
        event = self.entry_of(digest_hex).event
        sealed = None
        if event is not None and event["type"] == SEALED:
            sealed = event["data"]
        elif event is not None and event["type"] == BUNDLE_MADE:
            sealed = event["data"].get("sealed")
        if sealed is None:
            raise NotFound("no sealed reading has this digest", "没有此摘要的密封查阅记录")
        self.desk.readings.unseal(digest_hex, sealed["commitment"], approval)

    @_reads
    def entry_of(self, digest_hex: str) -> Entry:
        """Return the entry of a statement digest; raise NotFound."""
        index = self.index_of(digest_hex)
        if index is None:
            raise NotFound(
                "no statement of this digest is logged: check the 64 hex digits",
                "没有摘要为此值的陈述：请核对 64 位十六进制数",
            )
        return self.entry(index)

    @_reads
    def certificate(self, digest_hex: str) -> bytes:
        """Certify that a statement was withheld or erased; raise NotFound."""
        return certificate_of(self.parts, digest_hex, self.entry_of(digest_hex).index)

    @_reads
    def index_of(self, digest_hex: str) -> int | None:
        """Index of a statement digest: by the projection, and by the tail that it has not seen."""
        try:
            digest = bytes.fromhex(digest_hex)
        except ValueError:
            return None
        return self.parts.finder.index_of(digest)

    @_reads
    def inclusion_proof(self, index: int, size: int | None) -> str:
        """The tlog-proof of entry *index* under the checkpoint of *size*, or the published one."""
        reader = self.parts.reader
        if index >= reader.size():
            raise no_entry(index)
        note = self.published() if size is None else self.checkpoint(size)
        return reader.inclusion_proof(index, note)

    @_reads
    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        """The proof between two sizes; raise BadRequest, NotFound."""
        return self.parts.reader.consistency_proof(old, new)

    def checkpoint(self, size: int) -> str:
        """The checkpoint signed for exactly *size*, with the kept cosignatures; raise NotFound."""
        return self.parts.witnessing.kept(self.parts.reader.note_of(size))

    def published(self) -> str:
        """The published checkpoint note; raise NotFound before the first."""
        note = self.parts.reader.published()
        if note is None:
            raise NotFound(
                "no checkpoint is published yet: ask again in a moment",
                "尚未公布检查点：请稍后再试",
                "no_checkpoint",
            )
        return note

    def tile(self, path: str) -> bytes:
        """A published tile or bundle, or the partial one that a full one begins with."""
        tile = parse_tile_path(path)
        published = self.parts.reader.tile_width(tile.level or 0, tile.n)
        if tile.width > published:
            raise no_tile(path)
        kept = self.parts.tiles.tile(tile)
        if kept is None:
            raise no_tile(path)
        return kept

    # State

    @property
    def opened_at(self) -> int:
        """How many entries there were when the ledger was opened."""
        return self._start_size

    @_reads
    def groups_after(self, size: int, limit: int) -> list[int]:
        """Up to *limit* sizes above *size* at which a group of any writer ended, ascending."""
        with reading(self.parts.engine) as connection:
            rows = self.parts.rows.checkpoint_numbers(connection, size, limit)
        return [ended for ended, _ in rows]

    @_reads
    def checkpoint_age_s(self) -> float | None:
        """Seconds since the last entry under the published checkpoint was recorded, if any is."""
        published = self.parts.reader.published_checkpoint()
        if published is None or published.size == 0:
            return None
        last = parse_header(self.parts.reader.header(published.size - 1))
        return max(0, self.parts.clock() - parse_time(last.recorded_at)) / 1000

    @_reads
    def witnesses(self) -> list[Standing]:
        """How it stands with each witness that is asked."""
        return self.parts.witnessing.standings()

    @_reads
    def interval(self, index: int) -> Interval:
        """Between which times witnesses prove that an entry came."""
        return self.parts.witnessing.interval(index)

    def state(self) -> State:
        """Whether the ledger takes entries, and how far each part has come."""
        return self._readiness.state(self._start_size)

    # Life

    def start(self, background: bool) -> None:
        """Begin to publish and project, in the background or not before ``close``."""
        self._start_size = self.parts.reader.size()
        self.parts.publisher.look()
        if background:
            self.parts.witnessing.start(self.parts.publisher.want, self._suspect)
            self.parts.publisher.start()
            self.parts.runner.start()
            self.parts.eraser.start()
            self.anchoring.start()
            self.scrubber.start()
            self.parts.publisher.want()
            self.parts.runner.want()

    def _suspect(self, eye: Eye) -> None:
        """Take no more entries if a witness holds what our own key signed and we do not hold."""
        parts = self.parts
        failure = contradiction(eye, parts.log, parts.reader.size, parts.reader.root)
        if failure is not None:
            parts.sequencer.failure = failure

    def catch_up(self, progress: Callable[[int], None] = lambda size: None) -> None:
        """Publish and project what is committed, now."""
        self.parts.publisher.publish(progress)
        self.parts.runner.catch_up(progress)
        self.parts.eraser.carry_out()

    def rebuild(self, progress: Callable[[int], None] = lambda size: None) -> None:
        """Render every tile anew from the entries, and replay every projection."""
        parts = self.parts
        fresh = TileStore(parts.tiles.root.with_name(f"{parts.tiles.root.name}.new"))
        fresh.clear()
        parts.publisher.into(fresh).publish(progress)
        parts.tiles.replace(fresh)
        parts.publisher.forget()
        parts.runner.rebuild(progress)

    @_reads
    def source(self, watch: Watch | None = None) -> TableSource:
        """The ledger as it stands, to be verified; *watch* is shown each span that is read."""
        parts = self.parts
        with reading(parts.engine) as connection:
            head = parts.rows.read_head(connection)
            size = head.size if head else 0
            note = parts.rows.checkpoint(connection, size)
        note = None if note is None else parts.witnessing.kept(note)
        return TableSource(parts.engine, parts.rows, self.origin, size, note, watch)

    def close(self) -> None:
        """Stop the background work and let go of everything."""
        parts = self.parts
        self.scrubber.close()
        self.anchoring.close()
        parts.witnessing.close()
        parts.pool.close()
        parts.sequencer.close()
        parts.publisher.close()
        parts.runner.close()
        parts.eraser.close()
        parts.engine.dispose()
        parts.projection_engine.dispose()
        self.desk.engine.dispose()
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def no_tile(path: str) -> NotFound:
    return NotFound(
        f"{path} is not published: ask only for what the published checkpoint implies",
        f"{path} 尚未公布：请只索取已公布检查点所包含的文件",
    )


def _receipt(writer: ReceiptWriter, made: Accepted, compact: bool) -> bytes:
    if compact:
        return writer.compact(made.chains, made.header)
    return writer.full(made.chains, made.header, made.path, made.index, made.note)
