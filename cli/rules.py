"""``zelian rules``: the rules that find, what each rests on, and what is left out and why.

Printed from the declarations and from the data that ship with the ledger; a rule pack
that an authority adopted may switch rules off and set other numbers.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import click

from cli.command import LazyGroup, command, take_options
from cli.failures import usage
from cli.invocation import NOWHERE, here
from cli.output import data, data_json, table
from cli.speech import Words, pick
from ledger.builtin_fixtures import fixtures
from ledger.builtin_packs import built_in, demands
from ledger.events.wording import Wording
from ledger.supervision.articles import article_name
from ledger.supervision.fixture import Story
from ledger.supervision.rule import BASES, FAMILIES, SEVERITIES, LeftOut, Rule
from ledger.supervision.rules import BY_ID, LEFT_OUT, RULES
from ledger.supervision.rules.integrity import (
    INTEGRITY_LEFT_OUT,
    INTEGRITY_RULES,
    IntegrityRule,
)

_LEFT_OUT = (*LEFT_OUT, *INTEGRITY_LEFT_OUT)
_NOW = "9999-12-31T23:59:59.999Z"


def _list() -> None:
    """Print every rule in a line, their number by family and basis, and what is left out."""
    if click.get_current_context().invoked_subcommand is not None:
        return
    if here().as_json:
        data_json(
            {
                "rules": [rule_members(rule) for rule in RULES],
                "integrity": [_integrity_members(one) for one in INTEGRITY_RULES],
                "left_out": [_left_out_members(one) for one in _LEFT_OUT],
            }
        )
        return
    for line in table(_rows()):
        data(line)
    data("")
    data(
        pick(
            "the ledger itself, by `zelian fsck` and as it runs:",
            "账本自身（由 `zelian fsck` 及运行中的服务提示）：",
        )
    )
    for one in INTEGRITY_RULES:
        data(f"{one.id}  {_picked(one.title)}")
    data("")
    for line in table(_counts()):
        data(line)
    data("")
    data(pick("left out, for want of a fact:", "因缺少事实而未列入："))
    for line in table(map(_left_out, _LEFT_OUT)):
        data(line)


rules = LazyGroup(
    "rules",
    words=Words(
        "Print the rules that find, by family and basis, and those left out.\n\n"
        "What a rule finds is to be checked; it is no verdict.",
        "列出各项规则（按类别与依据）及未列入的规则。\n\n规则所见为待核事项，并非结论。",
    ),
    invoke_without_command=True,
    callback=_list,
)
take_options(rules, NOWHERE)


@command(
    "Print one rule: what it looks on, its text and citations, its fixtures.",
    "查看一项规则：适用类型、文字、依据与示例。",
    name="explain",
    options=NOWHERE,
)
@click.argument("rule_id", metavar="ID")
def explain(rule_id: str) -> None:
    """Print one rule."""
    rule = BY_ID.get(rule_id.upper())
    if rule is None:
        raise usage(
            f"there is no rule {rule_id}: `zelian rules` lists them",
            f"没有规则 {rule_id}：`zelian rules` 列出全部规则",
        )
    if here().as_json:
        data_json(rule_members(rule) | {"texts": dict(_texts(rule)), "fixtures": _stories(rule)})
        return
    for line in table(_head(rule)):
        data(line)
    data("")
    data(_picked(rule.message))
    for name, text in _texts(rule):
        data("")
        data(name)
        for paragraph in text.split("\n\n"):
            data(paragraph)
    _print_fixtures(rule)


rules.add_command(explain)


def rule_members(rule: Rule) -> dict[str, Any]:
    """Return a rule as members."""
    return {
        "id": rule.id,
        "version": rule.version,
        "family": rule.family,
        "severity": rule.severity,
        "basis": rule.basis,
        "citations": list(rule.citations),
        "parameters": _parameters(rule),
        "types": sorted(rule.types),
        "title": rule.title.both(),
        "message": rule.message.both(),
    }


def _picked(wording: Wording) -> str:
    return pick(str(wording), wording.zh)


def _parameters(rule: Rule) -> dict[str, str]:
    """Return what the packs that ship give, by name."""
    held = built_in().packs.in_force(_NOW, None)
    found = {name: held.parameter(rule.id, name) for name in rule.parameters}
    found |= {f"{of} {name}": held.parameter(of, name) for of, name in rule.borrows}
    return {name: f"{one.value} {one.unit}" for name, one in found.items()}


def _rows() -> Iterator[tuple[str, ...]]:
    for rule in RULES:
        yield (
            rule.id,
            _picked(FAMILIES[rule.family]),
            _picked(SEVERITIES[rule.severity]),
            _picked(BASES[rule.basis]),
            _picked(rule.title),
            " ".join(rule.citations),
        )


def _counts() -> Iterator[tuple[str, ...]]:
    counted = Counter((rule.family, str(rule.basis)) for rule in RULES)
    bases = [basis for basis in BASES if any(key[1] == basis for key in counted)]
    yield (pick("FAMILY", "类别"), *(_picked(BASES[basis]) for basis in bases), pick("ALL", "合计"))
    for family, words in FAMILIES.items():
        row = [counted[family, basis] for basis in bases]
        if any(row):
            yield (_picked(words), *map(str, row), str(sum(row)))
    every = [sum(1 for rule in RULES if rule.basis == basis) for basis in bases]
    yield (pick("ALL", "合计"), *map(str, every), str(len(RULES)))
    yield (_picked(FAMILIES["integrity"]), *("" for _ in bases), str(len(INTEGRITY_RULES)))


def _integrity_members(one: IntegrityRule) -> dict[str, Any]:
    return {
        "id": one.id,
        "version": one.version,
        "severity": one.severity,
        "title": one.title.both(),
        "checks": sorted(one.checks),
        "reasons": sorted(one.reasons),
    }


def _left_out_members(one: LeftOut) -> dict[str, Any]:
    return {
        "id": one.id,
        "family": one.family,
        "title": one.title.both(),
        "absent": one.absent.both(),
        "carrier": one.carrier,
    }


def _left_out(one: LeftOut) -> tuple[str, ...]:
    carrier = pick(f"belongs into {one.carrier}", f"应由 {one.carrier} 载明")
    return one.id, _picked(one.title), _picked(one.absent), carrier


def _head(rule: Rule) -> Iterator[tuple[str, str]]:
    yield f"{rule.id} v{rule.version}", _picked(rule.title)
    yield pick("family", "类别"), _picked(FAMILIES[rule.family])
    yield pick("severity", "程度"), _picked(SEVERITIES[rule.severity])
    yield pick("basis", "依据"), f"{_picked(BASES[rule.basis])}  {' '.join(rule.citations)}"
    yield pick("looks on", "适用类型"), " ".join(sorted(rule.types)) or pick("every type", "全部")
    for name, value in _parameters(rule).items():
        yield f"  {name}", value


def _texts(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each article or demand that is cited."""
    for citation in rule.citations:
        if citation in demands():
            yield citation, _picked(demands()[citation])
            continue
        name = article_name(int(citation.removeprefix("809:")))
        for pack in built_in().packs.packs:
            for law, articles in (pack.texts or {}).items():
                if name in articles:
                    yield f"{law}{name}", articles[name]


