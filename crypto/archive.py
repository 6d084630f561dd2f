"""Stored zip files in the one form that evidence bundles have.

Members lie uncompressed, in the order of their names, dated 1980-01-01 00:00, without
extra fields or comments. Writing the same members gives the same bytes; reading takes
the structure apart by itself and leaves no byte unexplained, so that two programs can
never read two things out of one file. The end tells where the directory lies, and the
directory how large each member is: whoever has a file reads these first, and refuses
what is no bundle before he has read the rest.

What a writer may choose freely, because no reader acts on it, is not looked at: the
central directory's "version made by", and those file attributes that make no member
anything but a plain file where it is unpacked.

Units: sizes in bytes.

Source: spec 7; PKWARE APPNOTE 6.3.
"""

import struct
from collections.abc import Mapping
from typing import NamedTuple, NoReturn
from zlib import crc32

from crypto.errors import Malformed, TooLarge

# The largest member is a tail of 40 MiB, or the report of 15,000 entries. The whole has room
# for 15,000 statements of the largest event that is admitted: 48 KiB, in base64 64.
MAX_MEMBER = 64 * 1024 * 1024
MAX_TOTAL = 1024 * 1024 * 1024
MAX_MEMBERS = 65_535  # what the format can count without its 64-bit extension
MAX_NAME = 255

# A name may stand in any program's file system as it is.
_DATE, _TIME = 0x0021, 0  # 1980-01-01 00:00
_VERSIONS = (10, 20)
_FLAGS = (0, 0x0800)  # plain, or names declared to be UTF-8: all are ASCII
_STORED = 0
# Unix mode above, MS-DOS attributes below: link, folder, device, set-user-id, hidden, reparse …
_NO_PLAIN_FILE = 0x7E00_FFDE

# version, flags, method, time, date, CRC-32, size, size, length of name, of extra fields
_COMMON = struct.Struct("<5H3I2H")
_LOCAL = b"PK\x03\x04"
_CENTRAL = b"PK\x01\x02"
_END = struct.Struct("<4s4H2IH")
_END_MARK = b"PK\x05\x06"
END_SIZE = _END.size
_LOCAL_SIZE = 4 + _COMMON.size
_CENTRAL_SIZE = 4 + 2 + _COMMON.size + 14


def write_archive(members: Mapping[str, bytes]) -> bytes:
    """Return the file that holds *members*, by name.

    Raises:
        Malformed: a name that :func:`read_archive` would refuse.
        TooLarge: a member, their number or the whole exceeds the limits.
    """
    bodies: list[bytes] = []
    entries: list[bytes] = []
    at = 0
    for name in sorted(members):
        body = members[name]
        _check_member(name, len(body))
        raw = name.encode()
        common = _COMMON.pack(
            10, 0, _STORED, _TIME, _DATE, crc32(body), len(body), len(body), len(raw), 0
        )
        entries.append(_CENTRAL + b"\x14\x00" + common + struct.pack("<3H2I", 0, 0, 0, 0, at) + raw)
        bodies += (_LOCAL + common + raw, body)
        at += _LOCAL_SIZE + len(raw) + len(body)
        _check_total(at)
    if len(entries) > MAX_MEMBERS:
        raise TooLarge(
            f"a bundle holds at most {MAX_MEMBERS} members, not {len(entries)}",
            f"证据包至多含 {MAX_MEMBERS} 个成员，此处为 {len(entries)} 个",
        )
    central = b"".join(entries)
    _check_total(at + len(central) + END_SIZE)
    end = _END.pack(_END_MARK, 0, 0, len(entries), len(entries), len(central), at, 0)
    return b"".join((*bodies, central, end))


def read_archive(raw: bytes) -> dict[str, bytes]:
    """Return the members of the file *raw*, in the order of their names.

    Raises:
        TooLarge: the file or a member is larger than a bundle may be.
        Malformed: anything else that :func:`write_archive` would not write, but what
            the module's docstring leaves free.
    """
    end = read_end(raw[-END_SIZE:], len(raw))
    members: dict[str, bytes] = {}
    at = 0
    for name, size, common in read_directory(raw[end.start : end.start + end.size], end):
        body_at = at + _LOCAL_SIZE + len(name)
        if raw[at:body_at] != _LOCAL + common + name:
            _refuse(
                "a member's own header differs from the directory's", "成员自身的头与目录中的不一致"
            )
        at = body_at + size
        body = raw[body_at:at]
        if crc32(body) != _COMMON.unpack(common)[5]:
            _refuse(f"{name.decode()} is damaged", f"{name.decode()} 已损坏")
        members[name.decode()] = body
    return members


class End(NamedTuple):
    """What a file's last bytes tell: the number of members, the directory's place and size."""

    members: int
    start: int
    size: int


