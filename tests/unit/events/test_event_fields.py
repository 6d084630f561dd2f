"""Each field kind takes exactly the values of the spec's notation, on both of its sides."""

import hashlib
from typing import Any

import msgspec
import pytest
from marshmallow import ValidationError

from crypto.note import COSIGNATURE, ED25519, VKey, format_vkey
from ledger.events.fields import (
    Base64,
    BilingualName,
    Boolean,
    Choice,
    Date,
    DepartmentId,
    Hex,
    Id,
    Integer,
    Kind,
    ListOf,
    MembersSchema,
    Object,
    Origin,
    Ref,
    Region,
    Rule,
    Text,
    Time,
    later,
)
from ledger.events.fields import VKey as VKeyKind
from ledger.events.wording import Wording

LARGEST = 2**53 - 1
LOG_KEY = VKey("ledger.example.gov/yunling", ED25519, bytes(32))
WITNESS_KEY = VKey("ledger.example.gov/yunling", COSIGNATURE, bytes(32))
HEX = hashlib.sha256(b"a digest").hexdigest()
NOON = "2024-02-29T12:00:00.000Z"
AFTER = "2024-02-29T12:00:00.001Z"

PERIOD = Object({"from": Time(), "to": Time(optional=True)}, [later("from", "to")])
BY_HASH = ListOf(Id(), ascending_by=lambda value: hashlib.sha256(value.encode()).hexdigest())
HASHED = sorted(("a", "b", "c"), key=lambda value: hashlib.sha256(value.encode()).hexdigest())
assert sorted(HASHED) != HASHED

STRINGS = [None, True, 1, [], {}, ["a"]]  # what no kind of string takes

CASES: list[tuple[Kind, list[Any], list[Any]]] = [
    (
        Id(),
        ["a", "A-1_b.c", "...", ".a", "0" * 64],
        ["", ".", "..", "0" * 65, "a:b", "a/b", "a\n", "a b", "é", "１", *STRINGS],
    ),
    (
        DepartmentId(),
        ["a", "urn:a:b", ":", "0" * 64],
        ["", ".", "..", "0" * 65, "a/b", "a\n", "部", *STRINGS],
    ),
    (
        Ref(),
        ["a:b/c", "0" * 64 + "/" + "1" * 64, ".a/..."],
        ["a", "a/", "/a", "a/b/c", "./a", "../a", "a/.", "a/..", "a/b:c", "a/b\n", "a\n/b",
         "0" * 65 + "/1", "0/" + "1" * 65, *STRINGS],
    ),
    (
        Text(),
        ["x", " ", "\n", "低保", "😀" * 300, "\u00a0", "\u200b", "\ufffe", "e\u0301"],
        ["", "x" * 301, "😀" * 301, "\x00", "\t", "\r", "\x1f", "\x7f", "\x85", "\x9f", "\u202a",
         "\u202e", "\u2066", "\u2069", "\ufeff", "a\ufeff", *STRINGS],
    ),
    (
        Time(),
        ["1970-01-01T00:00:00.000Z", NOON, "2000-02-29T23:59:59.999Z", "9999-12-31T00:00:00.000Z"],
        ["1969-12-31T23:59:59.999Z", "2023-02-29T00:00:00.000Z", "2100-02-29T00:00:00.000Z",
         "2024-04-31T00:00:00.000Z", "2024-00-01T00:00:00.000Z", "2024-01-00T00:00:00.000Z",
         "2024-13-01T00:00:00.000Z", "2024-01-01T24:00:00.000Z", "2024-01-01T00:60:00.000Z",
         "2016-12-31T23:59:60.000Z", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000",
         "2024-01-01T00:00:00.000+00:00", "2024-01-01t00:00:00.000z", NOON + "\n", "",
         "２０２４-01-01T00:00:00.000Z", "2024-01-01 00:00:00.000Z", 0, *STRINGS],
    ),
    (Hex(), [HEX, "0" * 64], ["", HEX[:-1], HEX + "0", HEX.upper(), HEX + "\n", *STRINGS]),
    (
        Base64(),
        ["", "AA==", "AAA=", "AAAA", "+/+/"],
        ["A", "AA", "AA=", "AB==", "-_-_", "AAAA\n", "A AA", "AAAA====", "é===", *STRINGS],
    ),
    (
        Origin(),
        ["a", "ledger.example.gov/yunling", "!~*,", "o" * 255],
        ["", "o" * 256, "a b", "a+b", "a\n", "省", "\x7f", *STRINGS],
    ),
    (
        VKeyKind(),
        [format_vkey(LOG_KEY)],
        ["", "a", format_vkey(WITNESS_KEY), format_vkey(LOG_KEY).replace("ledger", "other"),
         format_vkey(LOG_KEY) + "\n", format_vkey(LOG_KEY)[:-1], *STRINGS],
    ),
    (
        Date(),
        ["1970-01-01", "2024-02-29", "2000-02-29", "9999-12-31"],
        ["1969-12-31", "2023-02-29", "2100-02-29", "2024-13-01", "2024-04-31", "2024-1-1", NOON,
         "2024-02-29T", "2024-02-29\n", "20240229", "２０２４-02-29", *STRINGS],
    ),
    (
        Region(),
        ["530000"],
        ["53000", "5300000", "５３００００", "53000a", "530000\n", 530000, *STRINGS],
    ),
    (
        Integer(),
        [0, 1, -1, LARGEST, -LARGEST],
        [LARGEST + 1, -LARGEST - 1, 2**64, 10**40, 1.0, 1.5, float("nan"), "1", None, True, False,
         []],
    ),
    (Integer(0), [0, LARGEST], [-1, LARGEST + 1, True, "0", None]),
    (Integer(1, 6), [1, 6], [0, 7, True]),
    (Boolean(), [True, False], [0, 1, "true", "", None, [], 1.0]),
    (Choice("agree", "object"), ["agree", "object"], ["Agree", "agree\n", "", *STRINGS]),
    (
        ListOf(Id()),
        [[], ["b", "a"], [str(n) for n in range(64)]],
        [["a", "a"], [str(n) for n in range(65)], [""], [None], "a", {}, None, 1, [["a"]]],
    ),
    (ListOf(Id(), 1, 2), [["a"], ["b", "a"]], [[], ["a", "b", "c"], ["a", "a"]]),
    (ListOf(Hex(), ascending_by=str), [[], ["0" * 64, HEX]], [[HEX, "0" * 64], [HEX, HEX]]),
    (BY_HASH, [HASHED], [sorted(HASHED)]),
    (
        ListOf(Object({"a": Integer(), "b": Integer(optional=True)})),
        [[{"a": 1}, {"a": 2}], [{"a": 1}, {"a": 1, "b": 1}]],
        [[{"a": 1, "b": 2}, {"b": 2, "a": 1}], [{"a": 1}, {}], [{"a": 1}, None]],
    ),
    (
        ListOf(PERIOD),
        [[{"from": NOON, "to": AFTER}]],
        [[{"from": NOON}, {"from": AFTER, "to": NOON}]],
    ),
    (
        PERIOD,
        [{"from": NOON, "to": AFTER}, {"to": AFTER, "from": NOON}, {"from": NOON}],
        [{"from": NOON, "to": NOON}, {"from": AFTER, "to": NOON}, {"to": NOON}, {}, None, [], "x",
         {"from": NOON, "to": None}, {"from": NOON, "x": 1}, {"from": NOON, "from_": NOON}],
    ),
    (
        BilingualName(),
        [{"zh": "云岭省"}, {"en": "Yunling", "zh": "云岭省"}],
        [{}, {"en": "Yunling"}, {"zh": ""}, {"zh": "云岭省", "en": None}, {"zh": "x", "fr": "x"},
         "x"],
    ),
]  # fmt: skip

