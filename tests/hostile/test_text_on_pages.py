"""Text that would run elsewhere, in every text member of every type: no page or table runs it.

The members are found by the types' own declarations. Pages are read by an HTML parser: what
was sent may stand there as text alone.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from crypto.archive import read_archive
from ledger.events.fields import Kind, ListOf, Object, Text
from ledger.events.types import EVENT_TYPES
from tests.hostile.serving import Served, served_town
from tests.roles import town
from tests.signing_in import sign_in
from tests.unit.events import examples
from tests.world import ORIGIN, World

MARK = "evil"
TEXT = "=1+1;</script></text></td><script>evil(1)</script><img src=x onerror='evil(2)'>\"'&lt;{{1}}"
# An anonymous complaint, and what tells nothing of a reading under seal, have no such members.
NOTHING_MORE = ("complaint.received", "access.sealed")


def hostile(kind: Kind, value: Any) -> Any:
    """Put the text into every member of kind *text* below *value*."""
    if isinstance(kind, Text):
        return TEXT
    if isinstance(kind, ListOf):
        items = [hostile(kind.item, item) for item in value]  # none may stand twice
        return [f"{one}{n}" if isinstance(kind.item, Text) else one for n, one in enumerate(items)]
    if isinstance(kind, Object):
        return of_members(kind.members, value)
    return value


def of_members(members: Mapping[str, Kind], value: dict[str, Any]) -> dict[str, Any]:
    """The same for an object, and in each text that it may have and has not."""
    more = {n: TEXT for n, kind in members.items() if isinstance(kind, Text) and n not in value}
    return {n: hostile(members[n], v) if n in members else v for n, v in value.items()} | more


def of_type(name: str, data: dict[str, Any]) -> dict[str, Any]:
    found = of_members(EVENT_TYPES[f"zelian.{name}.v1"].data.members, data)
    return {n: v for n, v in found.items() if n in data or name not in NOTHING_MORE}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A town in which whoever speaks writes such text wherever text may stand."""
    said = World.registry

    def load(path: Path) -> examples.Example:
        example = examples.load(path)
        accepted = example["accepted"]
        return example | {"accepted": accepted | {"data": of_type(path.stem, accepted["data"])}}

    def registry(self: World, kind: str, subject: str, data: dict[str, Any]) -> dict[str, Any]:
        return said(self, kind, subject, of_type(kind, data))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(town, "load", load)
        patch.setattr(World, "registry", registry)
        with served_town(tmp_path_factory.mktemp("text") / "home") as made:
            yield made


@pytest.fixture(scope="module")
def client(served: Served) -> FlaskClient:
    """The supervisory body's, which reads everything."""
    found = served.app.test_client()
    sign_in(found, served.town.key_of("supervisory"), ORIGIN, served.town.world.clock())
    found.environ_base["HTTP_X_ZELIAN_REASON"] = "audit"
    return found


class Seen(HTMLParser):
    """The elements, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def check_page(page: str, scripts: int = 0) -> Seen:
    seen = Seen(page)
    assert seen.tags.count("script") == scripts
    assert not {"img", "iframe", "object", "embed", "base"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    assert not [v for n, v in seen.attributes if n in ("href", "src") and MARK in v]
    return seen


def refs(served: Served, name: str) -> list[str]:
    """Every thing of a kind that somebody named."""
    ledger = served.town.world.ledger
    assert ledger is not None
    events = [ledger.entry(index).event for index in range(ledger.size())]
    found = {(event or {"data": {}})["data"].get("refs", {}).get(name) for event in events}
    return sorted(ref for ref in found if ref)


def test_texts_are_in_the_ledger(served: Served) -> None:
    """Else nothing below would show anything: each type that has texts brought them in."""
    ledger = served.town.world.ledger
    assert ledger is not None
    events = [ledger.entry(index).event for index in range(ledger.size())]
    types = {event["type"] for event in events if event and MARK in str(event["data"])}
    assert len(types) > 40


def test_pages_show_it_as_text(served: Served, client: FlaskClient) -> None:
    shown = ""
    for address in ("/", "/answers", "/api/problems", "/api/problems/conflict"):
        for language in ("en", "zh-CN"):
            page = client.get(address, headers={"Accept-Language": language})
            assert page.status_code == 200
            check_page(page.text, page.text.count('<script src="/static/'))
    pages = [f"/api/v1/acts/{ref}/responsibility?format=html" for ref in refs(served, "act")]
    pages += [f"/api/v1/grants/{ref}/file?format=html" for ref in refs(served, "grant")]
    answers = [client.get(address) for address in pages]
    found = [answer.text for answer in answers if answer.status_code == 200]
    assert len(found) > 3
    for text in found:
        shown += check_page(text).text
    assert MARK in shown


def test_pictures_hold_no_element_of_it(served: Served, client: FlaskClient) -> None:
    for ref in refs(served, "act"):
        for form in ("svg", "mermaid"):
            answer = client.get(f"/api/v1/acts/{ref}/responsibility?format={form}")
            if answer.status_code == 200:
                assert "<script" not in answer.text
                assert "<img" not in answer.text


def test_problem_pages_do_not_repeat_it(client: FlaskClient) -> None:
    for address in (f"/{TEXT}", f"/api/problems/{TEXT}", f"/api/v1/entries?q={TEXT}", "/answers"):
        answer = client.post(address, data={"code": TEXT}) if address == "/answers" else None
        answer = answer or client.get(address)
        assert answer.status_code >= 400
        assert "<script>" not in answer.text


def test_a_bundles_page_shows_it_as_text(served: Served, client: FlaskClient) -> None:
    """``report.html`` runs scripts of its own; what was said stands in data that they read."""
    checked = 0
    for name in ("act", "item", "grant"):
        for ref in refs(served, name)[:2]:
            answer = client.get(f"/api/v1/evidence?{name}={ref}")
            if answer.status_code != 200:
                continue
            page = read_archive(answer.data)["report.html"].decode()
            assert Seen(page).tags.count("script") == 2  # the bundle's bytes, and the program
            assert "<script>evil" not in page
            assert "<img src=x" not in page
            checked += 1
    assert checked


LISTS = (
    "requests", "grants", "agreements", "deliveries", "uses", "corrections", "disputes", "items",
    "acts", "matters", "determinations", "findings", "obligations",
)  # fmt: skip


def test_no_table_holds_a_formula(served: Served, client: FlaskClient) -> None:
    tables = [f"/api/v1/{name}?format=csv" for name in LISTS]
    tables += ["/api/v1/entries?q=&format=csv"]
    tables += [f"/api/v1/grants/{ref}/file?format=csv" for ref in refs(served, "grant")]
    cells = read = 0
    for address in tables:
        answer = client.get(address)
        if "csv" not in answer.headers["Content-Type"]:
            continue
        read += 1
        for row in csv.reader(io.StringIO(answer.text, newline=""), strict=True):
            assert not [cell for cell in row if cell.startswith(("=", "+", "@", "\t", "\r"))]
            cells += len(row)
    assert read >= len(LISTS) - 2
    assert cells > 100


def test_a_calendar_has_no_line_of_it(client: FlaskClient) -> None:
    """Text is escaped by RFC 5545; a line that it would begin is none of a calendar's."""
    answer = client.get("/api/v1/obligations?format=ics")
    assert answer.status_code == 200
    lines = re.sub("\r\n[ \t]", "", answer.text).split("\r\n")
    assert "\n" not in "".join(lines)
    assert all(re.match(r"[A-Z-]+[:;]", line) for line in lines if line)
