"""``zelian verify``: without a home, with one, over HTTP; exit codes and both languages."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crypto.canonical import write_canonical
from crypto.merkle import leaf_hash
from crypto.tiles import entries_path, format_bundle, tile_path
from tests.integration.cli.conftest import ROOT, Served, Zelian, free_port

VECTORS = json.loads((ROOT / "tests" / "vectors" / "spec.json").read_text(encoding="utf-8"))
IDENTITY = VECTORS["ledger_identity"]
LOG, WITNESS = VECTORS["vkeys"]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The vectors as files: receipt, statement, checkpoint, policies, published files."""
    headers = [entry["header"].encode() for entry in VECTORS["entries"]]
    contents = {
        "receipt": write_canonical(VECTORS["receipts"]["10"]) + b"\n",
        "first": write_canonical(VECTORS["receipts"]["0"]),
        "statement": VECTORS["entries"][10]["statement"].encode() + b"\n",
        "statement-0": VECTORS["entries"][0]["statement"].encode(),
        "policy": f"log {LOG}\nwitness w1 {WITNESS}\nquorum w1\n".encode(),
        "other-policy": f"log {LOG.replace('yunling', 'x')}\nquorum none\n".encode(),
        "log/checkpoint": VECTORS["checkpoint"].encode(),
        f"log/{entries_path(0, 16)}": format_bundle(headers),
        f"log/{tile_path(0, 0, 16)}": b"".join(map(leaf_hash, headers)),
    }
    for name, content in contents.items():
        path = tmp_path / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "files"


def test_a_checkpoint(zelian: Zelian, files: Path) -> None:
    """The log's signature and the quorum decide; what entries say is listed as not checked."""
    result = zelian("verify", "checkpoint", files / "log/checkpoint", "--policy", files / "policy")
    assert result.exit_code == 0, result.stderr
    assert "no entries were read" in result.stdout
    assert result.stderr == "verdict: OK\n"


def test_a_checkpoint_without_its_cosignature_is_incomplete(zelian: Zelian, files: Path) -> None:
    note = files / "log/checkpoint"
    lines = note.read_text(encoding="utf-8").splitlines(keepends=True)
    note.write_text("".join(lines[:-1]), encoding="utf-8")
    result = zelian("verify", "checkpoint", note, "--policy", files / "policy")
    assert result.exit_code == 3
    assert "INCOMPLETE" in result.stdout


def test_a_checkpoint_with_a_false_signature_fails(zelian: Zelian, files: Path) -> None:
    note = files / "log/checkpoint"
    note.write_text(note.read_text(encoding="utf-8").replace("\n16\n", "\n17\n"), encoding="utf-8")
    result = zelian("verify", "checkpoint", note, "--policy", files / "policy")
    assert result.exit_code == 1


def test_a_receipt(zelian: Zelian, files: Path) -> None:
    """Everything recomputes; what a receipt cannot show is listed and does not count."""
    args = ("verify", "receipt", files / "receipt", "--statement", files / "statement")
    report = json.loads(zelian.ok(*args, "--policy", files / "policy", "--json"))
    assert report["verdict"] == "verified"
    assert report["facts"]["index"] == 10
    unmade = {check["name"] for check in report["checks"] if check["verdict"] == "not_checked"}
    assert unmade == {"identity", "signatures"}


def test_the_receipt_of_entry_0_shows_the_identity(zelian: Zelian, files: Path) -> None:
    args = (
        "verify", "receipt", files / "first", "--statement", files / "statement-0",
        "--policy", files / "policy", "--identity",
    )  # fmt: skip
    assert zelian(*args, IDENTITY).exit_code == 0
    assert zelian(*args, "0" * 64).exit_code == 1


def test_a_receipt_of_another_statement_fails(zelian: Zelian, files: Path) -> None:
    args = ("verify", "receipt", files / "receipt", "--statement", files / "statement-0")
    result = zelian(*args, "--policy", files / "policy")
    assert result.exit_code == 1
    assert "FAILED" in result.stdout
    chinese = zelian.chinese(*args, "--policy", files / "policy")
    assert chinese.exit_code == 1
    assert "失败" in chinese.stdout
    assert chinese.stderr == "结论：失败\n"


def test_published_files_are_never_wholly_verified(zelian: Zelian, files: Path) -> None:
    """Signatures are listed as not checked: exit code 3, tree and chains notwithstanding."""
    args = ("verify", "ledger", "--tiles", files / "log", "--policy", files / "policy", "--json")
    result = zelian(*args, "--identity", IDENTITY)
    assert result.exit_code == 3
    verdicts = {c["name"]: c["verdict"] for c in json.loads(result.stdout)["checks"]}
    assert verdicts["tree"] == verdicts["chains"] == verdicts["identity"] == "verified"
    assert verdicts["signatures"] == "not_checked"
    assert zelian(*args, "--identity", "0" * 64).exit_code == 1


def test_an_untrusted_log_is_not_read(zelian: Zelian, files: Path, demo: Zelian) -> None:
    policy = demo.home / "trust-policy"  # of another log
    result = zelian("verify", "ledger", "--tiles", files / "log", "--policy", policy)
    assert result.exit_code == 3
    assert "UNTRUSTED" in result.stdout
    assert "no entry was read" in result.stdout


def test_a_home_supplies_ledger_policy_and_identity(demo: Zelian) -> None:
    """In a home everything is at hand, the chain secret too."""
    result = demo("verify", "ledger")
    assert result.exit_code == 0, result.stdout
    assert demo("verify", "ledger", "--identity", "0" * 64).exit_code == 1


