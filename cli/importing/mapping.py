"""Read a mapping: TOML that says, without code, what the rows of an event log mean.

::

    mapping = 1                 # this form
    name = "receipt"            # names keys and state of this import in the home
    format = "csv"              # delimiter = "," unless said otherwise; or xes, xroad
    based_on = "other.toml"     # beside this file: its keys, where this has no own

    [fields.event]              # and case, activity, department, time; official may be
    column = "id"               # or: constant = "x", the same in every row
    as = "id"                   # id, words (reversible), text, integer, time
    values = { EMPTY = "x" }    # ids of single source values
    named_only = true           # what values does not name is no value
    may_be_empty = true         # for official and fields of your own
    offset = "+08:00"           # of times that say none
    [fields.order]              # a time to put events in order by, where not their own

    [departments]               # kind and name they are registered with
    [posts]                     # post and tiers that officials are registered with
    [events.use]                # type, family, subject, refs, data, parents
    [activities."Check"]        # event, code, and its own data and parents
    [opening]                   # one more event a case, before its first: event, id,
                                # department, time, official, and its own data
    [subsystems] [services] [grants]  # of xroad: what the platform's names are here

Every key is known here or refused. Constants stand in the mapping and nowhere else.

Source: spec 9 (types and members).
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cli.importing.basis import ReadBeside, read_whole
from cli.importing.declared import (
    OFFICIAL,
    OPENING,
    ORDER,
    REQUIRED,
    Activity,
    Departments,
    Field,
    Format,
    Last,
    LogMapping,
    Naming,
    Opening,
    Posts,
    Reading,
)
from cli.importing.event_rules import DraftRule, draft_rule, finish_rule
from cli.importing.opening import read_opening
from cli.importing.platform_names import NO_NAMES, read_names
from cli.importing.strict_table import StrictTable
from cli.importing.templates import NAME, NotATemplate, Template, parse_template, slots_of
from crypto.errors import Malformed
from crypto.notation import check_department_id, check_id, check_text
from ledger.events.registration import DEPARTMENT_KINDS, TIERS

READINGS: tuple[Reading, ...] = ("id", "words", "text", "integer", "time")
FORMATS: tuple[Format, ...] = ("csv", "xes", "xroad")

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}\Z")
_OFFSET = re.compile(r"([+-])([01][0-9]|2[0-3]):([0-5][0-9])\Z")
_CODE = "code"


def read_mapping(raw: bytes, file: str, beside: ReadBeside | None = None) -> LogMapping:
    """Return the mapping that *raw* writes.

    Args:
        beside: reads what it may be based on.

    Raises:
        Failure: it is not as it must be; the text names *file* and the key.
    """
    top = StrictTable(read_whole(raw, file, beside), file)
    if top.anything("mapping") != 1:
        raise top.error("mapping", "must be 1, the one form that there is", "应为 1（唯一的版本）")
    chosen = top.choice("format", FORMATS)
    form = next(one for one in FORMATS if one == chosen)
    name = top.text("name")
    if not _NAME.match(name):
        raise top.error(
            "name", "1 to 32 of a-z 0-9 -, not - first", "应为 1 至 32 个 a-z 0-9 -，且不以 - 开头"
        )
    fields = _fields(top.table("fields"))
    constants = _constants(top, fields)
    events = top.table("events")
    drafts = {event: draft_rule(events.table(event), fields, constants) for event in events.names()}
    activities = _activities(top.table("activities"), drafts)
    opening = _opening(top, drafts, [*fields, *constants], activities)
    mapping = LogMapping(
        name=name,
        format=form,
        delimiter=_delimiter(top) if form == "csv" else "",
        names=read_names(top) if form == "xroad" else NO_NAMES,
        fields=fields,
        expected=top.pairs("expect"),
        ignored=frozenset(top.texts("ignore", ())),
        constants=constants,
        departments=_departments(top.table("departments")),
        posts=_posts(top.table("posts")) if "posts" in top.names() else None,
        opening=opening,
        activities=activities,
    )
    for label in mapping.ignored & mapping.activities.keys():
        raise top.error("ignore", f"{label!r} is mapped too", f"{label!r} 同时有映射")
    top.close()
    return mapping


def _opening(
    top: StrictTable,
    drafts: Mapping[str, DraftRule],
    known: list[str],
    activities: dict[str, Activity],
) -> Opening | None:
    """Read ``[opening]``, if there is one; its event stands among the activities."""
    if "opening" not in top.names():
        return None
    opening, activities[OPENING] = read_opening(top.table("opening"), drafts, known)
    return opening


def _delimiter(top: StrictTable) -> str:
    delimiter: str = top.text("delimiter", ",")
    if len(delimiter) != 1 or delimiter in '"\r\n\0':
        raise top.error("delimiter", "must be one character", "应为一个字符")
    return delimiter


def _constants(top: StrictTable, fields: Mapping[str, Field]) -> dict[str, str]:
    """Return the named constants; a name means one thing."""
    table = top.table("constants", {})
    found = {}
    for name in table.names():
        if not NAME.match(name) or name in fields or name == _CODE:
            raise table.error(
                name, "is no name, or a field's, or code", "不是可用的名称，或与字段或 code 重名"
            )
        found[name] = table.text(name)
    return found


# Fields


def _fields(table: StrictTable) -> dict[str, Field]:
    fields = {}
    for name in table.names():
        if not NAME.match(name) or name == _CODE:
            raise table.error(
                name, "a field's name is a-z 0-9 _, and not code", "字段名应为 a-z 0-9 _，且非 code"
            )
        fields[name] = _field(name, table.table(name))
    for name in REQUIRED:
        if name not in fields:
            raise table.error(name, "is missing: every event has one", "缺少此项：每个事件都须有")
    return fields


def _field(name: str, table: StrictTable) -> Field:
    column, constant = table.text("column", None), table.text("constant", None)
    if (column is None) == (constant is None):
        raise table.error((), "give either column or constant", "column 与 constant 须且只须给一个")
    field = Field(
        name=name,
        column=column,
        constant=constant,
        reading=_reading(name, table),
        named=table.pairs("values"),
        named_only=table.flag("named_only"),
        may_be_empty=table.flag("may_be_empty"),
        offset=_offset(table),
    )
    _check_field(field, table)
    table.close()
    return field


def _reading(name: str, table: StrictTable) -> Reading:
    usual = {"time": "time", ORDER: "time", "activity": "text"}.get(name)
    allowed = (usual,) if usual else ("id", "words") if name in (*REQUIRED, OFFICIAL) else READINGS
    chosen = table.choice("as", allowed, usual) if usual else table.choice("as", allowed)
    return next(reading for reading in READINGS if reading == chosen)


def _offset(table: StrictTable) -> timedelta | None:
    text = table.text("offset", None)
    if text is None:
        return None
    found = _OFFSET.match(text)
    if found is None:
        raise table.error("offset", "must be such as +08:00", "应形如 +08:00")
    size = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return -size if found[1] == "-" else size


def _check_field(field: Field, table: StrictTable) -> None:
    """Refuse what a field of its reading cannot have."""
    if field.may_be_empty and field.name in (*REQUIRED, ORDER):
        raise table.error("may_be_empty", "every event has one", "每个事件都须有")
    if field.named_only and (field.name in REQUIRED or not field.named):
        raise table.error(
            "named_only", "is for a field of your own that has values", "只用于有 values 的自设字段"
        )
    if field.offset is not None and field.reading != "time":
        raise table.error("offset", "is for times only", "只用于时间")
    if field.named and (field.reading in ("integer", "time") or field.constant is not None):
        raise table.error("values", "is for columns of ids and texts only", "只用于标识列和文本列")
    check = value_check(field)
    for value, chosen in field.named.items():
        try:
            check(chosen, "")
        except Malformed as error:
            raise table.error(("values", value), error.en, error.zh) from None
    if len(set(field.named.values())) != len(field.named) and field.reading != "text":
        raise table.error("values", "two of them have one id", "其中两项的标识相同")


def value_check(field: Field) -> Any:
    """Return what judges a value of *field* that the mapping or the source gives."""
    if field.reading == "text":
        return check_text
    return check_department_id if field.name == "department" else check_id


# What is registered


def _departments(table: StrictTable) -> Departments:
    usual = _naming(table, None)
    single = {}
    named = table.table("named", {})
    for department in named.names():
        inner = named.table(department)
        single[department] = _naming(inner, usual.kind)
        inner.close()
    table.close()
    return Departments(usual, single)


def _naming(table: StrictTable, kind: str | None) -> Naming:
    chosen = table.choice("kind", DEPARTMENT_KINDS, *(() if kind is None else (kind,)))
    name = table.table("name")
    zh = _name_template(name, "zh")
    en = _name_template(name, "en") if "en" in name.names() else None
    name.close()
    return Naming(zh, en, chosen)


def _name_template(table: StrictTable, language: str) -> Template:
    text = table.text(language)
    try:
        template = parse_template(text)
    except NotATemplate:
        template = None
    if template is None or {slot.name for slot in slots_of(template)} - {"source", "id"}:
        raise table.error(
            language, "its slots are {source} and {id}", "其中的占位只能是 {source} 和 {id}"
        )
    return template


def _posts(table: StrictTable) -> Posts:
    post, tiers = table.text("post"), table.texts("tiers")
    try:
        check_text(post, "it")
    except Malformed as error:
        raise table.error("post", error.en, error.zh) from None
    if not tiers or set(tiers) - set(TIERS):
        raise table.error(
            "tiers", f"must be some of {', '.join(TIERS)}", f"应取自：{'、'.join(TIERS)}"
        )
    table.close()
    return Posts(post, tiers)


# Events and activities


def _activities(table: StrictTable, drafts: Mapping[str, DraftRule]) -> dict[str, Activity]:
    tables = {label: table.table(label) for label in table.names()}
    if OPENING in tables:
        raise table.error(OPENING, "an activity has a name", "活动须有名称")
    codes = {label: _code(inner) for label, inner in tables.items()}
    by_name = _by_name(table, codes)
    families = {draft.family for draft in drafts.values()}

    def last(rule: StrictTable) -> Last:
        """Return one rule of parents; what it names must exist."""
        activities, chosen = rule.texts("activities", ()), rule.texts("families", ())
        for name in activities:
            if name not in by_name:
                raise rule.error("activities", f"no activity {name!r}", f"没有活动 {name!r}")
        for name in chosen:
            if name not in families:
                raise rule.error("families", f"no event has family {name!r}", f"没有类别 {name!r}")
        if bool(activities) == bool(chosen):
            raise rule.error((), "give activities or families", "activities 与 families 须给一个")
        rule.close()
        return Last(frozenset(by_name[name] for name in activities), frozenset(chosen))

    found = {}
    for label, inner in tables.items():
        draft = drafts[inner.choice("event", drafts.keys())]
        found[label] = Activity(
            label, codes[label], finish_rule(draft, inner, codes[label] is not None, last)
        )
        inner.close()
    if not found:
        raise table.error((), "names no activity", "未列出任何活动")
    return found


def _code(table: StrictTable) -> str | None:
    code = table.text(_CODE, None)
    if code is None:
        return None
    try:
        return check_id(code, "it")
    except Malformed as error:
        raise table.error(_CODE, error.en, error.zh) from None


def _by_name(table: StrictTable, codes: Mapping[str, str | None]) -> dict[str, str]:
    """Return the activity that each label and each code names; none may name two."""
    found = {label: label for label in codes}
    for label, code in codes.items():
        if code is not None and found.setdefault(code, label) != label:
            raise table.error(
                label, f"code {code!r} names another activity too", f"code {code!r} 与另一活动重名"
            )
    return found
