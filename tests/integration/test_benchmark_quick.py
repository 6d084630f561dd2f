"""Parts of the benchmark run at tiny size and say all they promise."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
ROWS = (
    "projector alone, 1,000 entries",
    "projected after a burst of 1,000",
    "batches, 3 witnesses and 2 authorities silent",
    *(
        row.format(database)
        for database in ("SQLite", "PostgreSQL")
        for row in ("projected alone, 1,500, {}", "queries at 1,500, {}")
    ),
    "  searches over HTTP, an official",
    "  searches over HTTP, an auditor, recorded",
    "trace of one act at 2,000",
    "trace of one act at 3,000",
    "  over HTTP, by an official of the acting department",
    "trace of one act: 3,000 against 2,000",
    "trace of an act with 4 times the shares",
    "trace of an act with 16 times the shares",
)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("bench")
    parts = [
        word for part in ("away", "projector", "queries", "traces") for word in ("--part", part)
    ]
    arguments = ["--quick", *parts, "--folder", str(folder)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("ZELIAN_")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [path.name for path in folder.iterdir() if path.name.startswith("zelian-bench-")] == []
    return done.stdout


@pytest.mark.parametrize("row", ROWS)
def test_each_row_is_there(table: str, row: str) -> None:
    assert [line for line in table.splitlines() if line.startswith(row)]


def test_every_kind_of_question_is_drawn_from_the_mix() -> None:
    from benchmarks.questions import _OTHERS, _TEXTS, MIX

    assert sum(MIX.values()) == 100
    assert MIX.keys() == _TEXTS.keys() | _OTHERS.keys()
