"""XES: the same statements as from CSV, and nothing of what makes XML dangerous."""

import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

from cli.failures import Failure
from cli.importing.cases import in_order
from cli.importing.declared import LogMapping
from cli.importing.events import prepare
from cli.importing.mapping import read_mapping
from cli.importing.rows import Cells, Source, read_source
from cli.importing.values import read_rows
from cli.importing.xes import MAX_DEPTH, MAX_VALUE, read_xes
from tests.unit.importing.sample import ROWS, csv_text, sample_mapping
from tests.world import seed

PROJECT = Path(__file__).parents[3]
EXAMPLES = PROJECT / "examples"
LOG = PROJECT.parent / "shared" / "data" / "receipt.csv.gz"
XES = ('format = "csv"', 'format = "xes"')
CASE = ('column = "案件"', 'column = "case:案件"')
EXTENSION = '<extension name="Concept" prefix="concept" uri="http://xes-standard.org/c.xesext"/>'
GLOBAL = '<global scope="event"><string key="部门" value="DEFAULT"/></global>'


def attributes(cells: dict[str, str]) -> str:
    return "".join(
        f"<{kind} key={quoteattr(key)} value={quoteattr(value)}/>"
        for key, value in cells.items()
        for kind in ("date" if ":" in value else "string",)
    )


def xes_text(*traces: tuple[dict[str, str], list[dict[str, str]]], head: str = "") -> str:
    """A log of cases, each with its attributes and events."""
    body = "".join(
        f"<trace>{attributes(case)}"
        + "".join(f"<event>{attributes(event)}</event>\n" for event in events)
        + "</trace>\n"
        for case, events in traces
    )
    return f'{head}<log xmlns="http://www.xes-standard.org/" xes.version="1849-2016">{body}</log>'


def traces_of(text: str, case: str) -> Iterator[tuple[dict[str, str], list[dict[str, str]]]]:
    """The rows of a CSV text by case; columns ``case:…`` and *case* are of the trace."""
    cases: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        cases.setdefault(row[case], []).append({k: v for k, v in row.items() if v != ""})
    for rows in cases.values():
        of_case = {k: v for k, v in rows[0].items() if k == case or k.startswith("case:")}
        yield (
            {k.removeprefix("case:"): v for k, v in of_case.items()},
            [{k: v for k, v in row.items() if k not in of_case} for row in rows],
        )


def cells(text: str, mapping: LogMapping | None = None) -> list[Cells]:
    return list(read_xes(Source("log.xes", text), mapping or sample_mapping(XES, CASE)))


def one_event(**changes: str) -> str:
    [(case, events), *_] = traces_of(csv_text(ROWS[0]), "案件")
    return xes_text((case, [{**events[0], **changes}]))


def test_the_same_statements_as_from_csv() -> None:
    text = xes_text(*traces_of(csv_text(*ROWS), "案件"), head='<?xml version="1.0"?>')
    mapping = sample_mapping(XES, CASE)
    key = seed(1)
    found = [
        {one.id: one.envelope for one in prepare(in_order(rows), log, "x.example/y", lambda _: key)}
        for rows, log in (
            (read_rows(Source("log.xes", text), mapping).events, mapping),
            (read_rows(Source("log.csv", csv_text(*ROWS)), sample_mapping()).events, mapping),
        )
    ]
    assert found[0] == found[1]
    assert len(found[0]) == len(ROWS)


def test_a_row_is_an_event_and_has_its_line() -> None:
    events = [{"编号": "E-1", "环节": "送达"}, {"编号": "E-2", "环节": "核验", "份数": "3"}]
    text = xes_text(({"案件": "A-1"}, events), head=f"<!-- {EXTENSION} -->\n")
    first, second = cells(text, narrow("编号", "案件", "环节", "份数"))
    assert (first.line, second.line) == (2, 3)
    assert second.cells == {"编号": "E-2", "case:案件": "A-1", "环节": "核验", "份数": "3"}
    assert first.cells["份数"] == ""


def narrow(*columns: str) -> LogMapping:
    """The sample's mapping with these of its columns alone."""
    whole = sample_mapping(XES, CASE)
    wanted = {f"case:{name}" if name == "案件" else name for name in columns}
    fields = {name: field for name, field in whole.fields.items() if field.column in wanted}
    slots = {name: getattr(whole, name) for name in whole.__slots__}
    return LogMapping(**{**slots, "fields": fields, "expected": {}})


