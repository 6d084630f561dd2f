"""``zelian evidence`` and ``zelian verify bundle``: at home, over HTTP, and far from both."""

import json
import os
import shutil
import struct
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.bundle_file import read_bundle
from crypto.archive import MAX_TOTAL, read_archive, write_archive
from crypto.errors import Malformed, TooLarge
from tests.integration.cli.conftest import Served, Zelian

ITEM = "GA/household"


@pytest.fixture
def taken(demo: Zelian, tmp_path: Path) -> tuple[Path, Path, str]:
    """A bundle, a policy and an identity, in a folder that has never seen the ledger."""
    for number in range(3):
        demo.ok("submit", "-", stdin=demo.signed(number))
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    bundle, policy = folder / "item.zip", folder / "policy"
    said = demo("evidence", "--item", ITEM, "--output", bundle)
    assert (said.exit_code, said.stdout) == (0, ""), said.stderr
    shutil.copy(demo.home / "trust-policy", policy)
    return bundle, policy, (demo.home / "identity").read_text().strip()


def test_an_empty_home_verifies_it(taken: tuple[Path, Path, str], tmp_path: Path) -> None:
    bundle, policy, identity = taken
    empty = Zelian(tmp_path / "nothing")
    result = empty("verify", "bundle", bundle, "--policy", policy, "--identity", identity)
    assert (result.exit_code, result.stderr) == (0, "verdict: OK\n")
    assert f"item/{ITEM}: 4 entries" in result.stdout
    unpinned = empty("verify", "bundle", bundle, "--policy", policy)
    assert (unpinned.exit_code, unpinned.stderr) == (3, "verdict: NOT CHECKED\n")
    assert not (tmp_path / "nothing").exists()
    chinese = empty.chinese("verify", "bundle", bundle, "--policy", policy, "--identity", identity)
    assert (chinese.exit_code, chinese.stderr) == (0, "结论：通过\n")


def test_what_was_altered_fails(taken: tuple[Path, Path, str], tmp_path: Path) -> None:
    bundle, policy, identity = taken
    members = read_archive(bundle.read_bytes())
    bundle.write_bytes(write_archive(members | {"report.json": b"{}"}))
    empty = Zelian(tmp_path / "nothing")
    result = empty("verify", "bundle", bundle, "--policy", policy, "--identity", identity, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["verdict"] == "failed"
    missing = empty("verify", "bundle", tmp_path / "no.zip", "--policy", policy)
    assert missing.exit_code == 6


def test_the_page_is_written_beside_it_and_over_nothing(demo: Zelian, tmp_path: Path) -> None:
    demo.ok("submit", "-", stdin=demo.signed(1))
    bundle, page = tmp_path / "a.zip", tmp_path / "a.html"
    demo.ok("evidence", "--entry", 0, "--output", bundle, "--page", page)
    assert page.read_bytes() == read_archive(bundle.read_bytes())["report.html"]
    again = demo("evidence", "--entry", 0, "--output", tmp_path / "b.zip", "--page", page)
    assert (again.exit_code, (tmp_path / "b.zip").exists()) == (2, False)


@pytest.mark.parametrize("what", ["too large", "no zip", "a directory of lies"])
def test_what_is_no_bundle_is_refused_before_it_is_read(tmp_path: Path, what: str) -> None:
    file = _holey(tmp_path / "large.zip", what)
    tracemalloc.start()
    try:
        with pytest.raises((Malformed, TooLarge)):
            read_bundle(file)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1_000_000


def test_what_is_refused_before_it_is_read_is_told_like_the_rest(
    taken: tuple[Path, Path, str], tmp_path: Path
) -> None:
    bundle, policy, _ = taken
    file = _holey(tmp_path / "large.zip", "too large")
    empty = Zelian(tmp_path / "nothing")
    told = empty("verify", "bundle", file, "--policy", policy, "--json")
    report = json.loads(told.stdout)
    assert (told.exit_code, report["verdict"]) == (1, "failed")
    of_bundle = empty("verify", "bundle", bundle, "--policy", policy, "--json").stdout
    names = [[one["name"] for one in json.loads(out)["checks"]] for out in (told.stdout, of_bundle)]
    assert names[0] == names[1]
    exported = ("verify", "export", policy, "--bundle", file, "--as", "csv", "--policy", policy)
    assert empty(*exported).exit_code == 1
    output = ("--as", "csv", "--output", tmp_path / "x.csv")
    assert empty("export", file, *output).exit_code == 2


def _holey(file: Path, what: str) -> Path:
    """A file that takes no room on the disk and tells of 1 GiB."""
    end = b""
    if what == "a directory of lies":  # of a member beyond the limit
        body = 512 * 2**20
        common = struct.pack("<5H3I2H", 10, 0, 0, 0, 0x21, 0, body, body, 1, 0)
        listed = b"PK\x01\x02\x14\x00" + common + struct.pack("<3H2I", 0, 0, 0, 0, 0) + b"a"
        start = 31 + body
        end = listed + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(listed), start, 0)
    with file.open("wb") as handle:
        size = {"too large": MAX_TOTAL + 1, "no zip": MAX_TOTAL}.get(what, 31 + 512 * 2**20)
        handle.truncate(size)
        handle.seek(size)
        handle.write(end)
    return file


