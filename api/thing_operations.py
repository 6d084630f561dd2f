"""What the operations that list and show things take and answer."""

from api import examples
from api.operation_parts import Doc, answer, content, json, operation, path, query
from api.operations import NEXT, PAGING, READING, REASON, TAGGED, UNCHANGED, WAIT_FOR
from ledger.shares_views import VIEWS
from ledger.sharing.words import STATES

AT = query(
    "at",
    "T for which is told what follows from time alone, such as an expiry; else now",
    {"type": "string"},
)
FORMAT = query(
    "format",
    "form of the answer; else by `Accept`",
    {"type": "string", "enum": ["json", "csv", "jsonl"], "default": "json"},
)
LIST_TAKES = (
    "state", "department", "item", "view", "at", "cursor", "limit", "as_of", "wait_for", "format",
    "reason",
)  # fmt: skip
SHOW_TAKES = ("at", "cursor", "limit", "as_of", "wait_for", "format", "reason")
COUNTS = {
    "X-Zelian-As-Of": "tree size that the answer is taken at",
    "X-Zelian-Projected": "how many entries can be looked up by now",
}


def _answers(about: str, schema: str, example: object) -> dict[str, Doc]:
    forms = {
        **json(schema, example),
        **content("text/csv", {"type": "string"}),
        **content("application/x-ndjson", {"type": "string"}),
    }
    return {"200": answer(about, forms, {**NEXT, **COUNTS, **TAGGED}), **UNCHANGED}


def list_of(plural: str) -> Doc:
    """Declare the operation that lists one kind of things."""
    views = [name for name, view in VIEWS.items() if plural in view.at]
    return operation(
        f"list{plural.title()}",
        f"List the {plural} that the asker may see, newest first, each with its state.",
        _answers("one page", "ThingList", examples.THING_LIST),
        (*READING, "not_projected", "read_only"),
        (
            query("state", "in this state", {"type": "string", "enum": [*STATES]}),
            query("department", "of which this is the owner or the counterparty", _TEXT),
            query("item", "about this item, `<department>/<id>`", _TEXT),
            query("view", "what auditors ask first", {"type": "string", "enum": views}),
            AT,
            *PAGING,
            WAIT_FOR,
            FORMAT,
            REASON,
        ),
        description=(
            "A thing is listed where the statement that opened it may be read, and its state is "
            "what the statements make of it that may be read. CSV and JSON lines hold the same."
        ),
    )


def show_of(kind: str) -> Doc:
    """Declare the operation that shows one thing."""
    return operation(
        f"get{kind.title()}",
        f"Show the state and the history of one {kind}.",
        _answers("the thing, and a page of its history", "Thing", examples.THING),
        (*READING, "not_found", "not_projected", "read_only"),
        (
            path("department", "whose it is", {"type": "string", "examples": ["yunling-gat"]}),
            path("id", "its id there", {"type": "string", "examples": ["G-1"]}),
            AT,
            *PAGING,
            WAIT_FOR,
            FORMAT,
            REASON,
        ),
        description=(
            "What does not fit the state it met, or was said by no party, has `fits` false and "
            "a reason; it changed nothing. Hands that are missing are named, never required. "
            "CSV and JSON lines hold the history."
        ),
    )


_TEXT: Doc = {"type": "string"}
