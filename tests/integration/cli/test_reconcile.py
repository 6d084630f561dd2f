"""``zelian reconcile``: a platform's records and counts beside a ledger, on a home and a server."""

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.reconciliation_text import COLUMNS
from ledger.home import write_private
from ledger.settings import Settings
from tests.integration.cli.conftest import Served, Zelian
from tests.sharing_story import share
from tests.unit.importing.test_import_xroad import xroad_toml
from tests.unit.reconciliation.exchanged import both, record
from tests.world import World

ROOT = Path(__file__).parents[3]
REAL = ROOT.parent / "shared" / "data" / "xroad"
HEADER = "grant,from,to,calls\n"


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home into which the records of three exchanges were imported."""
    folder = tmp_path_factory.mktemp("reconciled")
    (folder / "xroad.toml").write_bytes(xroad_toml())
    (folder / "all.json").write_text(json.dumps(both(1, 2, 3)))
    made = Zelian(folder / "home")
    made.ok("init", "--origin", "reconcile.example/yunling")
    made.ok("import", folder / "all.json", "--mapping", folder / "xroad.toml")
    return folder


@pytest.fixture
def zelian(imported: Path) -> Zelian:
    return Zelian(imported / "home")


def written(folder: Path, records: list[dict[str, Any]], name: str = "r.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(records))
    return path


def reconciled(zelian: Zelian, imported: Path, file: Path, *options: object) -> dict[str, Any]:
    result = zelian("reconcile", file, "--mapping", imported / "xroad.toml", "--json", *options)
    answer: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == (3 if answer["differences"] else 0)
    return answer


def test_where_nothing_differs_it_says_so(zelian: Zelian, imported: Path) -> None:
    result = zelian("reconcile", imported / "all.json", "--mapping", imported / "xroad.toml")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[-1] == "nothing differs"
    assert "  grant       GA/G-1  consumer  3/3  100.0%" in lines
    told = result.stderr
    assert "times may differ by 60 s" in told
    assert "YL/GOV/MZ/DIBAO" in told  # the names under which it looked


def test_one_record_withheld(zelian: Zelian, imported: Path, tmp_path: Path) -> None:
    """The producer's record of the second exchange: told by one side only."""
    file = written(tmp_path, [*both(1, 3), record("Client", 2)])
    answer = reconciled(zelian, imported, file)
    [one] = answer["differences"]
    assert (one["kind"], one["party"], one["id"]) == ("one_side", "provider", "r-2")
    assert answer["platform"]["both_sides"] == 2
    assert answer["coverage"][0] == {
        "of": "department", "name": "GA", "party": "provider", "recorded": 3, "calls": 3,
    }  # fmt: skip
    assert answer["tolerance_s"] == 60
    assert answer["sees_all"] is True


def test_what_the_ledger_has_not_and_what_the_platform_has_not(
    zelian: Zelian, imported: Path, tmp_path: Path
) -> None:
    answer = reconciled(zelian, imported, written(tmp_path, both(1, 3, 4)))
    found = [(one["kind"], one["party"]) for one in answer["differences"]]
    assert found == [
        ("not_recorded", "provider"),
        ("not_recorded", "consumer"),
        ("not_exchanged", "provider"),
        ("not_exchanged", "consumer"),
    ]
    assert answer["differences"][2]["entry"] == 9


def test_chinese_csv_and_gzip(zelian: Zelian, imported: Path, tmp_path: Path) -> None:
    file = tmp_path / "r.json.gz"
    records = [*both(1, 2, 3, 4), record("Client", 5, succeeded=False, faultCode="=cmd()")]
    file.write_bytes(gzip.compress(json.dumps(records).encode()))
    args = ("reconcile", file, "--mapping", imported / "xroad.toml")
    spoken = zelian.chinese(*args)
    assert spoken.exit_code == 3
    assert "已交换未记录" in spoken.stdout
    assert spoken.stdout.splitlines()[-1] == "2 项待核：退出码 3"
    assert "记录覆盖率：" in spoken.stdout
    result = zelian(*args, "--csv")
    assert result.exit_code == 3
    rows = list(csv.DictReader(result.stdout.splitlines()))
    assert list(rows[0]) == list(COLUMNS)
    assert [one["row"] for one in rows] == ["difference"] * 2 + ["failed"] + ["coverage"] * 3
    assert rows[2]["fault"] == "'=cmd()"


