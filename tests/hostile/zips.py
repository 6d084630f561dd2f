"""Zips that bundles must not be: each is made by hand, so that one thing alone is wrong in it.

The base is whatever members a real bundle has. Where sizes or offsets lie, everything else
fits, as it would in a file that somebody made to be read in two ways.
"""

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

DEFLATED, DATED = 8, 0x0021
MAX_16, MAX_32 = 0xFFFF, 0xFFFF_FFFF
LINK, FOLDER, DEVICE, SET_USER_ID = 0o120777, 0o040755, 0o020666, 0o104755  # Unix modes
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


@dataclass(frozen=True)
class Item:
    """A member as both its headers tell it, unless *own* says otherwise of its own header.

    Attributes:
        body: the bytes that lie in the file.
        size, real: stored and unpacked; None: of the body.
        at: where the directory says that it lies; None: where it lies.
        own: what its own header says instead.
        behind: what lies between it and the next.
    """

    name: bytes
    body: bytes
    version: int = 10
    flags: int = 0
    method: int = 0
    time: int = 0
    date: int = DATED
    crc: int | None = None
    size: int | None = None
    real: int | None = None
    extra: bytes = b""
    comment: bytes = b""
    disk: int = 0
    internal: int = 0
    external: int = 0
    at: int | None = None
    own: Mapping[str, object] | None = None
    behind: bytes = b""

    def common(self) -> bytes:
        size = len(self.body) if self.size is None else self.size
        real = size if self.real is None else self.real
        crc = zlib.crc32(self.body) if self.crc is None else self.crc
        numbers = (self.version, self.flags, self.method, self.time, self.date)
        lengths = (len(self.name), len(self.extra))
        return struct.pack("<5H3I2H", *numbers, crc, size, real, *lengths)

    def local(self) -> bytes:
        told = replace(self, **{"own": None, **(self.own or {})})  # type: ignore[arg-type]
        return _LOCAL + told.common() + told.name + told.extra + self.body + self.behind

    def listed(self, at: int) -> bytes:
        where = at if self.at is None else self.at
        rest = (len(self.comment), self.disk, self.internal, self.external, where)
        fields = struct.pack("<3H2I", *rest)
        head = _CENTRAL + b"\x14\x00" + self.common() + fields
        return head + self.name + self.extra + self.comment


@dataclass(frozen=True)
class Ending:
    """What the file's last record says otherwise, and what stands around it.

    Attributes:
        longer: by how much it overstates the directory's size.
        shift: by how much it overstates where the directory begins.
        disks: this disk, the directory's disk, entries on this disk less the true number.
    """

    count: int | None = None
    longer: int = 0
    shift: int = 0
    disks: tuple[int, int, int] = (0, 0, 0)
    comment: bytes = b""
    before: bytes = b""
    behind: bytes = b""


def zip_of(
    items: Sequence[Item], ending: Ending | None = None, listed: Sequence[int] | None = None
) -> bytes:
    """Return the file; *listed* says which items the directory names, in its order."""
    ending = ending or Ending()
    bodies, starts, at = [], [], 0
    for item in items:
        starts.append(at)
        bodies.append(item.local())
        at += len(bodies[-1])
    order = range(len(items)) if listed is None else listed
    central = b"".join(items[n].listed(starts[n]) for n in order)
    count = len(order) if ending.count is None else ending.count
    disk, first, here = ending.disks
    end = struct.pack(
        "<4H2IH", disk, first, (count + here) & MAX_16, count, (len(central) + ending.longer),
        (at + ending.shift) & MAX_32, len(ending.comment),
    )  # fmt: skip
    whole = b"".join(bodies) + central + ending.before
    return whole + _END + end + ending.comment + ending.behind


def plain(members: Mapping[str, bytes]) -> list[Item]:
    return [Item(name.encode(), members[name]) for name in sorted(members)]


