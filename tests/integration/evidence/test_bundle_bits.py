"""Every single-bit change of a bundle is refused, or changes nothing that it says."""

from collections.abc import Iterator

import pytest

from crypto.archive import read_archive, write_archive
from crypto.errors import CryptoError
from ledger.evidence.bundle import PAGE
from ledger.evidence.question import Question
from tests.integration.evidence.conftest import Case, begin
from tests.integration.evidence.lies import without

# Of "external file attributes": read-only, archive; permissions, and "regular file".
PLAIN = (0, 5, *range(16, 25), 31)
STEPS = [pytest.param(97, id="sample"), pytest.param(1, marks=pytest.mark.long, id="all")]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    made = begin(tmp_path_factory.mktemp("bits") / "home")
    yield made
    made.world.close()


@pytest.mark.parametrize("step", STEPS)
def test_every_bit_counts(small: Case, step: int) -> None:
    whole = small.make(Question("entry", "", (0,))).raw
    assert small.verify(whole).verdict == "verified"
    # The page is far larger than all the rest, and is compared as a whole.
    members = without(dict(read_archive(whole)), PAGE)
    honest = write_archive(members)
    accepted = 0
    for bit in range(0, len(honest) * 8, step):
        raw = bytearray(honest)
        raw[bit // 8] ^= 1 << bit % 8
        try:
            read = read_archive(bytes(raw))
        except CryptoError:
            assert small.verify(bytes(raw)).verdict == "failed"
            continue
        # Only what no reader acts on: who wrote the file, and attributes of a plain file.
        assert read == members
        accepted += 1
    assert accepted == sum(
        1 for bit in range(0, len(honest) * 8, step) if bit in _free(honest, len(members))
    )


def _free(raw: bytes, count: int) -> set[int]:
    """The bits of "version made by" and of attributes that leave a plain file one."""
    at = int.from_bytes(raw[-6:-2], "little")
    found: set[int] = set()
    for _ in range(count):
        for offset, length in ((4, 2), (36, 2)):
            found |= set(range((at + offset) * 8, (at + offset + length) * 8))
        found |= {(at + 38) * 8 + bit for bit in PLAIN}
        at += 46 + int.from_bytes(raw[at + 28 : at + 30], "little")
    return found


def test_cut_short_or_longer_it_is_refused(small: Case) -> None:
    honest = small.make(Question("entry", "", (0,))).raw
    for raw in (honest[:-1], honest[1:], honest + b"\0", b"\0" + honest, honest * 2, b""):
        assert small.verify(raw).verdict == "failed"
