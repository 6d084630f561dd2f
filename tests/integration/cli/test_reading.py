"""``log``, ``show``, ``fsck``, ``rebuild``, ``doctor``: what is there, and what is wrong."""

import hashlib
import json
import shutil
import sqlite3

import pytest

from cli.door import Shown
from cli.graph import Node, beside
from cli.home_door import HomeDoor
from crypto.statement import read_statement
from tests.integration.cli.conftest import ORIGIN, Zelian


def test_the_log_is_newest_first(demo: Zelian) -> None:
    """One line an entry: index, time with zone, meaning, department, official, voice, subject."""
    lines = demo.ok("log").splitlines()
    assert [int(line.split()[0]) for line in lines] == [6, 5, 4, 3, 2, 1, 0]
    assert "+08:00" in lines[0]
    for word in ("Use recorded", "MZ", "zhang", "signed", "item/GA/household"):
        assert word in lines[0]
    assert "系统" in demo.chinese("log").stdout
    assert "使用记录" in demo.chinese("log").stdout


def test_lists_can_be_cut_turned_and_repeated(demo: Zelian) -> None:
    """``--limit``, ``--reverse``, ``--as-of``; a size that was never reached is refused."""

    def indexes(*args: str) -> list[int]:
        return [json.loads(line)["index"] for line in demo.ok("log", "--json", *args).splitlines()]

    assert indexes("--limit", "2") == [6, 5]
    assert indexes("--limit", "2", "--reverse") == [0, 1]
    assert indexes("--limit", "2", "--as-of", "4") == [3, 2]
    assert indexes("--as-of", "0") == []
    assert demo("log", "--as-of", "8").exit_code == 2
    assert demo("log", "--graph", "--reverse").exit_code == 2
    assert "2 of 7" in demo("log", "--limit", "2").stderr


def test_attested_is_kept_apart_from_signed(demo: Zelian) -> None:
    """What a department's system says of an official is not what he signed."""
    key = demo.home / "system.pem"
    demo.ok("key", "new", key)
    demo.ok("key", "enrol", "--department", "MZ", "--key", key)
    event = demo.event(2)
    del event["tier"]
    for change in ({}, {"official": None}):
        said = {name: value for name, value in {**event, **change}.items() if value is not None}
        raw = demo.ok("sign", "-", "--key", key, stdin=json.dumps(said))
        demo.ok("submit", "-", stdin=raw)
    voices = [json.loads(line)["said"] for line in demo.ok("log", "--json", "-n", "4").splitlines()]
    assert voices == ["system", "attested", "system", "signed"]
    assert "部门代证" in demo.chinese("show", "8").stdout


def test_one_entry_in_words_and_in_bytes(demo: Zelian) -> None:
    """By index and by digest; the raw bytes are the statement, byte for byte."""
    shown = demo.json("show", "6")
    assert demo.json("show", shown["statement"]) == shown
    raw = demo.ok("show", "6", "--raw").strip().encode()
    assert hashlib.sha256(raw).hexdigest() == shown["statement"]
    assert read_statement(raw).event == shown["event"]
    words = demo.chinese("show", "6").stdout
    for word in ("使用记录", "本人签署", "GA/household", "低保资格核验", shown["leaf_hash"]):
        assert word in words


@pytest.mark.parametrize(
    ("which", "code"),
    [("7", 6), ("00" * 32, 6), ("-1", 2), ("007", 2), ("x", 2), ("AB" * 32, 2)],
)
def test_what_is_not_there(demo: Zelian, which: str, code: int) -> None:
    """Unknown is 6; what can be neither index nor digest is 2."""
    assert demo("show", "--", which).exit_code == code


