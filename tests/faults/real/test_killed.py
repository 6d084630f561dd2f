"""Real faults, each with a process that is really killed: nothing acknowledged is lost."""

import os
import random
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from ledger.errors import LedgerError
from ledger.fsck import Fsck
from tests.faults.held import opened
from tests.faults.matrix.prepared import copied, prepared
from tests.faults.matrix.site import Site
from tests.faults.real.killed import Attacked, Heard, Victim, restored
from tests.faults.served import until

pytestmark = pytest.mark.long

SQLITE, POSTGRESQL, STOPPED, FULL, CLOCKS, REMOVED = 40, 12, 10, 16, 8, 18
A_HOME = 8  # rounds after which another home is taken, so that reading all stays cheap
HOUR_MS = 3_600_000
Say = Callable[[str], None]


@pytest.fixture(scope="module")
def base() -> Iterator[Path]:
    with prepared(256) as made:
        yield made


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    def out(text: str) -> None:
        with capsys.disabled():
            print(f"\n{text}", flush=True)

    return out


@contextmanager
def attacked(folder: Path) -> Iterator[Attacked]:
    site = Site(folder).open(first_id=5_000_000)
    try:
        yield Attacked(site)
    finally:
        site.close()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def on_postgresql(new_database: Callable[[], str], tmp_path: Path) -> Iterator[Attacked]:
    site = Site(tmp_path, new_database())
    site.make()
    site.open(first_id=5_000_000)
    yield Attacked(site)
    site.close()


def test_kill_9_under_load(base: Path, say: Say) -> None:
    choose = random.Random("kill -9")
    for at in range(0, SQLITE, A_HOME):
        with attacked(copied(base, "killed")) as one:
            for _ in range(A_HOME):
                one.look_after(one.kill(choose))
            say(f"kill -9 on SQLite, from {at}: {one.counted()}")


def test_kill_9_under_load_on_postgresql(on_postgresql: Attacked, say: Say) -> None:
    choose = random.Random("kill -9")
    for _ in range(POSTGRESQL):
        on_postgresql.look_after(on_postgresql.kill(choose))
    say(f"kill -9 on PostgreSQL: {on_postgresql.counted()}")


def backends(url: str) -> list[int]:
    """Processes that serve the database of *url*, but for the one that is asked."""
    text = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(text) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [int(row[0]) for row in rows]


def test_a_stopped_database(on_postgresql: Attacked, say: Say) -> None:
    """SIGSTOP to the processes of the database; the ledger is killed while it waits for them."""
    choose, one = random.Random("stopped"), on_postgresql
    for _ in range(STOPPED):
        victim = Victim(one.site, one.lines())
        victim.await_word()
        pids = backends(one.site.world.settings.database_url)
        try:
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
            before = len(victim.heard.receipts)
            with suppress(subprocess.TimeoutExpired):
                victim.process.wait(choose.uniform(0, 0.3))
            heard = one.buried(victim)
        finally:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
        assert len(heard.receipts) >= before
        one.look_after(heard)
    say(f"SIGSTOP of the database's processes: {one.counted()}")


def test_a_full_disk(base: Path, tmp_path: Path, say: Say) -> None:
    """A file system with little room, where one may be mounted; else files may not grow."""
    choose = random.Random("full")
    small = tmp_path / "small"
    small.mkdir()
    for at in range(0, FULL, A_HOME):
        mounted = at == 0 and mount(small, "size=64m")
        how = "a small file system" if mounted else "RLIMIT_FSIZE"
        if at == 0 and not mounted:
            say("mounting is refused here: RLIMIT_FSIZE alone stands for a full disk")
        folder = small / "site"
        shutil.copytree(base, folder) if mounted else copied(base, "full")
        folder = folder if mounted else base.parent / "full"
        try:
            with attacked(folder) as one:
                for _ in range(A_HOME):
                    one.look_after(full_once(one, choose, small if mounted else None))
                say(f"no room by {how}: {one.counted()}")
                assert one.words["disk_full"]
        finally:
            if mounted:
                subprocess.run(["umount", str(small)], check=True)


def mount(at: Path, options: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(at)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def full_once(one: Attacked, choose: random.Random, small: Path | None) -> Heard:
    """Kill a victim that ran out of room, and make room again."""
    room = choose.randrange(150_000, 400_000)
    if small is None:
        one.site.settle()
        return kill_when_full(one, one.lines(), room)
    lines = one.lines()
    used = shutil.disk_usage(small).used
    remount(small, used + room)
    try:
        return kill_when_full(one, lines, 0)
    finally:
        remount(small, 64 << 20)


def remount(at: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(at)], check=True)


def kill_when_full(one: Attacked, lines: list[bytes], largest: int) -> Heard:
    victim = Victim(one.site, lines, largest=largest)
    until(
        lambda: (
            bool(victim.heard.refused or victim.heard.failed)
            or len(victim.heard.receipts) == len(lines)
            or victim.process.poll() is not None
        )
    )
    return one.buried(victim)


def test_a_clock_set_back(base: Path, say: Say) -> None:
    """A ledger whose clock was set back logs nothing; right again, it goes on."""
    choose = random.Random("clock")
    with attacked(copied(base, "clock")) as one:
        for _ in range(CLOCKS):
            heard = one.kill(choose, back_ms=choose.randrange(2_000, HOUR_MS))
            assert not heard.receipts
            assert set(heard.refused) == {"clock_ran_back"}
            one.look_after(heard)
        say(f"clock set back: {one.counted()}")


REMOVABLE = (
    "tiles/checkpoint",
    "tiles/tile/0/000",
    "tiles/tile/entries/000",
    "tiles/tile/1/*.p/*",
    "tiles/tile/0/*.p/*",
    "tiles/tile/entries/*.p/*",
    "projections.db*",
    "ledger.db",
    "keys/log.pem",
)
DERIVED = ("tiles/checkpoint", "projections.db*")  # made again by whoever opens the ledger


@pytest.mark.parametrize("turn", range(REMOVED // len(REMOVABLE)))
def test_a_file_removed(base: Path, say: Say, turn: int) -> None:
    """A ledger that lost a file is never called verified; with the file back it is whole."""
    choose = random.Random(f"removed {turn}")
    with attacked(copied(base, "removed")) as one:
        for pattern in REMOVABLE:
            heard = one.kill(choose)
            removed = {path: path.read_bytes() for path in newest(one, pattern)}
            for path in removed:
                path.unlink()
            if pattern not in DERIVED:
                one.tally.damages += 1
                one.tally.damage_verified += is_verified(one)
                for path, kept in removed.items():
                    restored(path, kept)
            one.look_after(heard)
        say(f"a file removed: {one.counted()}, verified on damage {one.tally.damage_verified}")


def newest(one: Attacked, pattern: str) -> list[Path]:
    """The file that everything else leads to; of a database all that belongs to it."""
    found = sorted(
        one.site.world.settings.home.glob(pattern), key=lambda path: path.stat().st_mtime_ns
    )
    assert found, pattern
    return found if pattern.startswith("projections") else found[-1:]


def is_verified(one: Attacked) -> bool:
    """Whether somebody who opens what is left for reading is told that it is whole."""
    try:
        one.site.world.open(writes=False)
    except (LedgerError, OSError):
        return False
    try:
        return Fsck(opened(one.site.world).parts).run(workers=0).verdict == "verified"
    finally:
        one.site.world.close()
