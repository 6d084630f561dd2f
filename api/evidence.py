"""Answer ``GET /api/v1/evidence``: an evidence bundle about one thing, to take away.

The ledger records that it was made before it leaves, whoever asked.

Source: spec 7.
"""

from hashlib import sha256
from typing import TYPE_CHECKING

from flask import Response, g
from flask_smorest import Blueprint

from api.answers import ASK_AGAIN_PRIVATE, tagged
from api.context import ledger
from api.guard import given_reason
from api.languages import Words
from api.operation_parts import answer, content, operation, query
from api.operations import INTEGER, READING, REASON, TAGGED, UNCHANGED
from api.parameters import MAX_NUMBER, bad_parameter, query_number, takes
from api.problems import Problem
from api.reading import note_recorded, reader, session, show, shown, sight
from ledger.access.readings import Bundled
from ledger.events.records import GIVEN_REASONS
from ledger.evidence.question import KINDS, THINGS, Question, is_chain_name, question_sha256_bytes
from ledger.evidence_maker import make_evidence
from ledger.projections.query import QueryError, parse_query

if TYPE_CHECKING:
    from ledger.evidence_maker import Made

blp = Blueprint("evidence", __name__, description="Evidence to take away")

ZIP = "application/zip"
_T = {"type": "string"}
_ABOUT = {
    "act": "the act, as department/id",
    "grant": "the grant, as department/id",
    "item": "the item, as department/id",
    "chain": "any chain, as kind/name",
    "entry": "one entry's index",
    "query": "a search, as `q` of the list of entries",
}
SHOW = operation(
    "getEvidence",
    "Make an evidence bundle about an act, grant, item, chain, entry or search.",
    {
        "200": answer(
            "the bundle", content(ZIP, {"type": "string", "format": "binary"}), {**TAGGED}
        ),
        **UNCHANGED,
    },
    (*READING, "bad_request", "not_found", "no_checkpoint", "not_projected", "read_only"),
    (
        *(query(name, about, INTEGER if name == "entry" else _T) for name, about in _ABOUT.items()),
        query("as_of", "tree size of a stored checkpoint; else the published one", INTEGER),
        REASON,
    ),
    description=(
        "Exactly one question. Everything that proves the answer is inside, under one "
        "checkpoint, and the same question, asker and checkpoint give the same bytes. That the "
        "bundle was made is recorded in the ledger."
    ),
)


@blp.route("/api/v1/evidence")
@blp.doc(**SHOW)
@takes(*KINDS, "as_of", "reason")
def get_evidence() -> Response:
    """Make a bundle."""
    question, as_of, reason = _asked_question(), query_number("as_of", 1), _asked_reason()
    asker = reader()
    name = None if asker is None else asker.department
    if asker is not None and asker.official is not None:
        name = f"{asker.department}/{asker.official}"
    made = make_evidence(ledger(), sight(), question, as_of, name)
    _record(made, reason)
    response = tagged(made.raw, ZIP, ASK_AGAIN_PRIVATE)
    file = f"evidence-{made.size}-{made.sha256[:12]}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def _asked_question() -> Question:
    given = [kind for kind in KINDS if kind in g.query]
    if len(given) != 1:
        listed = ", ".join(KINDS)
        raise Problem(
            "bad_parameter",
            Words(f"ask by exactly one of {listed}", f"{'、'.join(KINDS)} 中须给出且只给出一个"),
        )
    kind = given[0]
    if kind == "entry":
        index = query_number("entry", 0, MAX_NUMBER)
        return Question("entry", "", (index or 0,))
    if kind == "query":
        return _asked_query(g.query[kind])
    question = Question(kind, g.query[kind])
    if question.chain is not None and not is_chain_name(question.chain):
        raise bad_parameter(
            kind,
            f"{kind} must be {'kind/name' if kind == 'chain' else 'department/id'}",
            f"{kind} 应为“{'类别/名称' if kind == 'chain' else '部门/编号'}”",
        )
    return question


def _asked_query(text: str) -> Question:
    try:
        parse_query(text)
    except QueryError as error:
        words = Words(error.en, error.zh)
        raise Problem("bad_parameter", words, parameter="query", position=error.position) from None
    return Question("query", text)


def _asked_reason() -> str:
    reason = given_reason()
    if reason and reason not in GIVEN_REASONS:
        listed = ", ".join(GIVEN_REASONS)
        raise bad_parameter(
            "reason",
            f"reason must be one of: {listed}",
            f"reason 须为其中之一：{'、'.join(GIVEN_REASONS)}",
        )
    return reason or "not_stated"


def _record(made: "Made", reason: str) -> None:
    """Have the making recorded; where that cannot be done, nothing leaves."""
    current = session()
    if current is None:
        return
    for entry in made.shown:
        show(entry)
    question = made.question
    kind, _, ref = (question.chain or "").partition("/")
    hashed = sha256(question_sha256_bytes(question)).hexdigest()
    bundled = Bundled(hashed, made.sha256, made.size, len(made.shown))
    refs = {kind: ref} if kind in THINGS else {}
    ledger().desk.readings.record_making(current, bundled, reason, refs, shown())
    note_recorded()
