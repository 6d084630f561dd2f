"""Keys in files, and the registry as commands say and read it."""

import json
import stat
from pathlib import Path

import pytest

from crypto.keys import PrivateKey, key_id_of
from crypto.notation import read_b64
from tests.integration.cli.conftest import Zelian, registrars_succession


@pytest.mark.parametrize("algorithm", ["ed25519", "p256"])
def test_a_new_key_is_private(zelian: Zelian, tmp_path: Path, algorithm: str) -> None:
    """Mode 0600; what is printed is the public half, whose hash is the key id."""
    path = tmp_path / "new.pem"
    result = zelian("key", "new", path, "--algorithm", algorithm)
    key = PrivateKey.from_pem(path.read_bytes())
    assert key.algorithm == algorithm
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "PRIVATE" not in result.output
    assert key.key_id in result.stderr
    shown = zelian.json("key", "show", path)
    assert key_id_of(read_b64(shown["public_key"])) == shown["keyid"] == key.key_id


def test_a_key_is_never_overwritten(demo: Zelian) -> None:
    """A second ``key new`` of that name changes nothing."""
    before = demo.key.read_bytes()
    result = demo("key", "new", demo.key)
    assert result.exit_code == 2
    assert demo.key.read_bytes() == before


def test_every_form_of_a_public_key_is_read(zelian: Zelian, tmp_path: Path) -> None:
    """PEM, DER and base64 in a file, base64 alone, and the private file's public half."""
    key = PrivateKey.from_seed(bytes(range(32)))
    private = tmp_path / "k.pem"
    pem = zelian("key", "new", private).stdout
    made = zelian.json("key", "show", private)
    (tmp_path / "pem").write_text(pem)
    (tmp_path / "b64").write_text(made["public_key"] + "\n")
    (tmp_path / "der").write_bytes(read_b64(made["public_key"]))
    for source in (tmp_path / "pem", tmp_path / "b64", tmp_path / "der", made["public_key"]):
        assert zelian.json("key", "show", source) == made
    (tmp_path / "der").write_bytes(key.public.spki)
    assert zelian.json("key", "show", tmp_path / "der")["keyid"] == key.key_id


def test_what_is_no_key_is_refused_without_repeating_it(zelian: Zelian, tmp_path: Path) -> None:
    """A missing file, a weak key, a private key that others can read."""
    assert zelian("key", "show", "not base64!").exit_code == 2
    weak = bytes.fromhex("302a300506032b6570032100" + "01" + "00" * 31)
    (tmp_path / "weak").write_bytes(weak)
    assert zelian("key", "show", tmp_path / "weak").exit_code == 7
    key = tmp_path / "open.pem"
    zelian.ok("key", "new", key)
    key.chmod(0o644)
    refused = zelian("key", "show", key)
    assert refused.exit_code == 7
    assert "chmod 600" in refused.stderr
    assert key.read_text().splitlines()[1] not in refused.output


def test_the_registry_is_read_as_it_was_said(demo: Zelian) -> None:
    """Departments, posts and keys, for people in both languages and for programs."""
    assert "Civil Affairs" in demo.ok("department", "list")
    assert "云岭省民政厅" in demo.chinese("department", "list").stdout
    assert [d["department"] for d in demo.json("department", "list")] == ["ledger", "MZ"]
    shown = demo.json("department", "show", "MZ")
    zhang = demo.json("official", "show", "zhang")
    assert zhang["posts"][0]["appointment"] == "app-zhang"
    assert zhang["posts"] == shown["posts"]
    keys = demo.json("key", "list", "--department", "MZ")
    assert [key["keyid"] for key in keys] == shown["keys"] == zhang["keys"]
    assert keys[0]["live"] is True
    assert "zhang" in demo.ok("key", "list", "--holder", "zhang")
    assert "经办人" in demo.chinese("official", "show", "zhang").stdout
    assert "MZ" in demo.ok("department", "show", "MZ")


