"""``zelian import --dry-run``: everything is judged, nothing is logged or written."""

from pathlib import Path

from tests.integration.cli.imports import ALL, REGISTRY, Importing, new
from tests.unit.importing.sample import ROWS, csv_text, sample_toml


def test_a_dry_run_logs_and_writes_nothing(importing: Importing) -> None:
    before = sorted(path for path in importing.home.rglob("*"))
    summary = importing.summary("--dry-run")
    assert summary["dry_run"]
    assert (new(summary), summary["registry"]) == (6, ALL)
    assert importing.entries() == []
    assert sorted(path for path in importing.home.rglob("*")) == before


def test_a_dry_run_needs_no_ledger(tmp_path: Path) -> None:
    made = Importing(tmp_path)
    assert new(made.summary("--dry-run")) == 6
    assert not made.home.exists()


def test_a_dry_run_names_what_would_be_refused(importing: Importing) -> None:
    """One row, not all of its activity: that is the ledger's to refuse."""
    importing.mapping.write_bytes(
        sample_toml(('code = "C1"', 'code = "C1"\ndata = { purpose = "{official}" }'))
    )
    assert importing.summary("--dry-run")["refusals"] == []
    importing.mapping.write_bytes(
        sample_toml(
            (
                "[fields.records]",
                '[fields.note]\ncolumn = "经办"\nas = "text"\n'
                "may_be_empty = true\n[fields.records]",
            ),
            ('code = "C1"', 'code = "C1"\ndata = { purpose = "{note}" }'),
        )
    )
    rows = [*ROWS[:5], ROWS[5].replace("Wang", "13912345678")]
    importing.log.write_text(csv_text(*rows), encoding="utf-8")
    for options in (["--dry-run"], []):
        (refusal,) = importing.summary(*options, exit_code=7)["refusals"]
        assert (refusal["line"], refusal["id"]) == (7, "E-6")
        assert (refusal["code"], refusal["pointer"]) == ("forbidden_content", "/data/purpose")
    assert len(importing.entries()) == REGISTRY + 1 + 5  # one official more
