"""Files of a home appear whole or not at all, and private ones are nobody else's to read."""

import os
import stat
from pathlib import Path
from typing import NoReturn

import pytest

from ledger.home import write_private, write_public


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_private_file_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "log.pem"
    write_private(path, b"secret")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        write_private(path, b"another")
    assert path.read_bytes() == b"secret"
    assert names(path.parent) == ["log.pem"]


def test_a_private_file_where_there_are_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a stick in FAT: it is made all the same, and never over another."""

    def link(*_: object) -> NoReturn:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    write_private(tmp_path / "r1.pem", b"secret")
    with pytest.raises(FileExistsError):
        write_private(tmp_path / "r1.pem", b"another")
    assert (tmp_path / "r1.pem").read_bytes() == b"secret"
    assert names(tmp_path) == ["r1.pem"]


def test_a_write_that_breaks_off_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_public(tmp_path / "trust-policy", "old\n")

    def write(*_: object) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(OSError, match="No space"):
        write_public(tmp_path / "trust-policy", "new\n")
    with pytest.raises(OSError, match="No space"):
        write_private(tmp_path / "log.pem", b"secret")
    monkeypatch.undo()
    assert names(tmp_path) == ["trust-policy"]
    assert (tmp_path / "trust-policy").read_text() == "old\n"
