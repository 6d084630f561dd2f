"""``zelian trace`` and ``zelian impact``, on a home and on a server alike."""

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.home import write_private
from ledger.settings import Settings
from tests.integration.cli.conftest import Served, Zelian
from tests.sharing_story import ACT, GRANT, ITEM, USE, share, told
from tests.world import MZ, World


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("trace") / "home"
    world = World(Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1)).begin()
    assert world.ledger is not None
    evidence = [{"source": "shared", "use": USE, "item": ITEM, "reliance": "decisive"}]
    decided = told(world, "act.decided", MZ, {"act": ACT}, evidence=evidence, joint_with=None)
    for line in (*share(world), decided):
        world.ledger.submit(line)
    world.ledger.catch_up()
    world.close()
    return home


@pytest.fixture(scope="module")
def zelian(home: Path) -> Zelian:
    return Zelian(home)


def test_a_trace_is_a_tree_and_what_is_missing_stands_out(zelian: Zelian) -> None:
    lines = zelian.ok("trace", ACT).splitlines()
    assert lines[0].startswith(f"{ACT}  decided")
    assert lines[2] == "├─ who answers outside"
    assert lines[3].startswith("│  └─ answers outside for the act  MZ  #")
    assert any(GRANT in line and line.endswith("[4.6/2]") for line in lines)
    assert any("─ ! no delivery is named" in line for line in lines)
    assert any("not determined" in line for line in lines)
    chinese = zelian.chinese("trace", ACT).stdout
    assert "未认定" in chinese
    assert "分别承担" in chinese
    assert "连带" not in chinese


def test_a_row_of_the_matrix_stands_at_the_end(zelian: Zelian) -> None:
    text = zelian.ok("trace", ACT, "--defect", "D6")
    assert "└─ defect D6  v0: no matrix is in force, roles only" in text
    assert "examine first" in text
    other = zelian.json("trace", ACT, "--defect", "D6", "--item", "GA/I-9")["defect"]
    assert [one["what"] for one in other["lines"]] == ["item_not_used"]


def test_as_json_it_is_the_report(zelian: Zelian) -> None:
    found = zelian.json("trace", ACT)
    assert [one["use"] for one in found["branches"]] == [USE]
    before = found["evidence"][0]["entries"][0]
    assert zelian.json("trace", ACT, "--as-of", str(before))["as_of"] == before


def test_a_page_is_written_once(zelian: Zelian, tmp_path: Path) -> None:
    page = tmp_path / "trace.html"
    zelian.ok("trace", ACT, "--html", str(page))
    assert f"<h1>责任追溯 · Responsibility trace of act {ACT}</h1>" in page.read_text("utf-8")
    assert zelian("trace", ACT, "--html", str(page)).exit_code == 2


def test_the_graph_is_written_beside_the_page(zelian: Zelian, tmp_path: Path) -> None:
    drawing, chart = tmp_path / "act.svg", tmp_path / "act.mmd"
    zelian.ok("trace", ACT, "--svg", str(drawing), "--mermaid", str(chart))
    assert f"Responsibility graph {ACT}" in drawing.read_text("utf-8")
    assert chart.read_text("utf-8").startswith("flowchart RL\n")
    same = zelian("trace", ACT, "--html", str(tmp_path / "x"), "--svg", str(tmp_path / "x"))
    assert same.exit_code == 2
    assert zelian("trace", ACT, "--svg", str(tmp_path / "y"), "--json").exit_code == 2
    assert not (tmp_path / "x").exists()


def test_of_a_bundle_it_is_told_by_whoever_verifies_it(
    zelian: Zelian, home: Path, tmp_path: Path
) -> None:
    bundle, item = tmp_path / "act.zip", tmp_path / "item.zip"
    zelian("evidence", ACT, "--output", bundle)
    zelian("evidence", "--item", ITEM, "--output", item)
    trust = ("--policy", home / "trust-policy", "--identity", (home / "identity").read_text()[:64])
    empty = Zelian(tmp_path / "nothing")
    told = empty("verify", "bundle", bundle, *trust, "--trace")
    assert (told.exit_code, told.stderr) == (0, "verdict: OK\n")
    assert f"\n{ACT}  decided" in told.stdout
    as_json = empty("verify", "bundle", bundle, *trust, "--trace", "--json")
    assert json.loads(as_json.stdout)["trace"]["act"]["ref"] == ACT
    assert empty("verify", "bundle", item, *trust, "--trace").exit_code == 2


