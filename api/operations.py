"""What each operation takes and answers, as ``@blp.doc`` keywords.

Views stay free of it; a test compares these declarations with the addresses
that the application really has, and with the query parameters that views take.
"""

from api import examples
from api.languages import LANGUAGES
from api.operation_parts import (
    JSON,
    TEXT,
    Doc,
    answer,
    content,
    json,
    operation,
    path,
    query,
    schema,
)
from api.problem_kinds import KINDS
from ledger.events.records import GIVEN_REASONS
from ledger.projections.query import FIELDS, MAX_LENGTH

INTEGER: Doc = {"type": "integer", "format": "int64", "minimum": 0}
_INDEX = path("index", "counts entries from 0", INTEGER)
_LANG = query(
    "lang", "language of the page; else `Accept-Language`", {"type": "string", "enum": [*LANGUAGES]}
)
REASON = query(
    "reason",
    "why an inspector reads, where the header `X-Zelian-Reason` does not say it",
    {"type": "string", "enum": [*GIVEN_REASONS]},
)
READING = ("reason_needed", "not_signed_in", "not_allowed")  # what who reads can be told
TAGGED = {
    "ETag": "hash of the body; `If-None-Match` gets 304",
    "Cache-Control": "how long it holds",
}
_DIGEST: Doc = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
UNCHANGED: dict[str, Doc] = {"304": {"description": "what the asker holds is still right"}}
NEXT = {"Link": '`rel="next"`: the page after, where there is one'}
_LISTED = {
    "X-Zelian-As-Of": "tree size that the list is taken at",
    "X-Zelian-Projected": "to a search: how many entries can be searched by now",
}
PAGING = (
    query("cursor", "`next` of the page before", {"type": "string"}),
    query(
        "limit",
        "how many a page",
        {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100},
    ),
    query("as_of", "tree size to list at; first page only", INTEGER),
)
WAIT_FOR = query("wait_for", "wait, at most 10 s, until so many entries can be looked up", INTEGER)
_HTML = content("text/html", {"type": "string"})

