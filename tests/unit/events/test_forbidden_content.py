"""Numbers of persons are refused where a machine can tell them; other numbers are not.

Identity number 11010519491231002X is the sample of GB 11643; the card numbers
are test numbers of their schemes, or made here; no person has any of them.
"""

from typing import Any

import pytest

from ledger.errors import Refused
from ledger.events.forbidden import check_forbidden

FULL_WIDTH = str.maketrans("0123456789X-", "０１２３４５６７８９Ｘ－")

IDENTITY = [
    "11010519491231002X",
    "11010519491231002x",
    "身份证11010519491231002X。",
    "110105 19491231 002X",
    "110105-1949-12-31-002X",
    "110105 19491231 002 X",
    "11 01 05 1949 12 31 002 X",
    "11010519491231002Ｘ",
    "440524188001010014",
    "号码:440524188001010014,已核",
    "2026-11-02 440524188001010014",
    "٤٤٠٥٢٤١٨٨٠٠١٠١٠٠١٤",
]
MOBILE = [
    "13800138000",
    "电话13800138000转2",
    "+8613800138000",
    "+86 13800138000",
    "0086-138-0013-8000",
    "86 138 0013 8000",
    "138 0013 8000",
    "138—0013—8000",
    "1380 0138 000",
    "138\u300000138000",
    "tel13800138000",
    "19912345678",
]
CARD = [
    "4111111111111111",
    "4111 1111 1111 1111",
    "5500-0000-0000-0004",
    "2223003122003222",
    "6011000990139424",
    "6222020200112233446",
    "卡号6222 0202 0011 2233 446",
    "9558800200135073266",
    "62220202001122338",
]
FORBIDDEN = [
    *[(text, "identity") for text in IDENTITY],
    *[(text, "mobile") for text in MOBILE],
    *[(text, "bank card") for text in CARD],
    *[(text.translate(FULL_WIDTH), "identity") for text in IDENTITY[:4]],
    (MOBILE[0].translate(FULL_WIDTH), "mobile"),
    (CARD[1].translate(FULL_WIDTH), "bank card"),
]

ALLOWED = [
    "云市监〔2026〕123号",
    "云政发〔2026〕13800138号",
    "11010519491231002",  # 17 digits
    "110105194912310021",  # wrong check digit
    "110105194902300020",  # 30 February, though the check digit is right
    "911010519491231002X",  # inside a longer number
    "4405241880010100140",
    "11010519491231002XY",
    "11530000015000001A",  # a social credit code
    "115300000150000011",  # its digits check as an identity number, its birthday does not
    "91530000000000000X",
    "510000000000000008",  # 18 digits, Luhn: a social credit code's shape
    "12800138000",
    "1380013800",
    "138001380001",
    "113800138000",
    "13800138000A",
    "2026-11-02 2026-11-03 08:30:00",
    "1-3-8 0013 8000",
    "4111111111111112",
    "41111111111111111111",  # 20 digits
    "2026110200000000006",  # 19 digits, Luhn: a serial that begins with its date
    "1234567812345670",  # 16 digits, Luhn: banks issue none that begin with 1
    "4 2026-11-02 2026-11-00",  # Luhn, in groups of dates
    "530000 202611 000123",
    "云A12345",  # plates are not recognised
    "李某，建设路1号",
    "9" * 300,
    "1 " * 150,
]


def event(**own: Any) -> dict[str, Any]:
    return {"type": "zelian.use.recorded.v1", "data": {"refs": {}, "parents": [], **own}}


@pytest.mark.parametrize(("text", "what"), FORBIDDEN)
def test_a_persons_number_is_refused_and_not_repeated(text: str, what: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_forbidden(event(purpose=text))
    refused = refusal.value
    assert (refused.code, refused.pointer) == ("forbidden_content", "/data/purpose")
    assert what in refused.en
    assert text not in refused.en + refused.zh


@pytest.mark.parametrize("text", ALLOWED)
def test_other_numbers_are_allowed(text: str) -> None:
    check_forbidden(event(purpose=text))


def test_texts_are_looked_at_wherever_they_stand() -> None:
    number = IDENTITY[0]
    for pointer, own in {
        "/data/document": {"document": number},
        "/data/fields/1": {"fields": ["姓名", number]},
        "/data/legal_basis/0/law": {"legal_basis": [{"law": number}]},
    }.items():
        with pytest.raises(Refused) as refusal:
            check_forbidden(event(**own))
        assert refusal.value.pointer == pointer


def test_names_are_texts_too() -> None:
    named = {"type": "zelian.department.registered.v1", "data": {"name": {"zh": MOBILE[0]}}}
    with pytest.raises(Refused) as refusal:
        check_forbidden(named)
    assert refusal.value.pointer == "/data/name/zh"


def test_only_texts_are_looked_at() -> None:
    """An id, a ref or a digest may well hold such digits; a text may not."""
    check_forbidden(
        event(
            refs={"act": f"D/{MOBILE[0]}"},
            purpose_code=MOBILE[0],
            subject_ref=CARD[0] * 4,
            records=13800138000,
        )
    )
