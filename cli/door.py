"""What a command can ask of a ledger, whether in-process or over HTTP.

``home_door`` answers from the home itself, through the service; ``client`` asks
a server. A command never knows which of the two it has. Refusals come as
``ledger.errors``, whichever way they came.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from cli.failures import NOT_FOUND, Failure
from cli.invocation import here, settings
from ledger.access.citations import Citation
from ledger.errors import LedgerError
from ledger.evidence.question import Question

Said = Literal["signed", "attested", "system"]


@dataclass(frozen=True, slots=True)
class Logged:
    """A statement is logged.

    Args:
        index: of its entry.
        created: False where it had been logged before.
        receipt: canonical JSON, not verified yet.
    """

    index: int
    created: bool
    receipt: bytes


@dataclass(frozen=True, slots=True)
class CompactAnswer:
    """An answer a line, its receipts without proofs, and the note that covers those logged."""

    lines: list[Logged | LedgerError]
    checkpoint: str | None


Proven = tuple[str | None, str | None]  # after T, before T


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as a reader sees it; nothing of it is verified.

    ``absent`` says why there is no statement, in the language spoken; ``proven`` between
    which times the ledger says that witnesses prove it came, where it was asked for alone,
    ``stamped`` the same by logged time-stamps;
    ``citations`` what it cites of other ledgers, and how the ledger says that it stands with it;
    ``findings`` what the rules found in it, None while that is not judged, or was not asked.
    """

    index: int
    header: bytes
    envelope: bytes | None
    event: dict[str, Any] | None
    said: Said | None
    absent: str | None = None
    proven: Proven | None = None
    stamped: Proven | None = None
    findings: list[dict[str, Any]] | None = None
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, newest first, at a tree size; ``entries`` come as they are read."""

    as_of: int
    entries: Iterator[Shown]


@dataclass(frozen=True, slots=True)
class Chained:
    """A chain as it is given, oldest first; nothing of it is verified.

    Args:
        name, salt, id: as spec 4 has them.
        length: how many entries it is said to have below ``as_of``.
        entries: as they are read.
    """

    name: str
    salt: bytes
    id: bytes
    length: int
    as_of: int
    entries: Iterator[Shown]


class Door(Protocol):
    """The calls that both ways have; errors are those of ``ledger.errors`` and Failure."""

    @property
    def origin(self) -> str:
        """The ledger's name."""

    def submit(self, raw: bytes) -> Logged:
        """Log one statement."""

    def submit_batch(self, lines: Sequence[bytes]) -> list[Logged | LedgerError]:
        """Log up to 1,000 statements as if posted in turn; one answer each, in order."""

    def submit_compact(self, lines: Sequence[bytes]) -> CompactAnswer:
        """Log 1 to 1,000 statements of at most 16 MiB in one batch, for compact receipts."""

    def size(self) -> int:
        """How many entries there are."""

    def entry(self, index: int) -> Shown:
        """Return one entry."""

    def entry_of(self, digest: str) -> Shown:
        """Return the entry of the statement with this digest, 64 hex digits."""

    def entries(self, as_of: int, limit: int, newest_first: bool) -> Iterator[Shown]:
        """Yield up to *limit* of the first *as_of* entries, from one end."""

    def find(self, query: str, as_of: int | None, limit: int) -> Found:
        """Search up to *limit* entries that may be read, among the first *as_of*, or all."""

    def chain(self, name: str, as_of: int) -> Chained:
        """Return a chain, from its first entry on."""

    def things(self, plural: str, limit: int, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        """List up to *limit* things, newest first; *asked* are parameters of the API's list."""

    def thing(self, plural: str, ref: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return ``thing``, ``details`` and the whole ``history`` of one thing."""

    def report(self, period: str, as_of: int | None) -> dict[str, Any]:
        """Return the report on a period, at the size of a stored checkpoint."""

    def grant_file(self, ref: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return the file of a grant; *asked* are parameters of the API."""

    def responsibility(self, act: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return the trace of an act; *asked* are parameters of the API."""

    def impact(self, item: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return what relied on an item; *asked* are parameters of the API."""

    def findings(self, limit: int, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        """List up to *limit* findings, newest first; *asked* are parameters of the API's list."""

    def obligations(self, limit: int, asked: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
        """List about *limit* obligations, newest first, and the T at which they are told.

        What one entry started stands together, so there may be more. *asked* are
        parameters of the API's list.
        """

    def obligation(self, ref: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return one obligation with its steps."""

    def evidence(self, question: Question, as_of: int | None) -> bytes:
        """Return an evidence bundle, under the published checkpoint or that of a size."""

    def proof(self, index: int, size: int) -> str:
        """Return the proof file of an entry under the checkpoint of exactly that size."""

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Return the consistency proof between two sizes."""

    def checkpoint(self) -> str:
        """Return the published checkpoint's note."""

    def tile(self, path: str) -> bytes:
        """Return a published file by its path, ``tile/…``."""


@contextmanager
def open_door(*, writes: bool) -> Iterator[Door]:
    """Open the ledger that the command line means, for as long as the block runs.

    Args:
        writes: whether statements will be submitted.

    Raises:
        Failure: there is no ledger, or none can be reached.
        ReadOnly: another process writes to the home.
    """
    with _door(writes) as door:
        yield door


def _door(writes: bool) -> AbstractContextManager[Door]:
    server = here().server
    if server is not None:
        from cli.sessions import signed_in

        return signed_in(server)
    require_ledger()
    from cli.home_door import open_home

    return open_home(settings(), writes=writes)


def require_ledger() -> None:
    """Raise unless a ledger was opened in the home that is meant."""
    home = settings().home
    if not (home / "identity").exists():
        raise Failure(
            NOT_FOUND,
            "no ledger in this home: make one with `zelian init`, name another with --home, "
            "or a running one with --server",
            "此主目录中没有账本：请用 `zelian init` 新建，用 --home 指定其他目录，"
            "或用 --server 指定运行中的账本",
        )
