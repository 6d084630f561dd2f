"""Signed notes: one form, limits, names, key ids, and which lines belong to which key."""

from hashlib import sha256

import pytest

from crypto.errors import BadSignature, Malformed, TooLarge
from crypto.keys import PrivateKey
from crypto.notation import write_b64
from crypto.note import (
    COSIGNATURE,
    ED25519,
    MAX_NOTE,
    Note,
    Signature,
    VKey,
    add_signatures,
    check_text,
    format_note,
    format_signature,
    format_vkey,
    match_signatures,
    parse_note,
    parse_signatures,
    parse_vkey,
    sign_note,
    verify_signature,
    vkey_of,
)

KEY = PrivateKey.from_seed(sha256(b"note").digest())
OTHER = PrivateKey.from_seed(sha256(b"other").digest())
NAME = "ledger.example.gov/yunling"
VKEY = vkey_of(NAME, ED25519, KEY)
TEXT = "first line\n\nthird line, 云岭省\n"
LINE = sign_note(TEXT, NAME, KEY)
NOTE = format_note(Note(TEXT, (LINE,)))

# A public worked example: a checkpoint note and the key of its log.
PUBLIC_KEY = "ledger.example.gov/2026+68db6a1c+AW545R6nHh929+W8kSjt9PxSB1yWBjv5t3QkxI3dquj2"
PUBLIC_NOTE = (
    "ledger.example.gov/2026\n3\nAFgbxw1TD7a1WoivcJlYcs+ngOPan2O4rNvHKiDhMS8=\n\n"
    "— ledger.example.gov/2026 aNtqHCUhb7lrvlqwxHjwAl5zZc6VgERS4XgQAPTT7//imLraOIHS4QR73Ey72y0S"
    "Vr55hrbRc3ayDeNtt/VoSI7Esw4=\n"
    "— witness.example.org/w1 Mk9r2gAAAABpVbkDSRXAsUn1IyyHaxHWJgx0TXgwCCLUSEA9bZk1JDARIz2aQ+PKka"
    "pwgHBpexpPrN6hnDNN1HVc/Av6yx/VdnccDA==\n"
)


def line(name: str = "a", packed: bytes = b"12345") -> str:
    return f"— {name} {write_b64(packed)}\n"


def test_a_public_note_verifies() -> None:
    """The worked example is read, written back, and verifies under its key."""
    note, key = parse_note(PUBLIC_NOTE), parse_vkey(PUBLIC_KEY)
    assert format_note(note) == PUBLIC_NOTE
    assert format_vkey(key) == PUBLIC_KEY
    assert [found for found, _ in match_signatures(note, [key])] == [note.signatures[0]]
    verify_signature(note.text, note.signatures[0], key)


def test_the_last_blank_line_splits_text_from_signatures() -> None:
    """A text may hold blank lines, also at its end."""
    assert parse_note(NOTE) == parse_note(NOTE.encode()) == Note(TEXT, (LINE,))
    assert parse_note("a\n\n\n" + line()).text == "a\n\n"
    assert parse_note("\n\n" + line()).text == "\n"


