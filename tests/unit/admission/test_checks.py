"""The order of checks: of two faults in one statement, the earlier row answers."""

import pickle
from collections.abc import Callable
from typing import Any

import pytest

from crypto.keys import PrivateKey
from crypto.notation import parse_time, write_b64
from crypto.statement import assemble, prepare_event, sign_payload, sign_statement
from ledger.admission.checks import Examined, examine, judge, read
from ledger.errors import Refused
from ledger.registry.state import Registry
from tests.unit.registry.story import CURATED, LOG, NOW, ORIGIN, A, Story, key, town

Event = dict[str, Any]
SYSTEM, NEW, STRANGER = key("system"), key("new"), key("stranger")


@pytest.fixture(name="town")
def _town() -> Story:
    return town()


def code(story: Story, raw: bytes) -> str:
    """The code for bytes as they are, or "ok"."""
    try:
        examined = examine(read(raw), ORIGIN, story.registry.public_keys)
        judge(examined, story.registry, story.registry.size, story.now, parse_time(story.now))
    except Refused as refusal:
        return refusal.code
    return "ok"


def test_too_large_and_malformed_are_told_by_reading() -> None:
    for raw, expected in ((b" " * 131_073, "too_large"), (b" " * 131_072, "malformed")):
        with pytest.raises(Refused) as refused:
            read(raw)
        assert refused.value.code == expected


# Each fault is put into a good statement together with the next one: the earlier must answer.
def _wrong_ledger(event: Event) -> None:
    event["ledger"] = "ledger.example/other"


def _unknown_type(event: Event) -> None:
    event["type"] = "zelian.no.such.v1"


def _schema(event: Event) -> None:
    event["data"]["extra"] = 1


def _forbidden(event: Event) -> None:
    event["data"]["purpose"] = "13800138000"


def _out_of_role(event: Event) -> None:
    event["source"] = event["source"].replace(A, "DEPT-B")
    event["subject"] = event["subject"].replace(A, "DEPT-B")


def _future(event: Event) -> None:
    event["time"] = "2027-01-01T00:00:00.000Z"


def _lapsed(event: Event) -> None:
    event["notafter"] = "2026-01-01T00:00:00.000Z"


FAULTS: list[tuple[str, Callable[[Event], None]]] = [
    ("wrong_ledger", _wrong_ledger),
    ("unknown_type", _unknown_type),
    ("schema", _schema),
    ("forbidden_content", _forbidden),
    ("out_of_role", _out_of_role),
    ("from_the_future", _future),
    ("lapsed", _lapsed),
]


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_the_earlier_row_answers(town: Story, first: int) -> None:
    for _, spoil in FAULTS[first + 1 :] or [FAULTS[first]]:
        event = town.used(A)
        FAULTS[first][1](event)
        spoil(event)
        assert town.code(event, SYSTEM) == FAULTS[first][0]


@pytest.mark.parametrize("row", range(len(FAULTS)))
def test_keys_and_signatures_come_between_type_and_schema(town: Story, row: int) -> None:
    event = town.used(A)
    FAULTS[row][1](event)
    earlier = FAULTS[row][0] if row < 2 else None
    assert town.code(event, STRANGER) == (earlier or "unknown_key")
    payload = prepare_event(event, [SYSTEM.key_id])
    forged = assemble(payload, [(SYSTEM.key_id, bytes(64))])
    assert code(town, forged) == (earlier or "bad_signature")
    town.revoke(SYSTEM, A)
    assert code(town, forged) == (earlier or "revoked_key")


def test_the_rows_of_registry_events_come_in_their_order(town: Story) -> None:
    """Of one event that the registry holds already, each earlier fault answers first."""
    event = town.released("app-li", "wu", A, NOW) | {"official": "li"}
    assert town.code(event, *town.registrars) == "unknown_reference"
    event = town.registered(A)
    assert town.code(event, *town.registrars) == "conflict"
    _lapsed(event)
    assert town.code(event, *town.registrars) == "lapsed"
    _future(event)
    assert town.code(event, *town.registrars) == "from_the_future"
    assert town.code(event, SYSTEM) == "out_of_role"


# New keys

NO_LISTS: tuple[object, ...] = ("none", 5, {})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", "schema"),
        ("A", "schema"),
        (5, "schema"),
        (None, "schema"),
        ([], "schema"),
        (write_b64(NEW.public.spki[:-1]), "schema"),
        (write_b64(NEW.public.spki[:12] + bytes(32)), "weak_key"),
        (write_b64(PrivateKey.generate("p256").public.spki[:-1] + b"\0"), "weak_key"),
    ],
)
def test_a_new_key_is_looked_at_before_the_signers(
    town: Story, value: object, expected: str
) -> None:
    event = town.enrolled(NEW, A)
    event["data"]["public_key"] = value
    assert town.code(event, STRANGER) == expected


def test_without_a_new_key_there_is_none_to_except(town: Story) -> None:
    event = town.enrolled(NEW, A)
    del event["data"]["public_key"]
    assert town.code(event, *town.registrars, NEW) == "unknown_key"
    assert town.code(event, *town.registrars) == "schema"


