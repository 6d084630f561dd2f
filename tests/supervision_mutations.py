"""Mutations of supervision, counted: ``python -m tests.supervision_mutations``.

Each rule is emptied, which each of its positive fixtures must notice; each is made to
find something always, which each negative must; and each part of each clock is emptied,
which a story of the clocks must. The tests of rules and of obligations assert the same;
here it is printed, and what survives is named.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest import mock

from ledger.builtin_fixtures import fixtures
from ledger.supervision.obligations import KINDS
from ledger.supervision.rule import Found
from ledger.supervision.rules import RULES
from ledger.supervision.scene import Scene
from tests.unit.supervision.clock_story import wrong
from tests.unit.supervision.test_obligations import PARTS, TOLD
from tests.unit.supervision.test_rules import judged


def _nothing(*_args: Any) -> tuple[()]:
    return ()


def _empty(_scene: Scene) -> Iterator[Found]:
    yield from ()


def _always(scene: Scene) -> Iterator[Found]:
    yield Found(scene.said.source, {})


def rules() -> Iterator[tuple[str, bool]]:
    """Yield each mutation of a rule under a fixture, and whether the fixture noticed."""
    for rule in RULES:
        fixture = fixtures()[rule.id]
        for judge, kind in ((_empty, "positive"), (_always, "negative")):
            for number, story in enumerate(getattr(fixture, kind), 1):
                found = judged(replace(rule, judge=judge), story)
                yield f"{rule.id} {kind} {number}", found != list(story.found)


def clocks() -> Iterator[tuple[str, bool]]:
    """Yield each part of a clock, and whether a story noticed that it was emptied."""
    for kind, table, type_ in PARTS:
        with mock.patch.dict(getattr(KINDS[kind], table), {type_: _nothing}):
            yield f"{kind} {table} {type_}", any(wrong(story) for _, story in TOLD)


def _counted(name: str, done: list[tuple[str, bool]]) -> list[str]:
    survived = [mutation for mutation, noticed in done if not noticed]
    print(f"{name}: {len(done)} mutations, {len(done) - len(survived)} noticed")
    for mutation in survived:
        print(f"  survived: {mutation}")
    return survived


def main() -> int:
    """Print the counts; return 1 where a mutation survived."""
    made = list(rules())
    survived = [
        *_counted("rules emptied", [one for one in made if " positive " in one[0]]),
        *_counted("rules that always find", [one for one in made if " negative " in one[0]]),
        *_counted("parts of clocks emptied", list(clocks())),
    ]
    ids = {kind.id for kind in KINDS.values()}
    print(f"{len(RULES)} rules; {len(KINDS)} kinds of obligations under {len(ids)} clocks")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
