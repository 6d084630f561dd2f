"""``zelian import`` of XES: logged once, however often it is run, with what opens each case."""

import gzip
from pathlib import Path

from tests.integration.cli.conftest import Zelian
from tests.unit.importing.sample import ROWS, csv_text, sample_toml
from tests.unit.importing.test_import_opening import DUE, OPENING
from tests.unit.importing.test_import_xes import CASE, XES, traces_of, xes_text


def test_a_gzipped_xes_log_by_a_mapping_based_on_another(zelian: Zelian, tmp_path: Path) -> None:
    """The mapping says what differs from the one of the same log as CSV, and no more."""
    zelian.ok("init", "--origin", "formats.example/yunling")
    (tmp_path / "sample.toml").write_bytes(sample_toml(DUE, OPENING))
    own = tmp_path / "xes.toml"
    own.write_text(
        'based_on = "sample.toml"\nformat = "xes"\n[fields.case]\ncolumn = "case:案件"\n',
        encoding="utf-8",
    )
    assert sample_toml(XES, CASE)  # the two keys are in the sample, and stand once
    log = tmp_path / "log.xes.gz"
    log.write_bytes(gzip.compress(xes_text(*traces_of(csv_text(*ROWS), "案件")).encode()))
    first = zelian.json("import", log, "--mapping", own)
    assert first["families"] == {"act": 2, "feedback": 1, "share": 2, "use": 3}
    again = zelian.json("import", log, "--mapping", own)
    assert {one["new"] for one in again["types"].values()} == {0}

    # The same log as CSV is the same statements.
    plain = tmp_path / "log.csv"
    plain.write_text(csv_text(*ROWS), encoding="utf-8")
    as_csv = zelian.json("import", plain, "--mapping", tmp_path / "sample.toml")
    assert {one["new"] for one in as_csv["types"].values()} == {0}
    assert as_csv["families"] == first["families"]


def test_a_refusal_names_what_is_counted(zelian: Zelian, tmp_path: Path) -> None:
    zelian.ok("init", "--origin", "formats.example/yunling")
    mapping = tmp_path / "xes.toml"
    mapping.write_bytes(sample_toml(XES, CASE))
    log = tmp_path / "log.xes"
    log.write_text('<!DOCTYPE log [<!ENTITY a "b">]><log/>', encoding="utf-8")
    result = zelian("import", log, "--mapping", mapping)
    assert result.exit_code == 2
    assert "log.xes, line 1: has a document type" in result.stderr
    assert zelian("import", log, "--mapping", tmp_path / "none.toml").exit_code == 6
    mapping.write_text('based_on = "none.toml"', encoding="utf-8")
    missing = zelian("import", log, "--mapping", mapping)
    assert (missing.exit_code, "none.toml" in missing.stderr) == (6, True)
