"""The demo's officials, by pseudonym and post, and the departments' gateways.

A pseudonym tells the department and a number that means nothing; no name is
anywhere. Each official and each gateway has a key of its own.
"""

from dataclasses import dataclass
from typing import Final, Literal

Algorithm = Literal["ed25519", "p256"]


@dataclass(frozen=True, slots=True)
class Official:
    """One official in one post; the first of ``tiers`` is the one that is spoken in by default."""

    id: str
    unit: str
    post: str
    tiers: tuple[str, ...] = ("handler",)
    algorithm: Algorithm = "ed25519"

    @property
    def department(self) -> str:
        """What the stories call the official's department."""
        return self.id.partition("-")[0]


OFFICIALS: Final = (
    Official("ga-3071", "人口管理处", "人口信息共享岗"),
    Official("zj-2046", "房地产市场监管处", "房屋信息共享岗"),
    Official("xf-1187", "防火监督处", "消防检查信息岗"),
    Official("rs-4420", "信息中心", "用工与参保数据岗"),
    Official("sw-5309", "征管和科技发展处", "涉税信息共享岗"),
    Official("sc-6131", "食品安全监督管理处", "风险分级经办岗"),
    Official("sc-6102", "食品安全监督管理处", "处长", ("approver", "unit_head")),
    Official("cs-7215", "登记注册科", "登记受理岗"),
    Official("cs-7208", "登记注册科", "登记审核岗", ("reviewer",)),
    Official("cs-7201", "登记注册科", "科长", ("approver", "unit_head")),
    Official("cs-7240", "食品安全监督科", "监督检查岗"),
    Official("fg-8117", "信用建设处", "信用评价经办岗"),
    Official("fg-8102", "信用建设处", "信用评价审核岗", ("reviewer",)),
    Official("wj-4102", "妇幼健康处", "生育登记经办岗"),
    Official("wj-4101", "妇幼健康处", "副处长", ("approver", "unit_head")),
    Official("mz-3308", "社会事务处", "婚姻登记信息岗", algorithm="p256"),
    Official("jy-2719", "学籍管理中心", "学籍数据岗"),
    Official("ny-5521", "农产品质量安全监管处", "产地检测信息岗"),
    Official("st-6604", "生态环境监测处", "排污与处罚信息岗"),
)

# Departments whose gateway speaks with a key of the system, without a holder.
GATEWAYS: Final = ("ga", "zr", "sc", "cs", "wj", "gx", "pt")

# At the end: who leaves, and whose key is replaced, and by what.
LEAVING: Final = "xf-1187"
REKEYED: Final = "cs-7201"
NEW_KEY: Final = "cs-7201-2"

_BY_ID: Final = {official.id: official for official in OFFICIALS}


def official(pseudonym: str) -> Official:
    """Return the official of that pseudonym."""
    return _BY_ID[pseudonym]


def algorithm_of(key_name: str) -> Algorithm:
    """Return the algorithm of the key that the stories call *key_name*."""
    known = _BY_ID.get(key_name)
    return known.algorithm if known is not None else "ed25519"
