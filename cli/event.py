"""``zelian event``: the closed list of event types, and templates to fill in."""

import json
from itertools import groupby
from typing import Any

import click

from cli.command import command, group, option
from cli.failures import usage
from cli.invocation import LOCAL, NOWHERE, here, home
from cli.output import data, data_json, table
from cli.speech import pick
from crypto.errors import CryptoError
from crypto.notation import check_department_id, check_origin
from crypto.policy import parse_policy
from ledger.events.template import template as template_of
from ledger.events.types import EVENT_TYPES, describe

event = group("Event types and templates.", "事件类型与模板。", name="event", options=LOCAL)


@command("List the event types.", "列出事件类型。", name="types", options=NOWHERE)
def types() -> None:
    """List the event types."""
    listed = describe()
    if here().as_json:
        data_json(listed)
        return
    heading = (
        pick("TYPE", "类型"),
        pick("MEANING", "含义"),
        pick("SAID BY", "陈述者"),
        pick("SERVES", "依据"),
        pick("REFS", "引用"),
    )
    lines = table([heading, *map(_row, listed)])
    data(next(lines))
    for family, kinds in groupby(listed, key=lambda kind: _picked(kind["family_label"])):
        data("")
        data(family)
        for _, line in zip(kinds, lines, strict=False):
            data(line)


def _row(kind: dict[str, Any]) -> tuple[str, ...]:
    refs = [*kind["refs"]["required"], *(f"[{name}]" for name in kind["refs"]["optional"])]
    return (
        kind["name"],
        _picked(kind["label"]),
        _picked(kind["speaker"]),
        " ".join(kind["serves"]),
        " ".join(refs),
    )


def _picked(label: dict[str, str]) -> str:
    return pick(label["en"], label["zh"])


@command(
    "Print an event of TYPE to fill in.\n\nTYPE may be short: use.recorded.",
    "输出某类型事件的模板。\n\n类型可简写，如 use.recorded。",
    name="template",
    options=LOCAL,
)
@click.argument("type_name", metavar="TYPE")
@option("--source", metavar="D", en="Id of the department that speaks.", zh="陈述部门标识。")
@option("--ledger", metavar="ORIGIN", en="Name of the ledger.", zh="账本名。")
def template(type_name: str, source: str | None, ledger: str | None) -> None:
    """Print an event of one type to fill in."""
    try:
        if source is not None:
            check_department_id(source, "--source")
        if ledger is not None:
            check_origin(ledger, "--ledger")
    except CryptoError as error:
        raise usage(error.en, error.zh) from None
    filled = template_of(
        full_name(type_name),
        ledger=ledger or origin_of_home() or "",
        source=f"/departments/{source}" if source else "",
    )
    if here().as_json:
        data_json(filled)
        return

    for line in json.dumps(filled, ensure_ascii=False, indent=2).split("\n"):
        data(line)


def full_name(name: str) -> str:
    """Return the full name of an event type that was named shortly; others unchanged."""
    long = f"zelian.{name}.v1"
    return long if long in EVENT_TYPES else name


def origin_of_home() -> str | None:
    """Return the name of the home's ledger, or None where there is none."""
    try:
        return parse_policy(home().trust_policy.read_bytes()).logs[0].key.name
    except (OSError, CryptoError, IndexError):
        return None


event.add_command(types)
event.add_command(template)
