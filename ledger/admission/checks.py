"""The order in which a statement is checked, and nothing else.

Two halves, because keys and posts are known only at an index: ``read`` and
``examine`` need no registry and run anywhere, in a pool of processes too;
``judge`` runs where the index is given out. The first check that fails, in the
order of spec 6, answers. That a digest is logged already and that another
statement has its (source, id) is known to the sequencer alone. No clock, disk or
socket is touched.

Units: ``at`` is the index that the statement gets; ``recorded_at`` is that entry's
T; ``now_ms`` is the ledger's clock, milliseconds since 1970.

Source: spec 6 (the table of codes).
"""

from collections.abc import Mapping

import msgspec

from crypto.chain import REGISTRY_TYPES
from crypto.errors import BadSignature, Malformed, TooLarge, WeakKey
from crypto.keys import PublicKey, read_public_key, require_enrolable
from crypto.notation import read_b64
from crypto.statement import Statement, read_statement, verify_signatures
from ledger.access.citations import check_citations, check_receipts, cites
from ledger.access.registration import brought_keys, check_conflicts, check_references
from ledger.access.speak import SourceOf, check_keys, check_role, check_times, no_source
from ledger.errors import Refused
from ledger.events.declare import EventType
from ledger.events.forbidden import check_forbidden
from ledger.events.types import event_type
from ledger.registry.records import OPENED, opening_of
from ledger.registry.state import Registry


class Examined(msgspec.Struct, frozen=True):
    """A statement with every answer that needs no registry; it can be pickled.

    ``before_keys``: the first refusal of the rows above ``unknown_key``.
    ``new_keys``: the refusal of a public key that the statement brings.
    ``unknown``: the signers whose keys were not at hand, new keys apart; then no
    signature was verified.
    ``after_keys``: the first refusal of the rows from ``bad_signature`` (left out
    where ``unknown`` names any) to ``forbidden_content``, and ``bad_citation`` as far as
    no trust is needed.
    ``names``: the chain names of whatever may still enter, else empty.
    """

    statement: Statement
    names: tuple[str, ...]
    before_keys: Refused | None
    new_keys: Refused | None
    unknown: tuple[str, ...]
    after_keys: Refused | None


# Judging these looks at earlier statements.
LOOKING_BACK = frozenset({"zelian.statement.withheld.v1", "zelian.statement.erased.v1"})


def doubtful(examined: Examined) -> bool:
    """Whether examining found something, or could not be finished.

    What is cited hangs on what is registered, and is verified before the queue too.
    """
    return bool(
        examined.unknown
        or examined.before_keys
        or examined.new_keys
        or examined.after_keys
        or cites(examined.statement.event)
    )


def read(raw: bytes) -> Statement:
    """Read an envelope: the rows ``too_large`` and ``malformed``.

    Raises:
        Refused: with one of these two codes.
    """
    try:
        return read_statement(raw)
    except TooLarge as error:
        raise Refused("too_large", error.en, error.zh, error.pointer) from None
    except Malformed as error:
        raise Refused("malformed", error.en, error.zh, error.pointer) from None


def examine(statement: Statement, origin: str, keys: Mapping[str, PublicKey]) -> Examined:
    """Make every check that needs no registry, each once.

    Args:
        statement: output of ``read``.
        origin: of this ledger.
        keys: keys by id to verify with; which of them may speak is for ``judge``.
            Keys enrolled since may be missing, for ``judge`` looks again.
    """
    return with_signatures(without_signatures(statement, origin, keys), keys)


def without_signatures(
    statement: Statement, origin: str, keys: Mapping[str, PublicKey]
) -> Examined:
    """The first half of ``examine``; what it returns is not yet verified."""
    try:
        kind = _check_addressed(statement, origin)
    except Refused as refusal:
        return Examined(statement, (), _bare(refusal), None, (), None)
    brought: Mapping[str, PublicKey] = {}
    new_keys: Refused | None = None
    if statement.type in REGISTRY_TYPES:
        try:
            brought = _read_brought_keys(statement)
        except Refused as refusal:
            new_keys = _bare(refusal)
    unknown = tuple([s for s in statement.signers if s not in keys and s not in brought])
    try:
        names = _check_content(statement, kind)
    except Refused as refusal:
        return Examined(statement, (), None, new_keys, unknown, _bare(refusal))
    return Examined(statement, names, None, new_keys, unknown, None)


def check_unsigned(statement: Statement, origin: str) -> tuple[str, ...]:
    """Make the checks of ``examine`` but those of signatures; return the chain names.

    For whoever looks at what was logged and verifies signatures by himself.

    Raises:
        Refused: the first of them, in the order of spec 6.
    """
    kind = _check_addressed(statement, origin)
    if kind.name in REGISTRY_TYPES:
        _read_brought_keys(statement)
    return _check_content(statement, kind)


