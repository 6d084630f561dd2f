"""An import into a ledger behind a server, and the receipts that are kept of one."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from api.application import build_app
from cli.importing import sending
from crypto.statement import read_statement
from ledger.opening import make_home
from ledger.settings import Settings
from tests.integration.cli.imports import ALL, REGISTRY, Importing, new, there


def test_receipts_are_kept_where_asked_for(importing: Importing, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    assert new(importing.summary("--receipts", str(folder))) == 6
    statements = {path.stem for path in folder.glob("*.statement")}
    assert len(statements) == 6
    assert {path.stem for path in folder.glob("*.json")} == statements
    assert there(importing.summary()) == 6


@pytest.fixture
def server(importing: Importing) -> Iterator[str]:
    ledger = importing.world.open(background=True)
    http = make_server("127.0.0.1", 0, build_app(ledger), threaded=True)
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    thread.join()
    http.server_close()
    importing.world.close()


def test_over_http_two_batches_at_a_time(
    importing: Importing, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The importing department has a home of its own, with keys and no ledger."""
    monkeypatch.setattr(sending, "MAX_LINES", 2)
    away = tmp_path / "away"
    options = ["--server", server, "--home", str(away)]
    options += ["--policy", str(importing.home / "trust-policy")]
    options += ["--registrar-key", str(importing.home / "keys" / "registrar.pem")]
    first = importing.summary(*options)
    assert (new(first), first["registry"]) == (6, ALL)
    assert len(list((away / "keys" / "import" / "sample").iterdir())) == 3
    second = importing.summary(*options)
    assert (new(second), there(second)) == (0, 6)
    assert there(importing.summary(*options, "--receipts", str(tmp_path / "kept"))) == 6

    ledger = importing.world.ledger
    assert ledger is not None
    size = ledger.state().size
    assert size == 1 + REGISTRY + 6
    seen: set[str] = set()
    for entry in ledger.entries(0, size, size, newest_first=False):
        assert entry.event is not None
        assert entry.envelope is not None
        assert seen.issuperset(entry.event["data"]["parents"])  # a parent before the child
        seen.add(read_statement(entry.envelope).digest.hex())


def test_a_ledger_that_the_policy_does_not_name(
    importing: Importing, server: str, tmp_path: Path
) -> None:
    """Nothing is signed to a name that only the server gives."""
    elsewhere = tmp_path / "other"
    other = Settings(elsewhere, f"sqlite:///{elsewhere / 'ledger.db'}", 10, 16, 1)
    policy = make_home(other, "other.example/log").trust_policy
    away = tmp_path / "away"
    result = importing.run("--server", server, "--policy", str(policy), "--home", str(away))
    assert result.exit_code == 2
    assert "the ledger calls itself test.example/yunling" in result.stderr
    assert not away.exists()


def test_a_server_that_is_not_there(importing: Importing) -> None:
    result = importing.run("--server", "http://127.0.0.1:9")
    assert result.exit_code == 4
