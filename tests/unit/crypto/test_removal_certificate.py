"""Certificates of removal: what is signed is read back, and nothing else is read."""

import pytest

from crypto.canonical import read_canonical, write_canonical
from crypto.envelope import pae, read_envelope, write_envelope
from crypto.errors import CryptoError
from crypto.keys import PrivateKey
from crypto.notation import write_b64
from crypto.removal import REMOVAL_TYPE, Removal, Shown, open_removal, sign_removal
from crypto.statement import sign_statement
from tests.unit.crypto.statements import event as an_event

KEY, OTHER = (PrivateKey.from_seed(bytes([n]) * 32) for n in (7, 8))


def enrolment(key: PrivateKey = KEY, **more: str) -> bytes:
    data = {
        "department": "ledger",
        "parents": [],
        "public_key": write_b64(key.public.spki),
        "refs": {},
        **more,
    }
    return sign_statement(an_event(type="zelian.key.enrolled.v1", data=data), [key])


def removal(statement: bytes | None = None) -> Removal:
    shown = Shown(b"{}", "c2sp.org/tlog-proof@v1\n…")
    return Removal(
        ledger="test.example/yunling",
        kind="erased",
        issued_at="2026-11-24T01:00:00.000Z",
        ordered_by="MZ",
        decided_by="FY",
        ground="court",
        target=shown,
        order=shown,
        enrolment=shown,
        statement=statement or enrolment(),
    )


def resigned(**members: object) -> bytes:
    """A certificate whose members were changed before it was signed."""
    payload, _ = read_envelope(sign_removal(removal(), KEY), REMOVAL_TYPE)
    value = read_canonical(payload)
    assert isinstance(value, dict)
    changed = write_canonical(value | members)  # type: ignore[operator]
    signature = KEY.sign(pae(REMOVAL_TYPE, changed))
    return write_envelope(changed, REMOVAL_TYPE, [(KEY.key_id, signature)])


def test_what_was_signed_is_read_back() -> None:
    assert open_removal(sign_removal(removal(), KEY)) == removal()


def test_another_key_than_the_enrolled_one_is_refused() -> None:
    with pytest.raises(CryptoError) as refused:
        open_removal(sign_removal(removal(), OTHER))
    assert refused.value.pointer == "/signatures"


def test_an_officials_key_and_no_enrolment_are_refused() -> None:
    for statement in (enrolment(holder="zhang"), sign_statement(an_event(), [KEY])):
        with pytest.raises(CryptoError):
            open_removal(sign_removal(removal(statement), KEY))


@pytest.mark.parametrize(
    "members",
    [
        {"kind": "hidden"},
        {"v": 2},
        {"v": True},
        {"more": 1},
        {"issued_at": "2026-11-24"},
        {"ledger": "a b"},
        {"ordered_by": "a/b"},
        {"decided_by": 1},
        {"ground": ""},
        {"target": "x"},
        {"target": {"header": "{}"}},
        {"order": {"header": "{}", "proof": 1}},
        {"enrolment": {"header": "{}", "proof": "x", "statement": "{}"}},
    ],
)
def test_any_other_form_is_refused(members: dict[str, object]) -> None:
    with pytest.raises(CryptoError):
        open_removal(resigned(**members))


def test_any_changed_byte_is_refused() -> None:
    raw = sign_removal(removal(), KEY)
    for at in range(0, len(raw), 7):
        bad = bytearray(raw)
        bad[at] ^= 1
        with pytest.raises(CryptoError):
            open_removal(bytes(bad))
