"""A bundle's answer as W3C PROV: what was done, by whom, on whose behalf, from what.

- An *activity* ``entry/N`` is what a statement tells of; its times are those claimed.
- An *entity* is a thing, as ``grant/<ref>``, or a statement, by its digest. Who opens a
  thing generates it, whoever names it otherwise uses it; a statement is derived from its
  parents, which its signature binds, and from what it cites of other ledgers: an entity in
  that ledger's own namespace. The derivation says how it stands with the receipt.
- An *agent* is an official, who acted on behalf of his department; where a system spoke,
  the department itself.

Source: W3C PROV-DM, PROV-JSON, PROV-N; domain, 4.6.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from prov.constants import PROV, PROV_LABEL, PROV_TYPE
from prov.identifier import Namespace, QualifiedName
from prov.model import Literal, ProvDocument

from crypto.statement import Statement
from ledger.access.terms import short_of, source_of
from ledger.events.types import EVENT_TYPES
from ledger.exports.taken import Shown, Taken
from ledger.sharing.touched import MACHINES

Foreign = Mapping[str, str]

ZELIAN: Final = Namespace("zelian", "tag:zelian.example,2026:")


def prov_json(taken: Taken) -> str:
    """Return PROV-JSON."""
    text = provenance(taken).serialize(format="json", indent=1, ensure_ascii=False)
    return f"{text}\n"


def prov_n(taken: Taken) -> str:
    """Return PROV-N."""
    return provenance(taken).get_provn() + "\n"


def provenance(taken: Taken) -> ProvDocument:
    """Return the document; the same answer gives the same one."""
    document = ProvDocument()
    document.add_namespace("ledger", f"https://{taken.origin}/id/")
    document.add_namespace(ZELIAN)
    foreign = _foreign(document, taken)
    _about(document, taken)
    said = [(one, one.statement) for one in taken.shown if one.statement is not None]
    _parties(document, [statement for _, statement in said])
    for one, statement in said:
        _activity(document, one, statement)
        _cites(document, one, foreign)
    return document


def _foreign(document: ProvDocument, taken: Taken) -> Foreign:
    """Declare the other ledgers and what is cited of them; return the prefix of each."""
    cited = {(cited.ledger, cited.statement) for one in taken.shown for cited in one.cites}
    ledgers = sorted({ledger for ledger, _ in cited})
    foreign = {ledger: f"ledger{number}" for number, ledger in enumerate(ledgers, 2)}
    for ledger, prefix in foreign.items():
        document.add_namespace(prefix, f"https://{ledger}/id/")
    for ledger, digest in sorted(cited):
        document.entity(
            f"{foreign[ledger]}:statement/{digest}",
            [(PROV_TYPE, ZELIAN["foreign_statement"]), (ZELIAN["origin"], ledger)],
        )
    return foreign


def _cites(document: ProvDocument, one: Shown, foreign: Foreign) -> None:
    for cited in one.cites:
        stands: list[tuple[QualifiedName, str | int]] = [(ZELIAN["standing"], cited.standing)]
        if cited.by is not None:
            stands.append((ZELIAN["by"], cited.by))
        document.wasDerivedFrom(
            _statement(one.digest),
            f"{foreign[cited.ledger]}:statement/{cited.statement}",
            other_attributes=[(PROV_TYPE, ZELIAN["citation"]), *stands],
        )


def _about(document: ProvDocument, taken: Taken) -> None:
    about = [(ZELIAN[name], value) for name, value in taken.spoken().items()]
    bundle = f"ledger:evidence/{taken.bundle}"
    document.collection(bundle, [(PROV_TYPE, ZELIAN["evidence"]), *about])
    for one in taken.shown:
        what = [(ZELIAN["index"], one.index), (ZELIAN["leaf"], one.leaf)]
        if one.absent is not None:
            what.append((ZELIAN["absent"], one.absent))
        digest = _statement(one.digest)
        document.entity(digest, [(PROV_TYPE, ZELIAN["statement"]), *what])
        document.hadMember(bundle, digest)


def _parties(document: ProvDocument, said: Sequence[Statement]) -> None:
    """Declare who acted, and the things that are named."""
    for name in sorted({source_of(one.event) for one in said}):
        document.agent(f"ledger:department/{name}", [(PROV_TYPE, PROV["Organization"])])
    for name in sorted({one.official for one in said if one.official is not None}):
        document.agent(f"ledger:official/{name}", [(PROV_TYPE, PROV["Person"])])
    for kind, ref in sorted({thing for one in said for thing in one.refs.items()}):
        document.entity(f"ledger:{kind}/{ref}", [(PROV_TYPE, ZELIAN[kind])])


def _activity(document: ProvDocument, one: Shown, statement: Statement) -> None:
    kind = EVENT_TYPES[statement.type]
    activity = f"ledger:entry/{one.index}"
    document.activity(
        activity,
        statement.time,
        statement.time,
        [
            (PROV_TYPE, ZELIAN[short_of(statement.type)]),
            (PROV_LABEL, Literal(kind.label_zh, langtag="zh")),
            (PROV_LABEL, Literal(kind.label_en, langtag="en")),
            (ZELIAN["recorded_at"], one.recorded_at),
            (ZELIAN["voice"], one.voice),
        ],
    )
    _acted(document, activity, statement)
    document.wasGeneratedBy(_statement(one.digest), activity)
    for parent in statement.parents:
        document.wasDerivedFrom(_statement(one.digest), _statement(parent))
    for name, ref in statement.refs.items():
        thing = f"ledger:{name}/{ref}"
        if name in MACHINES and _opens(name, statement):
            document.wasGeneratedBy(thing, activity)
        else:
            document.used(activity, thing)


def _acted(document: ProvDocument, activity: str, statement: Statement) -> None:
    department = f"ledger:department/{source_of(statement.event)}"
    if statement.official is None:
        document.wasAssociatedWith(activity, department)
    else:
        official = f"ledger:official/{statement.official}"
        document.wasAssociatedWith(activity, official)
        document.actedOnBehalfOf(official, department, activity)


def _opens(kind: str, statement: Statement) -> bool:
    # A matter is opened by whatever names it first, so nobody makes it.
    return kind != "matter" and short_of(statement.type) in MACHINES[kind].opened_by


def _statement(digest: str) -> str:
    return f"ledger:statement/{digest}"