def test_what_is_signed_is_the_text_with_its_last_line_feed() -> None:
    """And neither the blank line nor the name."""
    assert LINE.signature == KEY.sign(TEXT.encode())
    verify_signature(TEXT, LINE, VKEY)
    for text in (TEXT[:-1], TEXT + "\n", TEXT.upper()):
        with pytest.raises(BadSignature):
            verify_signature(text, LINE, VKEY)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "\n",
        "\n\n",
        "text\n\n",
        "text\n" + line(),
        "text\n\n" + line() + "\n",
        "text\n\n" + line()[:-1],
        "text\n\n" + line() + "more\n",
        "text\n\n" + line().replace("—", "-"),
        "text\n\n" + line().replace("— ", "—"),
        "text\n\n" + line().replace(" a ", "  "),
        "text\n\n" + line().replace(" a ", " a  "),
        "text\n\n" + line("a+b"),
        "text\n\n" + line("a\u00a0b"),
        "text\n\n" + line("a\u3000b"),
        "text\n\n" + line("x" * 256),
        "text\n\n" + line(packed=b"1234"),
        "text\n\n— a MTIzNDU\n",
        "text\n\n— a MTIzNDV=\n",
        "text\n\n— a MTIz NDU=\n",
        "text\n\n— a \n",
        "text\n\n— a\n",
        "te\txt\n\n" + line(),
        "te\rxt\n\n" + line(),
        "te\x00xt\n\n" + line(),
        "text\r\n\r\n" + line(),
        "te\ud800xt\n\n" + line(),
        b"te\xffxt\n\n" + line().encode(),
    ],
)
def test_any_other_form_is_refused(raw: str | bytes) -> None:
    """One way to write a note, and only that is read."""
    with pytest.raises(Malformed):
        parse_note(raw)


def test_limits() -> None:
    """100 signature lines and 1,000,000 bytes, not one more."""
    assert len(parse_note("t\n\n" + line() * 100).signatures) == 100
    with pytest.raises(Malformed, match="1 to 100"):
        parse_note("t\n\n" + line() * 101)
    tail = "\n\n" + line()
    room = MAX_NOTE - len(tail.encode())
    assert len(parse_note("t" * room + tail).text) == room + 1
    with pytest.raises(TooLarge):
        parse_note("t" * (room + 1) + tail)


def test_signature_lines_alone() -> None:
    """A witness answers with lines; they are read by the same rules."""
    assert parse_signatures(line("a") + line("b"))[1] == Signature("b", b"1234", b"5")
    assert format_signature(Signature("b", b"1234", b"5")) == line("b")
    whole = line("a") + line("b")
    bare = (whole[:-1], whole.replace("—", "-"), whole.replace("— ", ""))
    for text in ("", "\n", line()[:-1], line() + "\n", "\n" + line(), *bare):
        with pytest.raises(Malformed):
            parse_signatures(text)


def test_a_key_is_read_as_it_is_written() -> None:
    """Name, key id, type and key; base64 may itself hold a plus sign."""
    for seed in range(30):
        key = PrivateKey.from_seed(bytes([seed]) * 32)
        for algorithm in (ED25519, COSIGNATURE):
            vkey = vkey_of(NAME, algorithm, key)
            text = format_vkey(vkey)
            assert parse_vkey(text) == vkey
            assert text.startswith(f"{NAME}+{vkey.key_id.hex()}+")
            expected = sha256(NAME.encode() + b"\n" + bytes([algorithm]) + key.raw_public)
            assert vkey.key_id == expected.digest()[:4]


def _vkey_text(name: str, algorithm: int, public: bytes, key_id: str | None = None) -> str:
    packed = bytes([algorithm]) + public
    found = sha256(name.encode() + b"\n" + packed).hexdigest()[:8]
    return f"{name}+{key_id or found}+{write_b64(packed)}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        NAME,
        format_vkey(VKEY).replace(VKEY.key_id.hex(), "00000000"),
        format_vkey(VKEY).replace(VKEY.key_id.hex(), VKEY.key_id.hex().upper()),
        format_vkey(VKEY).replace(VKEY.key_id.hex(), VKEY.key_id.hex() + "0"),
        format_vkey(VKEY).replace(NAME, NAME + "x"),
        format_vkey(VKEY) + "\n",
        " " + format_vkey(VKEY),
        format_vkey(VKEY) + "=",
        format_vkey(VKEY)[:-1],
        _vkey_text("", ED25519, KEY.raw_public),
        _vkey_text("a b", ED25519, KEY.raw_public),
        _vkey_text("a\nb", ED25519, KEY.raw_public),
        _vkey_text("x" * 256, ED25519, KEY.raw_public),
        _vkey_text(NAME, ED25519, KEY.raw_public[:31]),
        _vkey_text(NAME, ED25519, KEY.raw_public + b"\x00"),
        _vkey_text(NAME, 0x02, KEY.raw_public),
        _vkey_text(NAME, 0x05, KEY.raw_public),
        _vkey_text(NAME, 0x06, bytes(1312)),
        _vkey_text(NAME, 0xFF, KEY.raw_public),
    ],
)
def test_a_key_in_another_form_or_with_another_id_is_refused(text: str) -> None:
    """Also one whose stated id is not its own: a verifier would match the wrong lines."""
    with pytest.raises(Malformed):
        parse_vkey(text)


