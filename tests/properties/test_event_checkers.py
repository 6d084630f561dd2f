"""The compiled checker and the marshmallow schema give one verdict, on every event type.

The data is made from the declarations themselves, right at first and then
changed in one or two places, so that a new type is covered by being declared.
One type here is thrown away: it uses every kind there is, and both obey it.
"""

import copy
import hashlib
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from crypto.keys import key_id_of
from crypto.notation import read_b64
from crypto.note import ED25519, VKey, format_vkey
from hypothesis import assume, given
from hypothesis import strategies as st
from ledger.errors import Refused
from ledger.events import fields
from ledger.events.declare import EventType, declare
from ledger.events.types import EVENT_TYPES
from ledger.events.wording import Wording
from marshmallow import ValidationError

DEPARTMENT = "11530000015000001A"
LARGEST = 2**53 - 1

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
        "until": fields.Time(optional=True),
        "digest": fields.Hex(optional=True),
        "bytes": fields.Base64(),
        "ledger": fields.Origin(optional=True),
        "log_key": fields.VKey(optional=True),
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

ALL_TYPES = [*EVENT_TYPES.values(), THROW_AWAY]
by_type = pytest.mark.parametrize("kind", ALL_TYPES, ids=lambda kind: kind.name)

LETTERS = "ABCabc019._-"
TEXTS = st.text(st.sampled_from("aZ0 \n\u00a0低保😀，。\u200b"), min_size=1, max_size=12)
IDS = st.text(LETTERS, min_size=1, max_size=64).filter(lambda text: text not in (".", ".."))
DEPARTMENTS = st.text(LETTERS + ":", min_size=1, max_size=64).filter(
    lambda text: text not in (".", "..")
)
ORIGINS = st.text("az/.:!~", min_size=1, max_size=255)
TIMES = st.datetimes(
    min_value=__import__("datetime").datetime(1970, 1, 1),
    max_value=__import__("datetime").datetime(9999, 1, 1),
).map(lambda time: time.isoformat(timespec="milliseconds") + "Z")
STRATEGIES: dict[type[fields.Kind], st.SearchStrategy[str]] = {
    fields.Id: IDS,
    fields.DepartmentId: DEPARTMENTS,
    fields.Ref: st.tuples(DEPARTMENTS, IDS).map("/".join),
    fields.Text: TEXTS,
    fields.Time: TIMES,
    fields.Hex: st.integers(0, 2**256 - 1).map("{:064x}".format),
    fields.Base64: st.binary(max_size=64).map(lambda raw: b64encode(raw).decode()),
    fields.Origin: ORIGINS,
    fields.VKey: ORIGINS.map(lambda name: format_vkey(VKey(name, ED25519, bytes(32)))),
    fields.Region: st.integers(0, 999_999).map("{:06d}".format),
}
