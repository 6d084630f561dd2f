"""A served ledger and a witness, each a program of its own: what an outsider gets to see."""

import json
import os
import re
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crypto.note import parse_vkey
from tests.integration.cli.conftest import (  # noqa: F401 -- fixtures
    PROGRAM,
    ROOT,
    Served,
    Zelian,
    await_ready,
    demo,
    free_port,
    ground,
)

PATIENCE_S = 60


@pytest.fixture
def start() -> Iterator[Callable[[Path, list[str], str], Served]]:
    """Run programs that say where they listen; each is stopped at the end."""
    started: list[Served] = []

    def begin(home: Path, words: list[str], url: str) -> Served:
        process = subprocess.Popen(
            [*PROGRAM, *words],
            env={**os.environ, "ZELIAN_HOME": str(home), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        started.append(Served(url, process))
        return started[-1]

    yield begin
    for served in started:
        served.process.terminate()
        served.process.wait(PATIENCE_S)


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
        text: str = answer.read().decode()
    return text


def test_a_ledger_and_its_witness(
    demo: Zelian,  # noqa: F811
    tmp_path: Path,
    start: Callable[[Path, list[str], str], Served],
) -> None:
    """From `witness init` to a checkpoint that verifies offline under a quorum."""
    eye = tmp_path / "eye"
    trust = demo.home / "trust-policy"
    vkey = demo.ok(
        "witness", "init", "--home", eye, "--name", "w.example/1", "--known", trust
    ).strip()
    assert parse_vkey(vkey).name == "w.example/1"
    witness, ledger = free_port(), free_port()
    start(tmp_path, ["witness", "run", "--home", str(eye), "--port", str(witness)], "")
    log = re.findall("^log .*\n", trust.read_text(), re.MULTILINE)
    url = f"http://127.0.0.1:{witness}/"
    trust.write_text(f"{log[0]}witness w1 {vkey} {url}\nquorum w1\n")
    checkpoint = tmp_path / "checkpoint"
    checkpoint.write_bytes((demo.home / "tiles" / "checkpoint").read_bytes())
    assert demo("verify", "checkpoint", checkpoint, "--policy", trust).exit_code == 3

    served = start(demo.home, ["serve", "--port", str(ledger)], f"http://127.0.0.1:{ledger}")
    await_ready(served)
    deadline = time.monotonic() + PATIENCE_S
    while demo("verify", "checkpoint", checkpoint, "--policy", trust).exit_code:
        assert time.monotonic() < deadline
        time.sleep(0.1)
        checkpoint.write_text(get(f"{served.url}/log/checkpoint"))

    size = int(checkpoint.read_text().split("\n")[1])
    shown = json.loads(get(f"{served.url}/api/v1/entries/{size - 1}"))
    assert shown["proven"]["after"] is None
    assert shown["proven"]["before"] >= shown["header"].split('"recorded_at":"')[1][:19]
    assert "proven" in demo.json("show", str(size - 1), "--server", served.url)
    assert "before 20" in demo.ok("show", str(size - 1), "--server", served.url)
    refreshed = demo.ok("refresh", "--server", served.url, "--json").splitlines()
    assert json.loads(refreshed[0])["state"] == "refreshed"
    metrics = get(f"{served.url}/metrics")
    assert 'zelian_witness_entries_behind{witness="w1"} 0.0' in metrics
    assert 'zelian_witness_failing{witness="w1"} 0.0' in metrics
    status = demo.json("witness", "status", "--home", eye)
    assert [(one["size"], one["origin"]) for one in status["logs"]] == [
        (size, "cli.example/yunling")
    ]
    assert status["evidence"] == []

    served.process.terminate()
    served.process.wait(PATIENCE_S)
    assert f"cosigned {size} of {size} entries" in demo.ok("doctor")
    fsck = demo("fsck")
    assert fsck.exit_code == 0, fsck.stdout
    assert "早于 20" in demo.chinese("show", str(size - 1)).stdout
