"""Cards pass between two sides, keys do not; each command writes only what is its own."""

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from crypto.note import format_vkey
from crypto.policy import format_policy, parse_policy
from tests.citing import FOREIGN, WITNESS, Foreign
from tests.integration.cli.conftest import ROOT, Zelian, demo, ground  # noqa: F401 -- fixtures

URL = "https://witness.linjiang.example"


def foreign_card(folder: Path, text: str | None = None) -> Path:
    """The card of another ledger and its witness."""
    policy = Foreign().policy(witnessed=True)
    card = folder / "foreign.card"
    lines = policy.replace("\nquorum own", f" {URL}\nquorum none").replace(
        "witness own", "witness w"
    )
    card.write_text(lines if text is None else text)
    return card


def digests(folder: Path) -> dict[str, str]:
    """Of each file of a folder but databases and what is published."""
    return {
        str(one.relative_to(folder)): sha256(one.read_bytes()).hexdigest()
        for one in folder.rglob("*")
        if one.is_file() and ".db" not in one.name and "tiles" not in one.parts
    }


@pytest.fixture(name="eye")
def _eye(demo: Zelian, tmp_path: Path) -> Path:  # noqa: F811
    folder = tmp_path / "eye"
    known = demo.home / "trust-policy"
    demo.ok("witness", "init", "--home", folder, "--name", "w.example/1", "--known", known)
    return folder


def test_a_card_holds_public_keys_alone(demo: Zelian, eye: Path) -> None:  # noqa: F811
    text = demo.ok("peer", "card", "--witness-home", eye, "--url", URL)
    card = parse_policy(text)
    own = parse_policy((demo.home / "trust-policy").read_text())
    assert [log.key for log in card.logs] == [log.key for log in own.logs]
    assert [(one.name, one.url) for one in card.witnesses] == [("w.example/1", URL)]
    assert format_vkey(card.witnesses[0].key) == (eye / "witness.vkey").read_text().strip()
    assert parse_policy(demo.ok("peer", "card")).witnesses == ()
    assert demo("peer", "card", "--url", URL).exit_code == 2
    injected = demo("peer", "card", "--witness-home", eye, "--url", f"{URL} \nquorum none")
    assert injected.exit_code != 0


def test_taking_a_card_changes_two_public_files_and_nothing_else(
    demo: Zelian,  # noqa: F811
    eye: Path,
    tmp_path: Path,
) -> None:
    card = foreign_card(tmp_path)
    ledger, witness = digests(demo.home), digests(eye)
    own = parse_policy((demo.home / "trust-policy").read_text())
    told = demo.json("peer", "add", card, "--witness-home", eye)
    assert told == {"asked": ["w"], "known": [FOREIGN], "quorum": "w"}
    trusted = parse_policy((demo.home / "trust-policy").read_text())
    assert trusted.logs == own.logs
    assert [(one.name, one.url) for one in trusted.witnesses] == [("w", URL)]
    known = [log.key.name for log in parse_policy((eye / "known-logs").read_text()).logs]
    assert known == [own.logs[0].key.name, FOREIGN]
    changed = {name for name, digest in digests(demo.home).items() if ledger.get(name) != digest}
    changed |= {name for name, digest in digests(eye).items() if witness.get(name) != digest}
    assert changed == {"trust-policy", "known-logs"}
    before = digests(demo.home), digests(eye)
    demo.ok("peer", "add", card, "--witness-home", eye)
    assert (digests(demo.home), digests(eye)) == before


@pytest.mark.parametrize(
    "text",
    [
        "quorum none\n",
        Foreign().policy(witnessed=True),  # its witness has no address
        "log nonsense\nquorum none\n",
        Foreign().policy() * 2,
    ],
    ids=["no log", "no address", "no key", "twice"],
)
def test_what_is_no_card_changes_nothing(
    demo: Zelian,  # noqa: F811
    eye: Path,
    tmp_path: Path,
    text: str,
) -> None:
    before = digests(demo.home), digests(eye)
    assert demo("peer", "add", foreign_card(tmp_path, text), "--witness-home", eye).exit_code != 0
    assert (digests(demo.home), digests(eye)) == before


