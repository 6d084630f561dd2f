"""Receipts get their cosignatures later; a promise that the cosigned tree breaks is kept."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto.checkpoint import Checkpoint, sign_checkpoint
from crypto.keys import PrivateKey
from crypto.merkle import leaf_hash, root_of
from crypto.policy import open_under_policy, parse_policy
from crypto.prove import Node, prove_inclusion
from crypto.receipt import Receipt, format_receipt, parse_receipt
from crypto.tlog_proof import TlogProof, format_tlog_proof, parse_tlog_proof
from ledger.bootstrap import open_ledger
from ledger.settings import Settings
from tests.integration.cli.conftest import ORIGIN, Zelian
from tests.witnessing import Eyewitness

PATIENCE_S = 60


def policy_with(demo: Zelian, eye: Eyewitness) -> Path:
    """The home's policy, with the witness in it."""
    path = demo.home / "trust-policy"
    log = next(line for line in path.read_text().splitlines() if line.startswith("log "))
    path.write_text(f"{log}\n{eye.line}quorum {eye.name}\n")
    return path


@pytest.fixture
def eye(demo: Zelian, tmp_path: Path) -> Iterator[Eyewitness]:
    keys = parse_policy((demo.home / "trust-policy").read_bytes()).logs
    made = Eyewitness(tmp_path, "w1", [log.key for log in keys], lambda: int(time.time()))
    made.start()
    yield made
    made.close()


def serve_until_cosigned(demo: Zelian) -> None:
    """Open the ledger as a server does, until its checkpoint has a quorum."""
    policy = parse_policy((demo.home / "trust-policy").read_bytes())
    ledger = open_ledger(
        Settings.from_environment({"ZELIAN_HOME": str(demo.home)}), background=True
    )
    try:
        deadline = time.monotonic() + PATIENCE_S
        while "— w1 " not in ledger.published():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        open_under_policy(ledger.published(), policy)
    finally:
        ledger.close()


def receipt_of(demo: Zelian) -> Path:
    """The receipt of the use that the ground's last entry records."""
    paths = (demo.home / "receipts").glob("*.json")
    return max(paths, key=lambda path: json.loads(json.loads(path.read_text())["header"])["index"])


def test_receipts_get_their_cosignatures(demo: Zelian, eye: Eyewitness) -> None:
    """Incomplete before, verified after; a second run finds nothing to do."""
    assert demo("refresh").exit_code == 2  # the policy asks for nobody
    policy, receipt = policy_with(demo, eye), receipt_of(demo)
    words = ("verify", "receipt", receipt, "--statement", receipt.with_suffix(".statement"))
    assert demo(*words, "--policy", policy).exit_code == 3
    before = receipt.read_bytes()
    waiting = demo("refresh", receipt, "--json")
    assert (waiting.exit_code, json.loads(waiting.stdout)["state"]) == (3, "waiting")
    assert receipt.read_bytes() == before

    serve_until_cosigned(demo)
    assert demo.json("refresh", receipt)["state"] == "refreshed"
    assert demo(*words, "--policy", policy).exit_code == 0
    after = parse_receipt(receipt.read_bytes())
    promised = parse_receipt(before)
    assert (after.chains, after.header) == (promised.chains, promised.header)
    assert demo.json("refresh", receipt)["state"] == "cosigned"
    assert demo("refresh").exit_code == 0


def test_a_promise_that_was_broken_is_kept(demo: Zelian, eye: Eyewitness) -> None:
    """The log key signed another tree with this entry: exit 1, and both are there to show."""
    policy_with(demo, eye)
    receipt = receipt_of(demo)
    promised = parse_receipt(receipt.read_bytes())
    index = parse_tlog_proof(promised.proof).index
    leaves = [leaf_hash(f"other {n}".encode()) for n in range(index)] + [leaf_hash(promised.header)]

    def read(nodes: list[Node]) -> list[bytes]:
        return [root_of(leaves[at << level : (at + 1) << level]) for level, at in nodes]

    key = PrivateKey.from_pem((demo.home / "keys" / "log.pem").read_bytes())
    note = sign_checkpoint(Checkpoint(ORIGIN, len(leaves), root_of(leaves)), key)
    path = tuple(prove_inclusion(index, len(leaves), read))  # type: ignore[arg-type]
    proof = format_tlog_proof(TlogProof(index, path, note))
    forked = format_receipt(Receipt(promised.chains, promised.header, proof))
    receipt.write_bytes(forked)

    serve_until_cosigned(demo)
    refused = demo("refresh")
    assert refused.exit_code == 1
    assert receipt.name in refused.stderr
    assert receipt.read_bytes() == forked
    aside = parse_receipt(receipt.with_suffix(".rejected").read_bytes())
    assert "— w1 " in aside.proof


def test_there_must_be_something_to_refresh(demo: Zelian, eye: Eyewitness) -> None:
    policy_with(demo, eye)
    assert demo("refresh", demo.home / "none.json").exit_code == 6
    for path in (demo.home / "receipts").iterdir():
        path.unlink()
    assert demo("refresh").exit_code == 6
