"""What the operations of signing in take and answer, and the list of refusals."""

from api import examples
from api.operation_parts import Doc, answer, content, json, operation, query

_INTEGER: Doc = {"type": "integer", "format": "int64", "minimum": 1}
_SESSION_COOKIE = {"Set-Cookie": "`zelian_session`, for browsers: HttpOnly, SameSite=Strict"}

CHALLENGE = operation(
    "askToSignIn",
    "Get a nonce to sign in with. It serves once, within five minutes.",
    {"200": answer("the nonce", json("Challenge", examples.CHALLENGE))},
    ("too_many", "read_only"),
)
SIGN_IN = operation(
    "signIn",
    "Open a session by a sign-in that an enrolled key signed (spec 2).",
    {
        "201": answer(
            "the session; its token is told once", json("Begun", examples.BEGUN), _SESSION_COOKIE
        )
    },
    (
        "malformed",
        "bad_request",
        "too_large",
        "unsupported_media_type",
        "not_signed_in",
        "too_many",
        "read_only",
    ),
    description=(
        "The envelope has payloadType `application/vnd.zelian.signin.v1+json` over canonical "
        "`client_nonce`, `expires`, `keyid`, `ledger`, `nonce`. The client builds these bytes "
        "from the origin that it has configured. Send the token as `Authorization: Bearer`."
    ),
    requestBody={
        "required": True,
        "description": "a DSSE envelope in canonical JSON",
        "content": {
            **content("application/json", {"type": "object"}, examples.SIGN_IN),
            "application/vnd.dsse.envelope.v1+json": {"schema": {"type": "object"}},
        },
    },
)
SESSION = operation(
    "getSession",
    "Who is signed in, and until when.",
    {"200": answer("the session", json("Session", examples.SESSION))},
    ("not_signed_in", "read_only"),
)
SIGN_OUT = operation(
    "signOut",
    "End the session.",
    {"204": answer("it has ended")},
    ("not_signed_in", "read_only"),
)
REFUSALS = operation(
    "listRefusals",
    "List refused submissions of known keys, newest first: time, key, code, digest.",
    {
        "200": answer("one page", json("RefusalList", examples.REFUSAL_LIST)),
        "304": {"description": "what the asker holds is still right"},
    },
    ("not_signed_in", "not_allowed", "read_only"),
    (
        query("before", "`next` of the page before", _INTEGER),
        query(
            "limit",
            "refusals a page",
            {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100},
        ),
    ),
)
