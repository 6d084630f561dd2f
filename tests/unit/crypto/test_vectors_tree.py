"""The project's worked values: roots, keys, the checkpoint, receipts, consistency proofs.

What is deterministic is made again byte for byte.
"""

import json
from base64 import b64encode
from pathlib import Path

import pytest

from crypto.canonical import write_canonical
from crypto.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from crypto.consistency import verify_consistency
from crypto.cosignature import cosign, verify_cosignature
from crypto.header import parse_header
from crypto.inclusion import verify_inclusion
from crypto.keys import PrivateKey
from crypto.merkle import EMPTY_EDGE, grow, leaf_hash, root_of
from crypto.note import COSIGNATURE, ED25519, format_vkey, parse_note, parse_vkey, vkey_of
from crypto.policy import open_under_policy, parse_policy
from crypto.prove import prove_appended, prove_consistency, prove_inclusion
from crypto.receipt import Receipt, format_receipt, parse_receipt, verify_receipt
from crypto.tiles import Tile, nodes_from_tiles
from crypto.tlog_proof import TlogProof, format_tlog_proof, parse_tlog_proof

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "spec.json").read_bytes())
ORIGIN = VECTORS["origin"]
HEADERS = [entry["header"].encode() for entry in VECTORS["entries"]]
LEAVES = [bytes.fromhex(entry["leaf_hash"]) for entry in VECTORS["entries"]]
ROOTS = {int(size): bytes.fromhex(root) for size, root in VECTORS["roots"].items()}
LOG, WITNESS = map(parse_vkey, VECTORS["vkeys"])
POLICY = parse_policy(f"log {VECTORS['vkeys'][0]}\nwitness w1 {VECTORS['vkeys'][1]}\nquorum w1\n")


def private(name: str) -> PrivateKey:
    return PrivateKey.from_seed(bytes.fromhex(VECTORS["private_keys"][name]))


def read_tile(level: int, n: int, width: int) -> bytes:
    """The one tile of a tree of 16."""
    assert Tile(level, n, width).path == "tile/0/000.p/16"
    return b"".join(LEAVES)


READ = nodes_from_tiles(16, read_tile)


def test_leaf_hashes() -> None:
    """A leaf is the hash of a header."""
    assert [leaf_hash(header) for header in HEADERS] == LEAVES


@pytest.mark.parametrize("size", range(17))
def test_roots(size: int) -> None:
    """Of each size from 0 to 16."""
    assert root_of(LEAVES[:size]) == ROOTS[size]


def test_keys() -> None:
    """The log's and the witness's, made again from their seeds."""
    names = (ORIGIN, ED25519, "log"), ("witness.example.gov/w1", COSIGNATURE, "witness-1")
    made = [format_vkey(vkey_of(name, kind, private(key))) for name, kind, key in names]
    assert made == VECTORS["vkeys"]


def test_checkpoint() -> None:
    """Signed and cosigned again, it is the same note; it opens in both ways."""
    checkpoint = Checkpoint(ORIGIN, 16, ROOTS[16])
    note = parse_note(VECTORS["checkpoint"])
    time_s = verify_cosignature(note.text, note.signatures[1], WITNESS)
    signed = sign_checkpoint(checkpoint, private("log"))
    signed += cosign(signed, WITNESS.name, private("witness-1"), time_s)
    assert signed == VECTORS["checkpoint"]
    assert open_checkpoint(signed, LOG) == checkpoint
    opened = open_under_policy(signed, POLICY)
    assert (opened.checkpoint, opened.log) == (checkpoint, LOG)
    assert opened.cosigners == (("w1", time_s),)


@pytest.mark.parametrize("index", [0, 10, 11, 15])
def test_receipts(index: int) -> None:
    """Each verifies, and is made again from header, salts and tree."""
    raw = write_canonical(VECTORS["receipts"][str(index)])
    statement = VECTORS["entries"][index]["statement"].encode()
    verified = verify_receipt(
        raw, statement, lambda note: open_under_policy(note, POLICY).checkpoint
    )
    assert verified.header == parse_header(HEADERS[index])
    assert sorted(verified.names) == VECTORS["entries"][index]["chain_names"]
    _, paths = prove_appended(EMPTY_EDGE, LEAVES)
    assert list(paths[index]) == prove_inclusion(index, 16, READ)
    proof = format_tlog_proof(TlogProof(index, paths[index], VECTORS["checkpoint"]))
    assert parse_tlog_proof(proof).path == paths[index]
    chains = tuple((n, bytes.fromhex(VECTORS["salts"][n])) for n in verified.names)
    assert format_receipt(Receipt(chains, HEADERS[index], proof)) == raw
    assert parse_receipt(raw).proof == proof


@pytest.mark.parametrize("sizes", list(VECTORS["consistency"]))
def test_consistency(sizes: str) -> None:
    """Each proof is made again and verifies."""
    old, new = map(int, sizes.split("-"))
    path = prove_consistency(old, new, READ)
    assert [b64encode(digest).decode() for digest in path] == VECTORS["consistency"][sizes]
    verify_consistency(old, new, ROOTS[old], ROOTS[new], path)


def test_each_entry_in_each_tree() -> None:
    """However the 16 entries are cut into batches, every proof leads to the vector's root."""
    for cut in range(17):
        edge = grow(EMPTY_EDGE, LEAVES[:cut])
        grown, paths = prove_appended(edge, LEAVES[cut:])
        assert grown.root() == ROOTS[16]
        for index, path in enumerate(paths, start=cut):
            verify_inclusion(LEAVES[index], index, 16, path, ROOTS[16])
