"""What the ledger says of itself: who read it, what it handed out, where its head was anchored.

A covert inquiry's reading is *sealed*: only the approval and a commitment are
logged, the hex SHA-256 of ``"zelian/seal/v1" LF``, the salt's 32 bytes and the
canonical JSON of ``{"reading":…,"refs":…}``, or of ``{"made":…,"refs":…}`` for a
bundle. Unsealing logs the salt and the same members in clear, so that anybody
can compute the commitment again.

Source: spec 4 and 9; decree 809, article 29.
"""

from collections.abc import Mapping
from typing import Any

from ledger.events.declare import REF_NAMES, declare
from ledger.events.fields import (
    Base64,
    Choice,
    DepartmentId,
    Hex,
    Id,
    Integer,
    Kind,
    ListOf,
    Object,
    Origin,
    Rule,
    Text,
    Time,
)
from ledger.events.speakers import LEDGER
from ledger.events.wording import Wording

SERVICE = Wording("the ledger's own service", "账本服务系统")

REASONS = (
    "own_statements", "counterparty", "provider_check", "authority_check", "audit", "inquiry",
    "procuratorial", "court", "complaint", "appraisal", "public_register", "operation",
    "not_stated",
)  # fmt: skip
GIVEN_REASONS = tuple(reason for reason in REASONS if reason != "not_stated")


def _who_and_why() -> dict[str, Kind]:
    """Who asked, with which right. ``scope`` is the digest of the ``scope.granted`` relied on."""
    return {
        "reader": DepartmentId(),
        "official": Id(optional=True),
        "session_sha256": Hex(optional=True),
        "reason": Choice(*REASONS),
        "document": Text(optional=True),
        "scope": Hex(optional=True),
    }


def _reading(*, optional: bool = False) -> Object:
    members = {
        **_who_and_why(),
        "query": Choice(
            "entry",
            "statement",
            "search",
            "chain",
            "responsibility",
            "impact",
            "share",
            "matter",
            "file",
            "appraisal",
            "obligations",
            "findings",
            "stream",
        ),
        # Whose chain, page or appraisal it was; things stand among the refs.
        "of_department": DepartmentId(optional=True),
        # Of those whose statements were among several that one request read.
        "of_departments": ListOf(DepartmentId(), optional=True),
        "of_official": Id(optional=True),
        "what": Choice("headers", "statements", "report", "count"),
        "result": Choice("given", "refused"),
        "entries": Integer(0),
        "as_of": Integer(0, optional=True),
    }
    return Object(members, optional=optional)


def _making(*, optional: bool = False) -> Object:
    members = {
        **_who_and_why(),
        "question_sha256": Hex(),
        "bundle_sha256": Hex(),
        "as_of": Integer(0),
        "entries": Integer(0),
    }
    return Object(members, optional=optional)


def _seal() -> dict[str, Kind]:
    return {"commitment": Hex(), "approval": Text()}


def _one_of(first: str, second: str) -> Rule:
    def holds(data: Mapping[str, Any]) -> bool:
        return (first in data) != (second in data)

    return Rule(
        second,
        holds,
        Wording(f"or {first} must be there, and not both", f"与 {first} 须且只能填写一项"),
    )


def _says_nothing(member: str, *, where: str | None = None) -> Rule:
    """Refuse under a seal whatever would tell what is sealed; *where* names the seal's member."""

    def holds(data: Mapping[str, Any]) -> bool:
        return (where is not None and where not in data) or not data.get(member)

    return Rule(
        member,
        holds,
        Wording("must not tell what is sealed: leave it out or empty", "不得透露密封内容：须留空"),
    )


_TELLING = ("refs", "parents", "document", "platform_ref", "on_behalf_of")

ACCESS_RECORDED = declare(
    "access.recorded",
    "records",
    en="Access recorded",
    zh="查阅记录",
    speaker=SERVICE,
    serves=("S64",),
    speakers=LEDGER,
    voice="system",
    parties=("reading.reader", "reading.of_department", "reading.of_departments"),
    refs_optional=REF_NAMES,
    members={"reading": _reading()},
)

ACCESS_SEALED = declare(
    "access.sealed",
    "records",
    en="Access sealed",
    zh="密封查阅记录",
    speaker=SERVICE,
    serves=("S64",),
    speakers=LEDGER,
    voice="system",
    sealed=True,
    members=_seal(),
    rules=list(map(_says_nothing, _TELLING)),
)

ACCESS_UNSEALED = declare(
    "access.unsealed",
    "records",
    en="Access unsealed",
    zh="查阅记录启封",
    speaker=SERVICE,
    serves=("S64",),
    speakers=LEDGER,
    voice="system",
    parties=("reading.reader", "reading.of_department", "reading.of_departments", "made.reader"),
    refs_optional=REF_NAMES,
    members={
        "seal": Hex(),
        "salt": Hex(),
        "approval": Text(),
        "reading": _reading(optional=True),
        "made": _making(optional=True),
    },
    rules=[_one_of("reading", "made")],
)

BUNDLE_MADE = declare(
    "bundle.made",
    "records",
    en="Evidence bundle made",
    zh="证据包制作",
    speaker=SERVICE,
    serves=("S64",),
    speakers=LEDGER,
    voice="system",
    parties=("made.reader",),
    refs_optional=REF_NAMES,
    members={"made": _making(optional=True), "sealed": Object(_seal(), optional=True)},
    rules=[
        _one_of("made", "sealed"),
        *(_says_nothing(member, where="sealed") for member in _TELLING),
    ],
)

ANCHOR_RECORDED = declare(
    "anchor.recorded",
    "records",
    en="Anchor recorded",
    zh="锚定记录",
    speaker=SERVICE,
    serves=("S35",),
    speakers=LEDGER,
    voice="system",
    members={
        # Of this ledger's head elsewhere, or of another ledger's head here.
        "kind": Choice("timestamp", "witness", "other_ledger", "publication"),
        "origin": Origin(),
        "size": Integer(0),
        "root": Hex(),
        "checkpoint_sha256": Hex(),
        "anchored_at": Time(),
        "anchored_in": Text(optional=True),
        # Of a time-stamp: the authority's answer (RFC 3161), which anybody can check.
        "proof": Base64(optional=True),
        "proof_sha256": Hex(optional=True),
        "cosigners": ListOf(Text(), optional=True),
    },
)

RECORDS = (ACCESS_RECORDED, ACCESS_SEALED, ACCESS_UNSEALED, BUNDLE_MADE, ANCHOR_RECORDED)
