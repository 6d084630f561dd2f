"""Rules, matrices, calendars and KPI schemes: signed, versioned, in force from a day on.

No number of the law is code: a pack cites it. A local pack says for which region
it holds. What a pack does to a past event is nothing: rules in force then count.

Source: decree 809, articles 21 and 38; spec 9.
"""

from collections.abc import Mapping
from typing import Any

from ledger.events.declare import declare
from ledger.events.determinations import DEFECT_ROWS
from ledger.events.fields import (
    Boolean,
    Choice,
    Date,
    DepartmentId,
    Hex,
    Id,
    Integer,
    ListOf,
    Object,
    Ref,
    Region,
    Rule,
    Text,
)
from ledger.events.parts import KPIS, LOCAL_REGION, adopted, needed_when, period
from ledger.events.registration import TIERS
from ledger.events.speakers import AUTHORITY, GOVERNMENT, NPC
from ledger.events.wording import Wording

ADOPTER = Wording("the sharing authority", "政务数据共享主管部门")

MAX_PARAMETERS = 128
MAX_DAYS = 128

BASES = ("law", "policy", "seed", "integrity")


def _parameters(least: int, *, optional: bool = False) -> ListOf:
    parameter = {
        "rule": Id(),
        "name": Id(),
        "value": Integer(),
        "unit": Choice(
            "working_days", "days", "hours", "minutes", "months", "years", "count", "percent",
            "sources", "flag",
        ),
        "basis": Choice(*BASES),
        "law": Text(optional=True),
        "article": Text(optional=True),
    }  # fmt: skip
    cited = [needed_when("law", "basis", "law"), needed_when("article", "basis", "law")]
    return ListOf(Object(parameter, cited), least, MAX_PARAMETERS, optional=optional)


RULES_ADOPTED = declare(
    "rules.adopted",
    "packs",
    en="Rule pack adopted",
    zh="规则包发布",
    speaker=ADOPTER,
    serves=("S66",),
    speakers=AUTHORITY,
    members={"pack": Id(), **adopted(), "parameters": _parameters(1)},
    rules=[LOCAL_REGION],
)

# Whom a row names: the side of a share, and the role there.
_SIDES = (
    "provider", "consumer", "source_department", "platform_operator", "information_centre",
    "contractor", "designer", "joining_body", "sharing_authority", "applicant",
)  # fmt: skip
_CONDITIONS = (
    "error_obvious", "check_skipped_and_decisive", "used_against_warning", "notice_undelivered",
    "kept_using_as_decisive", "data_as_of_visible", "control_should_have_blocked",
    "knew_and_did_not_suspend", "delivered_beyond_grant", "keys_wrong", "malfunction",
    "due_check_skipped", "dissent_overridden", "order_plainly_illegal", "pattern",
    "warning_unanswered", "leader_signed", "verified_undiscoverable", "hashes_equal",
    "refusal_lawful",
)  # fmt: skip


def _line() -> ListOf:
    role = {
        "side": Choice(*_SIDES),
        "role": Choice("collector", "user", *TIERS, "body"),
        "when": Choice(*_CONDITIONS, optional=True),
    }
    return ListOf(Object(role))


MATRIX_ADOPTED = declare(
    "matrix.adopted",
    "packs",
    en="Responsibility matrix adopted",
    zh="责任矩阵发布",
    speaker=ADOPTER,
    serves=("S39",),
    speakers=AUTHORITY,
    members={
        **adopted(),
        "rows": ListOf(
            Object(
                {
                    "defect": Choice(*DEFECT_ROWS),
                    "examine_first": _line(),
                    "examine_next": _line(),
                    "informational": _line(),
                    # Under these nobody of the first line is looked at first.
                    "nobody_when": ListOf(Choice(*_CONDITIONS), optional=True),
                }
            ),
            1,
            ascending_by=lambda row: int(row["defect"][1:]),
        ),
    },
    rules=[LOCAL_REGION],
)