def hostile_zips(members: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield what is wrong, and the file. The structure of each is refused, whatever it holds."""
    items = plain(members)
    for what, change in _CHANGES.items():
        for n in (0, len(items) - 1):
            changed = [*items[:n], change(items[n]), *items[n + 1 :]]
            yield f"{what}, member {n}", zip_of(changed)
    for what, name in NAMES.items():
        yield f"a name: {what}", zip_of(_sorted([*items, Item(name, b"x")]))
    for what, ending in _endings(items).items():
        yield what, zip_of(items, ending)
    yield from _orders(items)
    yield from _overlaps(items)
    yield from _around(zip_of(items))


def _sorted(items: Sequence[Item]) -> list[Item]:
    return sorted(items, key=lambda item: item.name)


# One member


def _bomb(item: Item) -> Item:
    """32 MiB of nothing, packed a thousandfold."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(32)) + packer.flush()
    return replace(item, body=packed, method=DEFLATED, real=1 << 25, crc=0)


def _deflated(item: Item) -> Item:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(item.body) + packer.flush()
    crc, real = zlib.crc32(item.body), len(item.body)
    return replace(item, body=packed, method=DEFLATED, crc=crc, real=real)


def _zip64(item: Item) -> Item:
    """Both sizes in the extra field of the 64-bit extension."""
    real = struct.pack("<HHQQ", 1, 16, len(item.body), len(item.body))
    return replace(item, version=45, size=MAX_32, real=MAX_32, extra=real)


def _renamed(item: Item) -> Item:
    """Info-ZIP's Unicode path: programs that know it see another name."""
    other = struct.pack("<BI", 1, zlib.crc32(item.name)) + b"../../evil"
    return replace(item, extra=struct.pack("<HH", 0x7075, len(other)) + other)


def _described(item: Item) -> Item:
    """Sizes and sum behind the body, as a stream is written; none before it."""
    sums = (zlib.crc32(item.body), len(item.body), len(item.body))
    behind = b"PK\x07\x08" + struct.pack("<3I", *sums)
    return replace(item, flags=8, behind=behind, own={"crc": 0, "size": 0, "real": 0})


def _of_mode(mode: int) -> Callable[[Item], Item]:
    return lambda item: replace(item, external=mode << 16)


def _set(**changed: object) -> Callable[[Item], Item]:
    return lambda item: replace(item, **changed)  # type: ignore[arg-type]


def _own(**changed: object) -> Callable[[Item], Item]:
    return lambda item: replace(item, own=changed)


_CHANGES: Final[Mapping[str, Callable[[Item], Item]]] = {
    "a bomb": _bomb,
    "deflated": _deflated,
    **{f"method {n}": _set(method=n) for n in (1, 6, 9, 12, 14, 93, 95, 96, 98, 99, MAX_16)},
    "stored, but of two sizes": lambda item: replace(item, real=len(item.body) + 1),
    "says 4 GiB": _set(size=MAX_32, real=MAX_32),
    "says 2 GiB": _set(size=1 << 31, real=1 << 31),
    "says more than a member may be": _set(size=(1 << 26) + 1, real=(1 << 26) + 1),
    "says one byte more": lambda item: replace(item, size=len(item.body) + 1),
    "says one byte less": lambda item: replace(item, size=max(0, len(item.body) - 1)),
    "says it is empty": _set(size=0, real=0, crc=0),
    "zip64": _zip64,
    "needs zip64 without need": _set(version=45),
    "encrypted": _set(flags=1),
    "strongly encrypted": _set(flags=0x41, version=50),
    "masked headers": _set(flags=0x2001),
    "patched data": _set(flags=0x20),
    "deflate options": _set(flags=2),
    "a flag that nobody defined": _set(flags=0x8000),
    "described behind": _described,
    "described behind, flag alone": _set(flags=8),
    "encrypted by its own header alone": _own(flags=1),
    "deflated by its own header alone": _own(method=DEFLATED),
    "named otherwise by its own header": lambda item: replace(
        item, own={"name": b"X" + item.name[1:]}
    ),
    "longer by its own header": lambda item: replace(item, own={"size": len(item.body) + 1}),
    "summed otherwise by its own header": _own(crc=1),
    "extra bytes in its own header": _own(extra=b"\xfe\xca\x00\x00"),
    "wrong sum": lambda item: replace(item, crc=zlib.crc32(item.body) ^ 1),
    "no sum": _set(crc=0),
    "an extra field": _set(extra=b"\xfe\xca\x00\x00"),
    "another name in Unicode": _renamed,
    "a comment": _set(comment=b"x"),
    "dated now": _set(date=0x5D77, time=0x6000),
    "dated on no day": _set(date=0),
    "on another disk": _set(disk=1),
    "on a disk to be looked up": _set(disk=MAX_16),
    "at the beginning of the last": _set(at=1),
    "at the end of the world": _set(at=MAX_32),
    "bytes behind it": _set(behind=b"\x00"),
    "a hidden member behind it": _set(behind=Item(b"hidden", b"x").local()),
    "a link": _of_mode(LINK),
    "a folder": _of_mode(FOLDER),
    "a device": _of_mode(DEVICE),
    "set-user-id": _of_mode(SET_USER_ID),
    "a pipe": _of_mode(0o010644),
    "a socket": _of_mode(0o140755),
    "a folder of MS-DOS": _set(external=0x10),
    "a volume's label": _set(external=0x08),
    "hidden": _set(external=0x02),
    "a reparse point": _set(external=0x400),
}

NAMES: Final[Mapping[str, bytes]] = {
    "empty": b"",
    "up": b"../evil",
    "up from within": b"entries/../../evil",
    "up at the end": b"entries/..",
    "here": b"./manifest.json",
    "here within": b"entries/./0.header",
    "twice parted": b"entries//0.header",
    "absolute": b"/etc/passwd",
    "a drive": b"C:/evil",
    "a drive's own folder": b"C:evil",
    "a share": b"//server/evil",
    "backslashes": b"..\\..\\evil",
    "a share with backslashes": b"\\\\server\\evil",
    "a backslash within": b"entries\\0.header",
    "cut by NUL": b"manifest.json\x00.txt",
    "a line": b"manifest.json\n",
    "blank at the end": b"manifest.json ",
    "a stream": b"manifest.json:evil",
    "terminal": b"\x1b[2Jmanifest.json",
    "a formula": b"=cmd",
    "a home": b"~/evil",
    "percent": b"%2e%2e/evil",
    "a folder": b"entries/",
    "a long one": b"a" * 256,
    "the longest": b"a" * MAX_16,
    "no UTF-8": b"manifest\xff.json",
    "overlong dots": b"\xc0\xae\xc0\xae/evil",
    "of full width": "ｍanifest.json".encode(),
    "digits of full width": "entries/１.header".encode(),
    "dots of full width": "．．/evil".encode(),
    "a slash's look-alike": "..∕evil".encode(),
    "Cyrillic": "m\u0430nifest.json".encode(),
    "combining": "manife\u0301st.json".encode(),
    "turned": "\u202ejson.tsefinam".encode(),
    "invisible": "manifest\u200b.json".encode(),
    "Chinese in GBK": "证据".encode("gbk"),
}  # fmt: skip

FOREIGN: Final = (
    "MANIFEST.JSON", "Manifest.json", "readme.txt", "ENTRIES/0.header", "entries/0.HEADER",
    "entries/00.header", "entries/0", "entries/0.header/evil", "entries/0.header.header",
    "entries/99999999999999999.header", "entries/-1.header", "__proto__", "con", "nul.txt", "a.",
    ".evil", "manifest.json.", "evil.zip",
)  # fmt: skip


# The ending, and what lies around


def _endings(items: Sequence[Item]) -> dict[str, Ending]:
    size = len(zip_of(items))
    directory = size - sum(len(item.local()) for item in items) - 22
    record = struct.pack(
        "<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, len(items), len(items), directory,
        size - 22 - directory,
    )  # fmt: skip
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, size - 22, 1)
    signature = b"PK\x05\x05" + struct.pack("<H", 4) + b"sign"
    return {
        "counts none": Ending(count=0),
        "counts one less": Ending(count=len(items) - 1),
        "counts one more": Ending(count=len(items) + 1),
        "counts all that can be counted": Ending(count=MAX_16),
        "counts others on this disk": Ending(disks=(0, 0, 1)),
        "is another disk": Ending(disks=(1, 0, 0)),
        "has its directory on another disk": Ending(disks=(0, 1, 0)),
        "has all disks to be looked up": Ending(disks=(MAX_16, MAX_16, 0)),
        "a longer directory": Ending(longer=1),
        "a shorter directory": Ending(longer=-1),
        "a directory that begins later": Ending(shift=1),
        "a directory that begins elsewhere": Ending(shift=1 << 20),
        "a directory that begins earlier and is longer": Ending(shift=-4, longer=4),
        "a directory that begins later and is shorter": Ending(shift=46, longer=-46),
        "a comment": Ending(comment=b"x"),
        "a comment that is an end": Ending(comment=_END + bytes(18)),
        "a second end": Ending(before=_END + bytes(18)),
        "a second end, counted in": Ending(before=_END + bytes(18), longer=22),
        "zip64 records": Ending(before=record + locator),
        "zip64 records, counted in": Ending(before=record + locator, longer=76),
        "zip64 records that alone say where": Ending(
            count=MAX_16, before=record + locator, longer=MAX_32 - directory,
            shift=MAX_32 - (size - 22 - directory),
        ),
        "a signed directory": Ending(before=signature),
        "a signed directory, counted in": Ending(before=signature, longer=len(signature)),
        "a byte behind": Ending(behind=b"\x00"),
        "a line behind": Ending(behind=b"\n"),
        "a zip behind": Ending(behind=zip_of(items)),
    }  # fmt: skip


