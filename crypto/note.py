"""Signed notes: a text with lines of signatures, and the keys that verify them.

A note is read strictly, written anew and compared, and until a signature line of
a known key has been verified nothing of its text is to be believed. A line belongs
to a key if both its name and its key id fit; all others are ignored. What the key
types sign is for ``checkpoint`` (0x01) and ``cosignature`` (0x04) to say.

Units: a key id here is 4 bytes, not the hex id of an enrolled key; sizes in bytes.

Source: spec 5; C2SP signed-note.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from crypto.errors import BadSignature, Malformed, TooLarge, Untrusted
from crypto.keys import PrivateKey, PublicKey, read_public_key
from crypto.notation import read_b64, write_b64

ED25519 = 0x01  # a log's signature
COSIGNATURE = 0x04  # a witness's Ed25519 signature with a time
MAX_NOTE = 1_000_000
MAX_SIGNATURES = 100
MAX_NAME = 255
KEY_ID_SIZE = 4

_DASH = "— "  # U+2014 and a space lead every signature line
_SPKI_HEAD = bytes.fromhex("302a300506032b6570032100")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_VKEY = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who claims to have signed (name and 4-byte key id), and the bytes."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a line feed, and 1 to 100 signature lines; nothing is verified."""

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True)
class VKey:
    """A key that verifies notes, as it stands in a trust policy.

    Args:
        name: the key's name; a log's is its origin.
        algorithm: ``ED25519`` or ``COSIGNATURE``; other types are refused.
        public: the raw Ed25519 key, 32 bytes.

    Raises:
        Malformed: one of the three is none of these.
    """

    name: str
    algorithm: int
    public: bytes

    def __post_init__(self) -> None:
        """Refuse names that no note can carry, and key types that are not for here."""
        check_name(self.name)
        if self.algorithm not in (ED25519, COSIGNATURE) or len(self.public) != 32:
            raise Malformed(
                "the key must be of type 01 (a log's Ed25519) or 04 (a witness's), 32 bytes long",
                "密钥类型应为 01（日志的 Ed25519）或 04（见证者的），长 32 字节",
            )

    @cached_property
    def key_id(self) -> bytes:
        """The 4 bytes that, with the name, tell this key's lines from others."""
        return key_id_of(self.name, self.algorithm, self.public)

    @cached_property
    def key(self) -> PublicKey:
        """The key that verifies; the same bytes as a public key of the ledger."""
        return read_public_key(_SPKI_HEAD + self.public)


def key_id_of(name: str, algorithm: int, public: bytes) -> bytes:
    """Return the key id of a note key: 4 bytes of a hash over name, type and key."""
    return sha256(name.encode() + b"\n" + bytes([algorithm]) + public).digest()[:KEY_ID_SIZE]


def parse_vkey(text: str) -> VKey:
    """Return the key written ``name+id+base64(type, key)``.

    Raises:
        Malformed: another form, a key type not used here, or an id that is not the key's.
    """
    found = _VKEY.fullmatch(text)
    if found is None:
        raise Malformed(
            "a note key is written name+8 hex digits+base64 of its type and bytes",
            "验证密钥应写作：名称+8 位十六进制+类型与密钥的 base64",
        )
    packed = read_b64(found[3])
    key = VKey(found[1], packed[0], packed[1:])
    if format_vkey(key) != text:
        raise Malformed(
            f"key id {found[2]} does not belong to this key of {key.name}, "
            f"whose id is {key.key_id.hex()}; copy the whole key again from its owner",
            f"密钥标识 {found[2]} 与 {key.name} 的这把密钥不符（应为 {key.key_id.hex()}）；"
            "请重新取得完整的密钥",
        )
    return key


def format_vkey(key: VKey) -> str:
    """Return the text that :func:`parse_vkey` reads."""
    return f"{key.name}+{key.key_id.hex()}+{write_b64(bytes([key.algorithm]) + key.public)}"


def vkey_of(name: str, algorithm: int, key: PrivateKey) -> VKey:
    """Return what verifies notes signed by *key* (Ed25519) under *name*; raise Malformed."""
    return VKey(name, algorithm, key.raw_public)


def check_name(name: str) -> None:
    """Raise Malformed unless *name* can name a key: 1 to 255 bytes, no space, no ``+``."""
    if (
        not name
        or "+" in name
        or any(map(str.isspace, name))
        or _CONTROL.search(name)
        or len(_utf8(name)) > MAX_NAME
    ):
        raise Malformed(
            f"a key's name has 1 to {MAX_NAME} bytes, without spaces, control characters or +",
            f"密钥名称为 1 至 {MAX_NAME} 字节，不含空格、控制字符和 +",
        )


def parse_note(raw: bytes | str) -> Note:
    """Return the note that *raw* writes; nothing of it is verified.

    Args:
        raw: the whole note, at most 1,000,000 bytes of UTF-8.

    Raises:
        TooLarge: over the limit; it was not parsed.
        Malformed: anything that :func:`format_note` would not write.
    """
    text = _decode(raw)
    head, blank, tail = text.rpartition("\n\n")
    if not blank:
        raise _no_note("there is no blank line before the signatures", "签名行之前没有空行")
    note = Note(head + "\n", parse_signatures(tail))
    if format_note(note) != text:
        raise _no_note("it is not written in its one form", "未按唯一形式书写")
    return note


def format_note(note: Note) -> str:
    """Return the text that :func:`parse_note` reads."""
    return f"{note.text}\n{''.join(map(format_signature, note.signatures))}"


