"""See to it that the registry knows who will speak, or say who has to sign what.

Where enough registrar keys are at hand, what the registry lacks is signed, kept on
the disk and logged. Where they are not, nothing is sent: what there is to sign comes
back for others to sign and submit, and another run finds it in the registry.

Source: spec 8 (the registrar), spec 9.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cli.door import Door
from cli.drafting import now
from cli.failures import NOT_ALLOWED, Failure
from cli.importing.compact import Recorded, Said, verify_batch
from cli.importing.registering import Wanted
from cli.importing.registry_store import RegistryStore
from cli.importing.sending import MAX_LINES
from cli.registry_view import RegistryView, read_registry
from cli.signing import ToSign, add_signatures, check_sound
from crypto.keys import PrivateKey
from crypto.notation import parse_time
from crypto.policy import Policy
from crypto.statement import prepare_event, read_statement
from ledger.errors import LedgerError, Refused
from ledger.opening import registrar_event


@dataclass(frozen=True, slots=True)
class Registered:
    """How many registry statements were logged now, and how much was known before."""

    new: int
    there: int


@dataclass(frozen=True, slots=True)
class Unsigned:
    """Statements that lack signatures of registrars; nothing was sent."""

    parts: list[ToSign]


def register(
    door: Door,
    wanted: Sequence[Wanted],
    own: Sequence[PrivateKey],
    store: RegistryStore,
    policy: Policy,
) -> Registered | Unsigned:
    """Make the registry know all that is *wanted*, or return what is to be signed.

    Args:
        own: the registrar keys at hand; there may be none.

    Raises:
        Refused: the ledger does not take one of them, or would not.
        Failure: the registry cannot be read, and no registrar key is at hand.
    """
    parts = [part for one in wanted if (part := store.get(one.id)) and not part.missing]
    if len(parts) < len(wanted):
        view = _view(door, own)
        lacking = [one for one in wanted if view is None or not one.is_known(view.registry)]
        signers = _signers(own, view)
        parts = [_signed(door.origin, one, own, signers, store) for one in lacking]
        if parts:
            store.keep(parts)
    if any(part.missing for part in parts):
        return Unsigned([part for part in parts if part.missing])
    new = _send(door, parts, store, policy)
    return Registered(new, len(wanted) - new)


def _view(door: Door, own: Sequence[PrivateKey]) -> RegistryView | None:
    """Return the registry; None where it may not be read, and need not be."""
    try:
        return read_registry(door)
    except Failure as failure:
        if own and failure.exit_code == NOT_ALLOWED:
            return None  # the ledger answers `conflict` for what it knows
        raise


def _signers(own: Sequence[PrivateKey], view: RegistryView | None) -> list[str]:
    """Return the ids of the registrar keys that shall sign, those at hand among them."""
    mine = [key.key_id for key in own]
    if view is None:
        return mine
    live = view.registry.live_registrar_keys(None, now())
    others = [key_id for key_id in live if key_id not in mine]
    return [*mine, *others[: max(0, view.registry.threshold - len(mine))]]


def _signed(
    origin: str,
    wanted: Wanted,
    own: Sequence[PrivateKey],
    signers: Sequence[str],
    store: RegistryStore,
) -> ToSign:
    """Return the statement kept for *wanted*, or a new one, with the signatures at hand."""
    at_hand = [*own, *([wanted.new_key] if wanted.new_key else [])]
    all_signers = {*signers, *([wanted.new_key.key_id] if wanted.new_key else [])}
    part = store.get(wanted.id)
    if part is None or (part.missing and {*part.event["data"]["signers"]} != all_signers):
        event = registrar_event(
            origin, wanted.kind, wanted.subject, wanted.data, wanted.id, parse_time(now())
        )
        part = ToSign(prepare_event(event, all_signers))
        check_sound(part.payload)
    missing = set(part.missing)
    return add_signatures(part, [key for key in at_hand if key.key_id in missing])


def _send(door: Door, parts: Sequence[ToSign], store: RegistryStore, policy: Policy) -> int:
    """Log whole statements in their order; return how many are new."""
    new = 0
    for start in range(0, len(parts), MAX_LINES):
        envelopes = [part.envelope() for part in parts[start : start + MAX_LINES]]
        statements = [read_statement(envelope) for envelope in envelopes]
        answer = door.submit_compact(envelopes)
        said = [Said(statement.digest, statement.event) for statement in statements]
        outcomes = verify_batch(said, answer, door.origin, policy)
        refused = {
            statement.id: outcome
            for statement, outcome in zip(statements, outcomes, strict=True)
            if isinstance(outcome, LedgerError) and not _is_known(outcome)
        }
        store.forget(refused.keys())
        for id_, error in refused.items():
            raise _unregistered(id_, error)
        new += sum(one.created for one in outcomes if isinstance(one, Recorded))
    return new


def _is_known(error: LedgerError) -> bool:
    """A conflict means that the department, post or key is registered, by other words."""
    return isinstance(error, Refused) and error.code == "conflict"


def _unregistered(id_: str, error: LedgerError) -> LedgerError:
    en = f"registry statement {id_} was refused: {error.en}; no event was sent"
    zh = f"登记类陈述 {id_} 被拒绝：{error.zh}；未发送任何事件"
    if isinstance(error, Refused):
        return Refused(error.code, en, zh, error.pointer)
    return LedgerError(en, zh)