POST = operation(
    "submitStatement",
    "Log a signed statement and get its receipt. The signature is the authentication.",
    {
        "201": answer(
            "logged: the receipt, canonical JSON",
            json("Receipt", examples.RECEIPT),
            {"Location": "address of the entry"},
        ),
        "200": answer(
            "these very bytes are logged already: their receipt again",
            json("Receipt", examples.RECEIPT),
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
        "bad_citation",
        "forbidden_content",
        "from_the_future",
        "lapsed",
        "read_only",
    ),
    requestBody={
        "required": True,
        "description": "a DSSE envelope in canonical JSON, at most 131,072 bytes",
        "content": {
            **json("Statement", examples.STATEMENT),
            "application/vnd.dsse.envelope.v1+json": {"schema": schema("Statement")},
        },
    },
)

BATCH = operation(
    "submitBatch",
    "Log many statements: one a line in, one answer a line out, in order.",
    {
        "200": answer(
            "every line has its answer; look at each line's `status`",
            content("application/x-ndjson", {"type": "string"}, examples.BATCH_ANSWER),
        )
    },
    ("malformed", "bad_request", "too_large", "unsupported_media_type", "read_only"),
    (
        query(
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
        "content": content("application/x-ndjson", {"type": "string"}, examples.BATCH_REQUEST),
    },
)

ENTRIES = operation(
    "listEntries",
    "List entries, or search them, in pages of a list that is fixed at a tree size.",
    {
        "200": answer(
            "one page",
            {
                **json("EntryList", examples.ENTRY_LIST),
                **content("text/csv", {"type": "string"}),
                **content("application/x-ndjson", {"type": "string"}),
            },
            {**NEXT, **_LISTED, **TAGGED},
        ),
        **UNCHANGED,
    },
    (*READING, "not_projected", "read_only"),
    (
        query(
            "q",
            "what to search for, as `type:use.recorded -department:GA after:2026-11-01`; "
            f"fields: {', '.join(FIELDS)}. Found is what the asker may read, newest first",
            {"type": "string", "maxLength": MAX_LENGTH},
        ),
        *PAGING,
        query(
            "order",
            "by index; first page only, and not with `q`",
            {"type": "string", "enum": ["asc", "desc"], "default": "asc"},
        ),
        query(
            "format",
            "form of the answer; else by `Accept`",
            {"type": "string", "enum": ["json", "csv", "jsonl"], "default": "json"},
        ),
        WAIT_FOR,
        REASON,
    ),
    description=(
        "CSV and JSON lines hold the same entries as JSON; what stands beside them in JSON is in "
        "`Link` and the `X-Zelian-…` headers. A CSV cell that begins with = + - @ or a tab has an "
        "apostrophe before it."
    ),
)

_ENTRY_ANSWERS = {
    "200": answer(
        "header for all; statement and event for those who may read them, else `absent`",
        json("Entry", examples.ENTRY),
        TAGGED,
    ),
    **UNCHANGED,
}

ENTRY = operation(
    "getEntry",
    "Show one entry.",
    _ENTRY_ANSWERS,
    (*READING, "not_found", "read_only"),
    (_INDEX, REASON),
)

STATEMENT = operation(
    "getStatement",
    "Show the entry of a statement.",
    _ENTRY_ANSWERS,
    (*READING, "not_found", "read_only"),
    (
        path(
            "digest",
            "SHA-256 of the canonical envelope, hex",
            _DIGEST,
        ),
        REASON,
    ),
)

REMOVAL = operation(
    "getRemoval",
    "Certify that a statement was withheld or erased, on whose order.",
    {
        "200": answer(
            "a certificate, signed by the service's key; for `zelian verify certificate`",
            content(JSON, schema("Certificate"), examples.CERTIFICATE),
        )
    },
    ("not_found", "read_only"),
    (path("digest", "SHA-256 of the canonical envelope, hex", _DIGEST),),
)

PROOF = operation(
    "getInclusionProof",
    "Prove that an entry is in the tree of a signed checkpoint.",
    {
        "200": answer(
            "a C2SP tlog-proof", content(TEXT, {"type": "string"}, examples.PROOF), TAGGED
        ),
        **UNCHANGED,
    },
    ("not_found", "no_checkpoint", "read_only"),
    (
        _INDEX,
        query(
            "size", "size of a stored checkpoint above the index; default: the published", INTEGER
        ),
    ),
)

CONSISTENCY = operation(
    "getConsistencyProof",
    "Prove that one tree extends another.",
    {
        "200": answer("the proof", json("Consistency", examples.CONSISTENCY), TAGGED),
        **UNCHANGED,
    },
    ("bad_request", "not_found", "read_only"),
    (
        query("old", "size of the smaller tree", INTEGER, required=True),
        query("new", "size of the larger tree, at most the ledger's", INTEGER, required=True),
    ),
)

CHECKPOINT = operation(
    "getCheckpoint",
    "The published checkpoint, a signed note.",
    {
        "200": answer(
            "C2SP tlog-checkpoint",
            content(TEXT, {"type": "string"}, examples.CHECKPOINT),
            TAGGED,
        ),
        **UNCHANGED,
    },
    ("not_found",),
)

TILE = operation(
    "getTile",
    "A tile of hashes, or a bundle of entry headers.",
    {
        "200": answer(
            "the bytes; a full tile never changes",
            content("application/octet-stream", {"type": "string", "format": "binary"}),
            TAGGED,
        ),
        **UNCHANGED,
    },
    ("not_found",),
    (
        path(
            "path",
            "`<level>/<number>[.p/<width>]` or `entries/<number>[.p/<width>]`, C2SP tlog-tiles; "
            "the slashes stand unescaped",
            {"type": "string", "examples": ["0/000.p/43", "entries/x001/067"]},
        ),
    ),
)

HEALTH = operation(
    "getHealth", "Does the process live?", {"200": answer("yes", json("Health", examples.HEALTH))}
)
READY = operation(
    "getReady",
    "May requests be sent here?",
    {"200": answer("yes", json("Ready", examples.READY))},
    ("not_ready",),
)
METRICS = operation(
    "getMetrics",
    "Counters and gauges for Prometheus.",
    {"200": answer("Prometheus text format", content(TEXT, {"type": "string"}))},
)
OPENAPI = operation(
    "getDescription",
    "This description.",
    {"200": answer("OpenAPI 3.1", content(JSON, {"type": "object"})), **UNCHANGED},
)
DOCS = operation(
    "getDocs", "A page to try the API.", {"200": answer("a page", _HTML)}, (), (_LANG,)
)
DOCS_FILE = operation(
    "getDocsFile",
    "A script, style or picture of that page.",
    {"200": answer("the file"), **UNCHANGED},
    ("not_found",),
    (path("name", "name of the file", {"type": "string"}),),
)
HOME = operation(
    "getHome",
    "What this ledger is and how to check it, for people.",
    {"200": answer("a page", _HTML)},
    (),
    (_LANG,),
)
KIND = operation(
    "getProblemPage",
    "What a problem code means, for people.",
    {"200": answer("a page", _HTML)},
    ("not_found",),
    (path("code", "a problem code", {"type": "string", "enum": [*KINDS]}), _LANG),
)
KIND_LIST = operation(
    "listProblems", "Every problem code.", {"200": answer("a page", _HTML)}, (), (_LANG,)
)
STATIC = operation(
    "getStatic",
    "A style or script of this service's own pages.",
    {"200": answer("the file"), **UNCHANGED},
    ("not_found",),
    (path("name", "name of the file", {"type": "string"}),),
)
