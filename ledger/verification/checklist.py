"""The closed list of checks of a ledger, in the order in which people read them.

Source: spec 3 to 8.
"""

from typing import NamedTuple

from ledger.verification.report import Words
from ledger.verification.tally import Tally


class Entry(NamedTuple):
    """One check: its label and what it counts."""

    label: Words
    unit: Words


_ENTRIES = Words("entries", "条")
_NOTES = Words("checkpoints", "个检查点")

LOG_SIGNATURE = "log_signature"
WITNESSES = "witnesses"

CHECKLIST: dict[str, Entry] = {
    "identity": Entry(
        Words("Entry 0 is that of the ledger you mean", "第 0 条属于您所指的账本"), _ENTRIES
    ),
    "opening": Entry(
        Words(
            "Entry 0 names the checkpoint's origin and log key",
            "第 0 条写明检查点的账本名与日志密钥",
        ),
        _ENTRIES,
    ),
    "tree": Entry(
        Words("The entries lead to the checkpoint's root", "各条记录推导出检查点的根"), _NOTES
    ),
    "checkpoints": Entry(
        Words("They lead to every stored checkpoint's root", "各条记录推导出每个已存检查点的根"),
        _NOTES,
    ),
    "tiles": Entry(
        Words("Published tiles are made of these entries", "已公布的瓦片由这些记录构成"),
        Words("tiles", "个瓦片"),
    ),
    "headers": Entry(Words("Headers are well formed", "记录头格式正确"), _ENTRIES),
    "index": Entry(Words("Indexes run without gap", "序号连续"), _ENTRIES),
    "links": Entry(Words("Each entry links to the one before", "每条都链接到前一条"), _ENTRIES),
    "recorded_at": Entry(Words("Time never runs back", "记录时间不倒退"), _ENTRIES),
    "digests": Entry(
        Words("Statements are those that the headers record", "陈述与记录头所记一致"), _ENTRIES
    ),
    "statements": Entry(
        Words("Statements are such as the ledger admits", "陈述符合准入规则"), _ENTRIES
    ),
    "signatures": Entry(Words("All signatures verify", "全部签名通过验证"), _ENTRIES),
    "speakers": Entry(
        Words("Keys were live, officials in post and in role", "密钥有效，人员在任且合乎职责"),
        _ENTRIES,
    ),
    "chain_names": Entry(
        Words("Chains are those that the events name", "所接的链即事件所指的链"), _ENTRIES
    ),
    "chains": Entry(
        Words("Chains run without gap or fork", "各链无缺口、无分叉"), Words("links", "环")
    ),
    "citations": Entry(
        Words(
            "Cited receipts of other ledgers hold under a policy that the registrar registered",
            "所援引的其他账本的回执按登记机关登记的策略成立",
        ),
        Words("citations", "处援引"),
    ),
    "unique": Entry(Words("No source used an id twice", "同一来源的标识从未重复使用"), _ENTRIES),
}


def tallies() -> dict[str, Tally]:
    """Return a fresh tally of each check, in their order."""
    return {name: Tally(name, entry.label, entry.unit) for name, entry in CHECKLIST.items()}
