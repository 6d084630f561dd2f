"""Give things and their histories as JSON, as CSV or as a JSON line each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from flask import Response

from api.answers import ASK_AGAIN_PRIVATE, json_answer, tagged
from api.formats import CSV, JSONL
from ledger.csv_table import csv_table
from ledger.share_members import Members


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
    cells = ([row.get(name) for name in columns] for row in rows)
    return csv_table(columns, cells).encode()
