"""Time-stamps of a real authority: what they prove, of which data, and to whom."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crypto.errors import BadSignature, CryptoError, Malformed, Mismatch, TooLarge, Untrusted
from crypto.notation import parse_time
from crypto.timestamp import MAX_TOKEN, Query, ask, open_token, read_roots
from tests.timestamping import Authority

DATA = b"ledger.example/yunling\n5\nroot\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def query() -> Query:
    return ask(DATA)


@pytest.fixture(scope="module")
def token(authority: Authority, query: Query) -> bytes:
    return authority.stamp(query.der)


def test_a_token_holds_for_its_data_and_query(
    authority: Authority, query: Query, token: bytes
) -> None:
    roots = read_roots(authority.root.read_bytes())
    found = open_token(token, DATA, roots, query.nonce)
    assert parse_time(found.stamped_at) % 1000 == 0
    assert open_token(token, DATA, roots) == found
    assert authority.accepts(token, DATA)


def test_of_other_data_or_another_query_it_is_not(authority: Authority, token: bytes) -> None:
    roots = read_roots(authority.root.read_bytes())
    with pytest.raises(Mismatch):
        open_token(token, DATA + b"\n", roots)
    with pytest.raises(Mismatch):
        open_token(token, DATA, roots, 1)


def test_an_authority_that_was_not_chosen_is_not_trusted(token: bytes, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")
    with pytest.raises(Untrusted):
        open_token(token, DATA, read_roots(other.root.read_bytes()))
    with pytest.raises(Untrusted):
        open_token(token, DATA, ())


def test_a_certificate_that_may_not_stamp_is_refused(tmp_path: Path) -> None:
    """Of the right root, but for another purpose."""
    authority = Authority(tmp_path / "authority")
    roots = read_roots(authority.root.read_bytes())
    plain = authority.folder / "openssl.cnf"
    plain.write_text(plain.read_text().replace("timeStamping", "clientAuth"))
    subprocess.run(
        ["openssl", "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
         "-CAcreateserial", "-days", "2", "-extfile", "openssl.cnf", "-extensions", "tsa",
         "-out", "tsa.pem"],
        cwd=authority.folder, capture_output=True, check=True,
    )  # fmt: skip
    with pytest.raises((CryptoError, subprocess.CalledProcessError)):
        open_token(authority.stamp(ask(DATA).der), DATA, roots)


def test_what_is_no_answer(authority: Authority, token: bytes) -> None:
    roots = read_roots(authority.root.read_bytes())
    for raw in (b"", b"x" * 100, token[:-1], token + b"\0"):
        with pytest.raises(Malformed):
            open_token(raw, DATA, roots)
    with pytest.raises(TooLarge):
        open_token(b"\0" * (MAX_TOKEN + 1), DATA, roots)
    with pytest.raises(Malformed):
        read_roots(b"no certificate")


@pytest.mark.parametrize("status", [*range(2, 10), 255])
def test_what_grants_nothing_or_has_no_such_status(
    authority: Authority, token: bytes, status: int
) -> None:
    roots = read_roots(authority.root.read_bytes())
    assert token[6:9] == b"\x02\x01\x00"  # granted
    with pytest.raises((Malformed, BadSignature)):
        open_token(token[:8] + bytes([status]) + token[9:], DATA, roots)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_bit_of_a_token_can_be_turned(
    authority: Authority, query: Query, token: bytes, place: int, bit: int
) -> None:
    """What still holds with a bit turned says the same; what does not raises our errors."""
    roots = read_roots(authority.root.read_bytes())
    turned = bytearray(token)
    turned[place % len(token)] ^= 1 << bit
    try:
        found = open_token(bytes(turned), DATA, roots, query.nonce)
    except (Malformed, Mismatch, Untrusted, BadSignature):
        return
    assert found == open_token(token, DATA, roots, query.nonce)
