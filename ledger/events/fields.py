"""The field kinds of which every event schema is made, each declared once.

A kind *is* a marshmallow field, which finds the words for what it refuses, and
gives the msgspec type of the same values (``wire``), from which the fast
checker is compiled. What no msgspec type can say (a list without
repeats, an end after its start) it gives as ``beyond``, a predicate that runs only on values
of the wire type. A property test holds both sides to the same verdict.

Nothing here looks at more than one event, at a clock or at the registry.
Lengths count Unicode code points. Source: spec, "Notation".
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from crypto import notation
from crypto.canonical import MAX_INTEGER, write_canonical
from crypto.errors import CryptoError, Malformed
from crypto.note import ED25519, parse_vkey
from crypto.policy import parse_policy
from ledger.events.wording import UNLISTED, Wording

Predicate = Callable[[Any], bool]

_VKEY = re.compile(r"\A[!-*,-~]{1,255}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{1,60}={0,2}\Z")

_DATE = re.compile(notation.TIME.pattern.partition("T")[0] + r"\Z")  # what stands before the T

MAX_POLICY_TEXT = 16_384  # characters
_POLICY = re.compile(rf"\A[\n\x20-\x7e]{{1,{MAX_POLICY_TEXT}}}\Z")

MAX_LIST = 64  # values; spec, "Notation"


class Kind(fields.Field[Any]):
    """What every field kind has besides being a marshmallow field.

    Args:
        expected: a noun phrase for the values that it takes.
        optional: whether the member may be left out. Null never stands for that.
        options: what the marshmallow class below takes.
    """

    wire: Any = None
    beyond: Predicate | None = None

    def __init__(self, expected: Wording, *, optional: bool = False, **options: Any) -> None:
        wrong = expected.expected()
        super().__init__(
            required=not optional,
            error_messages={"required": expected.missing(), "null": wrong, "invalid": wrong},
            **options,
        )
        self.expected = expected
        self.optional = optional

    def _require(self, holds: Predicate) -> None:
        """Refuse, in the words of this kind, values for which *holds* is false."""
        self.beyond = holds
        self.validators = [*self.validators, _validator(holds, self.expected.expected())]


def _validator(holds: Predicate, wording: Wording) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        if not holds(value):
            raise ValidationError(wording)

    return check


def _readable(read: Callable[[str], object]) -> Predicate:
    """Turn a reader of ``crypto``, which raises, into a predicate."""

    def holds(text: str) -> bool:
        try:
            read(text)
        except CryptoError:
            return False
        return True

    return holds


class _Pattern(Kind, fields.String):
    """A string that one pattern matches from its first to its last character."""

    def __init__(
        self, pattern: re.Pattern[str], expected: Wording, *, optional: bool = False
    ) -> None:
        # marshmallow matches and msgspec searches: the pattern anchors itself.
        check = validate.Regexp(pattern, error=expected.expected())
        super().__init__(expected, optional=optional, validate=check)
        self.wire = Annotated[str, msgspec.Meta(pattern=pattern.pattern)]


class Id(_Pattern):
    """An id: 1 to 64 of ``A-Z a-z 0-9 . _ -``, and neither ``.`` nor ``..``."""

    def __init__(self, *, optional: bool = False) -> None:
        expected = Wording(
            'an id: 1 to 64 letters, digits, ".", "_" or "-", not "." or ".." alone',
            "标识：1–64 个字母、数字、“.”“_”或“-”，不得只是“.”或“..”",
        )
        super().__init__(notation.ID, expected, optional=optional)


class DepartmentId(_Pattern):
    """A department id: an id in which ``:`` may stand too."""

    def __init__(self, *, optional: bool = False) -> None:
        expected = Wording(
            'a department id: 1 to 64 letters, digits, ".", "_", "-" or ":"',
            "部门标识：1–64 个字母、数字、“.”“_”“-”或“:”",
        )
        super().__init__(notation.DEPARTMENT_ID, expected, optional=optional)


class Ref(_Pattern):
    """A ref: ``<owner department id>/<id>``."""

    def __init__(self, *, optional: bool = False) -> None:
        expected = Wording('a ref "<owner department id>/<id>"', "引用“<首发部门标识>/<编号>”")
        super().__init__(notation.REF, expected, optional=optional)


class Text(_Pattern):
    """A text for people: 1 to 300 code points, no control or direction marks.

    The only kind in which people write freely, so the only one that is
    searched for what must never be in a statement.
    """

    def __init__(self, *, optional: bool = False) -> None:
        expected = Wording(
            "a text of 1 to 300 characters, without control or direction marks",
            "1–300 个字符的文本，不含控制符和方向符",
        )
        super().__init__(notation.TEXT, expected, optional=optional)


class Hex(_Pattern):
    """A digest or key id: 64 lower-case hexadecimal digits."""

    def __init__(self, *, optional: bool = False) -> None:
        expected = Wording("64 lower-case hexadecimal digits", "64 位小写十六进制数字")
        super().__init__(notation.HEX32, expected, optional=optional)


class Time(_Pattern):
    """A time T, of a day that exists."""

    def __init__(self, *, optional: bool = False) -> None:
        expected = Wording(
            'a time "YYYY-MM-DDTHH:MM:SS.mmmZ" (UTC) of a day that exists, from 1970 on',
            "1970 年以后真实存在的时间“YYYY-MM-DDTHH:MM:SS.mmmZ”（UTC）",
        )
        super().__init__(notation.TIME, expected, optional=optional)


class Date(_Pattern):
    """A day that exists, of a calendar."""

    def __init__(self, *, optional: bool = False) -> None:
        expected = Wording("a date YYYY-MM-DD, from 1970 on", "1970 年以后的日期 YYYY-MM-DD")
        super().__init__(_DATE, expected, optional=optional)


class Origin(_Pattern):
    """The name of a ledger: 1 to 255 printable ASCII characters, no space, no ``+``."""

    def __init__(self, *, optional: bool = False) -> None:
        expected = Wording(
            'an origin: 1 to 255 printable ASCII characters without space or "+"',
            "账本名：1–255 个可见 ASCII 字符，不含空格和“+”",
        )
        super().__init__(notation.ORIGIN, expected, optional=optional)


class VKey(_Pattern):
    """The public key of a log in the text form of C2SP signed notes."""

    def __init__(self, *, optional: bool = False) -> None:
        expected = Wording(
            'a log\'s key "<origin>+<8 hex digits>+<base64>" that agrees with itself',
            "日志公钥“<账本名>+<8 位十六进制数字>+<base64>”，且各部分相符",
        )
        super().__init__(_VKEY, expected, optional=optional)
        self._require(_readable(_read_log_key))


class PolicyText(_Pattern):
    """A trust policy (C2SP tlog-policy) in printable ASCII and line feeds."""

    def __init__(self, *, optional: bool = False) -> None:
        expected = Wording(
            f"a trust policy of 1 to {MAX_POLICY_TEXT} ASCII characters",
            f"1–{MAX_POLICY_TEXT} 个 ASCII 字符的信任策略",
        )
        super().__init__(_POLICY, expected, optional=optional)
        self._require(_readable(parse_policy))


def _read_log_key(text: str) -> None:
    # SPEC: spec 5, a checkpoint is signed with type 0x01, Ed25519.
    if parse_vkey(text).algorithm != ED25519:
        raise Malformed("not a key of type 01", "不是类型 01 的密钥")


class Region(_Pattern):
    """A division code of GB/T 2260: six digits."""

    def __init__(self, *, optional: bool = False) -> None:
        expected = Wording("a division code of 6 digits", "6 位数字的行政区划代码")
        super().__init__(re.compile(r"\A[0-9]{6}\Z"), expected, optional=optional)


class Base64(Kind, fields.String):
    """Padded standard base64 that re-encodes to itself."""

    def __init__(self, *, optional: bool = False) -> None:
        expected = Wording("padded standard base64", "带填充的标准 base64")
        super().__init__(expected, optional=optional)
        self.wire = str
        self._require(_readable(notation.read_b64))


class Integer(Kind, fields.Integer):
    """A whole number of *least* to *most*; true is none."""

    def __init__(
        self, least: int = -MAX_INTEGER, most: int = MAX_INTEGER, *, optional: bool = False
    ) -> None:
        expected = Wording(f"a whole number from {least} to {most}", f"{least} 至 {most} 的整数")
        check = validate.Range(least, most, error=expected.expected())
        super().__init__(expected, optional=optional, strict=True, validate=check)
        self.wire = Annotated[int, msgspec.Meta(ge=least, le=most)]


class Boolean(Kind, fields.Boolean):
    """true or false, and no number or word that might stand for them."""

    def __init__(self, *, optional: bool = False) -> None:
        super().__init__(Wording("true or false", "true 或 false"), optional=optional)
        self.wire = bool

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> bool:
        if type(value) is not bool:
            raise self.make_error("invalid")
        return value


class Choice(Kind, fields.String):
    """One word of a closed list."""

    def __init__(self, *words: str, optional: bool = False) -> None:
        expected = Wording(f"one of: {', '.join(words)}", f"下列之一（{'、'.join(words)}）")
        check = validate.OneOf(words, error=expected.expected())
        super().__init__(expected, optional=optional, validate=check)
        self.wire = Literal[words]


class ListOf(Kind, fields.List[Any]):
    """A list of *least* to *most* values of one kind, none of them twice.

    Args:
        item: the kind of the values.
        least, most: how many values, both ends included.
        ascending_by: where the order is fixed, what must strictly grow.
    """

    def __init__(
        self,
        item: Kind,
        least: int = 0,
        most: int = MAX_LIST,
        *,
        ascending_by: Callable[[Any], Any] | None = None,
        optional: bool = False,
    ) -> None:
        order = Wording(" in ascending order", "，按升序排列") if ascending_by else Wording("", "")
        expected = Wording(
            f"a list of {least} to {most} values{order}, none twice, each {item.expected}",
            f"{least}–{most} 个互不相同的值的列表{order.zh}，每个值为{item.expected.zh}",
        )
        check = validate.Length(least, most, error=expected.expected())
        super().__init__(expected, optional=optional, cls_or_instance=item, validate=check)
        self.item = item
        self.least = least
        self.ascending_by = ascending_by
        values: Any = list.__class_getitem__(item.wire)
        self.wire = Annotated[values, msgspec.Meta(min_length=least, max_length=most)]
        self._require(_list_rule(item.beyond, ascending_by))


def _list_rule(item: Predicate | None, ascending_by: Callable[[Any], Any] | None) -> Predicate:
    def holds(values: list[Any]) -> bool:
        if item is not None and not all(map(item, values)):
            return False
        if len(values) < 2:
            return True
        if ascending_by is not None:
            return all(a < b for a, b in pairwise(map(ascending_by, values)))
        return len(set(map(_comparable, values))) == len(values)

    return holds


def _comparable(value: Any) -> Any:
    """Return what is equal for equal JSON values, and hashable."""
    return write_canonical(value) if isinstance(value, dict) else value


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule across the members of one object.

    Args:
        member: the member that is named as the one at fault.
        holds: what must be true of the object, whose members are each right.
        wording: the sentence that follows the member's name when it is not.
    """

    member: str
    holds: Callable[[Mapping[str, Any]], bool]
    wording: Wording


