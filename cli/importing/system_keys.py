"""The keys with which departments say what an import tells: one a department, Ed25519.

They lie in ``keys/import/<mapping's name>/<department>.pem`` of the home, mode 0600,
and are made when first needed. Ed25519, so that another run writes the same bytes.
A trial run makes none: what it signs with is forgotten.
"""

from pathlib import Path

from cli.failures import usage
from crypto.keys import PrivateKey
from ledger.home import read_private, write_private


class SystemKeys:
    """The keys of one import.

    Args:
        folder: where they lie.
        lasting: whether a new key is written there.
    """

    def __init__(self, folder: Path, lasting: bool) -> None:
        self._folder = folder
        self._lasting = lasting
        self._keys: dict[str, PrivateKey] = {}

    def key_of(self, department: str) -> PrivateKey:
        """Return the department's key, the same one every time.

        Raises:
            LedgerError: others can read its file.
            Malformed: its file holds no private key.
            Failure: it is no Ed25519 key.
        """
        if department not in self._keys:
            self._keys[department] = self._read_or_make(self._folder / f"{department}.pem")
        return self._keys[department]

    def _read_or_make(self, path: Path) -> PrivateKey:
        if not path.exists():
            key = PrivateKey.generate("ed25519")
            if self._lasting:
                write_private(path, key.to_pem())
            return key
        key = PrivateKey.from_pem(read_private(path))
        if key.algorithm != "ed25519":
            raise usage(
                f"{path.name} is no Ed25519 key, and an import signs with no other",
                f"{path.name} 不是 Ed25519 密钥，导入只用此类密钥签名",
            )
        return key
