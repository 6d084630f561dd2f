"""The public log over HTTP: checkpoint, tiles, consistency proofs, caching."""

import base64

import pytest

from crypto.checkpoint import open_checkpoint
from crypto.consistency import verify_consistency
from crypto.merkle import leaf_hash, root_of
from crypto.tiles import parse_bundle
from tests.integration.api.conftest import ServedWorld

AWAY = {"REMOTE_ADDR": "203.0.113.7"}
FULL = 256


@pytest.fixture(scope="module")
def large(served: ServedWorld) -> ServedWorld:
    """A ledger of more than one full tile."""
    served.log(270)
    return served


def test_the_checkpoint_is_the_published_note(served: ServedWorld) -> None:
    answer = served.client.get("/log/checkpoint", environ_overrides=AWAY)
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=1"
    assert answer.text == served.ledger.published()
    held = {"If-None-Match": answer.headers["ETag"]}
    assert served.client.get("/log/checkpoint", headers=held).status_code == 304
    served.log(1)
    assert served.client.get("/log/checkpoint", headers=held).status_code == 200


def test_tiles_and_bundles_lead_to_the_root(large: ServedWorld) -> None:
    """Anybody rebuilds the checkpoint's root from the two kinds of tiles."""
    client = large.client
    checkpoint = open_checkpoint(large.ledger.published(), large.ledger.parts.log)
    width = checkpoint.size - FULL
    leaves = b"".join(
        client.get(f"/log/tile/0/{name}", environ_overrides=AWAY).data
        for name in ("000", f"001.p/{width}")
    )
    headers = [
        header
        for name in ("000", f"001.p/{width}")
        for header in parse_bundle(client.get(f"/log/tile/entries/{name}").data)
    ]
    hashes = [leaves[at : at + 32] for at in range(0, len(leaves), 32)]
    assert [leaf_hash(header) for header in headers] == hashes
    assert root_of(hashes) == checkpoint.root
    assert client.get("/log/tile/1/000.p/1").data == root_of(hashes[:FULL])


def test_full_tiles_are_kept_for_ever_and_partial_ones_are_not(large: ServedWorld) -> None:
    full = large.client.get("/log/tile/0/000")
    assert full.content_type == "application/octet-stream"
    assert full.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    width = large.ledger.state().published_size - FULL
    partial = large.client.get(f"/log/tile/0/001.p/{width}")
    assert partial.headers["Cache-Control"] == "public, max-age=86400"
    assert len(partial.data) == width * 32
    held = {"If-None-Match": full.headers["ETag"]}
    assert large.client.get("/log/tile/0/000", headers=held).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "0/999",
        "0/x999/999",
        "0/001",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/+1",
        "8/000",
        "00/000",
        "63/000",
        "-1/000",
        "entries/999",
        "entries",
        "0",
        "0/",
        "0/0",
        "0/0000",
        "0/x000/000",
        "0/" + "x999/" * 8 + "999",
        "0/000.p",
        "0/000/",
        "0//000",
        "0/000%00",
        "0/000%0A",
        "0/٠٠٠",
        "../keys/log.pem",
        "0/../../../keys/log.pem",
        "..%2F..%2Fkeys%2Flog.pem",
        "%2e%2e/%2e%2e/chain.secret",
        "/etc/passwd",
        "\\..\\..",
        "entries/../0/000",
    ],
)
def test_no_other_path_is_a_tile(large: ServedWorld, path: str) -> None:
    answer = large.client.get(f"/log/tile/{path}")
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert b"PRIVATE" not in answer.data


def test_consistency_proofs_join_checkpoints(large: ServedWorld) -> None:
    log = large.ledger.parts.log
    before = open_checkpoint(large.ledger.published(), log)
    large.log(5)
    after = open_checkpoint(large.ledger.published(), log)
    answer = large.client.get(
        f"/api/v1/proofs/consistency?old={before.size}&new={after.size}", environ_overrides=AWAY
    )
    assert sorted(answer.json) == ["new", "old", "proof"]
    assert (answer.json["old"], answer.json["new"]) == (before.size, after.size)
    path = [base64.b64decode(digest, validate=True) for digest in answer.json["proof"]]
    verify_consistency(before.size, after.size, before.root, after.root, path)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("old=5&new=3", 400, "bad_request"),
        ("old=x&new=3", 400, "bad_parameter"),
        ("old=1", 400, "bad_parameter"),
        ("new=1", 400, "bad_parameter"),
        ("", 400, "bad_parameter"),
        ("old=1&new=2&new=2", 400, "bad_parameter"),
        ("old=1&new=2&size=2", 400, "unknown_parameter"),
        ("old=1&new=9007199254740991", 404, "not_found"),
        ("old=1&new=" + "9" * 400, 400, "bad_parameter"),
        ("old=1&new=-2", 400, "bad_parameter"),
    ],
)
def test_impossible_consistency_proofs(
    served: ServedWorld, query: str, status: int, code: str
) -> None:
    answer = served.client.get(f"/api/v1/proofs/consistency?{query}")
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_nothing_is_proved_from_an_empty_tree(served: ServedWorld) -> None:
    answer = served.client.get("/api/v1/proofs/consistency?old=0&new=2")
    assert (answer.status_code, answer.json["proof"]) == (200, [])
