"""Verify a whole ledger of any size from a stream of its entries, in memory that stays flat.

Workers check spans by themselves; here, in order, the spans are joined: links,
registry and speakers, the tree and every root that was signed. What a ledger
must agree on as a whole goes through buckets on disk. Damage never stops a run:
each check reports its first bad entry and goes on where it can.

Nothing is believed but the caller's trust: a policy or the log's key, the
identity of entry 0, and for the names of chains the ledger's secret.

Source: spec 3 to 8; design, principle 4.
"""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path

from crypto.note import VKey, format_vkey
from ledger.verification.buckets import Buckets, buckets_for
from ledger.verification.checklist import tallies
from ledger.verification.cited import CITATIONS, Cited
from ledger.verification.closing import (
    close_chain_names,
    close_citations,
    close_identity,
    close_opening,
    close_optional,
    close_statements,
)
from ledger.verification.crew import Crew
from ledger.verification.joining import Joining
from ledger.verification.messages import Job, Setting
from ledger.verification.report import (
    FAILED,
    INCOMPLETE,
    NOT_CHECKED,
    Check,
    Report,
    Verdict,
    Words,
)
from ledger.verification.source import Source, Span
from ledger.verification.speakers import Speakers
from ledger.verification.trust import Published, Trust, log_key_for, open_published
from ledger.verification.whole import ChainEnd, Whole

SPAN = 1_000  # entries a message: about 2 MB, and a tenth of a second of work
FIRST = 200  # entries of the first message, for which the others wait
SMALL = 2_000  # entries below which starting processes costs more than it saves

Progress = Callable[[int], None]  # told how many entries are done
EndsHook = Callable[[Iterator[ChainEnd]], Iterable[Check]]


def verify_stream(
    source: Source,
    trust: Trust,
    identity: bytes | None = None,
    secret: bytes | None = None,
    *,
    workers: int | None = None,
    span: int = SPAN,
    progress: Progress | None = None,
    ends: EndsHook | None = None,
) -> Report:
    """Return what all checks find; nothing that the ledger holds makes this raise.

    Args:
        source: the ledger.
        trust: a policy, or the log's key alone, or None: then nobody signed.
        identity: leaf hash of entry 0, 32 bytes, to pin; None: not pinned.
        secret: the chain secret, 32 bytes; None: names of chains are not compared.
        workers: processes; 0: none; None: one a processor, none for small ledgers.
        span: entries a message.
        progress: called as spans are done.
        ends: is given the end of every chain, ascending by id, to compare with
            something else; the checks that it returns join the report.

    Raises:
        Whatever reading from *source* raises.
    """
    published = open_published(source.published, trust)
    log = published.log or log_key_for(source.origin, trust)
    with tempfile.TemporaryDirectory(prefix="zelian-verify-") as name:
        folder = Path(name)
        speakers = Speakers(folder / "keys")
        setting = Setting(
            source.origin,
            str(folder / "keys"),
            secret or b"",
            format_vkey(log) if log else "",
            buckets_for(source.size),
        )
        with Crew(_workers(workers, source.size), setting, folder) as crew:
            run = _Run(source, published, log, speakers, folder)
            run.join(crew, span, progress)
            extra = run.walk(crew, ends)
    return run.report(identity, secret, extra)


def _workers(asked: int | None, size: int) -> int:
    if asked is not None:
        return asked
    return 0 if size < SMALL else len(os.sched_getaffinity(0))


