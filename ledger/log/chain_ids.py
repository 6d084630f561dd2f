"""The ledger's own salts and chain ids, remembered for the names in use.

The secret stays in here; what leaves is a salt and an id for a name that the
caller already has.
"""

from functools import lru_cache
from typing import NamedTuple

from crypto.chain import chain_id, salt_of

REMEMBERED = 65_536  # names; about 20 MB


class ChainId(NamedTuple):
    """A chain's name with what proves its id."""

    id: bytes
    name: str
    salt: bytes


class ChainIds:
    """Chain ids under one secret."""

    def __init__(self, secret: bytes) -> None:
        @lru_cache(REMEMBERED)
        def of(name: str) -> ChainId:
            salt = salt_of(secret, name)
            return ChainId(chain_id(salt, name), name, salt)

        self.of = of

    def sorted_of(self, names: tuple[str, ...]) -> list[ChainId]:
        """Chains of an entry in the order of its header."""
        return sorted(map(self.of, names))
