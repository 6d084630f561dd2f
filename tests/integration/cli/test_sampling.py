"""``zelian sample``: the same again, and papers that say what the ledger holds."""

import html
import json
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cli.door import Shown, open_door
from crypto.merkle import leaf_hash
from ledger.home import write_private
from ledger.reconciliation.sample import Tree, draw
from ledger.settings import Settings
from tests.integration.cli.conftest import Served, Zelian
from tests.sharing_story import share
from tests.world import World

HOSTILE = "<script>alert('x')</script>&\"' 低保"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("sampled") / "home"
    world = World(Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1)).begin()
    assert world.ledger is not None
    for line in share(world):
        world.ledger.submit(line)
    world.ledger.catch_up()
    world.close()
    return home


@pytest.fixture
def zelian(home: Path) -> Zelian:
    return Zelian(home)


def indexes(answer: dict[str, Any]) -> list[int]:
    return [one["index"] for one in answer["entries"]]


def test_another_draws_the_same_from_what_is_printed(zelian: Zelian) -> None:
    answer = zelian.json("sample", "--seed", "2026-03", "-n", 5)
    assert zelian.json("sample", "--seed", "2026-03", "--n", 5) == answer
    tree = Tree(answer["size"], bytes.fromhex(answer["root"]))
    again = draw("2026-03", tree, range(answer["size"]), 5)
    assert [one.index for one in again] == indexes(answer)
    assert answer["population"] == answer["size"]
    assert indexes(zelian.json("sample", "--seed", "2026-04", "-n", 5)) != indexes(answer)


def test_the_query_is_the_population(zelian: Zelian) -> None:
    found = [json.loads(line) for line in zelian.ok("log", "grant:GA/G-1", "--json").splitlines()]
    answer = zelian.json("sample", "--seed", "s", "grant:GA/G-1", "-n", 100)
    assert answer["population"] == len(found) > 3
    assert sorted(indexes(answer)) == sorted(one["index"] for one in found)
    turned = zelian.json("sample", "--seed", "s", "grant:GA/G-1", "-type:use.recorded", "-n", 100)
    assert turned["population"] == len(found) - 1
    for one in answer["entries"]:
        assert one["leaf_hash"] == leaf_hash(one["header"].encode()).hex()


def test_lines_for_people(zelian: Zelian) -> None:
    result = zelian("sample", "--seed", "s", "type:use.recorded")
    [line] = result.stdout.splitlines()
    assert "Use recorded" in line
    assert "method zelian/sample/1" in result.stderr
    assert "1 of 1 entries" in result.stderr
    assert (
        "从 1 条中抽取 1 条" in zelian.chinese("sample", "--seed", "s", "type:use.recorded").stderr
    )


def test_under_an_earlier_checkpoint(zelian: Zelian) -> None:
    whole = zelian.json("sample", "--seed", "s")
    size = whole["size"] - 1
    earlier = zelian.json("sample", "--seed", "s", "--as-of", size)
    assert (earlier["size"], earlier["population"]) == (size, size)
    assert earlier["root"] != whole["root"]
    assert zelian("sample", "--seed", "s", "--as-of", whole["size"] + 9).exit_code == 6


@pytest.mark.parametrize(
    ("args", "code"),
    [([], 2), (["--seed", ""], 2), (["--seed", "a\nb"], 2), (["--seed", "s", "nothing"], 2)],
)
def test_what_is_asked_wrongly(zelian: Zelian, args: list[str], code: int) -> None:
    assert zelian("sample", *args).exit_code == code


class Forging:
    """A door that shows a header of its own making for one entry; all else is the home's."""

    def __init__(self, door: Any, index: int) -> None:
        self._door, self._index = door, index

    def __getattr__(self, name: str) -> Any:
        return getattr(self._door, name)

    def entry(self, index: int) -> Shown:
        shown: Shown = self._door.entry(index)
        if index != self._index:
            return shown
        forged = re.sub(rb'"statement":"[0-9a-f]{64}"', b'"statement":"%064d"' % 0, shown.header)
        assert forged != shown.header
        return replace(shown, header=forged, envelope=None, event=None)


