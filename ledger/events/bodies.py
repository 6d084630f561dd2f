"""Units, duties, leaders and successors: who answered for what, at which time.

Units and duties are named by ids that an appointment, too, names. When bodies
change, nothing that was said is rewritten: a succession tells by function who
answers now.

Source: decree 809, articles 11 and 34; spec 9.
"""

from collections.abc import Mapping
from typing import Any

from ledger.events.declare import declare
from ledger.events.fields import (
    BilingualName,
    Boolean,
    Choice,
    DepartmentId,
    Id,
    ListOf,
    Object,
    Ref,
    Rule,
    Text,
    Time,
    later,
)
from ledger.events.parts import STAGES, needed_when, period
from ledger.events.speakers import AUTHORITY, BODIES, BY_REGISTRAR, GOVERNMENT, STAFFING
from ledger.events.wording import Wording

_ITSELF = Wording("the department itself", "本部门")

UNIT_RECORDED = declare(
    "unit.recorded",
    "bodies",
    en="Unit recorded",
    zh="机构登记",
    speaker=_ITSELF,
    serves=("809:11", "S28", "S48"),
    speakers=BODIES,
    parties=("department",),
    mentions=("contractor",),
    members={
        "department": DepartmentId(),
        "unit": Id(),
        "name": BilingualName(),
        "kind": Choice("business", "sharing_office", "information_centre", "contractor"),
        "above": Id(optional=True),
        "contractor": DepartmentId(optional=True),
        "starts": Time(),
        "ends": Time(optional=True),
    },
    rules=[later("starts", "ends"), needed_when("contractor", "kind", "contractor")],
)

DUTY_ASSIGNED = declare(
    "duty.assigned",
    "bodies",
    en="Duty assigned",
    zh="职责落实",
    speaker=Wording("the department itself, or the staffing office", "本部门或机构编制部门"),
    serves=("S26", "S48"),
    speakers=BODIES,
    parties=("department",),
    members={
        "department": DepartmentId(),
        "duty": Id(),
        # Article 11's duties of a sharing office, then those of other units.
        "kind": Choice(
            "catalogue",
            "request",
            "review",
            "share",
            "standards",
            "correction",
            "security",
            "collection",
            "business",
            "operation",
            "other",
        ),
        "unit": Id(),
        "post": Text(optional=True),
        "matter_codes": ListOf(Id(), optional=True),
        "document": Text(),
        "starts": Time(),
        "ends": Time(optional=True),
    },
    rules=[later("starts", "ends")],
)


def _place() -> Object:
    return Object(
        {"department": DepartmentId(), "unit": Id(optional=True), "post": Text(optional=True)}
    )


DUTY_TRANSFERRED = declare(
    "duty.transferred",
    "bodies",
    en="Duty transferred",
    zh="职责调整",
    speaker=Wording("the staffing office, or the people's government", "机构编制部门或人民政府"),
    serves=("S26",),
    speakers=STAFFING | GOVERNMENT,
    parties=("from.department", "to.department", "items"),
    members={
        "duties": ListOf(Id(), 1),
        "matter_codes": ListOf(Id(), optional=True),
        "from": _place(),
        "to": _place(),
        "items": ListOf(Ref(), optional=True),
        # The catalogue's ten working days run from here.
        "effective": Time(),
        "document": Text(),
    },
)

LEADERSHIP_RECORDED = declare(
    "leadership.recorded",
    "bodies",
    en="Leadership recorded",
    zh="领导分工记录",
    speaker=_ITSELF,
    serves=("S43",),
    speakers=BODIES,
    parties=("department",),
    members={
        "department": DepartmentId(),
        "leader": Id(),
        "role": Choice("principal_leader", "leader_in_charge"),
        "period": period(),
        "units": ListOf(Id(), optional=True),
        "duties": ListOf(Id(), optional=True),
        "acting": Boolean(optional=True),
    },
)