def test_our_own_card_is_refused(demo: Zelian, tmp_path: Path) -> None:  # noqa: F811
    own = tmp_path / "own.card"
    own.write_text(demo.ok("peer", "card"))
    assert demo("peer", "add", own).exit_code == 2
    assert demo("peer", "register", own).exit_code == 7


def test_a_peer_is_registered_listed_and_ended(demo: Zelian, tmp_path: Path) -> None:  # noqa: F811
    card = foreign_card(tmp_path)
    witness = format_vkey(parse_policy(card.read_text()).witnesses[0].key)
    index = int(demo.ok("peer", "register", card, "--witness", witness))
    policy = Foreign().policy(witnessed=True).replace(" own", f" {WITNESS}")
    listed = [{"entry": index, "origin": FOREIGN, "policy": format_policy(parse_policy(policy))}]
    assert demo.json("peer", "list") == listed
    assert FOREIGN in demo.ok("peer", "list")
    log = format_vkey(parse_policy(policy).logs[0].key)
    assert demo("peer", "register", card, "--witness", log).exit_code == 2
    ended = int(demo.ok("peer", "end", FOREIGN))
    assert demo.json("peer", "list") == [{"entry": ended, "origin": FOREIGN, "policy": None}]
    assert demo("peer", "end", FOREIGN).exit_code == 7
    assert demo("fsck").exit_code == 0


def test_a_receipt_becomes_a_citation(demo: Zelian, tmp_path: Path) -> None:  # noqa: F811
    cited = Foreign().cite()
    kept = tmp_path / "receipt.json"
    kept.write_bytes(Foreign().receipt(cited["statement"]))
    assert json.loads(demo.ok("peer", "cite", kept)) == cited
    kept.write_bytes(b"{}")
    assert demo("peer", "cite", kept).exit_code != 0


def test_a_whole_ledger_is_told_with_its_citations_counted_apart(
    demo: Zelian,  # noqa: F811
    tmp_path: Path,
) -> None:
    demo.ok("submit", "-", stdin=demo.signed(1, data={"cites": [Foreign().cite("one")]}))
    card = foreign_card(tmp_path)
    witness = format_vkey(parse_policy(card.read_text()).witnesses[0].key)
    demo.ok("peer", "register", card, "--witness", witness)
    judged = Foreign().cite("two", witnessed=True)
    demo.ok("submit", "-", stdin=demo.signed(2, data={"cites": [judged]}))
    for asked in (("verify", "ledger"), ("fsck",)):
        told = demo.ok(*asked)
        assert "2 cited, 1 verified, 1 not checked" in told
        assert f": no registered policy is shown for {FOREIGN}, whose" in told
        assert "共援引 2 处，已验证 1 处，未检查 1 处" in demo.chinese(*asked).stdout
        report = demo.json(*asked)
        assert report["facts"]["citations"] == {"cited": 2, "not_checked": 1, "verified": 1}
        [check] = [one for one in report["checks"] if one["name"] == "citations"]
        assert (check["verdict"], check["counts"]) == ("not_checked", False)


@pytest.mark.long
def test_two_regions_cosign_each_other_and_one_cites_the_other(tmp_path: Path) -> None:
    """The example as it is shipped, in a folder of its own."""
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "two_regions.py", tmp_path],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for own, other in (("linjiang", "beiling"), ("beiling", "linjiang")):
        note = (tmp_path / f"{own}.checkpoint").read_text()
        assert note in done.stdout
        assert f"\u2014 {own}.yunling.example/2026 " in note
        assert f"\u2014 witness.{other}.yunling.example " in note
        assert "PRIVATE" not in (tmp_path / f"{own}.card").read_text()
    assert done.stdout.count("OK           1/1  Enough witnesses cosigned it") == 2
    assert "its receipt held at admission, by the policy of entry" in done.stdout
