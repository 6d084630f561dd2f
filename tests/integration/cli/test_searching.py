"""``zelian log QUERY`` and ``zelian chain``, on a home and on a server alike."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

from tests.integration.cli.conftest import Served, Zelian

Serve = Callable[[Path], Served]


def test_log_finds_what_all_filters_hold_of(demo: Zelian) -> None:
    demo.ok("submit", "-", stdin=demo.signed(2))
    assert [line.split()[0] for line in demo.ok("log", "type:use.recorded").splitlines()] == [
        "7", "6",
    ]  # fmt: skip
    assert demo.ok("log", "type:use.recorded", "-official:zhang") == ""
    assert demo.ok("log", "family:registry", "-type:key.enrolled", "-n", "1").startswith("4 ")
    assert demo.ok("log", "type:use.recorded use:MZ/U-2").startswith("7 ")
    assert demo.ok("log", "type:use.recorded", "--as-of", "7").startswith("6 ")
    found = demo.ok("log", "purpose:dibao", "--json").splitlines()
    assert [json.loads(line)["index"] for line in found] == [7, 6]


def test_more_that_is_found_is_told(demo: Zelian) -> None:
    assert "--limit" in demo("log", "family:registry", "-n", "2").stderr
    assert demo("log", "type:use.recorded").stderr == ""
    assert "共" in demo.chinese("log", "-n", "2").stderr


def test_what_cannot_be_read_is_a_usage_error(demo: Zelian) -> None:
    for query, word in (("used", "field:value"), ("item:x", "a ref"), ("finding:F1", "a ref")):
        result = demo("log", query)
        assert (result.exit_code, word in result.stderr) == (2, True), result.stderr
    assert "冒号" in demo.chinese("log", "used").stderr
    assert demo("log", "type:use.recorded", "--reverse").exit_code == 2
    assert demo("log", "--graph", "--lanes").exit_code == 2


def test_csv_is_a_table(demo: Zelian) -> None:
    rows = list(csv.DictReader(demo.ok("log", "official:zhang", "--csv").splitlines()))
    assert [row["official"] for row in rows if row["type"] == "zelian.use.recorded.v1"] == ["zhang"]
    assert rows[0]["said"] == "signed"


def test_lanes_have_a_column_for_each_department(demo: Zelian) -> None:
    lines = demo.ok("log", "--lanes").splitlines()
    assert lines[:2] == ["+--- MZ", "| +- registrar"]
    assert lines[2].startswith("* |  6 ")
    assert all(line.startswith("| *  ") for line in lines[3:])


def test_a_chain_says_what_it_checked_and_what_not(demo: Zelian) -> None:
    shown = demo("chain", "department/MZ")
    assert shown.exit_code == 0
    assert "No later entry continues the chain" in shown.stdout
    assert "NOT CHECKED" in shown.stdout.splitlines()[-1]
    assert "末条记录收录于检查点的树中" in demo.chinese("chain", "department/MZ").stdout
    assert demo("chain", "department/MZ", "--no-tail").exit_code == 3
    assert demo("chain", "department/nobody").exit_code == 6
    assert demo("chain", "matter/MZ/M-1").exit_code == 2
    whole = demo.json("chain", "official/zhang")
    assert [entry["index"] for entry in whole["entries"]] == [4, 5, 6]
    assert whole["report"]["verdict"] == "verified"


def test_a_server_answers_the_same(demo: Zelian, serve: Serve) -> None:
    served = serve(demo.home)
    as_zhang = ("--server", served.url, "--key", demo.key)
    for args in (
        ("log", "type:use.recorded"),
        ("log", "family:registry", "-official:x", "--csv"),
        ("chain", "department/MZ"),
        ("chain", "official/zhang", "--json"),
    ):
        assert demo.ok(*args, *as_zhang) == demo.ok(*args), args
    assert demo("chain", "department/registrar", *as_zhang).exit_code == 6
    nobody = demo("log", "type:use.recorded", "--server", served.url)
    assert nobody.exit_code == 5
    wrong = demo("log", "used", *as_zhang)
    assert (wrong.exit_code, "field:value" in wrong.stderr) == (2, True)
