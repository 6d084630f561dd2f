"""A file is read strictly: what is wrong is named by its line and column."""

import gzip
from pathlib import Path

import pytest

from cli.failures import NOT_FOUND, USAGE, Failure
from cli.importing import rows as rows_module
from cli.importing.rows import Source, read_cells, read_source
from cli.importing.values import read_rows
from tests.unit.importing.sample import HEADER, ROWS, csv_text, sample_mapping, sample_rows

GOOD = ROWS[0]


def write(folder: Path, raw: bytes) -> Path:
    path = folder / "log.csv"
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_packed_or_not_marked_or_not(tmp_path: Path, pack, mark: bytes, line_end: str) -> None:  # type: ignore[no-untyped-def]
    """What the file holds decides, not its name."""
    raw = mark + csv_text(*ROWS).replace("\n", line_end).encode()
    source = read_source(write(tmp_path, pack(raw)))
    assert [row.text("event") for row in read_rows(source, sample_mapping()).events] == [
        row.split(",")[0] for row in ROWS
    ]


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(Failure) as caught:
        read_source(tmp_path / "none.csv")
    assert caught.value.exit_code == NOT_FOUND


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (gzip.compress(b"x", mtime=0)[:-9], "cannot be unpacked"),
        (gzip.compress(b"x" * 99, mtime=0)[:12] + b"\xff" * 20, "cannot be unpacked"),
        (b"a\nb\xff\n", "line 2: not UTF-8"),
    ],
    ids=["cut", "broken", "no text"],
)
def test_an_unreadable_file(tmp_path: Path, raw: bytes, words: str) -> None:
    with pytest.raises(Failure, match=words) as caught:
        read_source(write(tmp_path, raw))
    assert caught.value.exit_code == USAGE


def test_a_file_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that is small only while it is packed."""
    monkeypatch.setattr(rows_module, "MAX_BYTES", 100)
    read_source(write(tmp_path, gzip.compress(b"x" * 100)))
    with pytest.raises(Failure, match="more than 100 bytes"):
        read_source(write(tmp_path, gzip.compress(b"x" * 101)))


def test_rows_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_module, "MAX_ROWS", len(ROWS))
    sample_rows(*ROWS)
    with pytest.raises(Failure, match=r"line 8: more than 6 rows"):
        sample_rows(*ROWS, GOOD.replace("E-1", "E-9"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", r"line 1, column '编号': the mapping names it"),
        (csv_text(GOOD, header=HEADER.replace("时间", "时刻")), r"line 1, column '时间'"),
        (csv_text(GOOD, header=HEADER.replace("状态", "状况")), r"line 1, column '状态'"),
        (
            csv_text(GOOD, header=HEADER.replace("份数", "时间")),
            r"'时间': stands in the header twice",
        ),
        (csv_text(GOOD, GOOD + ",x"), r"line 3: 9 cells, the header has 8"),
        (csv_text(GOOD, ""), r"line 3: 0 cells"),
        (csv_text(GOOD, 'E-2,"A-1'), r"line 3: not CSV"),
        (csv_text(GOOD, 'E-2,"A"-1'), r"line 3: not CSV"),
    ],
)
def test_a_wrong_file(text: str, words: str) -> None:
    with pytest.raises(Failure, match=words) as caught:
        list(read_cells(Source("log.csv", text), sample_mapping()))
    assert caught.value.en.startswith("log.csv, line ")
    assert "nothing was sent" in caught.value.en


def test_a_line_is_that_in_which_the_row_begins() -> None:
    quoted = '"E-\n7"' + GOOD[3:]
    with pytest.raises(Failure, match=r"line 3, column '编号'"):
        sample_rows(GOOD, quoted)
    cells = list(read_cells(Source("log.csv", csv_text(quoted, GOOD)), sample_mapping()))
    assert [row.line for row in cells] == [2, 4]


def test_another_delimiter() -> None:
    mapping = sample_mapping(('format = "csv"', 'format = "csv"\ndelimiter = ";"'))
    text = csv_text(*ROWS).replace(",", ";")
    assert len(read_rows(Source("log.csv", text), mapping).events) == len(ROWS)