def later(start: str, end: str) -> Rule:
    """Return the rule that *end*, where present, is later than *start*."""

    def holds(members: Mapping[str, Any]) -> bool:
        # Times of one fixed width compare as strings.
        return end not in members or members[start] < members[end]

    return Rule(end, holds, Wording(f"must be later than {start}", f"必须晚于 {start}"))


class MembersSchema(Schema):
    """The base of every schema: unlisted members are refused, rules come last."""

    error_messages = {  # noqa: RUF012 -- marshmallow declares it so
        "unknown": UNLISTED,
        "type": Wording("an object", "一个对象").expected(),
    }
    across: ClassVar[Sequence[Rule]] = ()

    class Meta:
        """Members that are not listed are refused (spec 6)."""

        unknown = RAISE
        register = False

    @validates_schema(skip_on_field_errors=True)
    def _follow_rules(self, data: dict[str, Any], **_kwargs: Any) -> None:
        for rule in self.across:
            if not rule.holds(data):
                raise ValidationError(rule.wording, field_name=rule.member)


class Object(Kind, fields.Nested):
    """An object with exactly the members that are listed.

    Args:
        members: the kind of each member, by its name.
        rules: what must hold across them.
    """

    def __init__(
        self, members: Mapping[str, Kind], rules: Sequence[Rule] = (), *, optional: bool = False
    ) -> None:
        expected = Wording(
            f"an object of {', '.join(members) or 'no members'}",
            f"由 {'、'.join(members) or '零个成员'} 组成的对象",
        )
        super().__init__(expected, optional=optional, nested=_schema_of(members, rules))
        self.members = dict(members)
        self.rules = tuple(rules)
        self.wire = _struct_of(members)
        self.beyond = _object_rule(members, rules)  # the schema has its own way to say this


