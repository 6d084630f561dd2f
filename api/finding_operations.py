"""What the operations that list and show findings take and answer."""

from api import derived_examples
from api.operation_parts import Doc, answer, content, json, operation, path, query
from api.operations import NEXT, PAGING, READING, REASON, TAGGED, UNCHANGED, WAIT_FOR
from api.thing_operations import AT, COUNTS, FORMAT
from ledger.supervision.findings import STATES
from ledger.supervision.rule import BASES, SEVERITIES
from ledger.supervision.rules import RULES

LIST_TAKES = (
    "rule", "department", "state", "severity", "basis", "entry", "at", "cursor", "limit", "as_of",
    "wait_for", "format", "reason",
)  # fmt: skip
SHOW_TAKES = ("at", "as_of", "wait_for", "reason")
RULE_IDS = tuple(rule.id for rule in RULES)
_TEXT: Doc = {"type": "string"}
_SEEN = (
    "A finding is a rule's reading of recorded statements, to be checked; it is no verdict. It is "
    "listed where the statement that raised it may be read; to others than the department "
    "concerned once that has explained it, or once its time to explain is over."
)


def _one_of(values: tuple[str, ...]) -> Doc:
    return {"type": "string", "enum": [*values]}


LIST = operation(
    "listFindings",
    "List what the rules found, newest first.",
    {
        "200": answer(
            "one page",
            {
                **json("FindingList", derived_examples.FINDING_LIST),
                **content("text/csv", {"type": "string"}),
                **content("application/x-ndjson", {"type": "string"}),
            },
            {**NEXT, **COUNTS, **TAGGED},
        ),
        **UNCHANGED,
    },
    (*READING, "not_projected", "read_only"),
    (
        query("rule", "of this rule", _one_of(RULE_IDS)),
        query("department", "of this department", _TEXT),
        query("state", "in this state", _one_of(STATES)),
        query("severity", "of this severity", _one_of(tuple(SEVERITIES))),
        query("basis", "with this basis", _one_of(tuple(BASES))),
        query("entry", "raised by this entry", {"type": "integer", "minimum": 0}),
        AT,
        *PAGING,
        WAIT_FOR,
        FORMAT,
        REASON,
    ),
    description=f"{_SEEN} CSV and JSON lines hold the same.",
)
SHOW = operation(
    "getFinding",
    "Show one finding: its rule, its facts, the entries, and what became of it.",
    {
        "200": answer(
            "the finding", json("Finding", derived_examples.FINDING), {**COUNTS, **TAGGED}
        ),
        **UNCHANGED,
    },
    (*READING, "not_found", "not_projected", "read_only"),
    (
        path("department", "which is concerned", {"type": "string", "examples": ["yunling-mzt"]}),
        path("id", "rule and entry", {"type": "string", "examples": ["F1-42"]}),
        AT,
        *PAGING[-1:],
        WAIT_FOR,
        REASON,
    ),
    description=_SEEN,
)