class Listed(NamedTuple):
    """A member as the directory has it: name, size of its body, and what its own header repeats."""

    name: bytes
    size: int
    common: bytes


def read_end(raw: bytes, total: int) -> End:
    """Return what the last :data:`END_SIZE` bytes of a file of *total* bytes tell.

    Raises:
        TooLarge: the file is larger than a bundle may be.
        Malformed: it does not end as a bundle does.
    """
    _check_total(total)
    if len(raw) != END_SIZE:
        _refuse("it is cut short", "文件不完整")
    mark, disk, first, here, count, size, start, comment = _END.unpack(raw)
    if (mark, disk, first, comment) != (_END_MARK, 0, 0, 0) or here != count:
        _refuse("it does not end as a plain zip file", "文件结尾不符合普通 zip 格式")
    if start + size + END_SIZE != total:
        _refuse("there are bytes before or after what it lists", "所列内容之前或之后另有字节")
    if size > count * (_CENTRAL_SIZE + MAX_NAME):
        _refuse("it holds bytes that belong to no member", "含有不属于任何成员的字节")
    return End(count, start, size)


def read_directory(raw: bytes, end: End) -> list[Listed]:
    """Return the members that a directory lists; no body is needed for it.

    Raises:
        TooLarge, Malformed: as for the whole file.
    """
    found: list[Listed] = []
    central, local, last = 0, 0, b""
    for _ in range(end.members):
        one = _read_listed(raw, central, local)
        if one.name <= last:
            _refuse("its names must ascend, none twice", "成员名须升序且不重复")
        last = one.name
        central += _CENTRAL_SIZE + len(one.name)
        local += _LOCAL_SIZE + len(one.name) + one.size
        if local > end.start:
            _refuse(f"{last.decode()} is damaged", f"{last.decode()} 已损坏")
        found.append(one)
    if local != end.start or central != end.size:
        _refuse("it holds bytes that belong to no member", "含有不属于任何成员的字节")
    return found


def _read_listed(raw: bytes, central: int, local: int) -> Listed:
    """Return the member whose entry begins at *central*, and whose own header at *local*."""
    head = raw[central : central + _CENTRAL_SIZE]
    if len(head) != _CENTRAL_SIZE or head[:4] != _CENTRAL:
        _refuse("its directory is damaged", "目录已损坏")
    common = head[6 : 6 + _COMMON.size]
    version, flags, method, time, date, _crc, size, real, length, extra = _COMMON.unpack(common)
    comment, disk, _internal, external, at = struct.unpack("<3H2I", head[-14:])
    if version not in _VERSIONS or flags not in _FLAGS:
        _refuse("a member needs what a bundle never needs", "某成员要求证据包不会用到的功能")
    if (method, time, date, size) != (_STORED, _TIME, _DATE, real):
        _refuse(
            "a member is not stored, dated 1980-01-01", "成员须以存储方式保存，日期为 1980-01-01"
        )
    if (extra, comment, disk) != (0, 0, 0):
        _refuse("a member has extra fields or a comment", "成员带有附加字段或注释")
    if external & _NO_PLAIN_FILE:
        _refuse("a member is no plain file", "成员不是普通文件")
    name = raw[central + _CENTRAL_SIZE : central + _CENTRAL_SIZE + length]
    if at != local or len(name) != length:
        _refuse(
            "a member's own header differs from the directory's", "成员自身的头与目录中的不一致"
        )
    _check_name(name)
    if size > MAX_MEMBER:
        _check_member(name.decode("ascii"), size)
    return Listed(name, size, common)


_NAME_BYTES: frozenset[int] = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/"
)


def _check_name(name: bytes) -> None:
    """Refuse absolute paths, ``..`` and whatever is no plain relative path."""
    parts = name.split(b"/")
    if not 0 < len(name) <= MAX_NAME or not _NAME_BYTES.issuperset(name):
        _refuse("a member's name holds other than plain characters", "成员名含有不允许的字符")
    if any(part in (b"", b".", b"..") for part in parts):
        _refuse("a member's name is no plain relative path", "成员名不是普通相对路径")


def _check_member(name: str, size: int) -> None:
    _check_name(name.encode("utf-8", "replace"))
    if size > MAX_MEMBER:
        raise TooLarge(
            f"{name} has {size} bytes, more than the {MAX_MEMBER} of a member",
            f"{name} 有 {size} 字节，超过成员上限 {MAX_MEMBER}",
            f"/{name}",
        )


def _check_total(size: int) -> None:
    if size > MAX_TOTAL:
        raise TooLarge(f"a bundle has at most {MAX_TOTAL} bytes", f"证据包至多 {MAX_TOTAL} 字节")


def _refuse(en: str, zh: str) -> NoReturn:
    raise Malformed(f"not a bundle's zip file: {en}", f"不是证据包的 zip 文件：{zh}")
