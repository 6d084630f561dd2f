"""What each operation takes and answers, as ``@blp.doc`` keywords.

Views stay free of it; a test compares these declarations with the addresses
that the application really has, and with the query parameters that views take.
"""

from collections.abc import Mapping
from typing import Any

from api import examples
from api.languages import LANGUAGES
from api.problem_kinds import KINDS

Doc = dict[str, Any]

_EVERYWHERE = ("unknown_parameter", "bad_parameter", "internal")
_JSON = "application/json"
_TEXT = "text/plain"


def _schema(name: str) -> Doc:
    return {"$ref": f"#/components/schemas/{name}"}


def _content(media_type: str, schema: Doc, example: Any = None) -> Doc:
    media: Doc = {"schema": schema}
    if example is not None:
        media["example"] = example
    return {media_type: media}


def _json(name: str, example: Any) -> Doc:
    return _content(_JSON, _schema(name), example)


def _answer(
    about: str, content: Doc | None = None, headers: Mapping[str, str] | None = None
) -> Doc:
    answer: Doc = {"description": about}
    if content:
        answer["content"] = content
    if headers:
        answer["headers"] = {
            name: {"description": text, "schema": {"type": "string"}}
            for name, text in headers.items()
        }
    return answer


def _problems(codes: tuple[str, ...]) -> dict[str, Doc]:
    """Return one response a status, listing its codes with an example of each."""
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(KINDS[code].status, []).append(code)
    return {str(status): _problem_answer(names) for status, names in sorted(by_status.items())}


def _problem_answer(codes: list[str]) -> Doc:
    media = {
        "schema": _schema("Problem"),
        "examples": {
            code: {"summary": KINDS[code].title.en, "value": examples.problem_example(code)}
            for code in codes
        },
    }
    about = "; ".join(
        f"`{code}`: {KINDS[code].title.en} ({KINDS[code].title.zh})" for code in codes
    )
    return {"description": about, "content": {"application/problem+json": media}}


def _operation(
    name: str,
    summary: str,
    answers: Mapping[str, Doc],
    problems: tuple[str, ...] = (),
    parameters: tuple[Doc, ...] = (),
    **more: Any,
) -> Doc:
    doc: Doc = {
        "operationId": name,
        "summary": summary,
        "responses": {**answers, **_problems((*problems, *_EVERYWHERE))},
        **more,
    }
    if parameters:
        doc["parameters"] = list(parameters)
    return doc


def _query(name: str, about: str, schema: Doc, required: bool = False) -> Doc:
    return {
        "in": "query",
        "name": name,
        "description": about,
        "required": required,
        "schema": schema,
    }


def _path(name: str, about: str, schema: Doc) -> Doc:
    return {"in": "path", "name": name, "description": about, "required": True, "schema": schema}


_INTEGER: Doc = {"type": "integer", "format": "int64", "minimum": 0}
_INDEX = _path("index", "counts entries from 0", _INTEGER)
_LANG = _query(
    "lang", "language of the page; else `Accept-Language`", {"type": "string", "enum": [*LANGUAGES]}
)
_TAGGED = {
    "ETag": "hash of the body; `If-None-Match` gets 304",
    "Cache-Control": "how long it holds",
}
_UNCHANGED: dict[str, Doc] = {"304": {"description": "what the asker holds is still right"}}
_HTML = _content("text/html", {"type": "string"})

POST = _operation(
    "submitStatement",
    "Log a signed statement and get its receipt. The signature is the authentication.",
    {
        "201": _answer(
            "logged: the receipt, canonical JSON",
            _json("Receipt", examples.RECEIPT),
            {"Location": "address of the entry"},
        ),
        "200": _answer(
            "these very bytes are logged already: their receipt again",
            _json("Receipt", examples.RECEIPT),
            {"Location": "address of the entry"},
        ),
    },
    (
        "malformed",
        "bad_signature",
        "bad_request",
        "unknown_key",
        "revoked_key",
        "out_of_role",
        "conflict",
        "too_large",
        "unsupported_media_type",
        "wrong_ledger",
        "unknown_type",
        "schema",
        "weak_key",
        "unknown_reference",
        "forbidden_content",
        "from_the_future",
        "lapsed",
        "read_only",
    ),
    requestBody={
        "required": True,
        "description": "a DSSE envelope in canonical JSON, at most 131,072 bytes",
        "content": {
            **_json("Statement", examples.STATEMENT),
            "application/vnd.dsse.envelope.v1+json": {"schema": _schema("Statement")},
        },
    },
)

BATCH = _operation(
    "submitBatch",
    "Log many statements: one a line in, one answer a line out, in order.",
    {
        "200": _answer(
            "every line has its answer; look at each line's `status`",
            _content("application/x-ndjson", {"type": "string"}, examples.BATCH_ANSWER),
        )
    },
    ("malformed", "bad_request", "too_large", "unsupported_media_type", "read_only"),
    (
        _query(
            "receipts",
            '`compact`: receipts without `proof`, and a last line `{"checkpoint":note}`',
            {"type": "string", "enum": ["full", "compact"], "default": "full"},
        ),
    ),
    description=(
        "A batch reads as its lines posted in turn. Each line of the answer is a `BatchLine`. "
        "A line feed may end the last line; any other empty line is `malformed`."
    ),
    requestBody={
        "required": True,
        "description": "1 to 1,000 statements, one a line, at most 16 MiB",
        "content": _content("application/x-ndjson", {"type": "string"}, examples.BATCH_REQUEST),
    },
)