def _stories(rule: Rule) -> dict[str, Any]:
    fixture = fixtures()[rule.id]
    return {
        kind: [
            {"title": {"en": one.en, "zh": one.zh}, "say": one.say, "found": one.found}
            for one in getattr(fixture, kind)
        ]
        for kind in ("positive", "negative")
    }


def _print_fixtures(rule: Rule) -> None:
    fixture = fixtures()[rule.id]
    for title, stories in (
        (pick("finds:", "会提示："), fixture.positive),
        (pick("does not find:", "不会提示："), fixture.negative),
    ):
        for story in stories:
            data("")
            data(f"{title} {pick(story.en, story.zh)}")
            _print_story(rule, story)


_MOST_LINES = 8  # of a story that are printed; the rest repeat


def _print_story(rule: Rule, story: Story) -> None:
    for number, line in enumerate(story.say, 1):
        if number <= _MOST_LINES or number == len(story.say):
            members = " ".join(f"{name}={_short(value)}" for name, value in _members(line))
            data(f"  {number}  {line[0]}  {members}".rstrip())
        elif number == _MOST_LINES + 1:
            data("  …")
    for one in story.found:
        said = _picked(rule.told(one["facts"]))
        data(f"  => {one['line']}  {one['department']}  {said}")


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _members(line: Any) -> Iterator[tuple[str, Any]]:
    yield from (line[1] if len(line) > 1 else {}).items()
