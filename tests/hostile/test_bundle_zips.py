"""No zip that could be read in two ways, or costs more than it weighs, passes for a bundle."""

import json
import tracemalloc
from collections.abc import Iterator
from hashlib import sha256

import pytest

from crypto.archive import read_archive, write_archive
from crypto.canonical import read_canonical, write_canonical
from crypto.errors import Malformed, TooLarge
from ledger.evidence.question import Question
from tests.hostile.zips import foreign_members, hostile_zips, plain, zip_of
from tests.integration.evidence.conftest import Case, begin

SMALL = {"a": b"first", "b/c": b"", "d": b"last, and longer"}
ROOM = 256 * 1024  # bytes beyond those of the file itself, whatever it says of itself


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    made = begin(tmp_path_factory.mktemp("zips") / "home")
    yield made
    made.world.close()


@pytest.fixture(scope="module")
def members(small: Case) -> dict[str, bytes]:
    return read_archive(small.make(Question("entry", "", (0,))).raw)


def test_the_base_of_all_is_read(small: Case, members: dict[str, bytes]) -> None:
    """Else nothing below would show anything."""
    honest = zip_of(plain(members))
    assert small.verify(honest).verdict == "verified"
    assert honest == write_archive(members)


def test_each_is_refused_for_less_than_it_weighs() -> None:
    for what, raw in hostile_zips(SMALL):
        tracemalloc.start()
        try:
            en, zh = told(raw)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert most < len(raw) + ROOM, what
        assert en.isascii(), what
        assert en, f"{what} is read"
        assert zh, what


def told(raw: bytes) -> tuple[str, str]:
    """In what words a file is refused; empty: it is read."""
    try:
        read_archive(raw)
    except (Malformed, TooLarge) as refused:
        return refused.en, refused.zh
    return "", ""


def test_none_of_them_is_verified(small: Case, members: dict[str, bytes]) -> None:
    for what, raw in hostile_zips(members):
        report = small.verify(raw)
        assert report.verdict == "failed", what
        assert {check.verdict for check in report.checks} == {"failed", "not_checked"}, what


def test_a_member_that_no_bundle_has_is_named(small: Case, members: dict[str, bytes]) -> None:
    for what, raw in foreign_members(members):
        read_archive(raw)
        report = small.verify(raw)
        assert report.verdict == "failed", what
        [finding] = report.checks[0].findings
        assert "is no member of a bundle" in finding.en, what


@pytest.mark.parametrize("where", ["manifest.json", "absent.json"])
def test_a_member_that_is_named_otherwise_is_not_overlooked(small: Case, where: str) -> None:
    """Such as ``Asker`` for ``asker``, which may be null: the number of members is right."""
    members = read_archive(small.make().raw)
    name = next(one for one in members if one.endswith(where))
    value = read_canonical(members[name])
    assert isinstance(value, dict)
    for renamed in value:
        other = {n.capitalize() if n == renamed else n: said for n, said in value.items()}
        changed = members | {name: write_canonical(other)}
        if name != "manifest.json":
            manifest = json.loads(members["manifest.json"])
            manifest["members"][name] = sha256(changed[name]).hexdigest()
            changed["manifest.json"] = write_canonical(manifest)
        report = small.verify(write_archive(changed))
        assert report.checks[0].verdict == "failed", renamed
