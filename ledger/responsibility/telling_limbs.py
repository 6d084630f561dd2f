"""What a limb of an exemption says beside its result, in both languages."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Members = Mapping[str, Any]
Both = tuple[str, str]

_LACKS: Mapping[str, Both] = {
    "grant": ("no grant to be read", "没有可查阅的授权记录"),
    "pilot_running": ("the pilot had ended", "试点期限已过"),
    "assessment": ("no assessment to be read", "没有可查阅的评估记录"),
    "before": ("recorded after the first delivery", "记入时间晚于首次交付"),
    "measures": ("no measures before it to be read", "没有可查阅的事前应对措施记录"),
    "delivery": ("no delivery to compare it with", "没有可供比较的交付"),
    "care": ("no care to be read", "没有可查阅的勤勉注意记录"),
}
_RISK_LACKS: Mapping[str, Both] = {
    "listed_before": ("not listed before the first delivery", "首次交付之前未列明"),
    "measures_applied": ("no measures applied to it on record", "没有已采取应对措施的记录"),
}
_CLAIMED: Mapping[str, Both] = {
    "unforeseeable": ("claimed unforeseeable", "称不可预见"),
    "uncontrollable": ("claimed uncontrollable", "称不可控制"),
    "neither": ("neither is claimed", "两者均未主张"),
}
_RESULTS: Mapping[str, Both] = {
    "shown": ("shown", "已显示"),
    "not_shown": ("not shown", "未显示"),
    "unknown": ("unknown", "不明"),
}
_MET: Mapping[str, Both] = {
    "met": ("met", "符合"),
    "not_met": ("not met", "不符合"),
    "unknown": ("unknown", "不明"),
}


def limb_parts(line: Members) -> Iterator[Both]:
    """Yield what a line of the checklist says, part by part, as (English, Chinese)."""
    if line["what"] != "limb":
        return
    yield from (_LACKS[name] for name in line.get("lacks", ()))
    if line.get("claims_earlier"):
        entries = _entries(line["claims_earlier"])
        yield (
            f"entry {entries} claims an earlier time than its place",
            f"第 {entries} 条所称时间早于其记入顺序",
        )
    if line.get("paper_older_than_ledger"):
        yield (
            "a paper assessment that claims to be older than the ledger",
            "纸质评估，所称时间早于账本启用",
        )
    if line.get("interval") == "open":
        yield (
            "told by the order of entries; no cosigned checkpoint narrows the time",
            "依条目先后认定；没有经见证签名的检查点限定时间",
        )
    if line.get("interval") == "proven":
        yield (
            "witnesses saw it before they had seen the first delivery",
            "经见证：首次交付之前已在账",
        )
    yield from _more(line)


def _more(line: Members) -> Iterator[Both]:
    if "pilots" in line:
        documents = ", ".join(line["pilots"])
        yield f"pilot: {documents}", f"试点文件：{documents}"
    if "missed" in line:
        days = ", ".join(line["missed"])
        yield f"reviews not on record: {days}", f"没有记录的约定复查：{days}"
    if "declared" in line:
        yield f"declared: {line['declared']}", f"申请人称：{line['declared']}"
    for risk in line.get("risks", ()):
        yield _risk(risk)
    for one in line.get("determined", ()):
        en, zh = _MET[one["result"]]
        yield (
            f"determined by {one['by']} (entry {one['entry']}): {en}",
            f"{one['by']} 认定（第 {one['entry']} 条）：{zh}",
        )


def _risk(risk: Members) -> Both:
    parts = [_CLAIMED[risk["claimed"]], _RESULTS[risk["result"]]]
    parts += [_RISK_LACKS[name] for name in risk.get("lacks", ())]
    if "listed_by_others" in risk:
        entries = _entries(risk["listed_by_others"])
        parts.append(
            (
                f"the like is listed by others (entry {entries})",
                f"他方已列明同类风险（第 {entries} 条）",
            )
        )
    name = risk.get("risk", "-")
    return (
        f"risk {name}: " + ", ".join(en for en, _ in parts),
        f"风险 {name}：" + "，".join(zh for _, zh in parts),
    )


def _entries(entries: Sequence[int]) -> str:
    return ", ".join(map(str, entries))
