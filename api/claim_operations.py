"""What the operations of claim codes take and answer."""

from api.languages import LANGUAGES
from api.operation_parts import Doc, answer, content, json, operation, query

_PROBLEMS = ("bad_request", "unsupported_media_type", "not_found", "too_many", "read_only")
_LANG = query(
    "lang", "language of the page; else `Accept-Language`", {"type": "string", "enum": [*LANGUAGES]}
)
_PAGE = content("text/html", {"type": "string"})
_FORM: Doc = {
    "required": True,
    "description": "the form of the page",
    "content": content(
        "application/x-www-form-urlencoded",
        {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]},
    ),
}

_MARKET = {"en": "Market Regulation", "id": "yunling-scjg", "zh": "云岭省市场监督管理局"}
_EXAMPLE: Doc = {
    "as_of": 43,
    "complaints": [
        {
            "answers": [
                {
                    "answer": "经核查属实，已更正",
                    "department": _MARKET,
                    "disposition": "upheld",
                    "index": 41,
                    "label": {"en": "upheld", "zh": "属实"},
                    "measures": ["correction_requested"],
                    "recorded_at": "2026-11-09T01:00:00.000Z",
                    "statement": "5b" * 32,
                }
            ],
            "complaint": "yunling-scjg/TS-1",
            "label": {"en": "answered", "zh": "已答复"},
            "received": {
                "department": _MARKET,
                "index": 40,
                "kind": "wrong_data",
                "mode": "anonymous",
                "recorded_at": "2026-11-02T01:00:00.000Z",
                "statement": "5b" * 32,
            },
            "state": "answered",
        }
    ],
    "removed": [],
}

ASK = operation(
    "askByClaimCode",
    "Read the answers to a complaint by the claim code that was given when it was taken in.",
    {"200": answer("what the code opens", json("Answers", _EXAMPLE))},
    _PROBLEMS,
    description=(
        "No session is needed: the code is the right. It stands in the body alone, never in an "
        "address. A wrong code and one of which nothing was ever said are both `not_found`. Tries "
        "are counted by address. No official and nothing of other complaints is in the answer."
    ),
    requestBody={
        "required": True,
        "description": "the code as it was given",
        "content": json("ClaimCode", {"code": "7Q2M-X4TZ-9KPD-3WHB-VN6C"}),
    },
)
FORM = operation(
    "getAnswerForm", "A page that asks for a claim code.", {"200": answer("a page", _PAGE)}, (),
    (_LANG,),
)  # fmt: skip
FORM_ASK = operation(
    "askByForm",
    "The same as `/api/v1/answers`, on a page.",
    {
        "200": answer("a page", _PAGE),
        **{
            status: answer(f"a page that says so: {why}", _PAGE)
            for status, why in (
                ("400", "nothing like a code was sent"),
                ("404", "the code opens nothing"),
                ("415", "the form was sent in another form"),
                ("429", "too many codes within a minute"),
                ("503", "the ledger cannot be read now"),
            )
        },
    },
    (),
    (_LANG,),
    requestBody=_FORM,
)
