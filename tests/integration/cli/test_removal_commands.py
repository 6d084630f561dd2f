"""Withholding and erasing on the command line: what is shown, certified and verified."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Served, Zelian

WORDS = "某次核验的独特用语"


def logged(demo: Zelian, tmp_path: Path) -> tuple[str, Path]:
    """A use with words of its own, and zhang's order about it; both logged, the order kept."""
    raw = demo.signed(2, data={"purpose": WORDS}).strip()
    demo.ok("submit", "-", stdin=raw)
    return sha256(raw.encode()).hexdigest(), tmp_path


def ordered(demo: Zelian, tmp_path: Path, kind: str) -> tuple[str, Path]:
    digest, folder = logged(demo, tmp_path)
    order = {
        "data": {
            "decided_by": "MZ",
            "document": "云民〔2026〕1号",
            "ground": "pipl_47",
            "parents": [],
            "refs": {},
            "target": digest,
        },
        "official": "zhang",
        "source": "/departments/MZ",
        "subject": "department/MZ",
        "tier": "handler",
        "type": f"zelian.statement.{kind}.v1",
    }
    file = folder / "order.statement"
    file.write_text(demo.ok("sign", "-", "--key", demo.key, stdin=json.dumps(order)))
    demo.ok("submit", file)
    return digest, file


def in_files(home: Path, text: str) -> list[str]:
    wanted = text.encode()
    return [p.name for p in home.rglob("*") if p.is_file() and wanted in p.read_bytes()]


@pytest.mark.parametrize(("kind", "zh"), [("erased", "已由第 8 条删除"), ("withheld", "停止提供")])
def test_show_and_log_say_by_which_entry_it_went(
    demo: Zelian, tmp_path: Path, kind: str, zh: str
) -> None:
    digest, _ = ordered(demo, tmp_path, kind)
    assert f"{kind} by entry 8" in demo.ok("show", digest)
    assert f"{kind} by entry 8" in demo.ok("log")
    assert zh in demo.chinese("show", digest).stdout
    assert demo("show", digest, "--raw").exit_code == 5
    assert WORDS not in demo.ok("log", "--json")


def test_fsck_and_verify_count_it_apart_and_verify_the_rest(demo: Zelian, tmp_path: Path) -> None:
    ordered(demo, tmp_path, "erased")
    assert demo("fsck").exit_code == 0
    assert "1 erased, 0 withheld" in demo.ok("fsck")
    assert "1 erased by order" in demo.ok("verify", "ledger")
    assert "依令删除 1 条" in demo.chinese("verify", "ledger").stdout
    demo.ok("rebuild")
    assert demo("fsck").exit_code == 0


def test_nothing_of_it_is_left_in_the_home(demo: Zelian, tmp_path: Path) -> None:
    raw = demo.signed(2, data={"purpose": WORDS}).strip()
    payload = json.loads(raw)["payload"]
    demo.ok("submit", "-", stdin=raw)
    assert in_files(demo.home, payload)
    order = json.dumps(
        {
            "data": {
                "decided_by": "MZ",
                "document": "云民〔2026〕1号",
                "ground": "pipl_47",
                "parents": [],
                "refs": {},
                "target": sha256(raw.encode()).hexdigest(),
            },
            "source": "/departments/MZ",
            "official": "zhang",
            "subject": "department/MZ",
            "tier": "handler",
            "type": "zelian.statement.erased.v1",
        }
    )
    demo.ok("submit", "-", stdin=demo.ok("sign", "-", "--key", demo.key, stdin=order))
    signature = json.loads(raw)["signatures"][0]["sig"]
    for text in (payload, payload[-200:], signature, WORDS):
        assert in_files(demo.home, text) == []


def test_a_certificate_verifies_without_the_home(demo: Zelian, tmp_path: Path) -> None:
    digest, order = ordered(demo, tmp_path, "erased")
    file, policy = tmp_path / "certificate.json", tmp_path / "policy"
    file.write_text(demo.ok("certificate", digest))
    policy.write_bytes((demo.home / "trust-policy").read_bytes())
    nobody = Zelian(tmp_path / "nowhere")
    verified = nobody("verify", "certificate", file, "--policy", policy, "--order", order)
    assert verified.exit_code == 0, verified.stdout
    report = json.loads(nobody("verify", "certificate", file, "--policy", policy, "--json").stdout)
    assert report["verdict"] == "verified"
    assert {c["name"]: c["verdict"] for c in report["checks"]}["order"] == "not_checked"
    assert report["facts"]["by"] == 8
    other = nobody("verify", "certificate", file, "--policy", policy, "--order", file)
    assert other.exit_code == 1
    file.write_text(file.read_text().replace('"sig":"', '"sig":"AAAA', 1))
    assert nobody("verify", "certificate", file, "--policy", policy).exit_code == 1
    assert "失败" in nobody.chinese("verify", "certificate", file, "--policy", policy).stdout


def test_what_was_not_removed_cannot_be_certified(demo: Zelian, tmp_path: Path) -> None:
    digest, _ = logged(demo, tmp_path)
    assert demo("certificate", digest).exit_code == 6
    assert demo("certificate", "ab").exit_code == 2
    assert "无可证明之事" in demo.chinese("certificate", digest).stderr


def test_a_server_gives_the_certificate_to_everybody(demo: Zelian, tmp_path: Path, serve) -> None:
    digest, _ = ordered(demo, tmp_path, "erased")
    server: Served = serve(demo.home)
    file = tmp_path / "certificate.json"
    file.write_text(demo.ok("certificate", digest, "--server", server.url))
    assert demo("verify", "certificate", file).exit_code == 0
