"""A bundle's answer as rows, and a manifest by which each row can be checked.

    rows_csv(taken) -> the table
    rows_manifest(taken) -> JSON: where the rows come from, and the SHA-256 of each line

A row states its leaf: with the bundle, or with the tiles that the ledger publishes, a
reader finds it in the tree. That the other cells follow from the statement is told by
making the rows again.

Source: RFC 4180; spec 3 and 7.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Final

import orjson

from crypto.canonical import write_canonical
from ledger.access.citations import Citation
from ledger.access.terms import short_of, source_of
from ledger.csv_table import csv_table
from ledger.events.types import EVENT_TYPES
from ledger.exports.taken import Shown, Taken

COLUMNS: Final[Mapping[str, str]] = {
    "index": "header",
    "recorded_at": "header",
    "leaf": "header",
    "statement": "header",
    "absent": "bundle",
    "voice": "registry",
    "type": "statement",
    "label_zh": "type",
    "label_en": "type",
    "department": "statement",
    "official": "statement",
    "tier": "statement",
    "id": "statement",
    "subject": "statement",
    "time": "statement",
    "refs": "statement",
    "parents": "statement",
    "signers": "statement",
    "data": "statement",
}

# Only where something is cited: an answer that cites nothing keeps the table it always had.
CITES: Final = {"cites": "statement, registry"}


def rows_csv(taken: Taken) -> str:
    """Return the table: a line an entry, under the names of :data:`COLUMNS` and :data:`CITES`."""
    columns = _columns(taken)
    return csv_table(list(columns), (_row(one, columns) for one in taken.shown))


def rows_manifest(taken: Taken) -> bytes:
    """Return the manifest of :func:`rows_csv` as JSON."""
    table = rows_csv(taken).encode()
    lines = table.split(b"\r\n")[1:]
    found = {
        **taken.about(),
        "checkpoint": taken.checkpoint,
        "columns": [{"from": kind, "name": name} for name, kind in _columns(taken).items()],
        "csv_sha256": sha256(table).hexdigest(),
        "rows": [
            {"index": one.index, "leaf": one.leaf, "line_sha256": sha256(line).hexdigest()}
            for one, line in zip(taken.shown, lines, strict=False)
        ],
        "v": 1,
    }
    return orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def _columns(taken: Taken) -> Mapping[str, str]:
    return {**COLUMNS, **CITES} if any(one.cites for one in taken.shown) else COLUMNS


def _row(one: Shown, columns: Mapping[str, str]) -> list[object]:
    cells = dict(_cells(one))
    return [cells.get(name) for name in columns]


def _cells(one: Shown) -> Iterator[tuple[str, object]]:
    yield from (
        ("index", one.index),
        ("recorded_at", one.recorded_at),
        ("leaf", one.leaf),
        ("statement", one.digest),
        ("absent", one.absent),
        ("voice", one.voice),
    )
    said = one.statement
    if said is None:
        return
    kind = EVENT_TYPES[said.type]
    yield from (
        ("type", short_of(said.type)),
        ("label_zh", kind.label_zh),
        ("label_en", kind.label_en),
        ("department", source_of(said.event)),
        ("official", said.official),
        ("tier", said.tier),
        ("id", said.id),
        ("subject", said.subject),
        ("time", said.time),
        ("refs", [f"{name}:{ref}" for name, ref in sorted(said.refs.items())]),
        ("parents", said.parents),
        ("signers", said.signers),
        ("data", write_canonical(said.data).decode()),
        ("cites", [_cited(cited) for cited in one.cites]),
    )


def _cited(cited: Citation) -> str:
    """Write a citation: ledger, digest, how it stands, and by the policy of which entry."""
    by = "" if cited.by is None else f":{cited.by}"
    return f"{cited.ledger}/{cited.statement}:{cited.standing}{by}"