def test_an_entry_that_is_not_in_the_tree_is_not_drawn(
    zelian: Zelian, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Well formed, at its place, and not what the checkpoint commits to: exit code 1."""

    @contextmanager
    def forging(*, writes: bool) -> Iterator[Any]:
        with open_door(writes=writes) as door:
            yield Forging(door, 3)

    monkeypatch.setattr("cli.sample.open_door", forging)
    result = zelian("sample", "--seed", "s", "-n", 100)
    assert (result.exit_code, result.stdout) == (1, ""), result.stderr
    assert "entry 3" in result.stderr


# Working papers


def papers(zelian: Zelian, folder: Path, *args: object) -> dict[str, str]:
    zelian.ok("sample", "--seed", "s<b>", "--papers", folder, *args)
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def test_a_paper_an_entry_in_both_languages(zelian: Zelian, tmp_path: Path) -> None:
    found = papers(zelian, tmp_path / "papers", "grant:GA/G-1", "-n", 3)
    facts = json.loads(found["sample.json"])
    answer = zelian.json("sample", "--seed", "s<b>", "grant:GA/G-1", "-n", 3)
    assert facts["entries"] == indexes(answer)
    assert sorted(found) == sorted(
        ["index.html", "sample.json", *(f"entry-{index}.html" for index in facts["entries"])]
    )
    for one in answer["entries"]:
        page = found[f"entry-{one['index']}.html"]
        event = one["event"]
        for wanted in (
            one["leaf_hash"], one["statement"], *event["data"]["signers"], answer["root"],
            one["rank"], event["official"], "+08:00", "取证单", "Working paper",
            "取证人签名、日期", "Reviewed by",
        ):  # fmt: skip
            assert wanted in page, wanted
        assert f'href="entry-{one["index"]}.html"' in found["index.html"]


def test_papers_load_nothing_and_are_their_owners(zelian: Zelian, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    found = papers(zelian, folder)
    for name, page in found.items():
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
        assert "s<b>" not in page or name == "sample.json"
        if name.endswith(".html"):
            assert "default-src 'none'" in page
            assert not re.search(r"<(?:script|img|link|iframe)|(?:src|href)=\"(?!entry-)", page)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_others_wrote_is_text_on_a_paper(demo: Zelian, tmp_path: Path) -> None:
    demo.ok("submit", "-", stdin=demo.signed(2, data={"purpose": HOSTILE}))
    found = papers(demo, tmp_path / "papers", "type:use.recorded")
    pages = [page for name, page in found.items() if name.endswith(".html")]
    [page] = [page for page in pages if "alert" in page]
    assert "<script" not in page
    assert html.escape(HOSTILE) in page


def test_an_existing_folder_is_refused_before_anything_is_read(
    zelian: Zelian, tmp_path: Path
) -> None:
    (tmp_path / "papers").mkdir()
    result = zelian("sample", "--seed", "s", "--papers", tmp_path / "papers")
    assert result.exit_code == 7
    assert list((tmp_path / "papers").iterdir()) == []


def test_an_entry_without_statement_has_a_paper_too(
    home: Path, tmp_path: Path, serve: Callable[[Path], Served]
) -> None:
    """On a server: the draw is the same, and what the session may not read is said to be so."""
    zelian = Zelian(home)
    key = tmp_path / "li.pem"
    write_private(key, World.li.to_pem())
    there = ("--server", serve(home).url)
    args = ("sample", "--seed", "s", "-n", 100)
    whole = zelian.json(*args)
    seen = zelian.json(*args, *there, "--key", key)
    assert indexes(seen) == indexes(whole)
    assert seen["whole_population"] is True  # without a query it is every entry
    asked = ("sample", "--seed", "s", "grant:GA/G-1", *there, "--key", key)
    assert zelian.json(*asked)["whole_population"] is False
    assert "not in the population" in zelian(*asked).stderr
    unsigned = zelian.json(*args, *there)
    assert indexes(unsigned) == indexes(whole)
    assert all(one["event"] is None for one in unsigned["entries"])
    zelian.ok(*args, *there, "--papers", tmp_path / "papers")
    pages = [path.read_text("utf-8") for path in (tmp_path / "papers").glob("entry-*.html")]
    assert len(pages) == whole["size"]
    assert all("陈述 · Statement" in page for page in pages)
