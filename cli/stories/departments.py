"""The invented departments of 云岭省, with identifiers that can belong to nobody.

An identifier has the form and both check digits of a unified social credit code.
Its division code begins with 98 or 99, which no province has, so that no real body
can have one of these. One department is of a neighbouring province, 临溪省, as
invented as the first.

Source: GB 32100 (credit code), GB 11714 (organisation code), GB/T 2260 (divisions).
"""

from dataclasses import dataclass
from typing import Final

PROVINCE: Final = "990000"  # no division of GB/T 2260
CITY: Final = "990100"
NEIGHBOUR: Final = "980000"
REGISTRAR: Final = "registrar"  # no department, and there from the start

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


def _provincial(key: str, body: str, zh: str, en: str, kind: str = "gov") -> Department:
    return Department(key, credit_code("11", PROVINCE, body), f"云岭省{zh}", f"Yunling {en}", kind)


def _municipal(key: str, body: str, zh: str, en: str) -> Department:
    return Department(
        key, credit_code("11", CITY, body), f"云岭省青岚市{zh}", f"Qinglan City {en}, Yunling",
        region=CITY, level="city",
    )  # fmt: skip


def _firm(key: str, body: str, zh: str, en: str) -> Department:
    return Department(key, credit_code("91", PROVINCE, body), zh, en, "enterprise")


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
    _provincial("jg", "MB991016", "监狱管理局", "Prison Administration Bureau"),
    _provincial("jt", "MB991023", "交通运输厅", "Transport Department"),
    _provincial("yj", "MB991131", "应急管理厅", "Emergency Management Department"),
    _provincial("jk", "MB991148", "疾病预防控制局", "Disease Control Administration"),
    _provincial("zw", "MB991255", "政务服务管理局", "Government Services Administration"),
    _provincial("kf", "MB991262", "公共数据开放中心", "Open Data Centre", "authorised_org"),
    _provincial("rx", "MB991379", "政务服务热线中心", "Service Hotline Centre", "authorised_org"),
    _provincial("yy", "MB991386", "数据共享平台运行中心", "Platform Operations Centre",
                "platform_operator"),
    _provincial("sy", "MB991493", "食品药品监督管理局", "Food and Drug Administration"),
    _municipal("cs", "MB990943", "市场监督管理局", "Market Regulation Bureau"),
    _municipal("cg", "MB991508", "城市管理局", "Urban Management Bureau"),
    Department(
        "lx", credit_code("11", NEIGHBOUR, "MB981014"), "临溪省市场监督管理局",
        "Linxi Market Regulation Administration", region=NEIGHBOUR,
    ),
    _firm("pt", "MA990A5X", "云岭惠农电商平台", "Yunling Huinong E-commerce Platform"),
    # Who comes after: the authority, and those who supervise.
    _provincial("sj", "MB991612", "数据局", "Data Bureau", "sharing_authority"),
    _provincial("zf", "MB991629", "人民政府", "People's Government", "people_government"),
    _provincial("sa", "MB991736", "审计厅", "Audit Department", "audit"),
    _provincial("jw", "MB991743", "监察委员会", "Supervisory Commission", "supervisory"),
    _provincial("jc", "MB991850", "人民检察院", "People's Procuratorate", "procuratorate"),
    _provincial("bb", "MB991867", "机构编制委员会办公室", "Staffing Committee Office",
                "staffing_office"),
)  # fmt: skip

_IDS: Final = {REGISTRAR: REGISTRAR, **{one.key: one.id for one in DEPARTMENTS}}


def department_id(key: str) -> str:
    """Return the identifier of the department that the stories call *key*."""
    return _IDS[key]


def ref(key: str, thing: str) -> str:
    """Return the reference to a thing that department *key* issued."""
    return f"{_IDS[key]}/{thing}"
