"""``zelian export`` and ``zelian verify export``."""

import json
from pathlib import Path

import pytest

from ledger.exports.forms import FORMS
from tests.integration.cli.conftest import Zelian

ITEM = "GA/household"


@pytest.fixture
def bundle(demo: Zelian, tmp_path: Path) -> Path:
    demo.ok("submit", "-", stdin=demo.signed(0))
    path = tmp_path / "item.zip"
    assert demo("evidence", "--item", ITEM, "--output", path).exit_code == 0
    return path


def test_every_form_is_written_and_verified(demo: Zelian, bundle: Path, tmp_path: Path) -> None:
    for form in FORMS:
        path = tmp_path / f"item.{form}"
        if form == "manifest":  # written beside the rows
            path = tmp_path / "item.csv.manifest.json"
        else:
            assert demo("export", bundle, "--as", form, "--output", path).exit_code == 0
        found = demo("verify", "export", path, "--bundle", bundle, "--as", form)
        assert (found.exit_code, found.stderr) == (0, "verdict: OK\n")


def test_what_was_changed_fails(demo: Zelian, bundle: Path, tmp_path: Path) -> None:
    path = tmp_path / "item.csv"
    demo("export", bundle, "--as", "csv", "--output", path)
    path.write_bytes(path.read_bytes().replace(b",signed,", b",system,", 1))
    found = demo("verify", "export", path, "--bundle", bundle, "--as", "csv", "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["verdict"] == "failed"


def test_nothing_is_overwritten(demo: Zelian, bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "item.csv.manifest.json").write_text("mine")
    found = demo("export", bundle, "--as", "csv", "--output", tmp_path / "item.csv")
    assert found.exit_code == 2
    assert not (tmp_path / "item.csv").exists()
    assert (tmp_path / "item.csv.manifest.json").read_text() == "mine"


def test_no_bundle(demo: Zelian, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"PK")
    assert demo("export", other, "--as", "csv", "--output", tmp_path / "x").exit_code == 2
    assert demo("export", tmp_path / "no", "--as", "csv", "--output", tmp_path / "x").exit_code == 6
    assert not (tmp_path / "x").exists()
