"""The public inclusion and consistency cases of transparency-dev/merkle (Apache-2.0).

They are not kept here; where the archive is absent these tests are skipped. Each
case is one file, named by the attack, and says whether it must be refused.
"""

import json
import tarfile
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from crypto.consistency import verify_consistency
from crypto.errors import CryptoError
from crypto.inclusion import verify_inclusion
from crypto.merkle import EMPTY_ROOT, leaf_hash

ARCHIVE = Path(__file__).parents[3].parent / "shared" / "vectors" / "rfc6962-proof-vectors.tar.gz"

# RFC tools call a proof from size 0 meaningless and refuse it. The witness protocol
# takes it when it is empty, and so do we. In the files the refusal is also earned by
# roots of 12 bytes; with roots of 32 the two ways part, as shown below.
SIZE_ZERO = {
    "size1-is-zero-and-size2-is-not-zero",
    "size1-is-zero-and-does-not-equal-size2",
    "sizes-are-equal-zero-and-proof-is-empty",
}
# Accepted by the RFC tools with a "root" of 12 bytes; here a digest has 32.
SHORT_ROOT = {"sizes-are-equal-one-and-proof-is-empty"}


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """The cases by kind, each with its name."""
    if not ARCHIVE.exists():
        pytest.skip("the archive of public proof vectors is not on this machine")
    folder = tmp_path_factory.mktemp("vectors")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return {
        kind: [
            (path.stem, json.loads(path.read_bytes()))
            for path in sorted((folder / "testdata" / kind).rglob("*.json"))
        ]
        for kind in ("inclusion", "consistency")
    }


def digest(text: str | None) -> bytes:
    return b64decode(text or "", validate=True)


def digests(texts: list[str] | None) -> list[bytes]:
    return [digest(text) for text in texts or ()]


def test_there_are_196_cases(cases: dict[str, list[Any]]) -> None:
    """None went missing on the way, and the ones treated apart are among them."""
    assert len(cases["inclusion"]) + len(cases["consistency"]) == 196
    assert {name for name, _ in cases["consistency"]} >= SIZE_ZERO | SHORT_ROOT


def test_inclusion(cases: dict[str, list[tuple[str, dict[str, Any]]]]) -> None:
    """Each case is accepted or refused as it says."""
    for name, case in cases["inclusion"]:
        refused = False
        try:
            verify_inclusion(
                digest(case["leafHash"]),
                case["leafIdx"],
                case["treeSize"],
                digests(case["proof"]),
                digest(case["root"]),
            )
        except CryptoError:
            refused = True
        assert refused == case["wantErr"], name


def refused_consistency(case: dict[str, Any], **instead: bytes) -> bool:
    """Tell whether a case, with some roots in place of its own, is refused."""
    try:
        verify_consistency(
            case["size1"],
            case["size2"],
            instead.get("root1", digest(case["root1"])),
            instead.get("root2", digest(case["root2"])),
            digests(case["proof"]),
        )
    except CryptoError:
        return True
    return False


def test_consistency(cases: dict[str, list[tuple[str, dict[str, Any]]]]) -> None:
    """Each case is accepted or refused as it says, but those treated apart."""
    for name, case in cases["consistency"]:
        if name in SIZE_ZERO:
            later = leaf_hash(b"one") if case["size2"] else EMPTY_ROOT
            assert case["wantErr"], name
            assert refused_consistency(case), name
            assert not refused_consistency(case, root1=EMPTY_ROOT, root2=later), name
        elif name in SHORT_ROOT:
            assert not case["wantErr"], name
            assert refused_consistency(case), name
            assert not refused_consistency(case, root1=EMPTY_ROOT, root2=EMPTY_ROOT), name
        else:
            assert refused_consistency(case) == case["wantErr"], name