def test_what_relied_on_an_item(zelian: Zelian) -> None:
    lines = zelian.ok("impact", ITEM).splitlines()
    assert lines[0] == f"{ITEM}: 1 uses (1 decisive), 1 acts, 1 departments"
    assert USE in lines[1]
    assert ACT in lines[1]
    assert "未告知的部门" in zelian.chinese("impact", ITEM).stdout
    assert zelian.json("impact", ITEM, "--version", "never")["uses"] == []


def test_what_follows_is_written_to_be_signed(zelian: Zelian, tmp_path: Path) -> None:
    folder = tmp_path / "drafts"
    zelian.ok("impact", ITEM, "--prepare", folder)
    notice = json.loads((folder / "notice.json").read_text("utf-8"))
    assert notice["data"]["consumers"] == [MZ]
    key = tmp_path / "li.pem"
    write_private(key, World.li.to_pem())
    signed = tmp_path / "draft.json"
    said = notice | {"official": "li", "tier": "handler"}
    signed.write_text(json.dumps(said), "utf-8")
    statement = zelian.ok("sign", signed, "--key", key)
    envelope = tmp_path / "notice.statement"
    envelope.write_text(statement, "utf-8")
    zelian.ok("submit", envelope)
    assert zelian.json("impact", ITEM)["untold"] == []
    assert zelian("impact", ITEM, "--prepare", folder).exit_code == 2


@pytest.mark.parametrize(
    "asked",
    [
        ["trace", "A-1"],
        ["trace", ACT, "--defect", "D99"],
        ["trace", ACT, "--item", ITEM],
        ["trace", ACT, "--defect", "D1", "--item", "I-1"],
        ["trace", ACT, "--html", "x.html", "--json"],
        ["impact", "I-1"],
        ["impact", ITEM, "--version", "1", "--delivery", "GA/D-1"],
        ["impact", ITEM, "--delivery", "D-1"],
    ],
)
def test_what_cannot_be_asked_is_refused(zelian: Zelian, asked: list[str]) -> None:
    assert zelian(*asked).exit_code == 2


def test_what_is_not_there_is_not_found(zelian: Zelian) -> None:
    assert zelian("trace", "MZ/NEVER").exit_code == 6
    assert zelian("impact", "GA/NEVER").exit_code == 6


def test_a_server_shows_the_same_to_who_may_read_it(
    home: Path, zelian: Zelian, serve: Callable[[Path], Served], tmp_path: Path
) -> None:
    key = tmp_path / "zhang.pem"
    write_private(key, World.zhang.to_pem())
    there = ("--server", serve(home).url)
    assert zelian("trace", ACT, *there).exit_code == 5
    zelian.ok("login", "--key", key, *there)
    shown = zelian.json("trace", ACT, *there)
    assert [one["use"] for one in shown["branches"]] == [USE]
    assert [one["ref"] for one in zelian.json("impact", ITEM, *there)["uses"]] == [USE]


def test_a_case_of_a_real_log_names_who_acted_in_order_and_nobody_else(tmp_path: Path) -> None:
    source = Path(__file__).resolve().parents[4] / "shared" / "data" / "receipt.csv.gz"
    if not source.exists():
        pytest.skip("the municipal log is not beside the project")
    with gzip.open(source, "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["case:concept:name"] == "case-10011"]
    kept = tmp_path / "case.csv"
    with kept.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, [*rows[0]])
        writer.writeheader()
        writer.writerows(rows)
    municipal = Zelian(tmp_path / "home")
    municipal.ok("init", "--origin", "municipal.example/log")
    municipal.ok("import", kept, "--mapping", "examples/receipt.toml")
    found = municipal.json("trace", "municipality/case-10011")
    acted = [(row["org:group"], row["org:resource"]) for row in rows]
    named = [(group.lower().replace(" ", "-"), who.lower()) for group, who in dict.fromkeys(acted)]
    assert [(one["department"], one["official"]) for one in found["people"]] == named
    assert {one["what"] for one in found["people"]} == {"attested"}