ENTRIES = _operation(
    "listEntries",
    "List entries, in pages of a list that is fixed at a tree size.",
    {
        "200": _answer(
            "one page",
            _json("EntryList", examples.ENTRY_LIST),
            {"Link": '`rel="next"`: the page after, where there is one', **_TAGGED},
        ),
        **_UNCHANGED,
    },
    ("read_only",),
    (
        _query("cursor", "`next` of the page before", {"type": "string"}),
        _query(
            "limit",
            "entries a page",
            {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100},
        ),
        _query("as_of", "tree size to list at; first page only", _INTEGER),
        _query(
            "order",
            "by index; first page only",
            {"type": "string", "enum": ["asc", "desc"], "default": "asc"},
        ),
    ),
)

_ENTRY_ANSWERS = {
    "200": _answer(
        "header for all; statement and event for those who may read them, else `absent`",
        _json("Entry", examples.ENTRY),
        _TAGGED,
    ),
    **_UNCHANGED,
}

ENTRY = _operation(
    "getEntry", "Show one entry.", _ENTRY_ANSWERS, ("not_found", "read_only"), (_INDEX,)
)

STATEMENT = _operation(
    "getStatement",
    "Show the entry of a statement.",
    _ENTRY_ANSWERS,
    ("not_found", "read_only"),
    (
        _path(
            "digest",
            "SHA-256 of the canonical envelope, hex",
            {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        ),
    ),
)

PROOF = _operation(
    "getInclusionProof",
    "Prove that an entry is in the tree of a signed checkpoint.",
    {
        "200": _answer(
            "a C2SP tlog-proof", _content(_TEXT, {"type": "string"}, examples.PROOF), _TAGGED
        ),
        **_UNCHANGED,
    },
    ("not_found", "no_checkpoint", "read_only"),
    (
        _INDEX,
        _query(
            "size", "size of a stored checkpoint above the index; default: the published", _INTEGER
        ),
    ),
)

CONSISTENCY = _operation(
    "getConsistencyProof",
    "Prove that one tree extends another.",
    {
        "200": _answer("the proof", _json("Consistency", examples.CONSISTENCY), _TAGGED),
        **_UNCHANGED,
    },
    ("bad_request", "not_found", "read_only"),
    (
        _query("old", "size of the smaller tree", _INTEGER, required=True),
        _query("new", "size of the larger tree, at most the ledger's", _INTEGER, required=True),
    ),
)

CHECKPOINT = _operation(
    "getCheckpoint",
    "The published checkpoint, a signed note.",
    {
        "200": _answer(
            "C2SP tlog-checkpoint",
            _content(_TEXT, {"type": "string"}, examples.CHECKPOINT),
            _TAGGED,
        ),
        **_UNCHANGED,
    },
    ("not_found",),
)

TILE = _operation(
    "getTile",
    "A tile of hashes, or a bundle of entry headers.",
    {
        "200": _answer(
            "the bytes; a full tile never changes",
            _content("application/octet-stream", {"type": "string", "format": "binary"}),
            _TAGGED,
        ),
        **_UNCHANGED,
    },
    ("not_found",),
    (
        _path(
            "path",
            "`<level>/<number>[.p/<width>]` or `entries/<number>[.p/<width>]`, C2SP tlog-tiles; "
            "the slashes stand unescaped",
            {"type": "string", "examples": ["0/000.p/43", "entries/x001/067"]},
        ),
    ),
)

HEALTH = _operation(
    "getHealth", "Does the process live?", {"200": _answer("yes", _json("Health", examples.HEALTH))}
)
READY = _operation(
    "getReady",
    "May requests be sent here?",
    {"200": _answer("yes", _json("Ready", examples.READY))},
    ("not_ready",),
)
METRICS = _operation(
    "getMetrics",
    "Counters and gauges for Prometheus.",
    {"200": _answer("Prometheus text format", _content(_TEXT, {"type": "string"}))},
)
OPENAPI = _operation(
    "getDescription",
    "This description.",
    {"200": _answer("OpenAPI 3.1", _content(_JSON, {"type": "object"})), **_UNCHANGED},
)
DOCS = _operation(
    "getDocs", "A page to try the API.", {"200": _answer("a page", _HTML)}, (), (_LANG,)
)
DOCS_FILE = _operation(
    "getDocsFile",
    "A script, style or picture of that page.",
    {"200": _answer("the file"), **_UNCHANGED},
    ("not_found",),
    (_path("name", "name of the file", {"type": "string"}),),
)
HOME = _operation(
    "getHome",
    "What this ledger is and how to check it, for people.",
    {"200": _answer("a page", _HTML)},
    (),
    (_LANG,),
)
KIND = _operation(
    "getProblemPage",
    "What a problem code means, for people.",
    {"200": _answer("a page", _HTML)},
    ("not_found",),
    (_path("code", "a problem code", {"type": "string", "enum": [*KINDS]}), _LANG),
)
KIND_LIST = _operation(
    "listProblems", "Every problem code.", {"200": _answer("a page", _HTML)}, (), (_LANG,)
)
STATIC = _operation(
    "getStatic",
    "A style or script of this service's own pages.",
    {"200": _answer("the file"), **_UNCHANGED},
    ("not_found",),
    (_path("name", "name of the file", {"type": "string"}),),
)
