"""Read an evidence bundle from a file: first what tells its size and members, then the rest.

What is no bundle is refused before more than its end and its directory are read; a
directory has at most 20 MB. What cannot be read from its end, such as a pipe, is read up
to the limit.
"""

import os
from pathlib import Path
from typing import BinaryIO

from cli.failures import NOT_FOUND, Failure
from crypto.archive import END_SIZE, MAX_TOTAL, read_directory, read_end


def read_bundle(path: Path) -> bytes:
    """Return what is in a file that ends as a bundle does.

    Raises:
        Failure: it cannot be read.
        TooLarge, Malformed: it is no bundle, by its end or its directory.
    """
    try:
        with path.open("rb") as file:
            if file.seekable():
                _check_listed(file)
            return file.read(MAX_TOTAL + 1)
    except OSError:
        raise Failure(NOT_FOUND, f"{path.name} cannot be read", f"无法读取 {path.name}") from None


def _check_listed(file: BinaryIO) -> None:
    total = file.seek(0, os.SEEK_END)
    file.seek(max(0, total - END_SIZE))
    end = read_end(file.read(END_SIZE), total)
    file.seek(end.start)
    read_directory(file.read(end.size), end)
    file.seek(0)
