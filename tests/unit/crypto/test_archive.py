"""Stored zips: the same bytes for the same members, and no other zip is taken."""

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from crypto import archive
from crypto.archive import read_archive, write_archive
from crypto.errors import Malformed, TooLarge

MEMBERS = {"b": b"", "a/1.x": b"first", "c": bytes(range(256))}


def zipped(change: Callable[[zipfile.ZipInfo], None], *names: str, comment: bytes = b"") -> bytes:
    """What the standard library writes, members changed by *change*."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names or ("a", "b"):
            info = zipfile.ZipInfo(name)
            change(info)
            file.writestr(info, b"body")
        file.comment = comment
    return out.getvalue()


def nothing(_: zipfile.ZipInfo) -> None:
    """Change nothing."""


def test_it_reads_what_it_writes_in_the_order_of_names() -> None:
    raw = write_archive(MEMBERS)
    assert raw == write_archive(dict(reversed(MEMBERS.items())))
    assert read_archive(raw) == MEMBERS
    assert list(read_archive(raw)) == ["a/1.x", "b", "c"]


def test_others_read_it_too() -> None:
    with zipfile.ZipFile(io.BytesIO(write_archive(MEMBERS))) as file:
        assert file.testzip() is None
        assert {name: file.read(name) for name in file.namelist()} == MEMBERS
        assert {(i.date_time, i.extra, i.comment) for i in file.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), b"", b"")
        }


def test_a_plain_zip_of_the_standard_library_is_taken() -> None:
    assert read_archive(zipped(nothing)) == {"a": b"body", "b": b"body"}
    assert read_archive(write_archive({})) == {}


def _deflated(info: zipfile.ZipInfo) -> None:
    info.compress_type = zipfile.ZIP_DEFLATED


def _dated(info: zipfile.ZipInfo) -> None:
    info.date_time = (2026, 1, 1, 0, 0, 0)


def _extra(info: zipfile.ZipInfo) -> None:
    info.extra = b"\x01\x00\x00\x00"


def _comment(info: zipfile.ZipInfo) -> None:
    info.comment = b"x"


@pytest.mark.parametrize("change", [_deflated, _dated, _extra, _comment])
def test_any_other_form_of_a_member_is_refused(change: Callable[[zipfile.ZipInfo], None]) -> None:
    with pytest.raises(Malformed):
        read_archive(zipped(change))


@pytest.mark.parametrize(
    "names",
    [("b", "a"), ("/a",), ("../a",), ("a/../b",), ("a//b",), ("./a",), ("a/",), ("a b",), ("é",),
     ("a\\b",), ("x" * 256,)],
)  # fmt: skip
def test_names_out_of_order_or_that_lead_elsewhere_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(Malformed):
        read_archive(zipped(nothing, *names))
    if len(names) == 1:
        with pytest.raises(Malformed):
            write_archive({names[0]: b""})


def test_the_same_name_twice_is_refused() -> None:
    raw = write_archive({"a": b"1", "b": b"1"}).replace(b"b\x31", b"a\x31")
    twice = raw.replace(b"\0b", b"\0a")
    with pytest.raises(Malformed, match="ascend"):
        read_archive(twice)


def test_bytes_around_or_between_are_refused() -> None:
    raw = write_archive(MEMBERS)
    for changed in (b"\0" + raw, raw + b"\0", raw[:-1], zipped(nothing, comment=b"x"), b"", b"PK"):
        with pytest.raises(Malformed):
            read_archive(changed)
    start = struct.unpack("<I", raw[-6:-2])[0]
    end = raw[:-6] + struct.pack("<I", start + 1) + raw[-2:]
    with pytest.raises(Malformed):
        read_archive(end[:start] + b"\0" + end[start:])  # a byte that no member has


def test_a_local_header_that_differs_is_refused() -> None:
    raw = bytearray(write_archive({"a": b"body"}))
    raw[30] ^= 1  # the name in front of the body
    with pytest.raises(Malformed, match="differs"):
        read_archive(bytes(raw))


def test_a_damaged_body_is_refused() -> None:
    with pytest.raises(Malformed, match="damaged"):
        read_archive(write_archive({"a": b"body"}).replace(b"body", b"bodY"))


def test_limits_hold_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = write_archive({"a": bytes(20), "b": b""})
    monkeypatch.setattr(archive, "MAX_MEMBER", 19)
    for act in (lambda: read_archive(raw), lambda: write_archive({"a": bytes(20)})):
        with pytest.raises(TooLarge):
            act()
    monkeypatch.setattr(archive, "MAX_MEMBER", 20)
    monkeypatch.setattr(archive, "MAX_TOTAL", len(raw) - 1)
    for act in (lambda: read_archive(raw), lambda: write_archive({"a": bytes(20), "b": b""})):
        with pytest.raises(TooLarge):
            act()
    monkeypatch.setattr(archive, "MAX_TOTAL", len(raw))
    monkeypatch.setattr(archive, "MAX_MEMBERS", 1)
    with pytest.raises(TooLarge):
        write_archive({"a": b"", "b": b""})
