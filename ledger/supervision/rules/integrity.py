"""I1 to I4, I7, I8: the ledger itself, as its own checks and its running service find it.

These read no statement: what a check of the whole ledger found wrong, and what stops
the service from taking entries, is told under the rule that it concerns.

Source: spec 3 to 5 and 7; design, principles 4 and 6.
"""

from dataclasses import dataclass

from ledger.events.wording import Wording
from ledger.supervision.rule import LeftOut, Severity

FAMILY = "integrity"


@dataclass(frozen=True, slots=True)
class IntegrityRule:
    """One rule of the ledger's integrity.

    Attributes:
        checks: names of the checks of ``fsck`` whose failure it tells.
        reasons: for which the running service takes no entries, or is told to look.
    """

    id: str
    title: Wording
    checks: frozenset[str]
    reasons: frozenset[str] = frozenset()
    severity: Severity = "high"
    version: str = "1"


INTEGRITY_RULES: tuple[IntegrityRule, ...] = (
    IntegrityRule(
        "I1",
        Wording("A chain is broken", "链断裂"),
        frozenset({"links", "chains", "chain_heads", "chain_names"}),
    ),
    IntegrityRule(
        "I2",
        Wording("A gap among the entries", "记录序号有缺口"),
        frozenset({"index", "headers", "unique"}),
    ),
    IntegrityRule(
        "I3",
        Wording("A checkpoint does not agree", "检查点不一致"),
        frozenset({"identity", "opening", "tree", "checkpoints", "tiles", "head"}),
        frozenset({"damaged", "head_missing", "checkpoint_old"}),
    ),
    IntegrityRule(
        "I4",
        Wording("A signature fails when it is verified again", "签名复验失败"),
        frozenset({"signatures", "log_signature", "speakers", "statements"}),
    ),
    IntegrityRule(
        "I5",
        Wording("A time-stamp that is too old", "时间戳过旧"),
        frozenset(),
        frozenset({"timestamp_old"}),
    ),
    IntegrityRule(
        "I7",
        Wording("Time ran back", "时钟倒退"),
        frozenset({"recorded_at"}),
        frozenset({"clock_ran_back"}),
    ),
    IntegrityRule(
        "I8",
        Wording("A row that no entry stands behind", "数据行没有对应记录"),
        frozenset({"tables", "statement_ids", "digests", "derived"}),
        frozenset({"projected_ahead"}),
    ),
)

INTEGRITY_LEFT_OUT: tuple[LeftOut, ...] = (
    LeftOut(
        "I6",
        FAMILY,
        Wording("Content that differs from its digest", "内容与摘要不符"),
        Wording(
            "where the data lies: the ledger never has it, only its digest",
            "数据所在位置：账本不存数据，只存摘要",
        ),
        "delivery.sent",
    ),
)
