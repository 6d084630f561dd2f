"""Decide whether bytes are canonical JSON within the limits of the formats.

There is one way to write a value and only that way is read: bytes are parsed
under the limits, written anew and compared. What passed has no duplicate
member, no float, no integer beyond 2^53 - 1, no lone surrogate, no name outside
ASCII and no more than 16 levels.

The limits are checked apart from the comparison, for a writer may carry a value
that is out of range round unharmed: by a decoder whose type has few levels, as
nearly all texts have, and for deeper or doubtful ones by a walk. With ASCII
names alone, sorting by UTF-8 bytes and by UTF-16 units (RFC 8785) agree.

Source: spec, JSON limits (before section 1); RFC 8785.
"""

import re
from collections.abc import Iterable
from typing import Annotated, Any, TypeAlias, cast

import msgspec
import orjson

from crypto.errors import Malformed

MAX_LEVELS = 16  # objects and arrays alike; the outermost is 1
MAX_INTEGER = 2**53 - 1

JsonValue: TypeAlias = "bool | int | str | list[JsonValue] | dict[str, JsonValue] | None"

Integer = Annotated[int, msgspec.Meta(ge=-MAX_INTEGER, le=MAX_INTEGER)]

_WRITE = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_STRICT_INTEGER
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)


def _nested(levels: int) -> Any:
    """Return the type of a JSON value with at most *levels* levels of objects and arrays."""
    if levels == 0:
        return bool | Integer | str | None
    inner = _nested(levels - 1)
    return bool | Integer | str | dict[str, inner] | list[inner] | None  # type: ignore[valid-type]


# Each level doubles what the decoder's type costs to build: 6 take a millisecond, 16 seconds.
_COMMON_LEVELS = 6
_decode_common = msgspec.json.Decoder(_nested(_COMMON_LEVELS)).decode
_decode_any = msgspec.json.Decoder().decode


def read_canonical(raw: bytes) -> JsonValue:
    """Return the value that *raw* writes, which is then its only way to be written.

    Args:
        raw: the whole text; its length is the caller's to limit.

    Raises:
        Malformed: not JSON, beyond a limit, or not in canonical form.
    """
    value = _read_within_limits(raw)
    again = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    if again != raw:
        at = _first_difference(raw, again)
        raise Malformed(
            f"not canonical JSON (RFC 8785): first difference at byte {at}; write it with "
            "sorted, unrepeated members and no spare spaces or escapes",
            f"不是规范 JSON（RFC 8785）：第 {at} 字节处开始不同；成员须排序且不重复，"
            "不得有多余空格或转义",
        )
    if not raw.isascii():  # an ASCII text that escapes a letter was not canonical
        _check_names(raw)
    return value


def write_canonical(value: JsonValue) -> bytes:
    """Return the canonical text of *value*, which :func:`read_canonical` takes back.

    Raises:
        Malformed: *value* is beyond a limit or holds what JSON here cannot say:
            a float, a tuple, a date, a name outside ASCII.
    """
    try:
        raw = orjson.dumps(value, option=_WRITE)
    except orjson.JSONEncodeError as error:
        raise _beyond_limits(str(error)) from None
    again = _read_within_limits(raw)
    if again != value:  # NaN is written as null, a tuple as an array
        raise _beyond_limits("only null, true, false, integers, texts, lists and objects")
    if not raw.isascii():
        _check_names(raw)
    return raw


def _read_within_limits(raw: bytes) -> JsonValue:
    """Parse under every limit but the two that the callers see: duplicates and names."""
    try:
        return cast(JsonValue, _decode_common(raw))
    except (msgspec.MsgspecError, ValueError):
        pass  # deeper, or beyond a limit: the walk tells which
    try:
        value = _decode_any(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _beyond_limits(str(error)) from None
    _check_limits(value)
    return cast(JsonValue, value)


def _check_limits(value: Any) -> None:
    """Raise unless *value*, as parsed, has only what the limits allow."""
    level, pending = 1, [value]
    while pending:
        for item in pending:
            if type(item) is float or (type(item) is int and abs(item) > MAX_INTEGER):
                raise _beyond_limits(f"the number {item}")
        nested = [item for item in pending if type(item) in (dict, list)]
        if nested and level > MAX_LEVELS:
            raise _beyond_limits(f"more than {MAX_LEVELS} levels")
        pending = [x for item in nested for x in _members(item)]
        level += 1


def _members(item: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return item.values() if isinstance(item, dict) else item


def _beyond_limits(detail: str) -> Malformed:
    """Word a refusal; *detail* is the parser's, in English."""
    return Malformed(
        f"not JSON within the limits (UTF-8, integers within 2^53 - 1, {MAX_LEVELS} levels): "
        f"{detail}",
        f"不是限定范围内的 JSON（UTF-8、绝对值不超过 2^53 - 1 的整数、至多 {MAX_LEVELS} 层）："
        f"{detail}",
    )


# From the first byte that is not ASCII to the end of its string: in canonical JSON a colon
# behind it tells a member's name. Such a byte stands in strings alone, and in no escape.
_STRING_BEYOND_ASCII = re.compile(rb'[\x80-\xff](?:[^"\\]|\\.)*"(:?)', re.DOTALL)


def _check_names(raw: bytes) -> None:
    """Raise unless every member name of the canonical text *raw* is ASCII."""
    if b":" in _STRING_BEYOND_ASCII.findall(raw):
        raise Malformed("a member name is not ASCII", "有成员名不是 ASCII")


def _first_difference(left: bytes, right: bytes) -> int:
    """Return the first index at which two different byte strings differ."""
    for index, (a, b) in enumerate(zip(left, right, strict=False)):
        if a != b:
            return index
    return min(len(left), len(right))