def parse_signatures(lines: str) -> tuple[Signature, ...]:
    """Return 1 to 100 signature lines, each ending in a line feed; raise Malformed."""
    parts = lines.split("\n")
    if parts.pop() or not 1 <= len(parts) <= MAX_SIGNATURES:
        raise _no_note(
            f"1 to {MAX_SIGNATURES} signature lines must end it, each with a line feed",
            f"结尾应为 1 至 {MAX_SIGNATURES} 行签名，每行以换行结束",
        )
    return tuple(map(_parse_signature, parts))


def _parse_signature(line: str) -> Signature:
    """Return what one line, without its line feed, holds."""
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise _no_note("a signature line is: — name base64", "签名行应为：— 名称 base64")
    check_name(name)
    packed = read_b64(encoded)
    if len(packed) <= KEY_ID_SIZE:
        raise _no_note("a signature line holds no signature", "签名行没有签名")
    return Signature(name, packed[:KEY_ID_SIZE], packed[KEY_ID_SIZE:])


def format_signature(signature: Signature) -> str:
    """Return one signature line with its line feed."""
    packed = write_b64(signature.key_id + signature.signature)
    return f"{_DASH}{signature.name} {packed}\n"


def sign_note(text: str, name: str, key: PrivateKey) -> Signature:
    """Return the type 0x01 signature of *key* over *text*.

    Args:
        text: ends in a line feed; its bytes are what is signed.
        name: the key's name.
        key: Ed25519.

    Raises:
        Malformed: the text or the name cannot stand in a note, or the key is not Ed25519.
    """
    check_text(text)
    vkey = vkey_of(name, ED25519, key)
    return Signature(name, vkey.key_id, key.sign(text.encode()))


def verify_signature(text: str, signature: Signature, key: VKey) -> None:
    """Raise BadSignature unless *key*, of type 0x01, signed *text*."""
    if key.algorithm != ED25519 or not names(signature, key):
        raise BadSignature(
            f"the signature line of {signature.name} is not by the key {format_vkey(key)}",
            f"{signature.name} 的签名行不属于密钥 {format_vkey(key)}",
        )
    key.key.verify(signature.signature, text.encode())


def names(signature: Signature, key: VKey) -> bool:
    """Tell whether a line claims to be by *key*: name and key id both fit."""
    return signature.name == key.name and signature.key_id == key.key_id


def match_signatures(note: Note, keys: Iterable[VKey]) -> list[tuple[Signature, VKey]]:
    """Return the lines that claim to be by one of *keys*, with that key; none is verified.

    Every line is given, also where a key has several: the caller verifies all and
    counts a key once. Lines of other keys are left out.

    Raises:
        Malformed: two of *keys* have one name and key id, so that a line would be ambiguous.
    """
    known: dict[tuple[str, bytes], VKey] = {}
    for key in keys:
        if known.setdefault((key.name, key.key_id), key) is not key:
            raise Malformed(
                f"two keys are named {key.name} with id {key.key_id.hex()}; leave one",
                f"有两把密钥同名 {key.name} 且标识同为 {key.key_id.hex()}；请只留一把",
            )
    found = ((line, known.get((line.name, line.key_id))) for line in note.signatures)
    return [(line, key) for line, key in found if key is not None]


def require_log(note: Note, log: VKey, origin: str, what: tuple[str, str]) -> None:
    """Refuse a *note* of *origin* that *log* did not sign; lines of other keys are ignored.

    Args:
        log: of type 0x01; its name must be *origin*.
        what: what the note is, in English and Chinese.

    Raises:
        Malformed: *log* is no log's key.
        BadSignature: a line of this key does not verify.
        Untrusted: there is no line of this key, or it is not the key of this origin.
    """
    if log.algorithm != ED25519:
        raise Malformed(
            f"{log.name} is not a log's key; a log's is of type 01",
            f"{log.name} 不是日志密钥；日志密钥的类型为 01",
        )
    lines = match_signatures(note, [log])
    for line, key in lines:
        verify_signature(note.text, line, key)
    if not lines or log.name != origin:
        en, zh = what
        raise Untrusted(
            f"the {en} of {origin} is not signed by the key that you trust, {format_vkey(log)}",
            f"{origin} 的{zh}未由您信任的密钥 {format_vkey(log)} 签名",
        )


def add_signatures(note: Note, more: Sequence[Signature]) -> Note:
    """Return *note* with further lines behind its own; a key that has a line gets no second.

    Raises:
        Malformed: there would be more than 100 lines.
    """
    lines = {(line.name, line.key_id): line for line in reversed((*note.signatures, *more))}
    if len(lines) > MAX_SIGNATURES:
        raise _no_note(
            f"it would have over {MAX_SIGNATURES} signature lines",
            f"签名行将超过 {MAX_SIGNATURES} 行",
        )
    return Note(note.text, tuple(reversed(lines.values())))


def check_text(text: str) -> None:
    """Raise Malformed unless *text* can be a note's text."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise _no_note(
            "its text must end in a line feed and hold no other control character",
            "正文应以换行结束，不含其他控制字符",
        )
    _utf8(text)


def _decode(raw: bytes | str) -> str:
    """Return *raw* as text within the limits of a note."""
    data = _utf8(raw) if isinstance(raw, str) else raw
    if len(data) > MAX_NOTE:
        raise TooLarge(
            f"a note has at most {MAX_NOTE} bytes, this has {len(data)}",
            f"签名文本至多 {MAX_NOTE} 字节，此处为 {len(data)} 字节",
        )
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise _no_note("it is not UTF-8", "不是 UTF-8") from None
    if _CONTROL.search(text):
        raise _no_note("it holds a control character", "含有控制字符")
    return text


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise _no_note("it is not UTF-8", "不是 UTF-8") from None


def _no_note(en: str, zh: str) -> Malformed:
    return Malformed(f"this is not a signed note: {en}", f"这不是签名文本（note）：{zh}")