def test_what_else_the_registrar_says_is_no_part_of_the_registry(demo: Zelian) -> None:
    """A succession stands on the registrar's chain: the registry is read past it, and grows."""
    assert demo.ok("submit", "-", stdin=registrars_succession(demo)) == "7\n"
    assert demo.ok("department", "register", "GA", "--name", "云岭省公安厅") == "8\n"
    assert [d["department"] for d in demo.json("department", "list")] == ["ledger", "MZ", "GA"]
    assert demo.json("key", "list", "--department", "MZ")


def test_what_is_not_registered_is_not_found(demo: Zelian) -> None:
    """Exit code 6, and nothing is logged."""
    for args in (
        ["department", "show", "XX"],
        ["official", "show", "nobody"],
        ["official", "release", "app-none"],
        ["key", "revoke", "00ff", "--reason", "lost"],
    ):
        assert demo(*args).exit_code == 6, args
    assert len(demo.ok("log").splitlines()) == 7


def test_release_and_revoke_take_effect(demo: Zelian) -> None:
    """After either, the same key is refused; the key's first digits name it."""
    key_id = demo.json("key", "show", demo.key)["keyid"]
    assert demo.ok("official", "release", "app-zhang") == "7\n"
    refused = demo("submit", "-", stdin=demo.signed(2))
    assert refused.exit_code == 7
    assert "out_of_role /official" in refused.stderr
    assert demo.ok("key", "revoke", key_id[:8], "--reason", "left_post") == "8\n"
    assert "revoked_key" in demo("submit", "-", stdin=demo.signed(3)).stderr
    assert "revoked by entry 8" in demo.ok("key", "list", "--holder", "zhang")


def test_first_digits_must_be_one_keys(demo: Zelian) -> None:
    """Digits that begin several key ids are a usage error."""
    result = demo("key", "revoke", "", "--reason", "lost")
    assert result.exit_code == 2
    assert "more digits" in result.stderr


def test_the_registry_refuses_what_is_there(demo: Zelian) -> None:
    """The ledger's own refusal reaches the terminal in either language."""
    again = ["department", "register", "MZ", "--name", "又一个"]
    assert "registered already" in demo(*again).stderr
    assert "已由第 3 号条目登记" in demo.chinese(*again).stderr
    assert demo(*again).exit_code == 7


def test_a_wrong_member_is_refused_before_anything_is_sent(demo: Zelian) -> None:
    """The event is looked at before it is signed."""
    result = demo("department", "register", "M/Z", "--name", "x")
    assert result.exit_code == 7
    assert "/data/department" in result.stderr
    receipts = list((demo.home / "receipts").iterdir())
    demo("department", "register", "X", "--name", "x", "--region", "12")
    assert list((demo.home / "receipts").iterdir()) == receipts


def test_a_new_key_elsewhere_leaves_a_partial_statement(demo: Zelian, tmp_path: Path) -> None:
    """With ``--public`` alone possession is not proven: exit 7, and the holder signs on."""
    key = tmp_path / "li.pem"
    public = json.loads(demo.ok("key", "new", key, "--json"))["public_key"]
    result = demo("key", "enrol", "--department", "MZ", "--public", public)
    assert result.exit_code == 7
    assert PrivateKey.from_pem(key.read_bytes()).key_id in result.stderr
    whole = demo.ok("sign", "-", "--key", key, stdin=result.stdout)
    assert demo.ok("submit", "-", stdin=whole) == "7\n"
    assert demo.json("key", "list", "--department", "MZ")[-1]["holder"] is None


def test_enrol_takes_exactly_one_key(demo: Zelian) -> None:
    """Neither none nor two."""
    assert demo("key", "enrol", "--department", "MZ").exit_code == 2
    both = ["--key", demo.key, "--public", "x"]
    assert demo("key", "enrol", "--department", "MZ", *both).exit_code == 2
