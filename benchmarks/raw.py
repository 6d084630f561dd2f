"""The limit of all limits: Ed25519 signatures verified on every core, and nothing else.

One process a core, the key objects kept, messages of the very size that the
ledger's statements have, through the library that the ledger verifies with.
"""

from collections.abc import Sequence
from itertools import cycle, islice

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from benchmarks.cast import official_key, official_of
from benchmarks.machine import processors
from benchmarks.timing import timed
from benchmarks.workers import Workers
from crypto.statement import PAYLOAD_TYPE, pae, read_statement

Sample = tuple[bytes, bytes, bytes]  # SPKI, message, signature


class RawVerify(Workers):
    """Processes that only verify; every rate that was measured is kept.

    Args:
        lines: statements, of which the first is statement 0, to take messages from.
    """

    def __init__(self, lines: Sequence[bytes]) -> None:
        samples = [_sample(n, line) for n, line in enumerate(lines)]
        self.message_bytes = len(samples[0][1])
        self.rates: list[float] = []
        # A pool of one for each core: no process ever gets two shares of the work.
        super().__init__(_begin, samples, pools=processors())
        self.seconds(len(samples))

    def seconds(self, count: int) -> float:
        """Return how long all cores together take to verify *count* signatures."""
        shares = [count // len(self.pools)] * len(self.pools)
        shares[0] += count % len(self.pools)
        return timed(lambda: self._verify(shares))[1]

    def rate(self, each: int) -> float:
        """Return signatures verified a second, with *each* for every process."""
        shares = [each] * len(self.pools)
        _, seconds = timed(lambda: self._verify(shares))
        self.rates.append(sum(shares) / seconds)
        return self.rates[-1]

    def _verify(self, shares: Sequence[int]) -> None:
        futures = [
            pool.submit(_verify, share) for pool, share in zip(self.pools, shares, strict=True)
        ]
        for future in futures:
            future.result()


def _sample(n: int, line: bytes) -> Sample:
    statement = read_statement(line)
    [(_, signature)] = statement.signatures
    spki = official_key(official_of(n)).public.spki
    return spki, pae(PAYLOAD_TYPE, statement.payload), signature


# What follows runs in the workers.

_samples: list[tuple[Ed25519PublicKey, bytes, bytes]]


def _begin(samples: Sequence[Sample]) -> None:
    global _samples  # a worker has no other state
    _samples = [(_key(spki), message, signature) for spki, message, signature in samples]


def _key(spki: bytes) -> Ed25519PublicKey:
    key = load_der_public_key(spki)
    assert isinstance(key, Ed25519PublicKey)
    return key


def _verify(count: int) -> None:
    for key, message, signature in islice(cycle(_samples), count):
        key.verify(signature, message)