def test_a_bundle_may_come_through_a_pipe(taken: tuple[Path, Path, str], tmp_path: Path) -> None:
    bundle, policy, identity = taken
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(bundle.read_bytes()))
    writer.start()
    asked = ("verify", "bundle", pipe, "--policy", policy, "--identity", identity)
    assert Zelian(tmp_path / "nothing")(*asked).exit_code == 0
    writer.join()


def test_the_same_question_writes_the_same_file(demo: Zelian, tmp_path: Path) -> None:
    demo.ok("submit", "-", stdin=demo.signed(1))
    size = str(demo.json("show", "0")["index"] + 1)
    assert size == "1"
    files = [tmp_path / name for name in ("a.zip", "b.zip")]
    for file in files:
        demo.ok("evidence", "--chain", "official/zhang", "--output", file)
    assert files[0].read_bytes() == files[1].read_bytes()
    again = demo("evidence", "--chain", "official/zhang", "--output", files[0])
    assert again.exit_code == 2
    first = tmp_path / "first.zip"
    demo.ok("evidence", "--entry", 0, "--as-of", 1, "--output", first)
    assert json.loads(read_archive(first.read_bytes())["manifest.json"])["size"] == 1


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ((), 2),
        (("MZ/A-1", "--entry", "1"), 2),
        (("nothing",), 2),
        (("--chain", "matter/a/b"), 2),
        (("--query", "nonsense:x"), 2),
        (("--entry", "-1"), 2),
        (("MZ/none",), 6),
        (("--entry", "99999"), 6),
        (("--entry", "0", "--as-of", "99999"), 6),
    ],
)
def test_what_is_no_question_is_refused(
    demo: Zelian, tmp_path: Path, asked: tuple[str, ...], code: int
) -> None:
    output = tmp_path / "x.zip"
    assert demo("evidence", *asked, "--output", output).exit_code == code
    assert not output.exists()


def test_over_http_it_is_made_for_who_signed_in(
    demo: Zelian, serve: Callable[[Path], Served], tmp_path: Path
) -> None:
    url, output = serve(demo.home).url, tmp_path / "served.zip"
    asked = ("evidence", "--chain", "official/zhang", "--server", url, "--output", output)
    assert demo(*asked).exit_code == 5
    demo.ok("login", "--server", url, "--key", demo.key)
    demo.ok(*asked)
    demo.ok("verify", "bundle", output)
    assert json.loads(read_archive(output.read_bytes())["manifest.json"])["asker"] == "MZ/zhang"
    newest = json.loads(demo.ok("log", "type:bundle.made", "--json").splitlines()[0])
    assert newest["event"]["data"]["made"]["reader"] == "MZ"
