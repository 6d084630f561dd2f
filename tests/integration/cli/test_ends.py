"""How commands end: each exit code, one line for what is expected, 70 for a fault."""

import subprocess
import sys
from pathlib import Path

import pytest

from cli import main as program
from cli.failures import as_failure
from crypto.errors import BadSignature, CryptoError, Incomplete, Malformed, Mismatch, Untrusted
from ledger.errors import (
    BadRequest,
    LedgerError,
    NotAllowed,
    NotFound,
    ReadOnly,
    Refused,
)
from tests.integration.cli.conftest import Zelian, free_port


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadSignature("e", "z"), 1),
        (Mismatch("e", "z"), 1),
        (BadRequest("e", "z"), 2),
        (Untrusted("e", "z"), 3),
        (Incomplete("e", "z"), 3),
        (NotAllowed("e", "z"), 5),
        (NotFound("e", "z"), 6),
        (Refused("schema", "e", "z"), 7),
        (ReadOnly("busy", "e", "z"), 7),
        (LedgerError("e", "z"), 7),
        (Malformed("e", "z"), 7),
    ],
)
def test_every_error_has_its_exit_code(error: LedgerError | CryptoError, code: int) -> None:
    """The closed lists of errors are covered whole."""
    failure = as_failure(error)
    assert (failure.exit_code, failure.en, failure.zh) == (code, "e", "z")


def test_a_fault_is_no_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    """An unexpected error shows its trace and ends with 70, never with 1."""
    assert program.end_of(ValueError("surprise")) == 70
    said = capsys.readouterr().err
    assert "Traceback" not in said.splitlines()[-1]
    assert "surprise" in said
    assert "a fault of the program" in said


def test_what_the_system_refuses_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A full disk is a refusal, a forbidden file is not allowed."""
    assert program.end_of(OSError(28, "No space left on device")) == 7
    assert program.end_of(PermissionError(13, "Permission denied", "x")) == 5
    said = capsys.readouterr().err
    assert "No space left" in said
    assert "Traceback" not in said


def test_a_home_without_a_ledger_is_not_found(zelian: Zelian) -> None:
    """Reading and writing say how to make one, and make nothing."""
    for args in (["log"], ["show", "0"], ["fsck"], ["serve"], ["department", "list"]):
        result = zelian(*args)
        assert result.exit_code == 6, args
        assert "zelian init" in result.stderr
    assert not zelian.home.exists()
    assert "没有账本" in zelian.chinese("log").stderr


def test_nobody_answers(demo: Zelian) -> None:
    """Exit code 4, and what to do."""
    url = f"http://127.0.0.1:{free_port()}"
    for args in (["log"], ["department", "list"], ["submit", "-"]):
        result = demo(*args, "--server", url, stdin=demo.signed(9))
        assert result.exit_code == 4, result.stderr
        assert url in result.stderr
    assert "无法访问" in demo.chinese("log", "--server", url).stderr


def test_a_server_must_be_a_url(demo: Zelian) -> None:
    """Neither a file nor a bare name is asked."""
    for url in ("file:///etc/passwd", "127.0.0.1:8000", "http://"):
        assert demo("log", "--server", url).exit_code == 2, url


def test_settings_are_checked(demo: Zelian) -> None:
    """A variable out of its range is a usage error that names it."""
    result = demo("log", env={"ZELIAN_PUBLISH_MS": "soon"})
    assert result.exit_code == 2
    assert "ZELIAN_PUBLISH_MS" in result.stderr


def test_more_workers_need_postgresql(demo: Zelian) -> None:
    """On SQLite one process writes."""
    result = demo("serve", "--workers", "2")
    assert result.exit_code == 2
    assert "PostgreSQL" in result.stderr


def test_version_needs_nothing(tmp_path: Path) -> None:
    """It works without a home."""
    assert Zelian(tmp_path).ok("--version").startswith("zelian ")


def test_a_reader_that_leaves_early_is_no_failed_verification() -> None:
    """``zelian … | head -1`` must not end with the code of a failed verification."""
    text = f"{sys.executable} -c 'from cli.main import main; main()' event types --json"
    done = subprocess.run(
        ["bash", "-c", f"{text} | true; exit ${{PIPESTATUS[0]}}"], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
