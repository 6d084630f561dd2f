"""Decide how the small values of the formats are written: ids, times, texts, hex, base64.

Every other reader leans on these. No clock is read here: a time is only a text
and a number. Each pattern is anchored at both ends, so that it means the same
under ``search``, ``match`` and ``fullmatch``; no pattern uses ``$``, which
would let a final line feed through, or ``\\d``, which knows more than ASCII.

Units: milliseconds since 1970-01-01T00:00:00.000Z for ``*_ms``; sizes in bytes.

Source: spec, notation (before section 1).
"""

import binascii
import re
from datetime import datetime, timedelta

from crypto.errors import Malformed

_ID = r"(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,64}"
_DEPARTMENT_ID = r"(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._:-]{1,64}"

# A real Gregorian date from 1970 to 9999, 29 February by the rule of 4, 100 and 400.
_YEAR = r"(?:19[7-9][0-9]|[2-9][0-9]{3})"
_LEAP_YEAR = (
    r"(?:19(?:7[26]|8[048]|9[26])"
    r"|[2-9][0-9](?:0[48]|[2468][048]|[13579][26])"
    r"|(?:[2468][048]|[3579][26])00)"
)
_MONTH_DAY = (
    r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}"

ID = re.compile(rf"\A{_ID}\Z")
DEPARTMENT_ID = re.compile(rf"\A{_DEPARTMENT_ID}\Z")
REF = re.compile(rf"\A{_DEPARTMENT_ID}/{_ID}\Z")
SOURCE = re.compile(rf"\A/departments/{_DEPARTMENT_ID}\Z")
ORIGIN = re.compile(r"\A[!-*,-~]{1,255}\Z")
TIME = re.compile(rf"\A(?:{_YEAR}-{_MONTH_DAY}|{_LEAP_YEAR}-02-29)T{_CLOCK}Z\Z")
HEX32 = re.compile(r"\A[0-9a-f]{64}\Z")
# Surrogates stand in no text that was read, but may in one that is to be written.
TEXT = re.compile(
    "\\A[^\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069\\ufeff\\ud800-\\udfff]"
    "{1,300}\\Z"
)

_EPOCH = datetime(1970, 1, 1)  # without a zone: all is UTC
_MILLISECOND = timedelta(milliseconds=1)
_END_MS = 253_402_300_800_000  # 10000-01-01, the first time that T cannot say


def check_id(text: object, pointer: str = "") -> str:
    """Return *text* if it is an id; raise :class:`Malformed` otherwise."""
    if type(text) is not str or ID.match(text) is None:
        raise _wrong(
            pointer,
            "must be an id: 1 to 64 of A-Z a-z 0-9 . _ -, and not . or ..",
            "应为标识：1 至 64 个 A-Z a-z 0-9 . _ - 字符，且不得为 . 或 ..",
        )
    return text


def check_department_id(text: object, pointer: str = "") -> str:
    """Return *text* if it is a department id; raise :class:`Malformed` otherwise."""
    if type(text) is not str or DEPARTMENT_ID.match(text) is None:
        raise _wrong(
            pointer,
            "must be a department id: 1 to 64 of A-Z a-z 0-9 . _ : -, and not . or ..",
            "应为部门标识：1 至 64 个 A-Z a-z 0-9 . _ : - 字符，且不得为 . 或 ..",
        )
    return text


def check_ref(text: object, pointer: str = "") -> str:
    """Return *text* if it is ``<owner department id>/<id>``; raise :class:`Malformed` otherwise."""
    if type(text) is not str or REF.match(text) is None:
        raise _wrong(
            pointer,
            "must be <owner department id>/<id>",
            "应为“所属部门标识/标识”的形式",
        )
    return text


def check_source(text: object, pointer: str = "") -> str:
    """Return *text* if it is ``/departments/<department id>``; raise :class:`Malformed` else."""
    if type(text) is not str or SOURCE.match(text) is None:
        raise _wrong(
            pointer,
            "must be /departments/<department id>",
            "应为 /departments/<部门标识> 的形式",
        )
    return text


