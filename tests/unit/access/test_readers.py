"""Only a peer on the machine itself reads statements, and no proxy counts as one."""

import pytest

from ledger.access.readers import may_read_statements


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "127.255.255.254", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"]
)
def test_loopback_reads_unless_through_a_proxy(address: str) -> None:
    assert may_read_statements(address, through_proxy=False) is True
    assert may_read_statements(address, through_proxy=True) is False


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "unix:",
        "localhost",
        "126.255.255.255",
        "128.0.0.1",
        "10.0.0.1",
        "0.0.0.0",
        "::",
        "::2",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "fe80::1%lo",
        "127.0.0.1:80",
        "127.0.0.1, 10.0.0.1",
        " 127.0.0.1",
        "0127.0.0.1",
    ],
)
def test_nobody_else_reads(address: str | None) -> None:
    assert may_read_statements(address, through_proxy=False) is False