def _schema_of(members: Mapping[str, Kind], rules: Sequence[Rule]) -> Callable[[], Schema]:
    """Return what makes the schema, once, when words for a refusal are first looked for.

    Making those of the whole closed list takes as long as starting a process.
    """

    @cache
    def make() -> Schema:
        base = type("Members", (MembersSchema,), {"across": tuple(rules)})
        schema: Schema = base.from_dict(dict(members))()  # type: ignore[attr-defined]
        return schema

    return make


def _struct_of(members: Mapping[str, Kind]) -> type[msgspec.Struct]:
    listed: list[Any] = []
    for name, kind in members.items():
        # UNSET and not None: a null must not pass for a member left out.
        optional = (name, kind.wire | msgspec.UnsetType, msgspec.UNSET)
        listed.append(optional if kind.optional else (name, kind.wire))
    return msgspec.defstruct("Members", listed, forbid_unknown_fields=True, kw_only=True)


def _object_rule(members: Mapping[str, Kind], rules: Sequence[Rule]) -> Predicate | None:
    parts = [(name, kind.beyond) for name, kind in members.items() if kind.beyond is not None]
    if not parts and not rules:
        return None

    def holds(values: Mapping[str, Any]) -> bool:
        for name, rest in parts:
            if name in values and not rest(values[name]):
                return False
        return not rules or all(rule.holds(values) for rule in rules)

    return holds


class BilingualName(Object):
    """A name in Chinese and, where there is one, in English."""

    def __init__(self, *, optional: bool = False) -> None:
        super().__init__({"en": Text(optional=True), "zh": Text()}, optional=optional)
