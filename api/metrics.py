"""Count what the service does, for Prometheus, in a registry of its own.

Labels are codes from closed lists; never a department, official, key or
address. Sizes and readiness are asked of the ledger when metrics are scraped.
"""

import threading
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from api.problem_kinds import KINDS
from crypto.errors import CryptoError
from crypto.notation import parse_time
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from ledger.service import Ledger

GROUP_BUCKETS = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000)
SIGN_INS = ("opened", "refused", "limited")
GROUPS_READ = 50_000  # a scrape, so that a late one stays short; the rest comes with the next


class Metrics:
    """The counters of one application."""

    def __init__(self, ledger: "Ledger") -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.registry.register(_LedgerCollector(ledger))
        statements = Counter(
            "zelian_statements_total",
            "Statements answered, by whether they made an entry, were known, or were refused",
            ["answer"],
            registry=self.registry,
        )
        self._logged = statements.labels("logged")
        self._known = statements.labels("known")
        self._refused = statements.labels("refused")
        problems = Counter(
            "zelian_problems_total",
            "Problem documents given for statements, by code",
            ["code"],
            registry=self.registry,
        )
        self._problems = {code: problems.labels(code) for code in KINDS}
        sign_ins = Counter(
            "zelian_sign_ins_total",
            "Sign-ins by what became of them; limited: too many within a minute",
            ["answer"],
            registry=self.registry,
        )
        self._sign_ins = {word: sign_ins.labels(word) for word in SIGN_INS}
        self._batch_lines = Histogram(
            "zelian_batch_lines",
            "Lines a batch",
            buckets=(1, 10, 100, 250, 500, 750, 1_000),
            registry=self.registry,
        )

    def count_answers(self, created: int, known: int) -> None:
        """Count receipts: of statements that made an entry, and of those logged before."""
        self._logged.inc(created)
        self._known.inc(known)

    def count_problem(self, code: str) -> None:
        """Count one statement that was refused, or not taken, with *code*."""
        self._refused.inc()
        self._problems[code].inc()

    def count_sign_in(self, answer: str) -> None:
        """Count one sign-in, *answer* being one of ``SIGN_INS``."""
        self._sign_ins[answer].inc()

    def count_batch(self, lines: int) -> None:
        self._batch_lines.observe(lines)


