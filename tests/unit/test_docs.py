"""The documents name all that a reader may meet, link to what exists, and keep to themselves."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import click
import pytest

from api.application import build_app
from api.metrics import Metrics
from api.problem_kinds import KINDS
from cli.main import COMMANDS, main
from ledger.anchoring.anchor import Anchor
from ledger.anchoring.anchoring import Standing
from ledger.errors import REFUSAL_STATUS
from ledger.events.declare import REF_NAMES
from ledger.events.fields import Choice, Kind, ListOf, Object
from ledger.events.reference import page
from ledger.events.types import EVENT_TYPES
from ledger.scrubbing.progress import Progress
from ledger.settings import VARIABLES
from ledger.store.service_tables import service_metadata
from ledger.store.tables import metadata, projection_metadata

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    [*ROOT.glob("*.md"), *DOCS.glob("*.md"), *(ROOT / "benchmarks").glob("*.md")],
)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
# Paths of a machine: documents hold for any.
BANNED = re.compile(r"/(?:work|tmp|home|root)/")


COMMON = {"refs", "parents", "signers", "document", "platform_ref", "on_behalf_of", "cites"}


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


SPEC = text("spec.md")


def short_of(name: str) -> str:
    return name.removeprefix("zelian.").removesuffix(".v1")


def code_of(name: str) -> set[str]:
    """What a page sets in code, fences apart."""
    return set(re.findall(r"`([^`\n]+)`", FENCE.sub("", text(name))))


def test_every_setting_is_documented_with_its_default() -> None:
    rows = {
        cells[0]: cells[1]
        for cells in re.findall(r"^\| `(ZELIAN_\w+)` \| (.+?) \|", text("operating.md"), re.M)
    }
    assert list(rows) == [variable.name for variable in VARIABLES]
    for variable in VARIABLES:
        if variable.default:
            assert rows[variable.name].strip("`") == variable.default


def test_every_problem_code_is_documented_with_its_status() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([0-9]{3}) \|", text("api.md"), re.M)
    assert [(code, int(status)) for code, status in rows] == [
        (code, kind.status) for code, kind in KINDS.items()
    ]


def test_the_order_of_checks_has_every_refusal_with_its_status() -> None:
    section = text("spec.md").split("**Order of checks.**")[1].split("\n## ")[0]
    rows = re.findall(r"^\| [0-9]+ \| (.+?) \| ([0-9]{3}) \|", section, re.M)
    found = {code: int(status) for codes, status in rows for code in re.findall(r"`(\w+)`", codes)}
    assert found == REFUSAL_STATUS


def reasons() -> Iterator[str]:
    """Every word with which the source makes a ReadOnly."""
    for path in sorted((ROOT / "ledger").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ReadOnly":
                first = node.args[0]
                assert isinstance(first, ast.Constant), f"{path.name}: a reason is a plain word"
                yield str(first.value)


def test_every_reason_for_taking_no_entries_is_documented() -> None:
    section = text("operating.md").split("## Why no entries are taken")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.M)) == set(reasons())


def commands(command: click.Command, words: tuple[str, ...]) -> Iterator[str]:
    """The commands that do something, by the words that call them."""
    if not isinstance(command, click.Group):
        yield " ".join(words)
        return
    if command.invoke_without_command and command.callback is not None and len(words) > 1:
        yield " ".join(words)  # a group that does something by itself
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None, f"{name} is listed and missing"
        yield from commands(found, (*words, name))


def test_every_command_is_documented() -> None:
    listed = set(commands(main, ("zelian",)))
    assert len(listed) >= len(COMMANDS)
    section = text("operating.md").split("\n## Commands")[1].split("\n## ")[0]
    assert set(re.findall(r"`(zelian [a-z -]+)`", section)) == listed


def test_every_route_is_documented() -> None:
    documented = set()
    for methods, path, more in re.findall(
        r"`(GET|POST) (/[^`?]*)`(?:, `(/[^`]*)`)?", text("api.md")
    ):
        documented |= {(methods, path)} | ({(methods, more)} if more else set())
    routes = {
        (method, re.sub(r"<(?:[^:>]*:)?([a-z]+)>", r"{\1}", rule.rule))
        for rule in build_app(Mock()).url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST"}
    }
    assert documented == routes


def test_every_metric_is_documented() -> None:
    named = re.findall(r"`(zelian_\w+)", text("operating.md"))
    ledger = Mock(opened_at=0)
    ledger.groups_after.return_value, ledger.checkpoint_age_s.return_value = [1], 0.5
    ledger.state.return_value = Mock(
        size=1, published_size=1, projected_size=1, registry_size=1, writable=True, ready=True
    )
    ledger.desk.refusals.kept = 1
    ledger.obligations.counts.return_value = []
    ledger.witnesses.return_value = []
    ledger.anchoring.standing.return_value = Standing(
        Anchor(1, 1, "2026-11-01T00:00:00.000Z", "a"), 0, {}
    )
    ledger.scrubber.on, ledger.scrubber.progress.return_value = True, Progress(round_ended_ms=0)
    ledger.parts.clock.return_value = 0
    ledger.look_up.behind.return_value = {"postings.v5": 0}
    families = [f.name for f in Metrics(ledger).registry.collect() if f.name.startswith("zelian")]
    assert families
    assert {name.removesuffix("_total") for name in named} == set(families)


def test_every_table_is_documented() -> None:
    """No table too few in the section on tables, and none that is gone."""
    section = text("architecture.md").split("## Tables")[1].split("\n## ")[0]
    named = set(re.findall(r"`([a-z_]+)`", section))
    assert named == {*metadata.tables, *projection_metadata.tables, *service_metadata.tables}


def test_the_page_of_event_types_is_what_the_declarations_print() -> None:
    assert text("event-types.md") == page(), "run python -m ledger.events.reference"


def test_every_event_type_is_documented() -> None:
    short = {short_of(name) for name in EVENT_TYPES}
    assert short <= code_of("event-types.md")
    rows = re.findall(r"^\| (\S+) \| `(zelian\.\S+)` \| (.+) \|$", text("event-types.md"), re.M)
    assert rows == [(kind.label_zh, name, kind.label_en) for name, kind in EVENT_TYPES.items()]


def words_of(kind: Kind, path: str = "") -> Iterator[str]:
    """Paths of members and words of choices, all the way down."""
    if isinstance(kind, Object):
        for name, member in kind.members.items():
            yield f"{path}{name}"
            yield from words_of(member, f"{path}{name}.")
    elif isinstance(kind, ListOf):
        yield from words_of(kind.item, f"{path.removesuffix('.')}[].")
    elif isinstance(kind, Choice):
        yield from kind.wire.__args__


def section_of(name: str) -> str:
    """What the page of event types says of one type."""
    return text("event-types.md").split(f"\n### `{short_of(name)}` ")[1].split("\n##")[0]


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_member_choice_and_role_is_on_the_page(name: str) -> None:
    kind = EVENT_TYPES[name]
    written = set(re.findall(r"`([^`\n]+)`", section_of(name)))
    own = {n: m for n, m in kind.data.members.items() if n not in COMMON}
    for member, inner in own.items():
        listed = {member, *words_of(inner, f"{member}.")}
        # A name in two languages is one kind.
        assert {word for word in listed if not word.endswith((".zh", ".en"))} <= written
    assert kind.refs_required | set(kind.serves) <= written


def test_the_types_that_the_spec_explains_are_as_it_says() -> None:
    """Names of members and words of choices of the first types; 9.1 and 9.2 are by hand."""
    documented = {word.strip('"') for word in code_of("spec.md")}
    explained = [kind for name, kind in EVENT_TYPES.items() if f"| `{short_of(name)}` " in SPEC]
    assert len(explained) == 15
    for kind in explained:
        assert {word.split(".")[-1] for word in words_of(kind.data)} - documented == set()


def test_the_refs_that_the_spec_explains_are_as_declared() -> None:
    section = SPEC.split("### 9.2")[1]
    rows = dict(re.findall(r"^\| `([a-z.]+)` [^|]+\| [^|]+ \| ([^|]+) \|$", section, re.M))
    for short, refs in rows.items():
        kind = EVENT_TYPES[f"zelian.{short}.v1"]
        if kind.refs_optional == frozenset(REF_NAMES):
            continue
        needed, _, allowed = refs.partition(";")
        assert set(re.findall(r"`(\w+)`", needed)) == kind.refs_required, short
        assert set(re.findall(r"`(\w+)`", allowed)) == kind.refs_optional, short


def test_the_spec_keeps_the_section_numbers_that_the_code_cites() -> None:
    headings = HEADING.findall(FENCE.sub("", text("spec.md")))
    numbers = [int(h.split(".")[0]) for h in headings if re.match(r"[0-9]\. ", h)]
    assert numbers == list(range(1, 10))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_relative_to(ROOT), link
        assert target.exists(), link
        if anchor:
            assert anchor in set(map(_anchor, HEADING.findall(target.read_text("utf-8")))), link


def _anchor(heading: str) -> str:
    """How a heading is linked to: lower case, hyphens for spaces, no punctuation."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_keep_to_themselves(page: Path) -> None:
    found = BANNED.findall(page.read_text(encoding="utf-8"))
    assert found == []


def test_each_page_is_linked_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    linked = set(LINK.findall(readme))
    assert {f"docs/{page.name}" for page in DOCS.glob("*.md")} <= linked