def check_origin(text: object, pointer: str = "") -> str:
    """Return *text* if it is an origin; raise :class:`Malformed` otherwise."""
    if type(text) is not str or ORIGIN.match(text) is None:
        raise _wrong(
            pointer,
            "must be an origin: 1 to 255 printable ASCII characters without space or +",
            "应为账本名（origin）：1 至 255 个可打印 ASCII 字符，不含空格和 +",
        )
    return text


def check_text(value: object, pointer: str = "") -> str:
    """Return *value* if it is a text of 1 to 300 code points; raise :class:`Malformed` else."""
    if type(value) is not str or TEXT.match(value) is None:
        raise _wrong(
            pointer,
            "must be 1 to 300 characters without control or text-direction characters",
            "应为 1 至 300 个字符，不含控制字符和文字方向控制字符",
        )
    return value


def check_time(text: object, pointer: str = "") -> str:
    """Return *text* if it is a T: a real UTC time; raise :class:`Malformed` otherwise."""
    if type(text) is not str or TIME.match(text) is None:
        raise _wrong(
            pointer,
            "must be a real UTC time from 1970 on, written YYYY-MM-DDTHH:MM:SS.mmmZ",
            "应为 1970 年以后真实存在的 UTC 时间，写作 YYYY-MM-DDTHH:MM:SS.mmmZ",
        )
    return text


def check_hex32(text: object, pointer: str = "") -> str:
    """Return *text* if it is 64 lower-case hex digits; raise :class:`Malformed` otherwise."""
    if type(text) is not str or HEX32.match(text) is None:
        raise _wrong(pointer, "must be 64 lower-case hex digits", "应为 64 位小写十六进制数字")
    return text


def parse_time(text: object, pointer: str = "") -> int:
    """Return the milliseconds since 1970 of a T; raise :class:`Malformed` if it is none."""
    return (datetime.fromisoformat(check_time(text, pointer)[:-1]) - _EPOCH) // _MILLISECOND


def format_time(ms: int) -> str:
    """Return the T of *ms*, ``0 <= ms`` before the year 10000; raise :class:`Malformed` else."""
    if type(ms) is not int or not 0 <= ms < _END_MS:
        raise Malformed(
            f"{ms} ms is no time between 1970 and 9999", f"{ms} 毫秒不在 1970 年至 9999 年之间"
        )
    return (_EPOCH + ms * _MILLISECOND).isoformat(timespec="milliseconds") + "Z"


def read_hex(text: object, pointer: str = "", size: int = 32) -> bytes:
    """Return the *size* bytes that *text* writes in lower-case hex; raise :class:`Malformed`."""
    if type(text) is str and len(text) == 2 * size:
        try:
            value = bytes.fromhex(text)
        except ValueError:
            value = b""
        if value.hex() == text:  # fromhex skips spaces and takes capitals
            return value
    raise _wrong(
        pointer, f"must be {2 * size} lower-case hex digits", f"应为 {2 * size} 位小写十六进制数字"
    )


def read_b64(text: object, pointer: str = "") -> bytes:
    """Return the bytes of padded standard base64 that re-encodes to itself; else raise."""
    if type(text) is str:
        try:
            value = binascii.a2b_base64(text)
        except ValueError:
            pass
        else:
            if write_b64(value) == text:  # a2b_base64 skips what it does not know
                return value
    raise _wrong(
        pointer,
        "must be padded standard base64 that re-encodes to itself",
        "应为带填充、重新编码后不变的标准 base64",
    )


def write_b64(value: bytes) -> str:
    """Return *value* in padded standard base64, on one line."""
    return binascii.b2a_base64(value, newline=False).decode("ascii")


def _wrong(pointer: str, en: str, zh: str) -> Malformed:
    """Say at which place what is expected."""
    return Malformed(f"{pointer or 'the value'} {en}", f"{pointer or '该值'} {zh}", pointer)