def _days_of_the_year(data: Mapping[str, Any]) -> bool:
    year = f"{data['year']}-"
    return all(day.startswith(year) for name in ("off", "work") for day in data[name])


def _each_day_once(data: Mapping[str, Any]) -> bool:
    return set(data["off"]).isdisjoint(data["work"])


DAYS_OF_THE_YEAR = Rule(
    "off", _days_of_the_year, Wording("and work must be days of year", "与 work 须为 year 内的日期")
)

CALENDAR_ADOPTED = declare(
    "calendar.adopted",
    "packs",
    en="Working calendar adopted",
    zh="工作日历发布",
    speaker=ADOPTER,
    serves=("809:21",),
    speakers=AUTHORITY,
    members={
        "year": Integer(1970, 9999),
        "version": Id(),
        # Without a region: for the whole country.
        "region": Region(optional=True),
        "off": ListOf(Date(), 0, MAX_DAYS, ascending_by=str),
        "work": ListOf(Date(), 0, MAX_DAYS, ascending_by=str),
        "supersedes": Hex(optional=True),
    },
    rules=[
        DAYS_OF_THE_YEAR,
        Rule(
            "work",
            _each_day_once,
            Wording("must have no day that is in off", "不得含有 off 中的日期"),
        ),
    ],
)


def _weights_whole(data: Mapping[str, Any]) -> bool:
    weights = [one["weight"] for one in data["indicators"] if "weight" in one]
    return not weights or sum(weights) == 100


def _quantity_is_context(indicator: Mapping[str, Any]) -> bool:
    return "weight" not in indicator or indicator["kpi"] != "quantity"


WEIGHTS_WHOLE = Rule(
    "indicators",
    _weights_whole,
    Wording("must have weights that sum to 100", "所列 weight 之和须为 100"),
)

KPI_ADOPTED = declare(
    "kpi.adopted",
    "packs",
    en="KPI scheme adopted",
    zh="考核指标方案发布",
    speaker=ADOPTER,
    serves=("S54",),
    speakers=AUTHORITY,
    members={
        **adopted(),
        "indicators": ListOf(
            Object(
                {"kpi": Choice(*KPIS), "weight": Integer(0, 100, optional=True)},
                [
                    Rule(
                        "weight",
                        _quantity_is_context,
                        Wording(
                            "has no place beside quantity, which is context",
                            "不适用于 quantity（数量仅作背景）",
                        ),
                    )
                ],
            ),
            1,
            ascending_by=lambda one: str(one["kpi"]),
        ),
        # Below this denominator a number is not shown, only that the sample is too small.
        "least_sample": Integer(1),
        # Credits of one pair of departments that count in a period.
        "pair_cap": Integer(1, optional=True),
        "sampling": Boolean(optional=True),
    },
    rules=[LOCAL_REGION, WEIGHTS_WHOLE],
)

LAW_ADJUSTED = declare(
    "law.adjusted",
    "packs",
    en="Application of law adjusted",
    zh="调整法律法规适用",
    speaker=Wording("the people's government or congress", "人民政府或人大"),
    serves=("S66",),
    speakers=GOVERNMENT | NPC,
    parties=("departments", "items"),
    members={
        "law": Text(),
        "articles": ListOf(Text(), 1),
        "effect": Choice("suspended", "adjusted"),
        "rules": ListOf(Id(), 1),
        "parameters": _parameters(0, optional=True),
        "window": period(open_ended=False),
        "region": Region(optional=True),
        "departments": ListOf(DepartmentId(), optional=True),
        "items": ListOf(Ref(), optional=True),
        "pilot": Boolean(optional=True),
        "document": Text(),
    },
)

PACKS = (RULES_ADOPTED, MATRIX_ADOPTED, CALENDAR_ADOPTED, KPI_ADOPTED, LAW_ADJUSTED)
