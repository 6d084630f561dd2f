"""What a line says beside its label, in one language: the same words in a terminal and on paper."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from ledger.access.citations import VERIFIED
from ledger.responsibility.telling_limbs import limb_parts

Members = Mapping[str, Any]
Language = Literal["en", "zh"]

# Members whose words are written out, each with what stands before its value.
_SAID = (
    ("of", "", ""),
    ("ref", "", ""),
    ("layer_label", "", ""),
    ("sides_label", "", ""),
    ("duty_label", "", ""),
    ("grade", "relied on: ", "依赖程度："),
    ("decision", "decision: ", "意见："),
    ("outcome", "outcome: ", "结果："),
    ("limb_label", "", ""),
    ("result", "result: ", "结果："),
    ("decision_no", "no. ", "文号："),
    ("item_version", "version ", "版本："),
    ("version", "version ", "版本："),
    ("data_as_of", "data as of ", "数据时点："),
    ("state_label", "", ""),
    ("stage", "stage: ", "环节："),
    ("side_label", "", ""),
    ("role", "role: ", "角色："),
    ("reason", "reason: ", "理由："),
    ("instead_of", "instead of ", "原部门："),
    ("contractor", "contractor: ", "受托方："),
    ("conclusion", "conclusion: ", "结论："),
    ("disposition", "disposition: ", "处理："),
    ("document", "document: ", "文书："),
    ("superseded_by", "changed by entry ", "已变更，见条目："),
    ("kind", "kind: ", "类型："),
    ("exemption", "exemption: ", "免责："),
    ("loss", "loss: ", "损失："),
    ("procedure", "procedure: ", "程序："),
    ("benefit", "benefit: ", "成效："),
    ("narrative", "", ""),
    ("title", "", ""),
    ("message", "", ""),
    ("due", "due ", "期限："),
)


def said_of(line: Members, language: Language) -> str:
    """Return what a line says, part by part."""
    return (" ; " if language == "en" else "；").join(_parts(line, language))


def _parts(line: Members, language: Language) -> Iterator[str]:
    for name, en, zh in _SAID:
        if name in line:
            value = line.get(f"{name}_label", line[name])
            yield (en if language == "en" else zh) + _value(value, language)
    for told in (_post, _days, _link, _before, _one_of, _when, _dissent, _mark, _cites):
        words = told(line)
        if words is not None:
            yield words[0] if language == "en" else words[1]
    for en, zh in limb_parts(line):
        yield en if language == "en" else zh


def _value(value: Any, language: Language) -> str:
    if isinstance(value, list):
        return ", ".join(_value(one, language) for one in value)
    if isinstance(value, Mapping):
        return str(value[language]) if language in value else ""
    return str(value)


Both = tuple[str, str] | None


def _post(line: Members) -> Both:
    if "post" not in line:
        return None
    post = line["post"]
    place = " ".join(str(post[name]) for name in ("unit", "post") if name in post)
    return f"post then: {place}", f"当时岗位：{place}"


def _days(line: Members) -> Both:
    if "days" not in line:
        return None
    days = line["days"]
    return f"{days} day{'' if days == 1 else 's'}", f"{days} 日"


def _link(line: Members) -> Both:
    if "link" not in line:
        return None
    link = line["link"]
    return (
        f"{link['label']['en']} (entry {link['by']})",
        f"{link['label']['zh']}（第 {link['by']} 条）",
    )


def _before(line: Members) -> Both:
    if "before_first_delivery" not in line:
        return None
    if line["before_first_delivery"]:
        return "recorded before the first delivery", "记入时间先于首次交付"
    if "claims_earlier" in line:
        return (
            "recorded after the first delivery, claims an earlier time",
            "记入时间晚于首次交付，所称时间更早",
        )
    return "recorded after the first delivery", "记入时间晚于首次交付"


def _one_of(line: Members) -> Both:
    if "one_of" not in line:
        return None
    return f"contributor 1 of {line['one_of']}", f"{line['one_of']} 个贡献部门之一"


def _when(line: Members) -> Both:
    if "when" not in line:
        return None
    when = line["when"]
    name, label = when["condition"], when["label"]
    return f"if {name}: {label['en']}", f"条件 {name}：{label['zh']}"


def _dissent(line: Members) -> Both:
    if line["what"] != "dissent":
        return None
    if "decided_after" in line:
        entry = line["decided_after"][0]
        return f"decided against it by entry {entry}", f"第 {entry} 条作出相反决定"
    return "nothing was decided against it", "此后没有相反决定"


def _cites(line: Members) -> Both:
    if "cites" not in line:
        return None
    told = [
        (
            f"{one['ledger']} {one['statement'][:12]}",
            ("receipt held at admission", "回执在记入时验证成立")
            if one["standing"] == VERIFIED
            else ("NOT CHECKED", "未经检查"),
        )
        for one in line["cites"]
    ]
    return (
        "cites " + ", ".join(f"{what} ({en})" for what, (en, _) in told),
        "援引 " + "、".join(f"{what}（{zh}）" for what, (_, zh) in told),
    )


def _mark(line: Members) -> Both:
    if "mark" not in line:
        return None
    because = line["mark"]["because"]
    return str(because["en"]), str(because["zh"])
