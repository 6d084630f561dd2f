"""Appends while every witness and every time-stamp authority takes calls and says nothing.

Two ledgers get the same batches in turns: one that names nobody outside, and one whose
policy wants a quorum of three witnesses and that has two authorities to ask after each
few entries. None of them ever answers, which is worse than to refuse.
"""

import hashlib
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from statistics import median

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from benchmarks import floors
from benchmarks.batches import IN_FLIGHT, MADE
from benchmarks.client import Expected
from benchmarks.servers import Server, serve_ledger
from benchmarks.table import Floor, Row, speed
from benchmarks.timing import say
from benchmarks.wire import post_batch
from benchmarks.workshop import Workshop
from crypto.keys import PrivateKey
from crypto.note import COSIGNATURE, format_vkey, vkey_of
from ledger.settings import Settings

WITNESSES, AUTHORITIES = 3, 2
ENTRIES = "1000"  # after which a token is asked for


def measure_away(shop: Workshop) -> list[Row]:
    """Measure the two in turns."""
    alone, away = shop.new_home("alone"), shop.new_home("away")
    with ExitStack() as stack:
        silent = [stack.enter_context(_silent()) for _ in range(WITNESSES + AUTHORITIES)]
        _want_witnesses(away, silent[:WITNESSES])
        _trust_an_authority(away)
        asked = {
            "ZELIAN_TIMESTAMPS": " ".join(silent[WITNESSES:]),
            "ZELIAN_TIMESTAMP_ENTRIES": ENTRIES,
        }
        servers = {
            "alone": stack.enter_context(serve_ledger(alone)),
            "away": stack.enter_context(serve_ledger(away, asked)),
        }
        rates = _rounds(shop, servers)
    rate, limit = median(rates["away"]), median(rates["alone"])
    return [
        Row(
            f"batches, {WITNESSES} witnesses and {AUTHORITIES} authorities silent",
            speed(rate),
            speed(limit, "nobody outside"),
            rate / limit,
            Floor(round(rate / limit, 3), ">=", floors.AWAY),
        )
    ]


def _rounds(shop: Workshop, servers: dict[str, Server]) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {name: [] for name in servers}
    for number in range(shop.plan.rounds + 1):
        batches = shop.signers.batches(shop.plan.batches, shop.plan.lines)
        requests = [post_batch(lines, compact=True) for lines in batches]
        expected = Expected(b"200", MADE, shop.plan.lines)
        for name, server in servers.items():
            driven = shop.client.drive(server.port, requests, IN_FLIGHT, expected)
            server.settle()
            if number > 0:  # the first starts the servers' own workers
                rates[name].append(driven.rate * shop.plan.lines)
        say(f"silent witnesses and authorities, round {number} of {shop.plan.rounds}")
    return rates


@contextmanager
def _silent() -> Iterator[str]:
    """Yield the address of somebody who takes calls and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as taken:
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def _want_witnesses(home: Settings, addresses: list[str]) -> None:
    policy = home.home / "trust-policy"
    lines = [line for line in policy.read_text("utf-8").splitlines() if line != "quorum none"]
    names = [f"silent{number}.bench.example" for number in range(len(addresses))]
    for name, address in zip(names, addresses, strict=True):
        key = PrivateKey.from_seed(hashlib.sha256(name.encode()).digest())
        lines.append(f"witness {name} {format_vkey(vkey_of(name, COSIGNATURE, key))} {address}")
    lines += [f"group silent {len(names)} {' '.join(names)}", "quorum silent"]
    policy.write_text("\n".join(lines) + "\n", "utf-8")


def _trust_an_authority(home: Settings) -> None:
    """Lay a root into a home; whoever holds its key never signs with it."""
    key, now = Ed25519PrivateKey.generate(), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "silent.bench.example")])
    root = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, None)
    )
    (home.home / "timestamp-roots.pem").write_bytes(root.public_bytes(Encoding.PEM))
