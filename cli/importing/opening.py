"""Read of a mapping how the event is made that opens a case: one more than the rows tell.

A log has columns that are the case's (when it began, when it is due) beside those of
each event. This makes one statement of them a case, before all others of the case, said
by a department that the mapping names and in the voice of its system, unless the mapping
names an official too. Its own time stands in a column of the case.
"""

from collections.abc import Mapping, Sequence

from cli.importing.declared import (
    OFFICIAL,
    OPENING,
    Activity,
    Last,
    Opening,
)
from cli.importing.event_rules import DraftRule, finish_rule
from cli.importing.strict_table import StrictTable
from cli.importing.templates import NotATemplate, Template, parse_template, slots_of


def read_opening(
    table: StrictTable, drafts: Mapping[str, DraftRule], known: Sequence[str]
) -> tuple[Opening, Activity]:
    """Read ``[opening]``; its slots are *known* names.

    Raises:
        Failure: it is not as it must be; says which key.
    """
    draft = drafts[table.choice("event", drafts.keys())]
    opening = Opening(
        id=_template(table, "id", known),
        department=_template(table, "department", known, "{department}"),
        time=_template(table, "time", known, "{time}"),
        official=_template(table, OFFICIAL, known) if OFFICIAL in table.names() else None,
    )
    rule = finish_rule(draft, table, False, _no_parents)
    table.close()
    return opening, Activity(OPENING, None, rule)


def _no_parents(table: StrictTable) -> Last:
    raise table.error((), "nothing stands before a case's opening", "立案之前没有其他事件")


def _template(
    table: StrictTable, name: str, known: Sequence[str], default: str | None = None
) -> Template:
    text = table.text(name) if default is None else table.text(name, default)
    try:
        template = parse_template(text)
    except NotATemplate:
        raise table.error(name, "is no template", "不是模板") from None
    for slot in slots_of(template):
        if slot.name not in known:
            raise table.error(
                name,
                f"the slot {{{slot.name}}} names no field or constant",
                f"占位 {{{slot.name}}} 不是字段或常量",
            )
    return template
