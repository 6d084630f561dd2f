"""Read a ledger to be verified from a folder of its public files, or from a server.

Nothing that is read is believed. A server shows all statements only to a session
that an authorisation opens the whole ledger to; else only what is public is read.
"""

from collections.abc import Iterator
from pathlib import Path

from cli.client import Client
from cli.failures import NOT_FOUND, Failure
from crypto.checkpoint import Checkpoint
from ledger.errors import NotFound
from ledger.verification.source import MISSING, FilesSource, ReadFile, Span

CHECKPOINT = "checkpoint"


def folder_files(folder: Path) -> ReadFile:
    """Return a reader of the files below *folder*, laid out as C2SP tlog-tiles has it."""

    def read(path: str) -> bytes | None:
        try:
            return (folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    return read


def folder_checkpoint(folder: Path) -> str:
    """Return the published checkpoint's note; Failure where there is none."""
    raw = folder_files(folder)(CHECKPOINT)
    if raw is None:
        raise Failure(
            NOT_FOUND,
            "there is no file `checkpoint` in that folder: give the folder that holds "
            "`checkpoint` and `tile`",
            "该目录中没有 `checkpoint` 文件：请指定含有 `checkpoint` 与 `tile` 的目录",
        )
    return raw.decode("utf-8", "replace")


def folder_source(folder: Path, note: str, checkpoint: Checkpoint) -> FilesSource:
    """Return the ledger whose public files lie in *folder*."""
    return FilesSource(checkpoint.origin, checkpoint.size, note, folder_files(folder))


def server_source(client: Client, note: str, checkpoint: Checkpoint) -> FilesSource:
    """Return the ledger that a server publishes, with statements where it shows them."""

    def read(path: str) -> bytes | None:
        try:
            return client.tile(path)
        except NotFound:
            return None

    if client.sees_all():
        return PagedSource(checkpoint.origin, checkpoint.size, note, read, client)
    return FilesSource(checkpoint.origin, checkpoint.size, note, read)


class PagedSource(FilesSource):
    """A ledger whose entries are read from the API's list, statements included."""

    has_statements = True

    def __init__(
        self, origin: str, size: int, published: str, read_file: ReadFile, client: Client
    ) -> None:
        super().__init__(origin, size, published, read_file)
        self._client = client

    def spans(self, start: int, stop: int, length: int) -> Iterator[Span]:
        """Give the entries of the range; the list is read once, from its beginning."""
        headers: list[bytes] = []
        envelopes: list[bytes | None] = []
        first = start
        for shown in self._client.entries(self.size, stop, newest_first=False):
            if shown.index < start:
                continue
            while first + len(headers) < min(shown.index, stop):  # the server left some out
                headers.append(MISSING)
                envelopes.append(None)
            headers.append(shown.header)
            envelopes.append(shown.envelope)
            if len(headers) >= length:
                yield Span(first, headers, envelopes)
                first, headers, envelopes = first + len(headers), [], []
        lacking = stop - first - len(headers)
        headers += [MISSING] * lacking
        envelopes += [None] * lacking
        if headers:
            yield Span(first, headers, envelopes)
