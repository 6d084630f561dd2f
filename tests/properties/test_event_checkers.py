"""The compiled checker and the marshmallow schema give one verdict, on every event type.

The data is made from the declarations themselves, right at first and then
changed in one or two places, so that a new type is covered by being declared.
One type here is thrown away: it uses every kind there is, and both obey it.
"""

import copy
import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from crypto.keys import PrivateKey
from crypto.notation import format_time
from crypto.note import ED25519, VKey, format_vkey
from ledger.errors import Refused
from ledger.events import fields
from ledger.events.declare import EventType, declare
from ledger.events.types import EVENT_TYPES
from ledger.events.wording import Wording
from tests.properties.fitting import fitted

DEPARTMENT = "11530000015000001A"

THROW_AWAY = declare(
    "thing.thrown",
    "statement",
    en="Thing thrown away",
    zh="抛弃之物",
    speaker=Wording("nobody", "无人"),
    refs=("item", "finding"),
    refs_optional=("act",),
    parents_least=1,
    members={
        "an_id": fields.Id(),
        "a_department": fields.DepartmentId(optional=True),
        "a_ref": fields.Ref(),
        "text": fields.Text(optional=True),
        "when": fields.Time(),
        "day": fields.Date(optional=True),
        "until": fields.Time(optional=True),
        "digest": fields.Hex(optional=True),
        "bytes": fields.Base64(),
        "ledger": fields.Origin(optional=True),
        "log_key": fields.VKey(optional=True),
        "policy": fields.PolicyText(optional=True),
        "region": fields.Region(optional=True),
        "integer": fields.Integer(),
        "count": fields.Integer(0, 9, optional=True),
        "really": fields.Boolean(),
        "word": fields.Choice("one", "two"),
        "name": fields.BilingualName(),
        "from": fields.ListOf(fields.Integer(), 1, 3),
        "ordered": fields.ListOf(fields.Text(), ascending_by=str, optional=True),
        "periods": fields.ListOf(
            fields.Object(
                {"from": fields.Time(), "to": fields.Time(), "tags": fields.ListOf(fields.Id())},
                [fields.later("from", "to")],
            )
        ),
    },
    rules=[fields.later("when", "until")],
)

# The kinds are the same in all types, and one type here has them all: it is drawn from more often.
ALL_TYPES = [*EVENT_TYPES.values(), *[THROW_AWAY] * 4]
by_type = pytest.mark.parametrize("kind", ALL_TYPES, ids=lambda kind: kind.name)
# A busy machine must not fail what is right.
unhurried = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])

LETTERS = "ABCabc019._-"
TEXTS = st.text(st.sampled_from("aZ0 \n\u00a0低保😀，。\u200b"), min_size=1, max_size=12)
IDS = st.text(LETTERS, min_size=1, max_size=64).filter(lambda text: text not in (".", ".."))
DEPARTMENTS = st.text(LETTERS + ":", min_size=1, max_size=64).filter(
    lambda text: text not in (".", "..")
)
ORIGINS = st.text("az/.:!~", min_size=1, max_size=255)
TIMES = st.integers(0, 10**14).map(format_time)
SIGNING = PrivateKey.from_seed(bytes(32)).raw_public  # a policy takes no weak key
STRATEGIES: dict[type[fields.Kind], st.SearchStrategy[str]] = {
    fields.Id: IDS,
    fields.DepartmentId: DEPARTMENTS,
    fields.Ref: st.tuples(DEPARTMENTS, IDS).map("/".join),
    fields.Text: TEXTS,
    fields.Time: TIMES,
    fields.Date: TIMES.map(lambda time: time[:10]),
    fields.Hex: st.integers(0, 2**256 - 1).map("{:064x}".format),
    fields.Base64: st.binary(max_size=64).map(lambda raw: b64encode(raw).decode()),
    fields.Origin: ORIGINS,
    fields.VKey: ORIGINS.map(lambda name: format_vkey(VKey(name, ED25519, bytes(32)))),
    fields.PolicyText: ORIGINS.map(
        lambda name: f"log {format_vkey(VKey(name, ED25519, SIGNING))}\nquorum none\n"
    ),
    fields.Region: st.integers(0, 999_999).map("{:06d}".format),
}


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def right_values(kind: fields.Kind) -> st.SearchStrategy[Any]:
    """Return a strategy for values that *kind* takes, made from its declaration."""
    if isinstance(kind, fields.Object):
        return right_objects(kind)
    if isinstance(kind, fields.ListOf):
        return right_lists(kind)
    if isinstance(kind, fields.Integer):
        (limits,) = kind.validators
        return st.integers(limits.min, limits.max)
    if isinstance(kind, fields.Boolean):
        return st.booleans()
    if isinstance(kind, fields.Choice):
        (words,) = kind.validators
        return st.sampled_from(words.choices)
    return STRATEGIES[type(kind)]


