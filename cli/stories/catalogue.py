"""What is shared in the stories: the items of the catalogue, and who was granted which.

Items, providers and consumers follow the field's usual scenarios; identifiers,
grant numbers and fields are invented. Fields are names of columns, never values.
"""

from dataclasses import dataclass
from typing import Final

from cli.stories.departments import ref

_OPEN: Final = "unconditional"


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the catalogue; ``provider`` is what the stories call the department.

    ``by`` tells who put it into the catalogue, where that is not its provider: a firm's
    data is catalogued by the department that takes it in.
    """

    provider: str
    id: str
    zh: str
    fields: tuple[str, ...]
    cycle: str = "daily"
    attribute: str = "conditional"
    personal: str = "none"
    by: str | None = None

    @property
    def owner(self) -> str:
        """Who catalogued it."""
        return self.provider if self.by is None else self.by

    @property
    def ref(self) -> str:
        """The item's reference."""
        return ref(self.owner, self.id)


ITEMS: Final = {
    "population": Item(
        "ga",
        "RK-001",
        "人口基础信息核验",
        ("核验结果", "人员状态", "更新时间"),
        "real_time",
        personal="general",
    ),
    "premises": Item("zj", "FC-004", "房产信息", ("房屋用途", "权属状态", "登记时间")),
    "fire": Item("xf", "XF-002", "消防检查结果", ("检查结论", "检查日期", "整改状态"), "weekly"),
    "labour": Item("rs", "LD-003", "劳动用工备案", ("备案状态", "备案日期")),
    "tax": Item("sw", "SW-011", "纳税人状态", ("纳税人状态", "非正常户标识", "认定日期")),
    "legal_entity": Item(
        "sc", "FR-001", "法人基础信息", ("主体状态", "成立日期", "行业门类"), attribute=_OPEN
    ),
    "address": Item(
        "zr", "DL-007", "标准地址与地理信息", ("标准地址编码", "用地性质"), "quarterly", _OPEN
    ),
    "marriage": Item(
        "mz", "HY-001", "婚姻登记信息", ("婚姻状态", "登记日期"), "real_time", personal="sensitive"
    ),
    "insurance": Item(
        "rs", "CB-005", "参保缴费信息", ("参保险种", "缴费状态", "最近缴费月"), personal="general"
    ),
    "education": Item(
        "jy",
        "XJ-002",
        "学籍学历信息",
        ("学历层次", "毕业状态", "毕业年份"),
        "termly",
        personal="general",
    ),
    "food_licence": Item(
        "sc",
        "SP-009",
        "食品经营许可与抽检",
        ("许可状态", "抽检批次", "不合格项目数"),
        attribute=_OPEN,
    ),
    "pollution": Item(
        "st", "PW-006", "排污与环境处罚", ("许可类别", "处罚次数", "最近处罚日期"), "weekly", _OPEN
    ),
    "farm_origin": Item(
        "ny", "NC-003", "农产品产地与检测", ("产地编码", "检测批次", "合格率"), "weekly", _OPEN
    ),
    "industrial": Item("gx", "GY-008", "工业产品许可", ("许可状态", "有效期止"), "monthly"),
    "health": Item(
        "wj", "JK-010", "从业人员健康证明", ("证明状态", "有效期止"), personal="sensitive"
    ),
    "platform": Item("pt", "DS-001", "电商评价与物流轨迹", ("差评率", "冷链超温次数"), by="sc"),
    "sentence": Item(
        "jg", "XQ-024", "刑期变动情况", ("变动类别", "裁定日期"), "real_time", personal="sensitive"
    ),
    "licence": Item(
        "sc", "ZZ-022", "营业执照电子证照", ("证照状态", "有效期止", "证照版本"), "real_time"
    ),
    "roads": Item(
        "jt", "LK-018", "实时路况", ("路段编码", "通行速度", "拥堵等级"), "minute", _OPEN
    ),
    "roadworks": Item("cg", "SG-019", "占道施工信息", ("路段编码", "施工起止"), attribute=_OPEN),
    "tracing": Item(
        "jk",
        "YQ-023",
        "健康状态与流调结论",
        ("风险等级", "管控建议"),
        "hourly",
        personal="sensitive",
    ),
    "birth": Item(
        "wj",
        "CS-017",
        "出生医学证明信息",
        ("签发状态", "签发日期"),
        "real_time",
        personal="sensitive",
    ),
}

# The grant under which a consumer may use an item; issued by the item's provider.
GRANTS: Final = {
    ("population", "cs"): "SQ-2026-0031",
    ("premises", "cs"): "SQ-2026-0032",
    ("fire", "cs"): "SQ-2026-0018",
    ("labour", "cs"): "SQ-2026-0044",
    ("tax", "cs"): "SQ-2026-0052",
    ("legal_entity", "cs"): "SQ-2026-0007",
    ("address", "cs"): "SQ-2026-0009",
    ("legal_entity", "fg"): "SQ-2026-0012",
    ("marriage", "wj"): "SQ-2026-0061",
    ("population", "wj"): "SQ-2026-0035",
    ("insurance", "wj"): "SQ-2026-0047",
    ("education", "wj"): "SQ-2026-0063",
    ("pollution", "sc"): "SQ-2026-0071",
    ("farm_origin", "sc"): "SQ-2026-0072",
    ("industrial", "sc"): "SQ-2026-0074",
    ("health", "sc"): "SQ-2026-0078",
    ("food_licence", "cs"): "SQ-2026-0015",
    ("population", "jg"): "SQ-2026-0036",
    ("sentence", "jc"): "SQ-2026-0084",
    ("licence", "lx"): "SQ-2026-0086",
    ("roads", "kf"): "SQ-2026-0088",
    ("roadworks", "kf"): "SQ-2026-0089",
    ("tracing", "yj"): "SQ-2026-0091",
    ("population", "yj"): "SQ-2026-0038",
    ("birth", "zw"): "SQ-2026-0093",
    ("population", "zw"): "SQ-2026-0037",
    ("insurance", "zw"): "SQ-2026-0048",
}


def grant(item: str, consumer: str) -> str:
    """Return the reference of the grant of *item* to department *consumer*."""
    return ref(ITEMS[item].owner, GRANTS[item, consumer])
