"""Change real values as a stranger would: bits, cuts, repeats, splices, tokens of JSON and text.

Pure: a generator of random numbers decides all, so that a seed tells a whole run again.
"""

import json
from collections.abc import Callable, Sequence
from random import Random

Change = Callable[[Random, bytes, Sequence[bytes]], bytes]

MAX_LENGTH = 400_000  # bytes of an input; beyond it limits of size are all that is met
_SCRAPS = (
    b"", b"\x00", b"\xff", b"\n", b"\r\n", b"\n\n", b" ", b"\t", b'"', b"'", b"\\", b"\\u0000",
    b",", b"{", b"}", b"[", b"]", b"-1", b"0", b"00", b"1.0", b"1e999", b"9007199254740992", b"NaN",
    b"18446744073709551616", b"true", b"null", b'""', b"{}", b"[]", b"=", b"==", b"+", b"/",
    b"../",
    b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xc0\x80", b"\xe2\x80\x94 ", b"\xe2\x80\xa8", b"\x1f\x8b",
    b"PK\x03\x04", b"PK\x05\x06", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"<![CDATA[", b"&#0;", b"--",
    b"9999-12-31T23:59:59.999Z", b"0000-00-00T00:00:00.000Z", b"\x00" * 64, b"A" * 5_000,
    b"[" * 600,
)  # fmt: skip
_VALUES: tuple[object, ...] = (
    None, True, False, 0, 1, -1, 2**53, 2**53 - 1, 2**64, 1.0, 1.5, -0.0, "", "0", "a" * 300,
    "\x00", "\ud800", "云岭省", [], {}, [[]], {"": ""}, [None], "A" * 44,
    "2026-11-01T00:00:00.000Z",
)  # fmt: skip


def mutated(random: Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    """Return *raw* with one to four changes; *others* are values to take pieces of."""
    for _ in range(random.choice((1, 1, 1, 2, 3, 4))):
        raw = random.choice(_CHANGES)(random, raw, others)[:MAX_LENGTH]
    return raw


def _span(random: Random, raw: bytes) -> tuple[int, int]:
    start = random.randint(0, len(raw))
    return start, min(len(raw), start + int(random.expovariate(0.05)))


def _bit(random: Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    if not raw:
        return raw
    at, changed = random.randrange(len(raw)), bytearray(raw)
    changed[at] ^= 1 << random.randrange(8)
    return bytes(changed)


def _byte(random: Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    at = random.randint(0, len(raw))
    return raw[:at] + random.randbytes(1) + raw[at + 1 :]


def _cut(random: Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _span(random, raw)
    return raw[:start] + raw[end:]


def _end(random: Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    return raw[: random.randint(0, len(raw))]


def _repeat(random: Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _span(random, raw)
    return raw[:end] + raw[start:end] * random.choice((1, 2, 300)) + raw[end:]


def _scrap(random: Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _span(random, raw)
    return raw[:start] + random.choice(_SCRAPS) + raw[random.choice((start, end)) :]


def _splice(random: Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    other = random.choice(others)
    at, start = random.randint(0, len(raw)), random.randint(0, len(other))
    return raw[:at] + other[start:]


def _line(random: Random, raw: bytes, others: Sequence[bytes]) -> bytes:
    """Drop, repeat, swap or take from another value one line."""
    lines = raw.split(b"\n")
    at, other = random.randrange(len(lines)), random.randrange(len(lines))
    kind = random.randrange(4)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(other, lines[at])
    elif kind == 2:
        lines[at], lines[other] = lines[other], lines[at]
    else:
        lines[at] = random.choice(random.choice(others).split(b"\n"))
    return b"\n".join(lines)


def _json(random: Random, raw: bytes, _: Sequence[bytes]) -> bytes:
    """Put another value, or another member, somewhere into JSON, in its canonical form."""
    try:
        whole = json.loads(raw)
    except (ValueError, RecursionError):
        return raw
    spots = [*_spots(whole)]
    if not spots:
        return raw
    holder, at = random.choice(spots)
    kind = random.randrange(4)
    if kind == 0:
        del holder[at]
    elif kind == 1 and isinstance(holder, list):
        holder.insert(at, holder[at])
    elif kind == 1:
        holder[random.choice(("", "v", "x", "\u0000"))] = holder[at]
    elif kind == 2 and isinstance(holder[at], int):
        holder[at] = bool(holder[at])  # which Python takes for a number
    else:
        holder[at] = random.choice(_VALUES)
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _spots(value: object):  # type: ignore[no-untyped-def]
    """Yield each list or object below *value* with each of its places."""
    if isinstance(value, list | dict):
        for at in range(len(value)) if isinstance(value, list) else list(value):
            yield value, at
            yield from _spots(value[at])


_CHANGES: tuple[Change, ...] = (
    _bit, _bit, _byte, _cut, _end, _repeat, _scrap, _scrap, _splice, _line, _line,
    _json, _json, _json,
)  # fmt: skip
