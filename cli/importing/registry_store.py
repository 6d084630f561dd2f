"""Keep the registry statements of an import, so that a re-run sends the same bytes.

They are on the disk before they are sent, one a line, in
``imports/<mapping's name>/registry.ndjson`` of the home. A line may still lack
signatures: then it is what the registrars are asked to sign. Statements to another
ledger stay in the file and are left alone.

Source: spec 6 ("A client stores the envelope before sending").
"""

from collections.abc import Collection
from pathlib import Path

from cli.failures import usage
from cli.receipts import write_durably
from cli.signing import ToSign
from crypto.errors import CryptoError
from crypto.statement import read_partial


class RegistryStore:
    """One import's registry statements, of every ledger that it went to.

    Args:
        path: of the file; it may not exist.
        origin: the ledger that is meant.
    """

    def __init__(self, path: Path, origin: str) -> None:
        self._path = path
        self._others: list[bytes] = []
        self._kept: dict[str, ToSign] = {}
        for number, line in enumerate(_lines(path), 1):
            part = _read(path, number, line)
            if part.event["ledger"] == origin:
                self._kept[part.event["id"]] = part
            else:
                self._others.append(line)

    def get(self, id_: str) -> ToSign | None:
        """Return the statement with this id, whole or not, or None."""
        return self._kept.get(id_)

    def keep(self, parts: Collection[ToSign]) -> None:
        """Put statements on the disk, in place of those with the same ids."""
        self._kept |= {part.event["id"]: part for part in parts}
        self._write()

    def forget(self, ids: Collection[str]) -> None:
        """Drop statements that the ledger refused: another run shall write them anew."""
        if ids:
            self._kept = {id_: part for id_, part in self._kept.items() if id_ not in ids}
            self._write()

    def _write(self) -> None:
        lines = [*self._others, *(part.envelope() for part in self._kept.values())]
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_durably(self._path, b"".join(line + b"\n" for line in lines))


def _lines(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().splitlines()
    except FileNotFoundError:
        return []


def _read(path: Path, number: int, line: bytes) -> ToSign:
    try:
        return ToSign(*read_partial(line))
    except CryptoError as error:
        raise usage(
            f"{path}, line {number}: no statement of this import ({error.en}): restore the "
            "file, or take the line out",
            f"{path} 第 {number} 行不是本次导入的陈述（{error.zh}）：请恢复该文件，或删去该行",
        ) from None
