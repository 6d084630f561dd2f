"""The invented departments of 云岭省, with identifiers that can belong to nobody.

An identifier has the form and both check digits of a unified social credit code.
Its division code begins with 99, which no province has, so that no real body can
have one of these.

Source: GB 32100 (credit code), GB 11714 (organisation code), GB/T 2260 (divisions).
"""

from dataclasses import dataclass
from typing import Final

PROVINCE: Final = "990000"  # no division of GB/T 2260
CITY: Final = "990100"

_DIGITS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_BODY_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Department:
    """A department as the registrar describes it; ``key`` is its name in the stories."""

    key: str
    id: str
    zh: str
    en: str
    kind: str = "gov"
    region: str = PROVINCE
    level: str = "province"


def credit_code(prefix: str, division: str, body: str) -> str:
    """Return the 18 characters of a unified social credit code.

    Args:
        prefix: two characters: who registers the body, and what it is.
        division: six digits.
        body: the eight characters of an organisation code before its check digit.
    """
    code = prefix + division + body + _organisation_check(body)
    total = sum(weight * _DIGITS.index(digit) for weight, digit in zip(_WEIGHTS, code, strict=True))
    return code + _DIGITS[-total % 31]


def _organisation_check(body: str) -> str:
    """Return the check digit of an organisation code; letters count from 10."""
    total = sum(weight * int(digit, 36) for weight, digit in zip(_BODY_WEIGHTS, body, strict=True))
    return "0123456789X"[-total % 11]


def _provincial(key: str, body: str, zh: str, en: str) -> Department:
    return Department(key, credit_code("11", PROVINCE, body), f"云岭省{zh}", f"Yunling {en}")


DEPARTMENTS: Final = (
    _provincial("ga", "MB990107", "公安厅", "Public Security Department"),
    _provincial("zj", "MB990214", "住房和城乡建设厅", "Housing and Urban-Rural Development"),
    _provincial("zr", "MB990221", "自然资源厅", "Natural Resources Department"),
    _provincial("xf", "MB990338", "消防救援总队", "Fire and Rescue Corps"),
    _provincial("rs", "MB990345", "人力资源和社会保障厅", "Human Resources and Social Security"),
    _provincial("sw", "MB990452", "税务局", "Tax Service"),
    _provincial("sc", "MB990469", "市场监督管理局", "Market Regulation Administration"),
    _provincial("fg", "MB990576", "发展和改革委员会", "Development and Reform Commission"),
    _provincial("wj", "MB990583", "卫生健康委员会", "Health Commission"),
    _provincial("mz", "MB990690", "民政厅", "Civil Affairs Department"),
    _provincial("jy", "MB990705", "教育厅", "Education Department"),
    _provincial("ny", "MB990712", "农业农村厅", "Agriculture and Rural Affairs"),
    _provincial("st", "MB990829", "生态环境厅", "Ecology and Environment Department"),
    _provincial("gx", "MB990836", "工业和信息化厅", "Industry and Information Technology"),
    Department(
        "cs",
        credit_code("11", CITY, "MB990943"),
        "云岭省青岚市市场监督管理局",
        "Qinglan City Market Regulation Bureau, Yunling",
        region=CITY,
        level="city",
    ),
    Department(
        "pt",
        credit_code("91", PROVINCE, "MA990A5X"),
        "云岭惠农电商平台",
        "Yunling Huinong E-commerce Platform",
        kind="enterprise",
    ),
)

_IDS: Final = {department.key: department.id for department in DEPARTMENTS}


def department_id(key: str) -> str:
    """Return the identifier of the department that the stories call *key*."""
    return _IDS[key]


def ref(key: str, thing: str) -> str:
    """Return the reference to a thing that department *key* issued."""
    return f"{_IDS[key]}/{thing}"