def right_objects(kind: fields.Object) -> st.SearchStrategy[dict[str, Any]]:
    members = {name: right_values(member) for name, member in kind.members.items()}
    # In the order of the declaration: what is drawn must not hang on the order of a set.
    optional = [name for name, member in kind.members.items() if member.optional]
    values = st.fixed_dictionaries(
        {name: members[name] for name in members if name not in optional},
        optional={name: members[name] for name in optional},
    )
    rules = kind.schema.across
    values = values.map(lambda value: fitted(value, rules))
    return values.filter(lambda value: all(rule.holds(value) for rule in rules))


def right_lists(kind: fields.ListOf) -> st.SearchStrategy[list[Any]]:
    most = min(kind.least + 3, kind.validators[0].max)
    order = kind.ascending_by
    values = st.lists(
        right_values(kind.item), min_size=kind.least, max_size=most, unique_by=order or canonical
    )
    return values.map(lambda value: sorted(value, key=order or (lambda _: 0)))


def fast_verdict(kind: EventType, data: Any) -> Refused | None:
    event = {
        "source": f"/departments/{DEPARTMENT}",
        "type": kind.name,
        "subject": f"department/{DEPARTMENT}",
        "data": data,
    }
    try:
        kind.check(event)
    except Refused as refused:
        return refused
    return None


def slow_verdict(kind: EventType, data: Any) -> bool:
    try:
        kind.schema.load(data)
    except ValidationError:
        return False
    return True


@by_type
@unhurried
@given(st.data())
def test_both_checkers_take_what_is_as_declared(kind: EventType, data: st.DataObject) -> None:
    right = data.draw(right_values(kind.data))
    assert fast_verdict(kind, right) is None
    assert slow_verdict(kind, right)


# Near misses of every kind, and values of every JSON type. Each draw is a copy: a second change
# may go into a list or an object that the first one put there, and must not change it here.
JUNK = st.sampled_from(
    [
        None, True, False, 0, 1, -1, 2**53, -(2**53), 2**70, 1.0, 0.5, "", "a", ".", "..", "a/b",
        "./b", "a/..", "a\n", "a/b\n", "A" * 65, "x" * 300, "x" * 301, "😀" * 300, "😀" * 301,
        "\t", "\u202e", "\ufeff", "１", "530000\n", "0" * 64, "F" * 64, "0" * 63, "0" * 64 + "\n",
        "2023-02-29", "2024-02-29", "2023-02-29T00:00:00.000Z",
        "2024-02-29T00:00:00.000Z", "1969-12-31T23:59:59.999Z",
        "AAAA", "AB==", "AAA", "a+00000000+AAAA", "agree", "handler", [], {}, [[]], [{}],
        ["a", "a"], [1, True], {"zh": "x"}, {"a": 1}, {"_schema": 1},
    ]
).map(copy.deepcopy)  # fmt: skip
NAMES = st.sampled_from(
    ["extra", "_schema", "", "from_", "a~/b", "item", "refs", "document", "records", "en", "to"]
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


@st.composite
def changed(draw: st.DrawFn, kind: EventType) -> dict[str, Any]:
    """Draw data that was right, and was then changed in one place or two."""
    data = copy.deepcopy(draw(right_values(kind.data)))
    for _ in range(draw(st.integers(1, 2))):
        spot = draw(st.sampled_from(list(places(data))))
        value = at(data, spot)
        if isinstance(value, list) and draw(st.booleans()):
            change_list(draw, value)
        elif isinstance(value, dict) and (not spot or draw(st.booleans())):
            value[draw(NAMES)] = draw(JUNK)
        elif draw(st.booleans()):
            at(data, spot[:-1])[spot[-1]] = draw(JUNK)
        else:
            del at(data, spot[:-1])[spot[-1]]
    return data


def change_list(draw: st.DrawFn, values: list[Any]) -> None:
    change = draw(st.sampled_from(["repeat", "reverse", "fill", "junk"]))
    if change == "reverse":
        values.reverse()
    elif change == "junk" or not values:
        values.append(draw(JUNK))
    elif change == "repeat":
        values.append(copy.deepcopy(draw(st.sampled_from(values))))
    else:
        values.extend(f"{number:064x}" for number in range(draw(st.integers(1, 65))))


@by_type
@unhurried
@given(st.data())
def test_both_checkers_give_one_verdict(kind: EventType, data: st.DataObject) -> None:
    value = data.draw(changed(kind))
    refused = fast_verdict(kind, value)
    assert slow_verdict(kind, value) is (refused is None)
    if refused is not None:
        # The fallback wording is never needed: marshmallow found the words.
        assert "does not fit" not in refused.en
        assert refused.code == "schema"
        assert refused.pointer.startswith("/data")
        assert refused.en.startswith(refused.pointer)
        assert refused.zh.startswith(refused.pointer)
