"""``zelian import`` on a home: nothing twice, nothing lost, nothing made up."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from crypto.keys import PrivateKey
from tests.integration.cli.imports import ALL, REGISTRY, Importing, new, there
from tests.unit.importing.sample import ROWS, csv_text, sample_toml


def test_an_import_and_then_again(importing: Importing) -> None:
    first = importing.summary()
    assert first["families"] == {"feedback": 1, "share": 2, "use": 3}
    assert first["registry"] == ALL
    assert (new(first), there(first), first["refusals"]) == (6, 0, [])
    logged = importing.entries()
    assert len(logged) == REGISTRY + 6

    second = importing.summary()
    assert second["registry"] == {"new": 0, "there": REGISTRY}
    assert (new(second), there(second)) == (0, 6)
    assert [entry.leaf for entry in importing.entries()] == [entry.leaf for entry in logged]


def test_an_import_is_attested_and_late(importing: Importing) -> None:
    """The departments say it, long after it happened; the ledger takes it as it is."""
    importing.log.write_text(csv_text(ROWS[0].replace("2026", "2010")), encoding="utf-8")
    importing.summary()
    entry = importing.entries()[-1]
    assert entry.event is not None
    assert entry.attested
    assert entry.event["time"] == "2010-01-05T01:00:00.123Z"
    assert entry.event["official"] == "li"


def test_what_the_mapping_adds_is_told_first(importing: Importing) -> None:
    result = importing.run()
    assert result.exit_code == 0
    told = result.stderr.splitlines()
    assert told[0].startswith("mapping sample: these are the mapping's words")
    assert any(line.split() == ["use.recorded.v1", "use_kind", "act"] for line in told)
    assert result.stdout.splitlines()[-1] == "feedback 1  share 2  use 3"
    assert "\x1b" not in result.output  # no progress but on a terminal


def test_keys_are_private_and_lasting(importing: Importing) -> None:
    importing.summary()
    folder = importing.home / "keys" / "import" / "sample"
    keys = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert sorted(keys) == ["archive-1.pem", "not-stated.pem", "permits.pem"]
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    importing.summary()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == keys


def test_a_key_that_others_can_read_is_refused(importing: Importing) -> None:
    importing.summary()
    (importing.home / "keys" / "import" / "sample" / "permits.pem").chmod(0o644)
    result = importing.run()
    assert result.exit_code == 7
    assert "permits.pem can be read by others" in result.stderr


def test_a_key_of_another_kind_is_refused(importing: Importing) -> None:
    importing.summary()
    path = importing.home / "keys" / "import" / "sample" / "permits.pem"
    path.write_bytes(PrivateKey.generate("p256").to_pem())
    result = importing.run()
    assert result.exit_code == 2
    assert "permits.pem is no Ed25519 key" in result.stderr


def test_a_refused_line_is_told(importing: Importing) -> None:
    """Another statement has the id: the rest goes in, and the exit code is 7."""
    importing.summary("--limit", "1")
    importing.log.write_text(csv_text(ROWS[0].replace(",3,", ",4,"), *ROWS[1:]), encoding="utf-8")
    result = importing.run()
    assert result.exit_code == 7
    assert "line 2, event E-1: conflict: " in result.stderr
    assert len(importing.entries()) == REGISTRY + 6


@pytest.mark.parametrize("limit", [1, 4])
def test_a_beginning_and_then_the_whole(importing: Importing, limit: int) -> None:
    assert new(importing.summary("--limit", str(limit))) == limit
    whole = importing.summary()
    assert (new(whole), there(whole)) == (6 - limit, limit)
    entries = importing.entries()
    assert len(entries) == REGISTRY + 6


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda made: made.mapping.write_text("mapping = 2"), "sample.toml: mapping: "),
        (lambda made: made.log.write_text("a,b\n"), "log.csv, line 1, column '编号'"),
        (
            lambda made: made.mapping.write_bytes(
                sample_toml(('channel = "not_stated"', 'channel = "pigeon"'))
            ),
            "log.csv, line 2: activity '送达' never becomes a sound event: /data/channel",
        ),
        (lambda made: made.log.write_text(csv_text()), "log.csv holds no event"),
    ],
)
def test_what_is_wrong_is_found_before_anything_is_written(
    importing: Importing, spoil: Callable[[Importing], object], words: str
) -> None:
    spoil(importing)
    result = importing.run()
    assert result.exit_code == 2
    assert words in result.stderr
    assert importing.entries() == []
    assert not (importing.home / "keys" / "import").exists()


@pytest.mark.parametrize("gone", ["log", "mapping"])
def test_a_missing_file(importing: Importing, gone: str) -> None:
    getattr(importing, gone).unlink()
    assert importing.run().exit_code == 6


def test_no_ledger(tmp_path: Path) -> None:
    result = Importing(tmp_path).run()
    assert result.exit_code == 6
    assert "no ledger in this home" in result.stderr


@pytest.mark.parametrize(
    ("url", "exit_code", "words"),
    [
        ("mysql://x/y", 2, "ZELIAN_DATABASE_URL must be such as"),
        ("postgresql://nobody@127.0.0.1:9/none", 4, "cannot be reached"),
    ],
)
def test_a_database_that_is_none_or_away(
    importing: Importing, url: str, exit_code: int, words: str
) -> None:
    """Told as by every other command."""
    importing.environment["ZELIAN_DATABASE_URL"] = url
    result = importing.run()
    assert (result.exit_code, words in result.stderr) == (exit_code, True), result.stderr
