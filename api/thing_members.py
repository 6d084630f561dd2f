"""Show things and their histories as members of JSON, and as columns of CSV."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from flask import Response

from api.answers import ASK_AGAIN_PRIVATE, json_answer, tagged
from api.formats import CSV, JSONL, defused
from ledger.service import Entry
from ledger.shares import Shown
from ledger.store.thing_rows import StepRow

Members = dict[str, Any]

COLUMNS = (
    "kind", "ref", "state", "owner", "counterparty", "item", "opened", "opened_at", "last", "due",
    "unfit", "missing_hands", "retention_from",
)  # fmt: skip
STEP_COLUMNS = (
    "index", "recorded_at", "type", "department", "official", "tier", "said", "fits", "reason",
    "state",
)  # fmt: skip


def thing_members(shown: Shown) -> Members:
    """Return one thing; what is not there is left out."""
    body = shown.body
    beside = ("owner", "counterparty", "item", "opened", "opened_at", "last", "due", "unfit")
    members = {
        "kind": shown.kind,
        "ref": shown.ref,
        "state": shown.state,
        **{name: body.get(name) for name in beside},
        "missing_hands": list(shown.missing_hands),
        "retention_from": shown.retention_from,
    }
    return {name: value for name, value in members.items() if value is not None}


def department_members(department: str, state: str) -> Members:
    """Return a department in a list of departments; *state* says why it is there."""
    return {"kind": "department", "ref": department, "state": state, "owner": department}


def step_members(step: StepRow, entry: Entry) -> Members:
    """Return one statement of a history; *entry* has its statement."""
    event = entry.event or {}
    said = "attested" if entry.attested else "signed"
    members = {
        "index": step.entry,
        "recorded_at": json.loads(entry.header)["recorded_at"],
        "type": event["type"],
        "department": event["source"].removeprefix("/departments/"),
        "official": event.get("official"),
        "tier": event.get("tier"),
        "said": said if "official" in event else "system",
        "fits": step.reason is None,
        "reason": step.reason,
        "state": step.state or None,
    }
    return {name: value for name, value in members.items() if value is not None}


def listed_answer(
    answer: Mapping[str, Any], rows: str, columns: Sequence[str], asked: str
) -> Response:
    """Return *answer* in the form *asked*: as it is, or its member *rows* alone."""
    if asked == "json":
        response = json_answer(answer, ASK_AGAIN_PRIVATE)
    elif asked == "csv":
        response = tagged(_csv(answer[rows], columns), CSV, ASK_AGAIN_PRIVATE)
    else:
        lines = (orjson.dumps(one, option=orjson.OPT_SORT_KEYS) + b"\n" for one in answer[rows])
        response = tagged(b"".join(lines), JSONL, ASK_AGAIN_PRIVATE)
    response.headers["Vary"] = "Accept"
    response.headers["X-Zelian-As-Of"] = str(answer["as_of"])
    response.headers["X-Zelian-Projected"] = str(answer["projected"])
    return response


def _csv(rows: Iterable[Members], columns: Sequence[str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([defused(_cell(row.get(name))) for name in columns])
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
