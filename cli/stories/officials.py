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
    arrives: str | None = None  # as ``at`` reads it; None: long before the stories

    @property
    def department(self) -> str:
        """What the stories call the official's department."""
        return self.id.partition("-")[0]


_HEAD: Final = ("office_head",)
_SHARING: Final = ("数据共享工作机构", "负责人", _HEAD)

OFFICIALS: Final = (
    Official("ga-3071", "人口管理处", "人口信息共享岗"),
    Official("ga-3001", *_SHARING),
    Official("zj-2046", "房地产市场监管处", "房屋信息共享岗"),
    Official("zj-2001", *_SHARING),
    Official("zr-2301", *_SHARING),
    Official("xf-1187", "防火监督处", "消防检查信息岗"),
    Official("xf-1101", *_SHARING),
    Official("rs-4420", "信息中心", "用工与参保数据岗"),
    Official("rs-4401", *_SHARING),
    Official("sw-5309", "征管和科技发展处", "涉税信息共享岗"),
    Official("sw-5301", *_SHARING),
    Official("sc-6131", "食品安全监督管理处", "风险分级经办岗"),
    Official("sc-6102", "食品安全监督管理处", "处长", ("approver", "unit_head")),
    Official("sc-6001", *_SHARING),
    Official("cs-7215", "登记注册科", "登记受理岗"),
    Official("cs-7208", "登记注册科", "登记审核岗", ("reviewer",)),
    Official("cs-7201", "登记注册科", "科长", ("approver", "unit_head")),
    Official("cs-7240", "食品安全监督科", "监督检查岗"),
    Official("cs-7001", *_SHARING),
    Official("fg-8117", "信用建设处", "信用评价经办岗"),
    Official("fg-8102", "信用建设处", "信用评价审核岗", ("reviewer",)),
    Official("fg-8001", *_SHARING),
    Official("wj-4102", "妇幼健康处", "生育登记经办岗"),
    Official("wj-4101", "妇幼健康处", "副处长", ("approver", "unit_head")),
    Official("wj-4001", *_SHARING),
    Official("mz-3308", "社会事务处", "婚姻登记信息岗", algorithm="p256"),
    Official("mz-3301", *_SHARING),
    Official("jy-2719", "学籍管理中心", "学籍数据岗"),
    Official("jy-2701", *_SHARING),
    Official("ny-5521", "农产品质量安全监管处", "产地检测信息岗"),
    Official("ny-5501", *_SHARING),
    Official("st-6604", "生态环境监测处", "排污与处罚信息岗"),
    Official("st-6601", *_SHARING),
    Official("gx-6801", *_SHARING),
    Official("jg-9133", "狱政管理处", "会见审批经办岗"),
    Official("jg-9120", "刑罚执行处", "刑期变动信息岗"),
    Official("jg-9102", "狱政管理处", "处长", ("approver", "unit_head")),
    Official("jg-9001", *_SHARING),
    Official("jt-3517", "路网监测处", "路况数据岗"),
    Official("jt-3501", *_SHARING),
    Official("jt-3002", "厅领导", "分管负责人", ("leader_in_charge",)),
    Official("jt-3003", "厅领导", "分管负责人", ("leader_in_charge",), arrives="9 09:00:00"),
    Official("cg-7612", "市政设施科", "占道施工信息岗"),
    Official("cg-7601", *_SHARING),
    Official("kf-2915", "数据开放部", "开放发布岗"),
    Official("kf-2901", *_SHARING),
    Official("yj-5817", "应急指挥处", "研判经办岗"),
    Official("yj-5802", "应急指挥处", "处长", ("approver", "unit_head")),
    Official("yj-5801", *_SHARING),
    Official("jk-4713", "监测预警处", "流调信息岗"),
    Official("jk-4701", *_SHARING),
    Official("zw-1326", "一件事服务处", "一件事经办岗"),
    Official("zw-1302", "一件事服务处", "处长", ("approver", "unit_head")),
    Official("zw-1301", *_SHARING),
    Official("lx-8821", "登记注册处", "证照互认岗"),
    Official("lx-8802", "登记注册处", "处长", ("approver", "unit_head")),
    Official("lx-8801", *_SHARING),
    Official("sj-1608", "数据资源处", "目录审核岗", ("reviewer",)),
    Official("sj-1601", "政策法规处", "处长", ("approver", "unit_head")),
    Official("zf-1011", "办公厅", "数据共享协调岗", ("approver",)),
    Official("sa-2212", "电子数据审计处", "主审", ("handler",)),
    Official("sa-2201", "电子数据审计处", "处长", ("approver", "unit_head")),
    Official("jw-1411", "监督检查室", "监督检查岗"),
    Official("jw-1402", "监督检查室", "主任", ("approver", "unit_head")),
    Official("jc-1517", "刑事执行检察部", "检察官"),
    Official("jc-1501", *_SHARING),
    Official("bb-1705", "监督检查处", "职责评估岗"),
)

# Departments whose gateway speaks with a key of the system, without a holder.
GATEWAYS: Final = (
    "ga", "zr", "sc", "cs", "wj", "gx", "pt", "jt", "kf", "yj", "zw", "lx", "rx", "yy",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rekeying:
    """One key gives way to another: why, since when, and when the registrar says so."""

    key: str
    reason: str
    since: str
    revoked: str
    enrolled: str


# Who leaves, and when; whose key is replaced.
LEAVING: Final = {"jt-3002": "8 17:00:00", "xf-1187": "30 17:00:00"}
REKEYED: Final = {
    "jg-9133": Rekeying("jg-9133-2", "compromised", "16 02:10:00", "16 10:05:00", "16 14:20:00"),
    "cs-7201": Rekeying("cs-7201-2", "superseded", "30 17:40:00", "30 17:41:00", "30 17:43:00"),
}

_BY_ID: Final = {official.id: official for official in OFFICIALS}


def official(pseudonym: str) -> Official:
    """Return the official of that pseudonym."""
    return _BY_ID[pseudonym]


def head_of(department: str) -> str:
    """Return the head of the sharing office of *department*."""
    return next(one.id for one in OFFICIALS if (one.department, one.tiers) == (department, _HEAD))


def desk_of(department: str) -> str:
    """Return who does the paperwork of *department*: its first handler, or else its gateway."""
    handlers = (
        one.id for one in OFFICIALS if (one.department, one.tiers[0]) == (department, "handler")
    )
    return next(handlers, department)


def algorithm_of(key_name: str) -> Algorithm:
    """Return the algorithm of the key that the stories call *key_name*."""
    known = _BY_ID.get(key_name)
    return known.algorithm if known is not None else "ed25519"