def tiles_of(demo: Zelian, command: tuple[str, ...]) -> tuple[int, dict[str, Any]]:
    """Run a check of the home; return its exit code, and what it says of the files."""
    result = demo(*command, "--json")
    checks = {check["name"]: check for check in json.loads(result.stdout)["checks"]}
    return result.exit_code, checks["tiles"]


@pytest.mark.parametrize("command", [("verify", "ledger"), ("fsck",)])
def test_a_home_is_held_against_the_files_that_it_publishes(
    demo: Zelian, command: tuple[str, ...]
) -> None:
    code, check = tiles_of(demo, command)
    assert (code, check["verdict"], check["done"], check["of"]) == (0, "verified", 2, 2)

    [tile] = (demo.home / "tiles" / "tile" / "0").rglob("7")
    whole = tile.read_bytes()
    tile.write_bytes(whole[:64] + bytes(32) + whole[96:])
    code, check = tiles_of(demo, command)
    assert (code, check["verdict"], check["first_bad"]) == (1, "failed", 2)
    assert "zelian rebuild" in check["findings"][0]["en"]
    tile.unlink()
    code, check = tiles_of(demo, command)
    assert (code, check["verdict"]) == (1, "failed")

    shutil.rmtree(demo.home / "tiles")
    code, check = tiles_of(demo, command)
    assert (code, check["verdict"], check["done"]) == (0, "not_checked", 0)
    assert "nothing is published" in check["detail"]["en"]


STATED = ["opening", "digests"]  # checks that need statements, among others


def test_a_server_shows_all_statements_to_whom_the_whole_ledger_is_open(
    demo: Zelian, zelian: Zelian, serve: Callable[[Path], Served], tmp_path: Path
) -> None:
    """Others verify what is public. The names of chains need the secret."""
    authorise_audit(demo)
    served = serve(demo.home)
    elsewhere = Zelian(tmp_path / "nowhere")
    policy, identity = demo.home / "trust-policy", (demo.home / "identity").read_text().strip()
    args = ("verify", "ledger", "--server", served.url, "--policy", policy)

    def unmade(*more: object) -> list[str]:
        result = elsewhere(*args, "--identity", identity, "--json", *more)
        assert result.exit_code == 3, result.stderr
        report = json.loads(result.stdout)
        return [c["name"] for c in report["checks"] if c["verdict"] != "verified"]

    assert set(STATED) < set(unmade())
    assert set(STATED) < set(unmade("--key", demo.key))
    audit = ("--key", demo.home / "audit.pem")
    assert elsewhere(*args, *audit).exit_code == 2  # no reason
    assert unmade(*audit, "--reason", "audit") == ["checkpoints", "chain_names"]
    assert elsewhere(*args, "--identity", "0" * 64).exit_code == 1


def authorise_audit(demo: Zelian) -> None:
    """Register an audit office and a sharing authority that opens the whole ledger to it."""
    demo.ok("department", "register", "SJ", "--name", "云岭省审计厅", "--kind", "audit")
    demo.ok(
        "department", "register", "SSJ", "--name", "云岭省数据局", "--kind", "sharing_authority"
    )
    for department, name in (("SJ", "audit"), ("SSJ", "authority")):
        demo.ok("key", "new", demo.home / f"{name}.pem")
        demo.ok("key", "enrol", "--department", department, "--key", demo.home / f"{name}.pem")
    event = {
        "data": {
            "body": "SJ",
            "document": "云数函〔2026〕1号",
            "expires": "2999-01-01T00:00:00.000Z",
            "over": {"whole_ledger": True},
            "parents": [],
            "purpose": "audit",
            "refs": {},
            "starts": "2026-01-01T00:00:00.000Z",
        },
        "source": "/departments/SSJ",
        "subject": "department/SSJ",
        "type": "zelian.scope.granted.v1",
    }
    key = demo.home / "authority.pem"
    demo.ok("submit", "-", stdin=demo.ok("sign", "-", "--key", key, stdin=json.dumps(event)))


def test_what_cannot_be_read_has_its_own_exit_codes(zelian: Zelian, files: Path) -> None:
    policy = ("--policy", files / "policy")
    assert zelian("verify", "ledger", "--tiles", files / "none", *policy).exit_code == 6
    assert zelian("verify", "checkpoint", files / "none", *policy).exit_code == 6
    nobody = f"http://127.0.0.1:{free_port()}"
    assert zelian("verify", "ledger", "--server", nobody, *policy).exit_code == 4


def test_wrong_calls_are_usage(zelian: Zelian, files: Path) -> None:
    checkpoint = ("verify", "checkpoint", files / "log/checkpoint")
    assert zelian(*checkpoint).exit_code == 2  # no policy
    assert zelian(*checkpoint, "--policy", files / "other-policy").exit_code == 2
    ledger = ("verify", "ledger", "--policy", files / "policy", "--tiles", files / "log")
    assert zelian(*ledger, "--identity", "xyz").exit_code == 2
    assert zelian(*ledger, "--server", "http://127.0.0.1:1").exit_code == 2


def test_nothing_of_a_database_or_server_is_imported() -> None:
    """An outside verifier must not need them."""
    code = (
        "import sys, cli.verify\n"
        "bad = {'sqlalchemy', 'flask', 'alembic', 'ledger.service', 'ledger.store'}\n"
        "print(sorted(bad & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