class _Run:
    """One verification under way."""

    def __init__(
        self,
        source: Source,
        published: Published,
        log: VKey | None,
        speakers: Speakers,
        folder: Path,
    ) -> None:
        self._source, self._published, self._log = source, published, log
        self._speakers = speakers
        self._tallies = tallies()
        self._chains = Buckets(folder, "chain", buckets_for(source.size))
        self._pairs = Buckets(folder, "pair", buckets_for(source.size))
        self._notes = 0
        self._joining = Joining(
            source, published.checkpoint, self._tallies, speakers, self._chains, self._pairs
        )
        self._chain_count = 0

    def join(self, crew: Crew, span: int, progress: Progress | None) -> None:
        """Check all spans and join them in order."""
        for taken, outcome in crew.check(self._jobs(span)):
            self._joining.take(taken, outcome)
            if progress is not None:
                progress(taken.stop)
        self._joining.finish()

    def _jobs(self, length: int) -> Iterator[tuple[Span, Job]]:
        size = self._source.size
        first = min(FIRST, size)
        spans = self._source.spans
        for span in chain(spans(0, first, length), spans(first, size, length)):
            self._notes += len(span.notes)
            envelopes = None if span.envelopes is None else list(span.envelopes)
            notes = list(span.notes)
            keys_size = self._speakers.keys_size  # read as late as may be: more keys are known
            yield span, Job(span.start, list(span.headers), envelopes, notes, keys_size)

    def walk(self, crew: Crew, ends: EndsHook | None) -> list[Check]:
        """Walk the buckets; return what the hook found."""
        # Where headers may lack, the chains that they continue may seem broken.
        lossy = self._joining.tree.broken is not None and not self._source.whole
        gap: Verdict = INCOMPLETE if lossy else FAILED
        whole = Whole(crew, self._tallies, gap)
        stream = whole.walk_chains(self._chains.close(), ends is not None)
        extra = list(ends(stream)) if ends is not None else []
        for _ in stream:  # whatever the hook left
            pass
        whole.walk_pairs(self._pairs.close(), self._speakers)
        self._chain_count = whole.chains
        return extra

    def report(self, identity: bytes | None, secret: bytes | None, extra: list[Check]) -> Report:
        """Close all checks."""
        tallies, joining, source = self._tallies, self._joining, self._source
        opening = self._speakers.registry.opening()
        for name in ("headers", "index", "links", "recorded_at"):
            tallies[name].of = source.size
        close_identity(tallies["identity"], joining.first_leaf, identity)
        close_opening(tallies["opening"], opening, self._published, self._log)
        close_statements(tallies, source, joining, self._speakers, identity is not None)
        close_chain_names(tallies["chain_names"], opening, secret)
        tallies["tree"].of = 1
        if self._published.checkpoint is None:
            tallies["tree"].limit(NOT_CHECKED, Words("there is no checkpoint", "没有检查点"))
        tallies["checkpoints"].of = self._notes
        cited = self._speakers.cited.counting(identity is not None)
        closed = [self._close(name, cited, identity is not None) for name in tallies]
        return Report("ledger", (*self._published.checks, *closed, *extra), self._facts(cited))

    def _close(self, name: str, cited: Cited, pinned: bool) -> Check:
        tally = self._tallies[name]
        if name == CITATIONS:
            return close_citations(tally, cited, self._source.has_statements, pinned)
        if name == "checkpoints":
            why = Words("none are stored in what was read", "所读内容中没有已存检查点")
            return close_optional(tally, self._source.has_notes, why)
        if name == "tiles":
            why = Words("there are no tiles in what was read", "所读内容中没有瓦片")
            return close_optional(tally, tally.of > 0, why)
        return tally.close()

    def _facts(self, cited: Cited) -> dict[str, object]:
        """Return what was covered, beside what the checkpoint asks for."""
        joining, checkpoint = self._joining, self._published.checkpoint
        edge = joining.tree.edge
        return {
            "chains": self._chain_count,
            "checkpoint_root": checkpoint.root.hex() if checkpoint else None,
            "checkpoint_size": checkpoint.size if checkpoint else None,
            "citations": cited.to_json(),
            "cosigned": self._published.cosigned,
            "first_recorded_at": joining.first_recorded_at or None,
            "identity": joining.first_leaf.hex() if joining.first_leaf else None,
            "last_recorded_at": joining.place.recorded_at or None,
            "log_key": format_vkey(self._log) if self._log else None,
            "origin": self._source.origin,
            "root": edge.root().hex() if joining.tree.broken is None else None,
            "size": edge.size,
        }
