"""Answer the report on a period: counts, timeliness and findings, without a name."""

from flask import Response
from flask_smorest import Blueprint

from api import derived_examples
from api.answers import ASK_AGAIN_PRIVATE, json_answer
from api.context import ledger
from api.formats import asked_format
from api.languages import Words
from api.operation_parts import answer, content, json, operation, path, query
from api.operations import READING, REASON, TAGGED, UNCHANGED
from api.parameters import query_number, takes
from api.problems import not_found
from api.thing_members import listed_answer
from api.thing_operations import COUNTS, FORMAT
from ledger.period_report import COLUMNS, period_report, report_rows
from ledger.supervision.period import FORMS, period_of

blp = Blueprint("reports", __name__, description="Reports on a period, without a name")

SHOW = operation(
    "getReport",
    "Report on a period: what was recorded, what was done in time, what was found.",
    {
        "200": answer(
            "the report",
            {
                **json("PeriodReport", derived_examples.PERIOD_REPORT),
                **content("text/csv", {"type": "string"}),
                **content("application/x-ndjson", {"type": "string"}),
            },
            {**COUNTS, **TAGGED},
        ),
        **UNCHANGED,
    },
    (*READING, "not_found", "no_checkpoint", "not_projected", "read_only"),
    (
        path("period", f"one of the forms {FORMS}", {"type": "string", "examples": ["2026-Q4"]}),
        query("as_of", "size of a stored checkpoint; else the published", {"type": "integer"}),
        FORMAT,
        REASON,
    ),
    description=(
        "It names no official, department or thing, and leaves out what is in the making about "
        "persons, sealed readings, and findings that may still be explained. Each figure has the "
        "hash of what was counted; the same size gives the same bytes."
    ),
)


@blp.route("/api/v1/reports/<period>")
@blp.doc(**SHOW)
@takes("as_of", "format", "reason")
def get_report(period: str) -> Response:
    """Report on a period."""
    try:
        wanted = period_of(period)
    except ValueError as error:
        raise not_found(Words(str(error), f"没有此期间：请写作 {FORMS} 之一")) from None
    found = period_report(ledger(), wanted, query_number("as_of", low=1))
    form = asked_format()
    if form == "json":
        response = json_answer(found, ASK_AGAIN_PRIVATE)
        response.headers["Vary"] = "Accept"
        response.headers["X-Zelian-As-Of"] = str(found["as_of"])
        return response
    beside = {**found, "projected": ledger().look_up.projected(), "rows": report_rows(found)}
    return listed_answer(beside, "rows", COLUMNS, form)
