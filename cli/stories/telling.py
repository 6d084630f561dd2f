"""Tell all stories to a ledger, in order, and sum up where each thing lies.

Every statement takes the way of any other: signed, admitted, its receipt verified. Some
are sent together, which is judged as if they came in turn.
What an earlier run has told already comes out as the same bytes, and the ledger
answers with the same entry; so nothing need be stored before it is sent.

Source: spec 6.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cli.door import Door
from cli.failures import REFUSED, Failure
from cli.receipts import trust_policy, write_durably
from cli.stories.keyring import Keyring
from cli.stories.line import Line
from cli.stories.record import FOLDER
from cli.stories.teller import Teller, source_of
from cli.stories.whole import NOTABLE, STORIES
from crypto.checkpoint import Checkpoint
from crypto.policy import QuorumUnmet, open_under_policy
from crypto.receipt import verify_receipt
from crypto.statement import read_statement
from ledger.errors import LedgerError
from ledger.home import Home

TOGETHER = 12  # statements: few enough that no other process is started to check them
Progress = Callable[[int], None]
Logged = dict[tuple[str, str], bytes]  # (source, id): envelope

PARTS = {
    "delivery.sent": "deliveries",
    "delivery.received": "receipts",
    "use.recorded": "uses",
    "statement.countersigned": "countersigned",
    "feedback.effect": "feedback",
    "feedback.quality": "feedback",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A statement that is logged, and its verified receipt."""

    index: int
    statement: bytes
    receipt: bytes


def tell(
    door: Door, home: Home, start_ms: int, lines: list[Line], told: Progress
) -> dict[str, Told]:
    """Say *lines* in order; return what became of each, by its name.

    Raises:
        Failure: the ledger holds another statement under the same id.
        Refused: the ledger refused a statement.
        ReadOnly: the ledger takes none now.
        CryptoError: a receipt does not hold.
    """
    teller = Teller(door.origin, start_ms, Keyring(home))
    policy = trust_policy()

    def open_note(note: str) -> Checkpoint:
        try:
            return open_under_policy(note, policy).checkpoint
        except QuorumUnmet as unmet:  # until witnesses have cosigned: the operator's promise
            return unmet.opened.checkpoint

    logged = _logged(door)
    kept: dict[str, Told] = {}
    for begin in range(0, len(lines), TOGETHER):
        group = lines[begin : begin + TOGETHER]
        statements = [_statement(teller, line, logged) for line in group]
        for line, statement, answer in zip(
            group, statements, door.submit_batch(statements), strict=True
        ):
            if isinstance(answer, LedgerError):
                raise answer
            verified = verify_receipt(answer.receipt, statement, open_note)
            kept[line.name] = Told(verified.header.index, statement, answer.receipt)
        told(begin + len(group))
    return kept


def _logged(door: Door) -> Logged:
    size = door.size()
    return {
        (shown.event["source"], shown.event["id"]): shown.envelope
        for shown in door.entries(size, size, newest_first=False)
        if shown.event is not None and shown.envelope is not None
    }


def _statement(teller: Teller, line: Line, logged: Logged) -> bytes:
    """Return the statement that *line* is; Failure where another is logged in its place.

    Lines after it may rely on it from then on, also those that are sent together with it.
    """
    statement = teller.statement(line)
    teller.note(line, read_statement(statement).digest.hex())
    if logged.get((source_of(line), line.id), statement) != statement:
        raise Failure(
            REFUSED,
            f"this ledger holds another statement under the id {line.id}: it was begun by another "
            "version of the demo, or its keys are gone; choose an empty home",
            f"此账本中编号 {line.id} 的陈述与演示不同：可能由其他版本写入，或其密钥已丢失；"
            "请另选空目录",
        )
    return statement


def keep_files(home: Home, kept: dict[str, Told]) -> dict[str, dict[str, str]]:
    """Put one statement of each story and its receipt where they are found by name.

    Returns:
        For each story the two paths, relative to the home.
    """
    files: dict[str, dict[str, str]] = {}
    for name, story in STORIES.items():
        shown = kept[story.shown]
        paths = {what: f"{FOLDER}/{name}.{what}.json" for what in ("receipt", "statement")}
        write_durably(home.path / paths["receipt"], shown.receipt)
        write_durably(home.path / paths["statement"], shown.statement)
        files[name] = paths
    return files


def sum_up(kept: dict[str, Told]) -> dict[str, Any]:
    """Return what happened in every story, its entries act by act, and those worth a look."""
    return {
        "notable": {what: kept[name].index for what, name in NOTABLE.items()},
        "stories": {
            name: {
                "acts": _acts(story.lines, kept),
                "happened": story.happened._asdict(),
                "look": kept[story.look].index,
                "shown": kept[story.shown].index,
                "title": story.title._asdict(),
            }
            for name, story in STORIES.items()
        },
    }


def _acts(lines: list[Line], kept: dict[str, Told]) -> dict[str, dict[str, list[int]]]:
    acts: dict[str, dict[str, list[int]]] = {}
    for line in lines:  # in the order of telling, so that indexes ascend
        if line.act is not None and line.kind in PARTS:
            parts = acts.setdefault(line.act, {part: [] for part in PARTS.values()})
            parts[PARTS[line.kind]].append(kept[line.name].index)
    return acts