def test_a_new_key_must_really_sign(town: Story) -> None:
    payload = prepare_event(town.enrolled(NEW, A), [NEW.key_id, town.registrars[0].key_id])
    signed = [sign_payload(payload, town.registrars[0]), (NEW.key_id, bytes(64))]
    assert code(town, assemble(payload, signed)) == "bad_signature"


# Entry 0


def _fresh() -> Story:
    story = Story()
    story.registry = Registry()
    return story


def test_entry_0_is_signed_by_all_that_it_lists_and_nobody_else() -> None:
    story, two = _fresh(), [key("r-1"), key("r-2")]
    event = story.opened(two, 1)
    assert story.code(event, *two) == "ok"
    assert story.code(event, two[0]) == "out_of_role"
    assert story.code(event, *two, STRANGER) == "unknown_key"
    elsewhere = event | {"source": f"/departments/{A}", "subject": f"department/{A}"}
    assert story.code(elsewhere, *two) == "out_of_role"
    assert story.code(event | {"official": "li"}, *two) == "out_of_role"


def test_entry_0_is_of_this_ledger_and_does_not_enrol_the_log() -> None:
    story, one = _fresh(), [key("r-1")]
    other = story.opened(one, 1, origin="ledger.example/other")
    assert story.code(other, *one) == "schema"
    assert story.code(story.opened(one, 1, log_key="nonsense"), *one) == "schema"
    assert story.code(story.opened([*one, LOG], 1), *one, LOG) == "conflict"


def test_nothing_but_an_opening_is_entry_0() -> None:
    story = _fresh()
    assert story.code(story.used(A), SYSTEM) == "unknown_key"
    assert story.code(story.registered(A), *story.registrars) == "unknown_key"
    assert story.code(story.enrolled(NEW, CURATED), NEW) == "out_of_role"
    assert story.code(story.enrolled(NEW, A), NEW) == "unknown_reference"


def test_a_second_opening_brings_no_new_keys(town: Story) -> None:
    """SPEC: spec 9.1, in entry 0 alone an unknown key signs."""
    assert town.code(town.opened([NEW], 1), NEW) == "unknown_key"
    assert town.code(town.opened([NEW], 1), *town.registrars) == "conflict"
    weak = town.opened([NEW], 1)
    weak["data"]["registrar_keys"] = [write_b64(NEW.public.spki[:12] + bytes(32))]
    assert town.code(weak, NEW) == "unknown_key"
    assert town.code(weak, *town.registrars) == "conflict"
    for no_list in NO_LISTS:
        weak["data"]["registrar_keys"] = no_list
        assert town.code(weak, *town.registrars) == "schema"


def test_a_weak_key_does_not_open_a_ledger() -> None:
    story = _fresh()
    event = story.opened([NEW], 1)
    event["data"]["registrar_keys"] = [write_b64(NEW.public.spki[:12] + bytes(32))]
    assert story.code(event, NEW) == "weak_key"
    for no_list in NO_LISTS:
        event["data"]["registrar_keys"] = no_list
        assert story.code(event, NEW) == "schema"


# Two halves


def _examined_early(story: Story, event: Event, signer: PrivateKey) -> Examined:
    """Examined before the key was enrolled, in another process."""
    statement = read(sign_statement(event, [signer]))
    early: Examined = pickle.loads(pickle.dumps(examine(statement, ORIGIN, {})))
    assert early.unknown == (signer.key_id,)
    return early


def test_a_key_enrolled_since_the_examination_is_used(town: Story) -> None:
    early = _examined_early(town, town.used(A), NEW)
    now_ms = parse_time(NOW)
    with pytest.raises(Refused) as refused:
        judge(early, town.registry, town.registry.size, NOW, now_ms)
    assert refused.value.code == "unknown_key"
    town.enrol(NEW, A)
    judge(early, town.registry, town.registry.size, NOW, now_ms)
    assert f"department/{A}" in early.names


@pytest.mark.parametrize("fault", ["bad_signature", "schema"])
def test_what_was_not_verified_early_is_verified_late(town: Story, fault: str) -> None:
    event = town.used(A)
    if fault == "schema":
        _schema(event)
    payload = prepare_event(event, [NEW.key_id])
    signature = sign_payload(payload, NEW) if fault == "schema" else (NEW.key_id, bytes(64))
    early = examine(read(assemble(payload, [signature])), ORIGIN, {})
    town.enrol(NEW, A)
    with pytest.raises(Refused) as refused:
        judge(early, town.registry, town.registry.size, NOW, parse_time(NOW))
    assert refused.value.code == fault


def test_an_examination_crosses_processes_whole(town: Story) -> None:
    good, bad = town.used(A), town.used(A)
    _schema(bad)
    for event in (good, bad):
        statement = read(sign_statement(event, [SYSTEM]))
        examined = examine(statement, ORIGIN, town.registry.public_keys)
        copy: Examined = pickle.loads(pickle.dumps(examined))
        assert copy.statement == examined.statement
        assert copy.names == examined.names
        if examined.after_keys is not None:
            assert copy.after_keys is not None
            assert (copy.after_keys.code, copy.after_keys.zh, copy.after_keys.pointer) == (
                examined.after_keys.code,
                examined.after_keys.zh,
                examined.after_keys.pointer,
            )