class _LedgerCollector(Collector):
    """Gauges read off the ledger's state at the moment of the scrape."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger
        self._groups = _Groups(ledger)

    def collect(self) -> Iterator[Metric]:
        state = self._ledger.state()
        for name, about, value in (
            ("size", "Entries committed", state.size),
            ("published_size", "Entries under the published checkpoint", state.published_size),
            ("projected_size", "Entries that the projections follow", state.projected_size),
            (
                "projection_lag_entries",
                "Entries that the projection which is furthest behind has not taken in yet",
                max(0, state.size - state.projected_size),
            ),
            ("registry_size", "Entries that the registry has folded", state.registry_size),
            ("writable", "1 while the ledger takes entries", state.writable),
            ("ready", "1 while /readyz answers 200", state.ready and state.writable),
        ):
            yield GaugeMetricFamily(f"zelian_{name}", about, value=int(value))
        yield CounterMetricFamily(
            "zelian_refusals_kept",
            "Refused submissions that named a known key, kept for supervisors",
            value=self._ledger.desk.refusals.kept,
        )
        yield from self._behind()
        yield from self._age()
        yield from self._witnesses(state.size)
        yield from self._timestamps()
        yield from self._scrubbing()
        yield from self._obligations()
        yield self._groups.metric()

    def _behind(self) -> Iterator[Metric]:
        """What each projection has before it, under the name that it has without its version."""
        try:
            behind = self._ledger.look_up.behind()
        except LedgerError:  # counted when the database is back
            return
        family = GaugeMetricFamily(
            "zelian_projection_entries_behind",
            "Entries that a projection has not taken in yet",
            labels=["projection"],
        )
        for name, entries in sorted(behind.items()):
            family.add_metric([name.partition(".")[0]], entries)
        yield family

    def _age(self) -> Iterator[Metric]:
        """Nothing where nothing is published, or it cannot be read."""
        try:
            age_s = self._ledger.checkpoint_age_s()
        except (LedgerError, CryptoError):
            return
        if age_s is not None:
            yield GaugeMetricFamily(
                "zelian_checkpoint_age_seconds",
                "Since the last entry under the published checkpoint was recorded",
                value=age_s,
            )

    def _witnesses(self, size: int) -> Iterator[Metric]:
        """How far behind each witness is, under the name that the policy has for it."""
        try:
            standings = self._ledger.witnesses()
        except LedgerError:  # counted when the database is back
            return
        behind = GaugeMetricFamily(
            "zelian_witness_entries_behind",
            "Entries that a witness has not cosigned yet",
            labels=["witness"],
        )
        age = GaugeMetricFamily(
            "zelian_witness_age_seconds",
            "Since a witness cosigned last; absent before it did",
            labels=["witness"],
        )
        failing = GaugeMetricFamily(
            "zelian_witness_failing",
            "1 where a witness did not cosign when it was asked last",
            labels=["witness"],
        )
        for one in standings:
            behind.add_metric([one.name], max(0, size - (one.size or 0)))
            failing.add_metric([one.name], one.error is not None)
            if one.age_s is not None:
                age.add_metric([one.name], one.age_s)
        yield from (behind, age, failing)

    def _timestamps(self) -> Iterator[Metric]:
        """Nothing where no authority is asked."""
        if not self._ledger.anchoring.on:
            return
        try:
            standing = self._ledger.anchoring.standing()
        except (LedgerError, CryptoError):  # counted when the database is back
            return
        yield GaugeMetricFamily(
            "zelian_timestamp_entries_waiting",
            "Entries that no logged time-stamp covers yet",
            value=standing.unstamped,
        )
        yield GaugeMetricFamily(
            "zelian_timestamp_authorities_failing",
            "Time-stamp authorities that gave no token when they were asked last",
            value=len(standing.errors),
        )
        if standing.newest is not None:
            stamped_ms = parse_time(standing.newest.stamped_at)
            yield GaugeMetricFamily(
                "zelian_timestamp_age_seconds",
                "Since the newest logged time-stamp, by the authority's clock",
                value=max(0, self._ledger.parts.clock() - stamped_ms) / 1000,
            )

    def _scrubbing(self) -> Iterator[Metric]:
        scrubber = self._ledger.scrubber
        progress = scrubber.progress()
        gauges = (
            ("on", "1 if old entries are read again", int(scrubber.on)),
            ("position", "Entries that this round has gone over", progress.position),
            ("target", "Entries over which this round goes", progress.target),
            ("damaged", "Findings of damage among entries", len(progress.damage)),
        )
        for name, text, value in gauges:
            yield GaugeMetricFamily(f"zelian_scrub_{name}", text, value=value)
        counters = (
            ("rounds", "Rounds that came to their end", progress.rounds),
            ("repaired_files", "Published files made anew from entries", progress.repaired),
        )
        for name, text, value in counters:
            yield CounterMetricFamily(f"zelian_scrub_{name}", text, value=value)
        if progress.round_ended_ms is not None:
            age_ms = max(0, self._ledger.parts.clock() - progress.round_ended_ms)
            yield GaugeMetricFamily(
                "zelian_scrub_round_age_seconds", "Since the last round ended", value=age_ms / 1000
            )

    def _obligations(self) -> Iterator[Metric]:
        """What is owed, by rule; whose it is nobody learns here."""
        try:
            counts = self._ledger.obligations.counts()
        except LedgerError:  # counted when the database is back
            return
        for name, about, of in (
            ("obligations_open", "Obligations neither met nor cancelled", "open"),
            ("obligations_past", "Open obligations whose day has passed", "past"),
            (
                "obligations_undetermined",
                "Open obligations without a day: a calendar is missing, or the clock stands",
                "undetermined",
            ),
        ):
            family = GaugeMetricFamily(f"zelian_{name}", about, labels=["rule"])
            for count in counts:
                family.add_metric([count.rule], getattr(count, of))
            yield family

    def describe(self) -> Iterator[Metric]:
        """Names are known without asking the ledger."""
        return iter(())


class _Groups:
    """Entries a group, of every group that was committed since the ledger was opened.

    The log keeps a checkpoint a group, so they are counted from there, whoever
    wrote them, and the path of writes does nothing for it.
    """

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger
        self._counting = threading.Lock()
        self._from = self._to = ledger.opened_at
        self._counts = [0] * (len(GROUP_BUCKETS) + 1)

    def metric(self) -> Metric:
        with self._counting:
            self._count()
            names = [*map(str, map(float, GROUP_BUCKETS)), "+Inf"]
            return HistogramMetricFamily(
                "zelian_group_entries",
                "Entries a committed group, since the ledger was opened",
                buckets=list(zip(names, accumulate(self._counts), strict=True)),
                sum_value=self._to - self._from,
            )

    def _count(self) -> None:
        try:
            ends = self._ledger.groups_after(self._to, GROUPS_READ)
        except LedgerError:  # counted when the database is back
            return
        for before, end in pairwise([self._to, *ends]):
            self._counts[bisect_left(GROUP_BUCKETS, end - before)] += 1
            self._to = end
