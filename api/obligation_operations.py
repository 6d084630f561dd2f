"""What the operations that list and show obligations take and answer."""

from api import derived_examples
from api.operation_parts import Doc, answer, content, json, operation, path, query
from api.operations import NEXT, PAGING, READING, REASON, TAGGED, UNCHANGED, WAIT_FOR
from api.thing_operations import AT, COUNTS
from ledger.obligations_view import VIEWS
from ledger.supervision.obligation_words import STATES
from ledger.supervision.obligations import KINDS

TAKES_OF_DEPARTMENT = (
    "rule", "state", "view", "at", "cursor", "limit", "as_of", "wait_for", "format", "reason",
)  # fmt: skip
LIST_TAKES = ("department", *TAKES_OF_DEPARTMENT)
SHOW_TAKES = ("at", "as_of", "wait_for", "reason")
RULE_IDS = tuple(dict.fromkeys(kind.id for kind in KINDS.values()))
_SEEN = (
    "An obligation is listed where the statement that started it may be read. That a day has "
    "passed is no verdict: where the law asks for the absence of a good reason, the state says "
    "that nobody has assessed it yet."
)
_DEPARTMENT: Doc = {"type": "string", "examples": ["yunling-gat"]}


def _one_of(values: tuple[str, ...]) -> Doc:
    return {"type": "string", "enum": [*values]}


_FORMAT = query(
    "format",
    "form of the answer; else by `Accept`",
    {"type": "string", "enum": ["json", "csv", "jsonl", "ics"], "default": "json"},
)
_FILTERS = (
    query("rule", "of this clock", _one_of(RULE_IDS)),
    query("state", "in this state", _one_of(tuple(STATES))),
    query("view", "in any of these states", _one_of(tuple(VIEWS))),
    AT,
    *PAGING,
    WAIT_FOR,
    _FORMAT,
    REASON,
)


def _list_of(name: str, about: str, *beside: Doc) -> Doc:
    forms = {
        **json("ObligationList", derived_examples.OBLIGATION_LIST),
        **content("text/csv", {"type": "string"}),
        **content("application/x-ndjson", {"type": "string"}),
        **content("text/calendar", {"type": "string"}),
    }
    return operation(
        name,
        about,
        {"200": answer("one page", forms, {**NEXT, **COUNTS, **TAGGED}), **UNCHANGED},
        (*READING, "not_projected", "read_only"),
        (*beside, *_FILTERS),
        description=f"{_SEEN} CSV and JSON lines hold the same; iCalendar a to-do for each.",
    )


LIST = _list_of(
    "listObligations",
    "List what is due, overdue or done, newest first.",
    query("department", "that this department owes", {"type": "string"}),
)
LIST_OF_DEPARTMENT = _list_of(
    "listDepartmentObligations",
    "List what one department owes, newest first.",
    path("id", "of the department", _DEPARTMENT),
)
SHOW = operation(
    "getObligation",
    "Show one obligation: who owes it, until when, by whose word, and what became of it.",
    {
        "200": answer(
            "the obligation", json("Obligation", derived_examples.OBLIGATION), {**COUNTS, **TAGGED}
        ),
        **UNCHANGED,
    },
    (*READING, "not_found", "not_projected", "read_only"),
    (
        path("department", "that owes it", _DEPARTMENT),
        path("id", "clock and entry", {"type": "string", "examples": ["O1-42"]}),
        AT,
        *PAGING[-1:],
        WAIT_FOR,
        REASON,
    ),
    description=_SEEN,
)
