"""``zelian roles``: who says which statements, who reads them, what each address gives whom.

Printed from the code that decides. The tables that were written by hand before it
(``tests/roles``) are compared with the same.
"""

from collections import Counter
from collections.abc import Iterator

from cli.command import command
from cli.invocation import NOWHERE, here
from cli.output import data, data_json, table
from cli.speech import pick
from ledger.access.reader import READERS, SIGHTS
from ledger.access.rights import RIGHTS
from ledger.events.speakers import ROLES
from ledger.events.types import EVENT_TYPES


@command(
    "Print who says and who reads what: the roles, and what each may do.",
    "列出各角色可作何种陈述、可读取哪些内容。",
    name="roles",
    options=NOWHERE,
)
def roles() -> None:
    """Print who says and who reads what."""
    if here().as_json:
        data_json({"says": says(), "sees": sees(), "gets": gets()})
        return
    _section(pick("Who says what", "各类陈述由谁作出"), _saying())
    _section(pick("Which statements a role reads", "各角色可读取的陈述"), _seeing())
    _section(pick("What an address gives", "各地址的返回内容"), _getting())


def says() -> dict[str, dict[str, bool]]:
    """Whether a role says a type; what a department says of its own words is apart."""
    return {
        name: {role: role in kind.speakers for role in ROLES} for name, kind in EVENT_TYPES.items()
    }


def sees() -> dict[str, list[str]]:
    """The words that open statements to a role."""
    return {role: list(SIGHTS[role]) for role in READERS}


def gets() -> dict[str, dict[str, str]]:
    """What each role gets at each address."""
    return {route: {role: right[role] for role in READERS} for route, right in RIGHTS.items()}


def _section(title: str, rows: Iterator[tuple[str, ...]]) -> None:
    data(title)
    for line in table(rows):
        data(line)
    data("")


def _saying() -> Iterator[tuple[str, ...]]:
    for name, kind in EVENT_TYPES.items():
        own = [pick("(whoever spoke it)", "（原陈述者）")] if kind.by_author else []
        said_by = [role for role in ROLES if role in kind.speakers]
        yield name.removeprefix("zelian.").removesuffix(".v1"), kind.voice, " ".join(said_by + own)


def _seeing() -> Iterator[tuple[str, ...]]:
    for role, words in sees().items():
        yield role, " ".join(words) or pick("nothing", "无")


def _getting() -> Iterator[tuple[str, ...]]:
    """What most roles get stands first; then each other word, with the roles that get it."""
    for route, right in gets().items():
        counts = Counter(right.values())
        (most, _), *others = counts.most_common()
        told = [f"{word}: {' '.join(r for r in right if right[r] == word)}" for word, _ in others]
        yield route, "; ".join([most, *told])
