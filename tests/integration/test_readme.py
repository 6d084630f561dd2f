"""The README's example runs as it stands there and prints what it says.

What differs from run to run (digests, key ids) is made equal first. Its two
``make`` targets are looked up, not run: one serves for ever, the other is this.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAM = f'"{sys.executable}" -c "from cli.main import main; main(prog_name=\'zelian\')"'
HEX = re.compile(r"\b[0-9a-f]{8,64}\b")


def example() -> list[tuple[str, str]]:
    """Each command of the one console block, with the lines printed below it."""
    [block] = re.findall(r"^```console\n(.*?)^```", README, re.M | re.S)
    commands: list[tuple[str, str]] = []
    for line in block.splitlines(keepends=True):
        if line.startswith("$ "):
            commands.append((line[2:].strip(), ""))
        else:
            command, printed = commands[-1]
            commands[-1] = (command, printed + line)
    return commands


def same_every_time(printed: str) -> str:
    return HEX.sub("<hex>", printed)


def test_the_example_prints_what_the_readme_says(tmp_path: Path) -> None:
    """A demo, a receipt that holds, the same one for an altered statement, a whole ledger."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    environment = {k: v for k, v in environment.items() if not k.startswith("ZELIAN_")}
    commands = example()
    assert sum(".venv/bin/zelian" in command for command, _ in commands) >= 3
    for command, expected in commands:
        done = subprocess.run(
            ["bash", "-c", command.replace(".venv/bin/zelian", PROGRAM)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert same_every_time(done.stdout) == same_every_time(expected), command


def test_the_first_screen_has_the_two_commands() -> None:
    first_screen = README.splitlines()[:15]
    for target in ("run", "test"):
        assert any(line.startswith(f"make {target} ") for line in first_screen)
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.M)


@pytest.mark.parametrize("folder", re.findall(r"\[`([a-z]+)/`\]", README))
def test_the_folder_map_is_of_folders(folder: str) -> None:
    assert (ROOT / folder).is_dir()


def test_the_folder_map_leaves_out_none() -> None:
    mapped = set(re.findall(r"\[`([a-z]+)/`\]", README))
    tops = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {"docs", "examples"}
    assert tops <= mapped