TAKEN = [(kind, value) for kind, values, _ in CASES for value in values]
REFUSED = [(kind, value) for kind, _, values in CASES for value in values]


def check_compiled(kind: Kind, value: Any) -> None:
    msgspec.convert(value, kind.wire)
    if kind.beyond is not None and not kind.beyond(value):
        raise msgspec.ValidationError("beyond the type")


@pytest.mark.parametrize(("kind", "value"), TAKEN)
def test_takes_what_the_notation_allows(kind: Kind, value: Any) -> None:
    check_compiled(kind, value)
    assert kind.deserialize(value) == value


@pytest.mark.parametrize(("kind", "value"), REFUSED)
def test_both_sides_refuse_the_rest(kind: Kind, value: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        check_compiled(kind, value)
    with pytest.raises(ValidationError):
        kind.deserialize(value)


def leaves(messages: Any) -> list[Any]:
    if isinstance(messages, dict):
        return [leaf for inner in messages.values() for leaf in leaves(inner)]
    return list(messages)


@pytest.mark.parametrize(("kind", "value"), REFUSED)
def test_every_refusal_is_worded_in_two_languages(kind: Kind, value: Any) -> None:
    with pytest.raises(ValidationError) as refusal:
        kind.deserialize(value)
    for message in leaves(refusal.value.messages):
        assert isinstance(message, Wording)
        assert message.isascii() or "–" in message
        assert not message.zh.isascii()


def test_a_member_that_is_optional_may_be_missing_and_not_null() -> None:
    kind = Object({"a": Id(optional=True)})
    check_compiled(kind, {})
    with pytest.raises(msgspec.ValidationError):
        check_compiled(kind, {"a": None})
    with pytest.raises(ValidationError):
        kind.deserialize({"a": None})


def test_a_rule_is_asked_only_about_members_that_are_right() -> None:
    """A rule may compare without looking: it never sees a member of the wrong type."""
    rule = Rule("a", lambda members: members["a"] < members["b"], Wording("must be less", "应更小"))
    kind = Object({"a": Integer(), "b": Integer()}, [rule])
    for wrong in ({"a": "1", "b": 2}, {"a": 1}, {"a": 2, "b": 1}):
        with pytest.raises(ValidationError):
            kind.deserialize(wrong)
        with pytest.raises(msgspec.ValidationError):
            check_compiled(kind, wrong)
    check_compiled(kind, {"a": 1, "b": 2})


def test_schemas_are_kept_as_objects() -> None:
    kind = Object({"a": Id()})
    assert isinstance(kind.schema, MembersSchema)
    assert kind.schema is kind.schema