def test_the_ledger_as_it_was(zelian: Zelian, imported: Path) -> None:
    answer = reconciled(zelian, imported, imported / "all.json", "--as-of", 9)
    assert answer["as_of"] == 9
    assert [one["recorded"] for one in answer["coverage"]] == [1, 1, 1]
    too_far = zelian(
        "reconcile", imported / "all.json", "--mapping", imported / "xroad.toml", "--as-of", 99
    )
    assert too_far.exit_code == 2


def test_a_period_that_is_said(zelian: Zelian, imported: Path) -> None:
    answer = reconciled(zelian, imported, imported / "all.json", "--to", "2026-11-02T01:02:30.000Z")
    assert answer["platform"]["exchanges"] == 2
    assert answer["to"] == "2026-11-02T01:02:30.000Z"


def test_importing_again_changes_nothing(zelian: Zelian, imported: Path) -> None:
    before = zelian.json("log", "-n", 1)["index"]
    summary = zelian.json("import", imported / "all.json", "--mapping", imported / "xroad.toml")
    assert {one["new"] for one in summary["types"].values()} == {0}
    assert zelian.json("log", "-n", 1)["index"] == before


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["none.json"], 6, "no file none.json"),
        (["all.json"], 2, "give --mapping"),
        (["all.json", "--mapping", "none.toml"], 6, "no file none.toml"),
        (["all.json", "counts.csv", "--mapping", "xroad.toml"], 2, "not both at a time"),
        (["all.json", "all.json", "--mapping", "xroad.toml"], 2, "the same name"),
        (["all.json", "--mapping", "xroad.toml", "--from", "today"], 2, "--from takes a time"),
        (["counts.csv", "--from", "2026-11-02T01:02:30.000Z"], 2, "for X-Road's records"),
        (["empty.csv"], 2, "no row to compare"),
        (["broken.csv"], 2, "broken.csv, line 1, column 'x'"),
        (["counts.csv", "--csv", "--json"], 2, "--csv and --json"),
    ],
)
def test_what_is_asked_wrongly(
    zelian: Zelian, imported: Path, monkeypatch: pytest.MonkeyPatch,
    args: list[str], code: int, words: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(imported)
    Path("counts.csv").write_text(f"{HEADER}GA/G-1,2026-11-02,2026-11-03,3\n")
    Path("empty.csv").write_text(HEADER)
    Path("broken.csv").write_text("x\n")
    result = zelian("reconcile", *args)
    assert (result.exit_code, words in result.stderr) == (code, True), result.stderr


# Counts


def test_counts_by_grant_and_window(zelian: Zelian, tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    file.write_text(f"{HEADER}GA/G-1,2026-11-02,2026-11-03,3\n")
    assert zelian.ok("reconcile", file).splitlines()[-1] == "nothing differs"
    file.write_text(f"{HEADER}GA/G-1,2026-11-02,2026-11-03,4\nGA/G-9,2026-11-02,2026-11-03,1\n")
    result = zelian("reconcile", file, "--json")
    assert result.exit_code == 3
    assert [one["kind"] for one in json.loads(result.stdout)["differences"]] == [
        "fewer_recorded",
        "fewer_recorded",
        "unknown_grant",
    ]


def test_a_platforms_own_name_of_a_grant(zelian: Zelian, tmp_path: Path) -> None:
    file, mapping = tmp_path / "counts.csv", tmp_path / "names.toml"
    file.write_text(f"{HEADER}api-7,2026-11-02,2026-11-03,3\n")
    mapping.write_text('[grants]\napi-7 = "GA/G-1"\n')
    assert zelian.ok("reconcile", file, "--mapping", mapping)
    assert zelian("reconcile", file).exit_code == 3  # no name: not compared


def test_a_server_shows_what_the_session_may_see(
    tmp_path: Path, serve: Callable[[Path], Served]
) -> None:
    """Both parties find the use of their grant; a stranger finds nothing and is told so."""
    home = tmp_path / "home"
    world = World(Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1)).begin()
    assert world.ledger is not None
    lines = share(world)
    for line in lines:
        world.ledger.submit(line)
    world.ledger.catch_up()
    world.close()
    zelian = Zelian(home)
    [used] = [
        json.loads(line) for line in zelian.ok("log", "type:use.recorded", "--json").splitlines()
    ]
    day = used["event"]["time"][:10]
    grant = used["event"]["data"]["refs"]["grant"]
    file = tmp_path / "counts.csv"
    file.write_text(f"{HEADER}{grant},{day}T00:00Z,{day}T23:59:59.999Z,1\n")
    key = tmp_path / "li.pem"
    write_private(key, World.li.to_pem())
    there = ("--server", serve(home).url)
    own = zelian("reconcile", file)
    signed_in = zelian("reconcile", file, *there, "--key", key)
    assert (own.exit_code, own.stdout) == (signed_in.exit_code, signed_in.stdout)
    assert "counts here as not recorded" in signed_in.stderr
    assert "counts here as not recorded" not in own.stderr
    assert zelian("reconcile", file, *there).exit_code == 5


# The examples


def test_the_examples_on_a_real_installations_records(tmp_path: Path) -> None:
    """With one producer's record withheld, one more is told by one side only."""
    if not REAL.exists():
        pytest.skip("X-Road's records are not shipped")
    zelian = Zelian(tmp_path / "home")
    zelian.ok("init", "--origin", "reconcile.example/xroad")
    batch, mapping = REAL / "raw_messages_batch_1.json", ROOT / "examples" / "xroad.toml"
    zelian.ok("import", batch, "--mapping", mapping)
    whole = zelian("reconcile", batch, REAL / "raw_messages_duplicates.json",
                   "--mapping", mapping, "--json")  # fmt: skip
    answer = json.loads(whole.stdout)
    assert answer["platform"] == {
        "both_sides": 4, "exchanges": 6, "failed_records": 5, "one_side": 2,
        "outside_the_period": 0, "passed_over": 1, "repeated_records": 4, "unmapped": 0,
    }  # fmt: skip
    found = [(one["kind"], one["party"]) for one in answer["differences"]]
    assert found == [("not_recorded", "consumer")] * 2 + [("one_side", "consumer")] * 2
    records = json.loads(batch.read_text("utf-8"))
    withheld = [one for one in records if not _is_withheld(one)]
    assert len(withheld) == len(records) - 1
    less = zelian(
        "reconcile", written(tmp_path, withheld), "--mapping", mapping, "--json"
    )  # fmt: skip
    found = [(one["kind"], one["party"]) for one in json.loads(less.stdout)["differences"]]
    assert found == [
        *[("not_recorded", "consumer")] * 2,
        *[("one_side", "consumer")] * 2,
        ("one_side", "provider"),
    ]
    counts = zelian("reconcile", ROOT / "examples" / "counts.csv", "--json")
    [one] = json.loads(counts.stdout)["differences"]
    assert (one["kind"], one["party"], one["calls"], one["recorded"]) == (
        "fewer_recorded", "consumer", 2, 1,
    )  # fmt: skip


def _is_withheld(one: dict[str, Any]) -> bool:
    wanted = ("Producer", "2c2fd07d-146b-4cc9-8844-2e08d65d5879")
    return (one["securityServerType"], one.get("xRequestId")) == wanted
