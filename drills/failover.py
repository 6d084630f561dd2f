"""Fail the leader of a PostgreSQL cluster under a serving ledger, and count what came of it.

    python -m drills.failover [--kills N] [--hangs N] [--switchovers N]

Runs on loopback and in a temporary folder: etcd, three nodes under Patroni with synchronous
replication, ``zelian serve`` with several workers, clients that send without a pause. Each
round kills (SIGKILL) or stops (SIGSTOP) the leader with its agent, or asks for a planned
switchover; the service is never started again. It needs Debian's packages ``etcd-server``,
``patroni`` and ``postgresql``, and installs nothing.

Exit codes: 0 nothing lost and no fork; 1 the drill showed what must not be, or could not be
made; 2 wrong usage.
"""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from benchmarks.machine import machine_lines
from drills.clients import Clients
from drills.cluster import Cluster, Node, Timing, until
from drills.errors import DrillError
from drills.figures import Round, longest_silence, table_lines, time_without
from drills.holding import Holder
from drills.programs import find_programs, kill
from drills.service import Service

CALM_S = 2.0  # of undisturbed sending before what fails and after it is whole again
KILL, HANG, SWITCH = "leader killed (SIGKILL)", "leader hangs (SIGSTOP)", "planned switchover"


class Drill:
    """Everything that runs, and what clients hold of it."""

    def __init__(self, cluster: Cluster, service: Service, clients: Clients) -> None:
        self._cluster, self._service, self._clients = cluster, service, clients
        self._holder = Holder(service.port, service.log_key())
        self._held = self._again = 0
        self._notes = 0
        self._failing: dict[str, Callable[[Node], Callable[[], None]]] = {
            KILL: self._kill,
            HANG: self._hang,
            SWITCH: self._switch,
        }

    def round(self, event: str) -> Round:
        """Fail, come back, and look at all that was promised."""
        self._cluster.await_whole()
        self._service.await_ready()
        time.sleep(CALM_S)
        leader, began = self._cluster.leader(), time.monotonic()
        mend = self._failing[event](leader)
        failed = time.monotonic()
        try:
            until("a statement acknowledged by the next leader", lambda: self._taken_since(failed))
        finally:
            mend()
        self._cluster.await_whole()
        time.sleep(CALM_S)
        ended = time.monotonic()
        with self._clients.paused():
            self._service.settle()
            return self._look(event, began, ended)

    def _taken_since(self, failed: float) -> bool:
        self._clients.seen.check()
        return any(one.sent > failed for one in self._clients.seen.acknowledged[-20:])

    def _kill(self, leader: Node) -> Callable[[], None]:
        kill(leader.processes())
        return lambda: self._cluster.start_agent(leader)

    def _hang(self, leader: Node) -> Callable[[], None]:
        processes = leader.processes()
        _signal(processes, signal.SIGSTOP)
        return lambda: _signal(processes, signal.SIGCONT)

    def _switch(self, leader: Node) -> Callable[[], None]:
        self._cluster.switch_over(leader)
        until("another leader", lambda: self._cluster.leader() is not leader)
        return lambda: None

    def _look(self, event: str, began: float, ended: float) -> Round:
        seen, holder = self._clients.seen, self._holder
        seen.check()
        some = seen.acknowledged[self._held :]
        self._held += len(some)
        notes = list(seen.notes)[self._notes :]
        self._notes += len(notes)
        lost, forks = holder.lost, holder.forks
        holder.hold(some, notes)
        holder.send_again(some)
        holder.look()
        self._service.check()
        again, self._again = seen.again - self._again, seen.again
        return Round(
            event,
            longest_silence([one.came for one in some], began, ended),
            time_without(seen.ready, began, ended),
            len(some),
            again,
            holder.notes,
            holder.lost - lost,
            holder.forks - forks,
        )


def _signal(processes: Sequence[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        if process.is_running():
            process.send_signal(number)


def main(arguments: Sequence[str]) -> int:
    """Run as *arguments* say; return the exit code."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything is ended
    signal.signal(signal.SIGALRM, lambda *_: _give_up(options.minutes))
    signal.alarm(options.minutes * 60)
    about = machine_lines()
    rounds: list[Round] = []
    try:
        for one in _rounds(options):
            rounds.append(one)
            _say(f"{one.event}: {one.silent_s:.1f} s silent, lost {one.lost}, forks {one.forks}")
    except DrillError as error:
        print(f"drill: {error.en}\n演练：{error.zh}", file=sys.stderr)
        return 1
    finally:
        signal.alarm(0)
        if rounds:  # those before one that failed are told too
            print("\n".join([*about, *_set(options), "", *table_lines(rounds)]), flush=True)
    return int(any(one.lost or one.forks for one in rounds))


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "drills.failover", description="Fail the leader under a serving ledger. 主节点故障演练。"
    )
    for name, default, what in (
        ("kills", 5, "times that the leader and its agent are killed"),
        ("hangs", 2, "times that they are stopped, as if they hung"),
        ("switchovers", 2, "planned switchovers"),
        ("workers", 3, "processes that serve the ledger"),
        ("clients", 4, "threads that send statements"),
        ("minutes", 30, "after which the drill is given up"),
        ("ttl", Timing().ttl, "seconds that a leader's lock lives, at least 20"),
    ):
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{what} ({default})")
    return parser.parse_args(arguments)


def _set(options: argparse.Namespace) -> list[str]:
    timing = Timing(options.ttl)
    return [
        f"service    {options.workers} workers, {options.clients} clients",
        f"Patroni    3 nodes, synchronous_mode_strict, ttl {timing.ttl}, "
        f"loop_wait {timing.loop_wait}, retry_timeout {timing.retry_timeout}",
    ]


def _give_up(minutes: int) -> None:
    raise DrillError(f"given up after {minutes} minutes", f"已超过 {minutes} 分钟，演练中止")


def _rounds(options: argparse.Namespace) -> Iterator[Round]:
    events = [KILL] * options.kills + [HANG] * options.hangs + [SWITCH] * options.switchovers
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="zelian-drill-"))
        Path(folder).chmod(0o711)  # PostgreSQL's user passes through, and sees nothing
        drill = stack.enter_context(_running(Path(folder), options))
        for event in events:
            _say(event)
            yield drill.round(event)


@contextmanager
def _running(folder: Path, options: argparse.Namespace) -> Iterator[Drill]:
    """Run all that the drill needs until the block ends."""
    (folder / "cluster").mkdir()
    (folder / "ledger").mkdir(mode=0o700)
    cluster = Cluster(find_programs(), folder / "cluster", Timing(options.ttl))
    with ExitStack() as stack:
        stack.callback(cluster.end)
        _say("starting etcd and three nodes")
        cluster.start()
        _say("making a ledger, and serving it")
        service = Service(folder / "ledger", cluster.url(), options.workers)
        stack.callback(service.end)
        service.await_ready()
        clients = Clients(service.port, options.clients)
        stack.callback(clients.end)
        clients.start()
        try:
            yield Drill(cluster, service, clients)
        except DrillError:
            print(service.last_words(), file=sys.stderr)
            raise


def _say(text: str) -> None:
    print(f"drill: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