def test_another_entry_than_asked_for_fails(demo: Zelian, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger that shows another statement under a header is caught: exit code 1."""
    honest = HomeDoor.entry

    def entry(door: HomeDoor, index: int) -> Shown:
        shown, other = honest(door, index), honest(door, 3)
        return Shown(index, shown.header, other.envelope, other.event, shown.said)

    monkeypatch.setattr(HomeDoor, "entry", entry)
    assert demo("show", "6").exit_code == 1


def test_a_registry_with_a_gap_fails(demo: Zelian, monkeypatch: pytest.MonkeyPatch) -> None:
    """The registrar's chain counts: a server that leaves a bundle's header out is caught."""
    honest = HomeDoor.tile

    def tile(door: HomeDoor, path: str) -> bytes:
        raw = honest(door, path)
        first = 2 + int.from_bytes(raw[:2], "big")
        second = first + 2 + int.from_bytes(raw[first : first + 2], "big")
        return raw[:first] + raw[second:]

    monkeypatch.setattr(HomeDoor, "tile", tile)
    result = demo("key", "list")
    assert result.exit_code == 1
    assert "registrar's chain" in result.stderr


def test_the_graph_shows_who_relies_on_what(demo: Zelian) -> None:
    """A feedback that relies on two uses has two lines down to them."""
    uses = [demo.signed(2), demo.signed(3)]
    demo.ok("submit", "-", stdin="".join(uses))
    parents = sorted(hashlib.sha256(raw.strip().encode()).hexdigest() for raw in uses)
    event = demo.event(4, data={"parents": parents})
    demo.ok("submit", "-", stdin=demo.ok("sign", "-", "--key", demo.key, stdin=json.dumps(event)))
    drawn = demo.ok("log", "--graph", "--limit", "4").splitlines()
    # The parents wait in the order in which the statement lists them.
    first = hashlib.sha256(uses[0].strip().encode()).hexdigest()
    newer = "| *" if parents[0] == first else "* |"
    assert [line[:3].rstrip() for line in drawn][:3] == ["*", "|\\", newer]


def test_graphs_end_their_lines() -> None:
    """Two statements that rely on one: their lines meet at it."""
    nodes = [Node("c", ["a"]), Node("b", ["a"]), Node("a", ["gone"]), Node("z", [])]
    assert list(beside("cbaz", nodes)) == ["*    c", "| *  b", "|-'", "*    a", "*    z"]
    fork = [Node("d", ["b", "c"]), Node("c", ["a"]), Node("b", ["a"]), Node("a", [])]
    assert list(beside("dcba", fork)) == [
        "*    d",
        "|\\",
        "| *  c",
        "* |  b",
        "'-|",
        " /",
        "*    a",
    ]


def test_fsck_lists_every_check(demo: Zelian) -> None:
    """All of them, for people in both languages and for programs; nothing is left out."""
    report = demo.json("fsck")
    assert report["verdict"] == "verified"
    lines = demo.chinese("fsck").stdout.splitlines()
    assert len(lines) == len(report["checks"])
    assert all(line.startswith("通过") for line in lines)


@pytest.mark.parametrize("index", [3, 6])
def test_fsck_names_what_was_altered(demo: Zelian, index: int) -> None:
    """One bit of a stored statement: exit code 1 and the index, a registry statement too."""
    _flip_statement(demo, index)
    result = demo("fsck")
    assert result.exit_code == 1
    assert f"entry {index}:" in result.stdout
    assert "FAILED" in result.stdout
    read = demo("log")
    assert read.exit_code == 1
    assert "zelian fsck" in read.stderr


def _flip_statement(demo: Zelian, index: int) -> None:
    with sqlite3.connect(demo.home / "ledger.db") as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        select = 'SELECT envelope FROM statements WHERE "index" = ?'
        raw = bytearray(database.execute(select, (index,)).fetchone()[0])
        raw[40] ^= 1
        update = 'UPDATE statements SET envelope = ? WHERE "index" = ?'
        database.execute(update, (bytes(raw), index))
    database.close()


def test_rebuild_renders_the_same_tiles(demo: Zelian) -> None:
    """Byte for byte, after they were lost."""
    tiles = demo.home / "tiles"
    before = {
        path.relative_to(tiles): path.read_bytes()
        for path in tiles.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    assert before
    shutil.rmtree(tiles)
    assert demo("fsck").exit_code == 0  # nothing published, nothing wrong
    demo.ok("rebuild")
    newest = {path for path in before if "/" not in str(path) or path.name == "7"}
    assert len(newest) == 3  # the checkpoint, a tile and a bundle of its size
    for path in newest:
        assert (tiles / path).read_bytes() == before[path]


def test_the_doctor_sees_a_healthy_demo(demo: Zelian) -> None:
    """Every variable, every file; the registrar's key is a warning and no failure."""
    report = demo.json("doctor")
    verdicts = {check["name"]: check["verdict"] for check in report["checks"]}
    assert verdicts["keys/registrar.pem"] == "warning"
    assert verdicts["ledger"] == verdicts["service.db"] == "ok"
    assert "wrong" not in verdicts.values()
    assert set(report["settings"]) >= {"ZELIAN_HOME", "ZELIAN_DATABASE_URL"}
    assert "演示模式" in demo.chinese("doctor").stdout
    assert ORIGIN in demo.ok("doctor")


def test_the_doctor_misses_what_the_service_keeps(demo: Zelian) -> None:
    """Gone is a warning, for nothing tells what was in it; damaged is wrong."""
    checks = {check["name"]: check for check in demo.json("doctor")["checks"]}
    assert "KiB, whole" in checks["service.db"]["detail"]["en"]
    for path in demo.home.glob("service.db*"):
        path.unlink()
    assert "restore it from a backup" in demo.ok("doctor")


def test_the_doctor_shows_no_password(demo: Zelian) -> None:
    """A URL's password is masked, and not repeated of one that is no URL."""
    for url, code in (
        ("postgresql://u:hush@127.0.0.1:1/x", 1),
        ("postgresql://u:@hush@127.0.0.1:1/x?password=hush", 1),
        ("postgresql://hush@:hush:/:/x://", 1),
    ):
        result = demo("doctor", env={"ZELIAN_DATABASE_URL": url})
        assert result.exit_code == code
        assert "hush" not in result.output


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("chain.secret", lambda path: path.chmod(0o644)),
        ("keys/log.pem", lambda path: path.write_text("no key")),
        ("keys/service.pem", lambda path: path.unlink()),
        ("identity", lambda path: path.write_text("00" * 32)),
        ("trust-policy", lambda path: path.unlink()),
        ("service.db", lambda path: path.write_text("no database")),
    ],
)
def test_the_doctor_finds_what_is_wrong(demo: Zelian, name: str, harm: object) -> None:
    """Exit code 1, and what to do."""
    assert callable(harm)
    harm(demo.home / name)
    result = demo("doctor")
    assert result.exit_code == 1
    assert "WRONG" in result.stdout


def test_the_doctor_finds_another_logs_key(demo: Zelian) -> None:
    """A log key that is not entry 0's."""
    (demo.home / "keys/log.pem").unlink()
    demo.ok("key", "new", demo.home / "keys/log.pem")
    result = demo("doctor")
    assert result.exit_code == 1
    assert "keys/log.pem or trust-policy" in result.stdout


def test_the_doctor_migrates(demo: Zelian) -> None:
    """On a schema that is up to date nothing happens; without a home it is told."""
    assert "up to date" in demo("doctor", "--migrate").stderr
    wrong = {"ZELIAN_DATABASE_URL": "mysql://x/y"}
    assert demo("doctor", "--migrate", env=wrong).exit_code == 2
    shutil.rmtree(demo.home)
    assert demo("doctor").exit_code == 1
