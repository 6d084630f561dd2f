"""Give a list of entries as JSON, CSV or a JSON line each: the same entries, the same members.

A CSV cell that a spreadsheet would take for a formula gets an apostrophe before it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask import Response, request

from api.answers import ASK_AGAIN_PRIVATE, json_answer, tagged
from api.languages import Language
from api.parameters import query_choice
from ledger.csv_table import csv_table

FORMATS = ("json", "csv", "jsonl")
CSV = "text/csv; charset=utf-8; header=present"
JSONL = "application/x-ndjson"

_ACCEPTED = {
    "application/json": "json",
    "text/csv": "csv",
    "application/x-ndjson": "jsonl",
    "application/jsonl": "jsonl",
}
# What an event and a header say, in columns; header and statement stand beside them as they are.
COLUMNS = (
    "index", "recorded_at", "type", "department", "official", "tier", "said", "subject", "time",
    "refs", "digest", "leaf_hash", "absent", "header", "statement",
)  # fmt: skip


def asked_format() -> str:
    """Return in which form the list is asked for: by ``format``, else by ``Accept``."""
    chosen = query_choice("format", FORMATS)
    if chosen is not None:
        return chosen
    found = request.accept_mimetypes.best_match(list(_ACCEPTED), "application/json")
    return _ACCEPTED[found]


def list_answer(answer: Mapping[str, Any], asked: str, language: Language) -> Response:
    """Return *answer*, with ``entries`` and what stands beside them, in the form *asked*.

    What is no entry stands in headers too, so that no form says less.
    """
    if asked == "json":
        response = json_answer(answer, ASK_AGAIN_PRIVATE, language)
    else:
        body = _csv(answer["entries"]) if asked == "csv" else _lines(answer["entries"])
        response = tagged(body, CSV if asked == "csv" else JSONL, ASK_AGAIN_PRIVATE)
        response.headers["Content-Language"] = language
    response.headers["Vary"] = "Accept, Accept-Language"
    response.headers["X-Zelian-As-Of"] = str(answer["as_of"])
    if "projected" in answer:
        response.headers["X-Zelian-Projected"] = str(answer["projected"])
    return response


def _lines(entries: Sequence[Mapping[str, Any]]) -> bytes:
    return b"".join(orjson.dumps(one, option=orjson.OPT_SORT_KEYS) + b"\n" for one in entries)


def _csv(entries: Sequence[Mapping[str, Any]]) -> bytes:
    cells = map(_cells, entries)
    rows = ([one[name] for name in COLUMNS] for one in cells)
    return csv_table(COLUMNS, rows).encode()


def _cells(entry: Mapping[str, Any]) -> dict[str, str]:
    header = orjson.loads(entry["header"])
    event = entry.get("event") or {}
    refs = event.get("data", {}).get("refs", {})
    return {
        "index": str(entry["index"]),
        "recorded_at": header["recorded_at"],
        "type": event.get("type", ""),
        "department": event.get("source", "").removeprefix("/departments/"),
        "official": event.get("official", ""),
        "tier": event.get("tier", ""),
        "said": entry.get("said", ""),
        "subject": event.get("subject", ""),
        "time": event.get("time", ""),
        "refs": " ".join(f"{name}:{refs[name]}" for name in sorted(refs)),
        "digest": header["statement"],
        "leaf_hash": entry["leaf_hash"],
        "absent": entry.get("absent", {}).get("reason", ""),
        "header": entry["header"],
        "statement": entry.get("statement", ""),
    }
