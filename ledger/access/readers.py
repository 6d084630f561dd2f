"""Who may read statements: the one place where it is decided.

Headers, tiles, checkpoints and proofs are public and never ask here. Statements
are confidential: as long as nobody can sign in, only a peer on the machine
itself may read them. Nothing is looked up and no request is touched: the address
of the peer comes in as text.

Source: spec 3 (statements are not public); design, "Identity and roles".
"""

from ipaddress import IPv4Address, IPv6Address, ip_address

# The presence of any of these says that the peer is a proxy, which speaks for
# somebody else; their values are never believed, for anybody can write them.
PROXY_HEADERS = (
    "Forwarded",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
)


def may_read_statements(remote_addr: str | None, *, through_proxy: bool) -> bool:
    """Return whether the peer of this connection may read statements.

    Args:
        remote_addr: address of the peer as the server saw it, without a port;
            None where there is none.
        through_proxy: whether the request carries one of ``PROXY_HEADERS``.
    """
    if remote_addr is None or through_proxy:
        return False
    try:
        address = ip_address(remote_addr)
    except ValueError:
        return False
    return _unmapped(address).is_loopback


def _unmapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that a dual-stack socket shows as ::ffff:a.b.c.d."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
