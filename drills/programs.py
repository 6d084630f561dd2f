"""The programs that a drill needs from the system, and how they are run and ended."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from drills.errors import DrillError

DEBIAN = Path("/usr/lib/postgresql")  # where Debian keeps each version's own programs
USER = "postgres"  # made by Debian's package; root may not run PostgreSQL
END_S = 10


@dataclass(frozen=True, slots=True)
class Programs:
    """Paths of what is run, and as whom; *user* is None where nobody has to be become."""

    etcd: str
    patroni: str
    postgresql: Path  # folder of initdb, postgres, pg_rewind
    user: str | None


def find_programs() -> Programs:
    """Return what the system has; raise DrillError naming the packages that it lacks."""
    etcd, patroni = shutil.which("etcd"), shutil.which("patroni")
    versions = sorted(
        (path.parent for path in DEBIAN.glob("*/bin/initdb")),
        key=lambda folder: int(folder.parent.name),
    )
    found = {"etcd-server": etcd, "patroni": patroni, "postgresql": versions}
    missing = " ".join(package for package, at in found.items() if not at)
    if etcd is None or patroni is None or not versions:
        raise DrillError(
            f"the drill needs Debian packages that are not here: apt-get install {missing}",
            f"演练缺少 Debian 软件包，请先安装：apt-get install {missing}",
        )
    return Programs(etcd, patroni, versions[-1], USER if os.geteuid() == 0 else None)


@dataclass(frozen=True, slots=True)
class Running:
    """A program under way, in a session of its own; its words go to *log*."""

    process: subprocess.Popen[bytes]
    log: Path

    def last_words(self) -> str:
        """The end of what it said."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return "\n".join(lines[-15:])

    def end(self) -> None:
        """Ask it to end; insist."""
        self.process.terminate()
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            kill(family(self.process.pid))
            self.process.wait()


def run(
    arguments: Sequence[object],
    log: Path,
    user: str | None = None,
    variables: dict[str, str] | None = None,
    folder: Path | None = None,
) -> Running:
    """Start a program with no more of the environment than a path and *variables*."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(log.parent)}
    with log.open("ab") as words:
        process = subprocess.Popen(
            [str(argument) for argument in arguments],
            env=environment | (variables or {}),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            start_new_session=True,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
    return Running(process, log)


def family(pid: int) -> list[psutil.Process]:
    """A process and all below it; none where it has ended."""
    with suppress(psutil.NoSuchProcess):
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    return []


def kill(processes: Sequence[psutil.Process]) -> None:
    """SIGKILL to each, and wait until they are gone."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, END_S)
