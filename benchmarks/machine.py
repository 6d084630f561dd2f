"""What the figures were measured on; no names of hosts, users or folders."""

import os
import platform
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


def machine_lines() -> list[str]:
    """Return the machine, the programs and the date as lines of text."""
    return [
        f"date       {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"processor  {_model()}, {processors()} cores",
        f"system     {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}",
        f"load       {os.getloadavg()[0]:.2f} in the last minute before the run",
    ]


def _model() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        text = ""
    models = (line for line in text.splitlines() if line.startswith("model name"))
    return next(models, ": unknown model").partition(":")[2].strip()


def memory_of(pid: int) -> tuple[int, int]:
    """Return the resident memory of a process, now and at its highest, in bytes."""
    fields = {}
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        fields[name] = value.split()
    return int(fields["VmRSS"][0]) * 1024, int(fields["VmHWM"][0]) * 1024


def family(pid: int) -> set[int]:
    """Return a process and all that descend from it, as far as they live."""
    parents = dict(_parents())
    found, fresh = set(), {pid} & parents.keys()
    while fresh:
        found |= fresh
        fresh = {child for child, parent in parents.items() if parent in fresh}
    return found


def _parents() -> Iterator[tuple[int, int]]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            after_name = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
            yield int(path.parent.name), int(after_name.split()[1])