def test_a_line_belongs_to_a_key_by_name_and_id() -> None:
    """One of the two alone is somebody else's line, and is ignored."""
    renamed = Signature("other.example/log", LINE.key_id, LINE.signature)
    other_id = Signature(NAME, bytes(4), LINE.signature)
    note = Note(TEXT, (renamed, other_id, LINE))
    assert match_signatures(note, [VKEY]) == [(LINE, VKEY)]
    assert match_signatures(note, []) == []
    for wrong in (renamed, other_id):
        with pytest.raises(BadSignature):
            verify_signature(TEXT, wrong, VKEY)


def test_every_line_of_a_key_is_matched() -> None:
    """A false line beside a good one is there to be found."""
    false = Signature(NAME, VKEY.key_id, bytes(64))
    assert match_signatures(Note(TEXT, (LINE, false)), [VKEY]) == [(LINE, VKEY), (false, VKEY)]
    for signature in (bytes(64), LINE.signature[:-1], LINE.signature + b"\x00", b""):
        with pytest.raises(BadSignature):
            verify_signature(TEXT, Signature(NAME, VKEY.key_id, signature), VKEY)


def test_two_keys_for_one_line_are_ambiguous() -> None:
    """A verifier that lists one key twice, or two keys of one name and id, is refused."""
    with pytest.raises(Malformed, match="two keys"):
        match_signatures(Note(TEXT, (LINE,)), [VKEY, vkey_of(NAME, ED25519, KEY)])
    second = vkey_of(NAME, ED25519, OTHER)
    assert match_signatures(Note(TEXT, (LINE,)), [VKEY, second]) == [(LINE, VKEY)]


def test_a_witness_key_verifies_no_plain_note() -> None:
    """The type of the key says what it signs."""
    witness = vkey_of(NAME, COSIGNATURE, KEY)
    posing = Signature(NAME, witness.key_id, KEY.sign(TEXT.encode()))
    with pytest.raises(BadSignature):
        verify_signature(TEXT, posing, witness)


def test_added_lines_stand_behind_and_a_key_has_one() -> None:
    """The first line of a key stays."""
    first, again, more = (
        Signature(name, b"1234", sig) for name, sig in (("a", b"1"), ("a", b"2"), ("b", b"3"))
    )
    assert add_signatures(Note(TEXT, (first,)), [again, more]) == Note(TEXT, (first, more))
    many = [Signature(f"w{i}", b"1234", b"x") for i in range(100)]
    with pytest.raises(Malformed, match="100"):
        add_signatures(Note(TEXT, (first,)), many)


@pytest.mark.parametrize("text", ["", "no end", "tab\there\n", "cr\r\n", "\ud800\n"])
def test_a_text_that_no_note_can_carry_is_not_signed(text: str) -> None:
    """Signing is as strict as reading."""
    with pytest.raises(Malformed):
        check_text(text)
    with pytest.raises(Malformed):
        sign_note(text, NAME, KEY)


def test_only_ed25519_signs_notes_under_a_name_that_can_be() -> None:
    """P-256 has no type here, and a name with a space would not be read back."""
    with pytest.raises(Malformed):
        sign_note(TEXT, NAME, PrivateKey.generate("p256"))
    with pytest.raises(Malformed):
        sign_note(TEXT, "a b", KEY)
    with pytest.raises(Malformed):
        VKey("\ud800", ED25519, KEY.raw_public)
