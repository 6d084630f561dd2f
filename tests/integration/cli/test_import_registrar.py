"""Who registers the speakers of an import: a key at hand, or registrars elsewhere."""

import json
from pathlib import Path

from click.testing import CliRunner

from cli.main import main
from crypto.statement import read_statement
from tests.integration.cli.imports import ALL, REGISTRY, Importing, new


def test_without_a_registrar_key_there_is_something_to_sign(
    importing: Importing, tmp_path: Path
) -> None:
    """Printed, signed elsewhere, submitted; then the import goes on."""
    key = tmp_path / "registrar.pem"
    (importing.home / "keys" / "registrar.pem").rename(key)
    result = importing.run()
    assert result.exit_code == 7
    assert "nothing was logged: 10 registry statements must be signed first" in result.stderr
    assert importing.world.registrar.key_id in result.stderr
    assert importing.entries() == []
    lines = result.stdout.splitlines()
    assert len(lines) == REGISTRY
    assert importing.run().stdout == result.stdout  # the same bytes to sign

    runner, signed = CliRunner(), []
    for line in lines:
        done = runner.invoke(
            main, ["sign", "-", "--key", str(key)], input=line, env=importing.environment
        )
        assert done.exit_code == 0, done.stderr
        signed.append(done.stdout.strip())
        assert read_statement(signed[-1].encode()).source == "registrar"
    sent = runner.invoke(
        main, ["submit", "-"], input="\n".join(signed) + "\n", env=importing.environment
    )
    assert sent.exit_code == 0, sent.stderr
    summary = importing.summary()
    assert summary["registry"] == {"new": 0, "there": REGISTRY}
    assert new(summary) == 6


def test_what_is_to_be_signed_as_json(importing: Importing) -> None:
    (importing.home / "keys" / "registrar.pem").unlink()
    result = importing.run("--json")
    assert result.exit_code == 7
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["missing"] for one in found] == [[importing.world.registrar.key_id]] * REGISTRY
    assert [one["partial"] is None for one in found] == [True] * 3 + [False] * 3 + [True] * 4


def test_a_registrar_key_from_elsewhere(importing: Importing, tmp_path: Path) -> None:
    key = tmp_path / "registrar.pem"
    (importing.home / "keys" / "registrar.pem").rename(key)
    assert importing.summary("--registrar-key", str(key))["registry"] == ALL


def test_a_key_that_is_no_registrars_registers_nothing(
    importing: Importing, tmp_path: Path
) -> None:
    """Nor is its statement kept: the next run signs with the right key."""
    key = tmp_path / "other.pem"
    runner = CliRunner()
    assert runner.invoke(main, ["key", "new", str(key)], env=importing.environment).exit_code == 0
    result = importing.run("--registrar-key", str(key))
    assert result.exit_code == 7
    assert "no event was sent" in result.stderr
    assert importing.entries() == []
    assert importing.summary()["registry"] == ALL
