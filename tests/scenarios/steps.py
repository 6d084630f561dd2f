"""What a scenario can say, one kind of step each; ``language`` reads them from lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from tests.scenarios.lines import Line


@dataclass(frozen=True)
class Step:
    """One thing that a scenario says; ``line`` is where."""

    line: Line


@dataclass(frozen=True)
class ClockIs(Step):
    """The ledger's clock is turned to the T *at*."""

    at: str


@dataclass(frozen=True)
class Department(Step):
    """A department is registered."""

    id: str
    kind: str
    region: str
    name: str


@dataclass(frozen=True)
class Official(Step):
    """An official is appointed and his key enrolled; ``since`` is a T."""

    department: str
    id: str
    tiers: tuple[str, ...]
    post: str
    since: str


@dataclass(frozen=True)
class Released(Step):
    """An official leaves his post."""

    department: str
    id: str


@dataclass(frozen=True)
class System(Step):
    """A system key of a department is enrolled."""

    department: str


@dataclass(frozen=True)
class Telling(Step):
    """A statement.

    Attributes:
        official, tier: None: the department's system speaks for itself.
        kind: short name of its type, as ``use.recorded``.
        name: by which later lines mean it.
        happened: T that it claims; None: that of the clock.
        refused: the code with which it is refused; None: it is logged.
    """

    source: str
    official: str | None
    tier: str | None
    kind: str
    refs: Mapping[str, str]
    name: str | None
    happened: str | None
    refused: str | None


@dataclass(frozen=True)
class Finding(Step):
    """What a rule found at the entry of a statement, as it stands."""

    rule: str
    department: str
    at: str
    state: str

    @property
    def ref(self) -> str:
        return f"{self.department}/{self.rule}-@{self.at}"


@dataclass(frozen=True)
class NoOthers(Step):
    """There is no finding but those that were named so far."""


@dataclass(frozen=True)
class Owed(Step):
    """An obligation that the entry of a statement started, as it stands.

    Attributes:
        day: the day in China on which it is due, or the calendar that is missing.
    """

    state: str
    rule: str
    department: str
    day: str
    at: str


@dataclass(frozen=True)
class StateIs(Step):
    """The state of a thing, as a department is told it."""

    kind: str
    ref: str
    state: str
    told: str


@dataclass(frozen=True)
class FileIs(Step):
    """The file of a grant, and which of its parts lack something."""

    ref: str
    lacking: tuple[str, ...]


@dataclass(frozen=True)
class Sees(Step):
    """Whether somebody is shown something: a finding, an entry or a thing."""

    department: str
    official: str
    does: bool
    what: str
    ref: str


@dataclass(frozen=True)
class Before(Step):
    """Of two statements, which the ledger took in first."""

    first: str
    second: str


@dataclass(frozen=True)
class Traced(Step):
    """What a department reads of who answers for an act, as a file in ``tests/golden`` has it.

    Attributes:
        defect: a row of the matrix; None: none is asked about.
    """

    act: str
    told: str
    defect: str | None
    file: str


@dataclass(frozen=True)
class CodeOpens(Step):
    """What a claim code opens."""

    code: str
    ref: str
    state: str


@dataclass(frozen=True)
class AllFindings(Step):
    """Every finding that there is."""

    found: tuple[Finding, ...]


@dataclass(frozen=True)
class AllOwed(Step):
    """Every obligation that there is."""

    owed: tuple[Owed, ...]


@dataclass(frozen=True)
class Stops(Step):
    """The server stops."""


@dataclass(frozen=True)
class Command(Step):
    """A command on the home, and what it prints."""

    args: tuple[str, ...]
    code: int
    prints: tuple[str, ...]


@dataclass(frozen=True)
class Meddles(Step):
    """Somebody with the database does to it what he likes."""

    sql: str


@dataclass(frozen=True)
class Nowhere(Step):
    """Words that stand in no file of the home."""

    text: str


@dataclass(frozen=True)
class Fsck(Step):
    """What the check of the whole ledger comes to, and which rules it tells of which entries."""

    verdict: str
    found: tuple[tuple[str, str], ...]


@dataclass
class Scenario:
    """A story, step by step."""

    title: str
    steps: list[Step] = field(default_factory=list)

    def add(self, step: Step) -> None:
        self.steps.append(step)


class Unexpected(AssertionError):
    """Something is not as a line of the scenario says."""


def differs(step: Step, how: str) -> NoReturn:
    """Raise Unexpected with the line of a step, and how things are instead."""
    line = step.line
    raise Unexpected(f"{line.file}:{line.number}: {line.text}\n{how}")
