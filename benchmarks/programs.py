"""Run the product's command line and this package's own programs as processes of their own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
END_S = 30
ZELIAN = ("-c", "from cli.main import main; main()")  # what the installed command runs

Process = subprocess.Popen[bytes]


@contextmanager
def running(
    arguments: Sequence[str],
    said: IO[bytes] | int,
    errors: IO[bytes] | int | None = None,
    variables: Mapping[str, str] | None = None,
) -> Iterator[Process]:
    """Run Python with *arguments* until the block ends.

    No variable of Zelian's is passed on but *variables*.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ZELIAN_")}
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": str(ROOT)} | dict(variables or {}),
        stdout=said,
        stderr=errors,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