def _as_many_as_its_kind_has(data: Mapping[str, Any]) -> bool:
    before, after, kind = len(data["predecessors"]), len(data["successors"]), data["kind"]
    if kind == "rename":
        return before == after == 1
    return after > 0 or kind == "abolish"


def _someone_left(data: Mapping[str, Any]) -> bool:
    return bool(data["successors"]) or "abolished_by" in data


def _functions_told(data: Mapping[str, Any]) -> bool:
    return data["kind"] not in ("split", "transfer") or bool(data["function_map"])


def _among_those_named(data: Mapping[str, Any]) -> bool:
    before, after = set(data["predecessors"]), set(data["successors"])
    moves = [*data["function_map"], *data.get("carries", ())]
    return all(move["from"] in before and move.get("to") in {None, *after} for move in moves)


MOVES_AMONG_NAMED = Rule(
    "function_map",
    _among_those_named,
    Wording(
        "and carries must lead from a predecessor to a successor",
        "与 carries 须由所列原机构指向所列承接机构",
    ),
)

SUCCESSION_RECORDED = declare(
    "succession.recorded",
    "bodies",
    en="Succession recorded",
    zh="机构承继记录",
    speaker=Wording(
        "the registrar, the staffing office, or the people's government",
        "登记机关、机构编制部门或人民政府",
    ),
    serves=("S05",),
    speakers=BY_REGISTRAR | STAFFING | GOVERNMENT,
    parties=("predecessors", "successors"),
    # All but who abolished are among the two lists.
    mentions=(
        "abolished_by",
        "function_map.from",
        "function_map.to",
        "carries.from",
        "carries.to",
        "carries.grants",
    ),
    members={
        "kind": Choice("merge", "split", "rename", "abolish", "transfer"),
        "predecessors": ListOf(DepartmentId(), 1),
        "successors": ListOf(DepartmentId()),
        # Without ``to`` the function is no longer anybody's.
        "function_map": ListOf(
            Object({"matter_code": Id(), "from": DepartmentId(), "to": DepartmentId(optional=True)})
        ),
        "carries": ListOf(
            Object(
                {
                    "what": Choice("grants", "obligations", "custody_of_records"),
                    "from": DepartmentId(),
                    "to": DepartmentId(),
                    "grants": ListOf(Ref(), optional=True),
                }
            ),
            optional=True,
        ),
        "effective": Time(),
        "abolished_by": DepartmentId(optional=True),
        "document": Text(),
    },
    rules=[
        Rule(
            "successors",
            _as_many_as_its_kind_has,
            Wording(
                "must be one for one in a rename, and may be empty only in an abolish",
                "在 rename 中须一对一，且仅在 abolish 中可为空",
            ),
        ),
        Rule(
            "abolished_by",
            _someone_left,
            Wording("is needed where there is no successor", "在没有承接机构时必须填写"),
        ),
        Rule(
            "function_map",
            _functions_told,
            Wording(
                "must tell each function where kind is split or transfer",
                "在 kind 为 split 或 transfer 时须列明各项职能",
            ),
        ),
        MOVES_AMONG_NAMED,
    ],
)

STAGE_ASSIGNED = declare(
    "stage.assigned",
    "bodies",
    en="Stages assigned",
    zh="环节责任主体明确",
    speaker=Wording("the sharing authority", "政务数据共享主管部门"),
    serves=("809:34",),
    speakers=AUTHORITY,
    parties=("stages.body",),
    mentions=("jointly_with",),
    refs_optional=("item", "grant", "agreement", "matter"),
    members={
        "stages": ListOf(
            Object({"stage": Choice(*STAGES), "body": DepartmentId(), "unit": Id(optional=True)}),
            1,
        ),
        "jointly_with": ListOf(DepartmentId(), optional=True),
        "effective": period(),
    },
)

BODIES_TYPES = (
    UNIT_RECORDED,
    DUTY_ASSIGNED,
    DUTY_TRANSFERRED,
    LEADERSHIP_RECORDED,
    SUCCESSION_RECORDED,
    STAGE_ASSIGNED,
)