def _around(whole: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the file with something before it, and what is no whole file."""
    yield "a program before", b"MZ" + bytes(62) + whole
    start = struct.unpack("<I", whole[-6:-2])[0]
    moved = whole[:-6] + struct.pack("<I", start + 4) + whole[-2:]
    yield "bytes before, its directory found", b"evil" + moved
    yield "a page before", b"<!DOCTYPE html><script>evil()</script>" + whole
    yield "of many disks", b"PK\x07\x08" + whole
    yield "cut at the end", whole[:-1]
    yield "cut at the beginning", whole[1:]
    yield "its directory alone", whole[start:]
    yield "without a directory", whole[:start]
    yield "its end alone", whole[-22:]
    yield "nothing", b""
    yield "nothing for long", bytes(1 << 20)
    yield "ends alone", (_END + bytes(18)) * 1000 + b"\0"


# Orders, repeats, overlaps


def _orders(items: Sequence[Item]) -> Iterator[tuple[str, bytes]]:
    backwards = range(len(items) - 1, -1, -1)
    first, other = items[0], Item(items[0].name, b"other")
    yield "backwards", zip_of(items[::-1])
    yield "listed backwards", zip_of(items, listed=backwards)
    yield "lying backwards, listed in order", zip_of(items[::-1], listed=backwards)
    yield "a name twice", zip_of([first, first, *items[1:]])
    yield "a name twice, with another body", zip_of([first, other, *items[1:]])
    yield "a name twice, the other first", zip_of([other, first, *items[1:]])
    yield "a member listed twice", zip_of(items, listed=[0, *range(len(items))])
    yield "a member not listed", zip_of(items, listed=range(1, len(items)))
    yield "a member hidden behind", zip_of([*items, other], listed=range(len(items)))
    yield "a name twice, one listed", zip_of([other, *items], listed=range(1, len(items) + 1))


def _overlaps(items: Sequence[Item]) -> Iterator[tuple[str, bytes]]:
    """Yield members that share bytes: a few bytes of file would be any number of bytes read."""
    body = Item(b"z0", bytes(1 << 16))
    many = [replace(body, name=b"z%05d" % n, at=0) for n in range(2_000)]
    yield "one body, listed 2,000 times", _listing(body.local(), many)
    kernel = Item(b"z9", bytes(1 << 16))
    # Each quotes the local headers of those behind it, as the densest known bombs do.
    quoting: list[Item] = [kernel]
    for n in range(8, -1, -1):
        quoting.insert(0, Item(b"z%d" % n, b"".join(item.local() for item in quoting[:1])))
    starts = [(10 - len(quoting[n:])) * 32 for n in range(10)]
    inner = [replace(item, at=start) for item, start in zip(quoting, starts, strict=True)]
    yield "each quotes the next", _listing(quoting[0].local(), inner)
    inside = Item(b"z", b"x" + items[0].local())
    lying = [*items[1:], inside]
    at = sum(len(item.local()) for item in items[1:]) + 31 + 1
    listed = _sorted([replace(items[0], at=at), *lying])
    yield "within another's body", _listing(b"".join(i.local() for i in lying), listed)


def _listing(bodies: bytes, listed: Sequence[Item]) -> bytes:
    central = b"".join(item.listed(item.at or 0) for item in listed)
    sizes = struct.pack("<4H2IH", 0, 0, len(listed), len(listed), len(central), len(bodies), 0)
    return bodies + central + _END + sizes


def foreign_members(members: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield sound zips with a member that no bundle has: what its manifest does not list."""
    items = plain(members)
    inner = zip_of(items)
    for name in FOREIGN:
        yield name, zip_of(_sorted([*items, Item(name.encode(), inner)]))
    many = [Item(b"z%05d" % n, b"") for n in range(10_000)]
    yield "ten thousand more", zip_of(_sorted([*items, *many]))
