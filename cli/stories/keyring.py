"""The keys of everybody in the stories, made when they are first needed and kept in the home.

They lie in ``keys/demo``, mode 0600: in a real ledger every official keeps his own
key to himself, and none of them is ever near the ledger.
"""

import secrets

from cli.receipts import write_durably
from cli.stories.departments import REGISTRAR
from cli.stories.officials import algorithm_of
from crypto.keys import PrivateKey
from ledger.home import Home, read_private

SECRET_SIZE = 32  # bytes


class Keyring:
    """Gives keys by the names that the stories use."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._folder = home.keys / "demo"
        self._read: dict[str, PrivateKey] = {}

    def key(self, name: str) -> PrivateKey:
        """Return the key of that name, the same in every run on one home."""
        if name not in self._read:
            self._read[name] = self._find(name)
        return self._read[name]

    def _find(self, name: str) -> PrivateKey:
        if name == REGISTRAR:
            return self._home.read_key(self._home.registrar_key)
        path = self._folder / f"{name}.pem"
        if not path.exists():
            self._make_folder()
            write_durably(path, PrivateKey.generate(algorithm_of(name)).to_pem())
        return self._home.read_key(path)

    def person_secret(self, department: str) -> bytes:
        """Return the secret by which *department* writes citizens' references."""
        path = self._folder / f"{department}.persons"
        if not path.exists():
            self._make_folder()
            write_durably(path, secrets.token_bytes(SECRET_SIZE))
        return read_private(path)

    def _make_folder(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
