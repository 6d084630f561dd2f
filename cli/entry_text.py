"""Put an entry into words: what ``log`` and ``show`` have in common.

Signed and attested are kept apart everywhere: an official's own signature is one
thing, a department's system saying what he did another.
"""

from typing import Any

from cli.door import Said, Shown
from cli.speech import pick
from crypto.errors import Mismatch
from crypto.header import Header, parse_header
from crypto.statement import read_statement
from ledger.events.types import EVENT_TYPES


def said_in_words(said: Said | None) -> str:
    """Return in whose voice a statement speaks."""
    if said == "signed":
        return pick("signed", "本人签署")
    if said == "attested":
        return pick("attested", "部门代证")
    if said == "system":
        return pick("system", "系统")
    return "-"


def label_of(event: dict[str, Any] | None) -> str:
    """Return the label of an event's type; of no event, a dash."""
    if event is None:
        return "-"
    kind = EVENT_TYPES.get(event["type"])
    return pick(kind.label_en, kind.label_zh) if kind else str(event["type"])


def source_of(event: dict[str, Any] | None) -> str:
    """Return the department id that speaks."""
    return "-" if event is None else str(event["source"]).removeprefix("/departments/")


def read_shown(shown: Shown) -> tuple[Header, dict[str, Any] | None]:
    """Return the header and the event that an answer holds, each read from its own bytes.

    Raises:
        Malformed: the header or the statement breaks its form.
        Mismatch: the statement is not the one that the header records.
    """
    header = parse_header(shown.header)
    if header.index != shown.index:
        raise Mismatch(
            f"the answer to entry {shown.index} shows entry {header.index}",
            f"所查为第 {shown.index} 条，应答却是第 {header.index} 条",
        )
    if shown.envelope is None:
        return header, None
    statement = read_statement(shown.envelope)
    if statement.digest != header.statement:
        raise Mismatch(
            f"the statement shown for entry {shown.index} is not the one that its header records",
            f"第 {shown.index} 条所示陈述与记录头所记不符",
        )
    return header, statement.event


def entry_json(shown: Shown, header: Header, event: dict[str, Any] | None) -> dict[str, Any]:
    """Return an entry as JSON values, the same for every command."""
    return {
        "absent": shown.absent,
        "event": event,
        "header": shown.header.decode("ascii"),
        "index": header.index,
        "recorded_at": header.recorded_at,
        "said": shown.said,
        "statement": header.statement.hex(),
    }