def with_signatures(examined: Examined, keys: Mapping[str, PublicKey]) -> Examined:
    """The second half: verify, where all keys are at hand.

    Whoever examines many takes each half of all at once: code that runs again and
    again runs from the processor's caches.
    """
    if examined.before_keys is not None or examined.unknown:
        return examined
    statement = examined.statement
    try:
        _check_signatures(statement, _keys_for(examined, keys))
    except Refused as refusal:
        return msgspec.structs.replace(examined, names=(), after_keys=_bare(refusal))
    return examined


def _keys_for(examined: Examined, keys: Mapping[str, PublicKey]) -> Mapping[str, PublicKey]:
    """*keys* and those that the statement brings, which an enrolment must prove to hold."""
    statement = examined.statement
    if statement.type not in REGISTRY_TYPES or examined.new_keys is not None:
        return keys
    brought = _read_brought_keys(statement)
    return {key_id: brought.get(key_id) or keys[key_id] for key_id in statement.signers}


def judge(
    examined: Examined,
    registry: Registry,
    at: int,
    recorded_at: str,
    now_ms: int,
    source_of: SourceOf = no_source,
) -> None:
    """Raise the first refusal, in the order of spec 6, of this statement at this index.

    Args:
        examined: output of ``examine``, of whenever and whichever process.
        registry: folded at least up to *at*.
        at: index that the statement gets; the state is that of the entries before.
        recorded_at: T that its entry gets.
        now_ms: the ledger's clock.
        source_of: who spoke the target of a withholding or an erasure.

    Raises:
        Refused: with any code but ``too_large``, ``malformed``, and ``conflict``
            over (source, id).
    """
    statement = examined.statement
    if examined.before_keys is not None:
        raise examined.before_keys
    # SPEC: spec 6, new keys are looked at "only in entry 0 and key.enrolled".
    if examined.new_keys is not None and (at == 0 or statement.type != OPENED):
        raise examined.new_keys
    check_keys(statement, registry, at)
    if examined.unknown:
        # Enrolled since it was examined, perhaps by the entry before in one batch.
        examined = examine(statement, registry.origin, registry.public_keys)
    if examined.after_keys is not None:
        raise examined.after_keys
    check_references(statement, registry, at)
    check_citations(statement.event, registry, at)
    check_role(statement, registry, at, recorded_at, source_of)
    check_times(statement, recorded_at, now_ms)
    check_conflicts(statement, registry, at, recorded_at)


def _check_addressed(statement: Statement, origin: str) -> EventType:
    """The rows ``wrong_ledger`` and ``unknown_type``."""
    said_to = statement.event["ledger"]
    if said_to != origin:
        raise Refused(
            "wrong_ledger",
            f"it is said to ledger {said_to!r}, and this one is {origin!r}: send it there",
            f"该陈述是对账本 {said_to!r} 作出的，而本账本是 {origin!r}：请提交到对应账本",
            "/ledger",
        )
    return event_type(statement.type)


def _read_brought_keys(statement: Statement) -> dict[str, PublicKey]:
    """The rows ``schema`` and ``weak_key`` of new public keys."""
    found = {}
    for pointer, value in brought_keys(statement.event):
        key = _read_enrolable(value, pointer)
        found[key.key_id] = key
    return found


def _read_enrolable(value: object, pointer: str) -> PublicKey:
    try:
        key = read_public_key(read_b64(value, pointer))
        require_enrolable(key)
    except Malformed as error:
        raise Refused(
            "schema",
            f"no public key in the form of spec 2: {error.en}",
            f"公钥不符合规范第 2 节的形式：{error.zh}",
            pointer,
        ) from None
    except WeakKey as error:
        raise Refused("weak_key", error.en, error.zh, pointer) from None
    return key


def _check_signatures(statement: Statement, keys: Mapping[str, PublicKey]) -> None:
    """The row ``bad_signature``."""
    try:
        verify_signatures(statement, keys)
    except BadSignature as error:
        raise Refused("bad_signature", error.en, error.zh, error.pointer) from None


def _check_content(statement: Statement, kind: EventType) -> tuple[str, ...]:
    """The rows ``schema``, of all else in ``data``, and ``forbidden_content``: chain names.

    Of ``bad_citation``, which comes later, what is false whatever the registry holds: no
    registry event cites, so no row between is passed over.
    """
    names = kind.check(statement.event)
    if statement.type == OPENED:
        _check_opening(statement)
    check_forbidden(statement.event)
    check_receipts(statement.event)
    return names


def _check_opening(statement: Statement) -> None:
    """SPEC: spec 8, origin and log_key of entry 0 are those of the checkpoint."""
    try:
        opening_of(statement.event)
    except Malformed as error:
        raise Refused("schema", error.en, error.zh, error.pointer or "/data/log_key") from None


def _bare(refusal: Refused) -> Refused:
    """Drop the trace, which holds on to the frames of a finished examination."""
    refusal.__context__ = None
    return refusal.with_traceback(None)