def test_what_says_nothing_of_the_event_is_passed_over() -> None:
    inner = '<string key="部门" value="inside"/>'
    text = one_event().replace('value="E-1"/>', f'value="E-1">{inner}</string>')
    text = text.replace("<trace>", f'{EXTENSION}{GLOBAL}<classifier name="A" keys="x"/><trace>')
    text = text.replace("<event>", '<event><list key="l"><string key="部门" value="x"/></list>')
    [row] = cells(text)
    assert row.cells["部门"] == "Archive 1"


def test_a_default_of_the_log_fills_no_gap() -> None:
    [(case, events)] = traces_of(csv_text(ROWS[0]), "案件")
    whole = events[0]
    gap = {k: v for k, v in whole.items() if k != "部门"}
    text = xes_text((case, [whole, gap])).replace("<trace>", f"{GLOBAL}<trace>")
    assert [row.cells["部门"] for row in cells(text)] == ["Archive 1", ""]
    with pytest.raises(Failure, match="'部门': is empty"):
        read_rows(Source("log.xes", text), sample_mapping(XES, CASE))


def test_a_column_that_no_event_has() -> None:
    with pytest.raises(Failure, match="the mapping names it, no event has it"):
        cells(one_event().replace('key="份数"', 'key="份"'))


def test_other_prefixes_of_the_namespace_are_the_same() -> None:
    text = one_event()
    for name in ("log", "trace", "event", "string", "date"):
        text = text.replace(f"<{name} ", f"<x:{name} ").replace(f"<{name}>", f"<x:{name}>")
        text = text.replace(f"</{name}>", f"</x:{name}>")
    assert cells(text.replace("xmlns=", "xmlns:x=")) == cells(one_event())


ENTITY = '<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not XML"),
        ("<log>", "not XML"),
        ("编号,案件", "not XML"),
        ("<html></html>", "the root of XES is log"),
        (ENTITY + one_event(), "document type"),
        ('<!DOCTYPE log SYSTEM "http://192.0.2.1/x.dtd">' + one_event(), "document type"),
        (one_event().replace("E-1", "&a;"), "not XML: undefined entity"),
        (one_event().replace("<event>", "<trace><event>"), "trace stands in log/trace"),
        ("<log><event/></log>", "event stands in log"),
        (one_event().replace(' value="E-1"', ""), "an attribute has a key and a value"),
        (one_event().replace('key="部门"', 'key="编号"'), "the key '编号' stands twice"),
        (one_event().replace("</trace>", '<string key="k" value="v"/></trace>'), "before its"),
        ("<log>" + "<a>" * MAX_DEPTH + "</a>" * MAX_DEPTH + "</log>", "nested deeper"),
        (one_event(经办="x" * (MAX_VALUE + 1)), "longer than"),
    ],
)
def test_what_is_no_sound_xes(text: str, words: str) -> None:
    with pytest.raises(Failure) as caught:
        cells(text)
    assert words in caught.value.en
    assert caught.value.en.startswith("log.xes, line ")
    assert caught.value.exit_code == 2


def test_the_declared_encoding_counts_for_nothing() -> None:
    """The file is UTF-8 or refused: what it says of itself opens no other decoder."""
    text = '<?xml version="1.0" encoding="utf-16"?>' + one_event()
    assert cells(text) == cells(one_event())


def test_a_gzipped_file_is_read_by_its_mapping(tmp_path: Path) -> None:
    path = tmp_path / "log.xes.gz"
    path.write_bytes(gzip.compress(one_event().encode()))
    source = read_source(path, "xes")
    assert len(read_rows(source, sample_mapping(XES, CASE)).events) == 1


def test_a_delimiter_is_for_csv_only() -> None:
    with pytest.raises(Failure, match="delimiter"):
        sample_mapping((XES[0], f'{XES[1]}\ndelimiter = ";"'))


@pytest.mark.skipif(not LOG.exists(), reason="the municipality's log is not shipped")
def test_the_example_reads_the_real_log_as_xes() -> None:
    """Turned into XES, the municipality's log gives the very statements that CSV gives."""
    text = read_source(LOG).text
    beside = lambda name: (EXAMPLES / name).read_bytes()  # noqa: E731
    own = read_mapping(beside("receipt-xes.toml"), "receipt-xes.toml", beside)
    plain = read_mapping(beside("receipt.toml"), "receipt.toml")
    xes = xes_text(*traces_of(text, "case:concept:name"))
    key = seed(1)
    digests = []
    for source, mapping in ((Source("r.xes", xes), own), (Source("r.csv", text), plain)):
        steps = in_order(read_rows(source, mapping).events, mapping)
        made = prepare(steps, mapping, "x.example/y", lambda _: key)
        digests.append({one.digest for one in made})
    assert digests[0] == digests[1]
    assert len(digests[0]) == 8577
