"""Play a scenario: say what it says over HTTP, and see whether what it expects is so.

Each step that expects something is read with the keys of those whom it concerns, so
that sight and the time to explain are those of the service. Once the server has
stopped, the home itself is asked, and must tell the same.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from crypto.notation import format_time, parse_time
from crypto.statement import read_statement, sign_statement
from ledger.shares_views import PLURALS
from tests.golden_lines import golden_lines
from tests.scenarios.ground import Registrar, key_of
from tests.scenarios.lines import NotUnderstood
from tests.scenarios.served import MOST, Answer, Caller, Server
from tests.scenarios.steps import (
    AllFindings,
    AllOwed,
    Before,
    ClockIs,
    CodeOpens,
    Command,
    Department,
    FileIs,
    Finding,
    Fsck,
    Meddles,
    NoOthers,
    Nowhere,
    Official,
    Owed,
    Released,
    Scenario,
    Sees,
    StateIs,
    Step,
    Stops,
    System,
    Telling,
    Traced,
    differs,
)
from tests.scenarios.stopped import StoppedHome
from tests.scenarios.telling import Names, event_of
from tests.world import ORIGIN, Clock

_REASONS = {"audit": "audit", "supervisory": "inquiry", "procuratorate": "procuratorial"}
_SECOND_MS = 1_000
GOLDEN = Path("tests/golden")  # reports that were read against their stories
Found = tuple[str, str]  # a finding's ref and state
Owes = tuple[str, str, str, str, int]  # state, rule, department, day or calendar, entry


class Play:
    """One scenario on a home of its own.

    Args:
        printed: what has been printed since it was last asked, by whatever runs here.
    """

    def __init__(self, scenario: Scenario, home: Path, printed: Callable[[], str]) -> None:
        self._scenario = scenario
        first = next(step for step in scenario.steps if isinstance(step, ClockIs))
        self._clock = Clock(parse_time(first.at))
        self._server: Server | None = Server(home, self._clock)
        self._caller = Caller(self._server.port, self._clock, ORIGIN)
        self._names, self._ids, self._registrar = Names(), count(), Registrar()
        self._stopped = StoppedHome(home, self._names, printed)
        self._kinds: dict[str, str] = {}  # of departments
        self._readers: dict[str, str | None] = {}  # who reads for a department: None, its system
        self._told: set[str] = set()  # findings that were named so far
        self._findings: set[Found] = set()
        self._owed: list[Owes] = []
        self._until = ""  # T at which the server stopped
        self._do: Mapping[type[Step], Callable[[Any], None]] = {
            ClockIs: self._turn, Department: self._register, Official: self._appoint,
            Released: self._release, System: self._enrol, Telling: self._tell,
            Finding: self._see_finding, NoOthers: self._see_no_others, Owed: self._see_owed,
            StateIs: self._see_state, FileIs: self._see_file, Sees: self._see,
            Before: self._see_order, CodeOpens: self._open, AllFindings: self._see_findings,
            AllOwed: self._see_all_owed, Stops: self._stop, Command: self._stopped.run,
            Meddles: self._stopped.meddle, Nowhere: self._stopped.see_nowhere,
            Fsck: self._stopped.check, Traced: self._trace,
        }  # fmt: skip

    def run(self) -> None:
        """Take every step; raise Unexpected with its line where something is otherwise."""
        try:
            for step in self._scenario.steps:
                self._do[type(step)](step)
        finally:
            self._end()

    # What happens

    def _turn(self, step: ClockIs) -> None:
        at = parse_time(step.at)
        if at < self._clock.now_ms:
            raise NotUnderstood(step.line, "the clock does not run back")
        self._clock.now_ms = at

    def _id(self) -> str:
        return f"s-{next(self._ids):06d}"

    def _post(self, step: Step, raw: bytes) -> int:
        """Post a statement that is to be logged; return its entry."""
        answer = self._caller.post("/api/v1/statements", raw)
        if answer.status != 201:
            differs(step, f"it was refused: {answer.body}")
        self._clock.turn(_SECOND_MS)
        index: int = read_index(answer)
        self._caller.size = index + 1
        return index

    def _register(self, step: Department) -> None:
        self._kinds[step.id] = step.kind
        self._post(step, self._registrar.department(step, self._id(), self._clock.now_ms))

    def _appoint(self, step: Official) -> None:
        self._readers.setdefault(step.department, step.id)
        self._post(step, self._registrar.official(step, self._id(), self._clock.now_ms))
        self._key(step, step.department, step.id)

    def _enrol(self, step: System) -> None:
        self._readers.setdefault(step.department, None)
        self._key(step, step.department, None)

    def _key(self, step: Step, department: str, official: str | None) -> None:
        raw = self._registrar.key(department, official, self._id(), self._clock.now_ms)
        self._post(step, raw)

    def _release(self, step: Released) -> None:
        now = self._clock.now_ms
        raw = self._registrar.release(step.department, step.id, format_time(now), self._id(), now)
        self._post(step, raw)
        if self._readers.get(step.department) == step.id:
            del self._readers[step.department]

    def _tell(self, step: Telling) -> None:
        event = event_of(step, self._names, ORIGIN, self._id(), self._clock.now_ms)
        raw = sign_statement(event, [key_of(step.source, step.official)])
        if step.refused is not None:
            answer = self._caller.post("/api/v1/statements", raw)
            if answer.status == 201 or answer.body["code"] != step.refused:
                differs(step, f"{answer.status} {answer.body}")
            return
        index = self._post(step, raw)
        if step.name is not None:
            self._names.note(step.line, step.name, index, read_statement(raw).digest.hex())

    # What is so

    def _ask(self, step: Step, path: str, department: str, /, **query: Any) -> Any:
        """Return what the first official of a department is told."""
        if department not in self._readers:
            raise NotUnderstood(step.line, f"{department} has nobody who reads")
        query |= {"wait_for": self._caller.size}
        answer = self._read(path, department, self._readers[department], **query)
        if answer.status != 200:
            differs(step, f"{answer.status} {answer.body}")
        return answer.body

    def _read(self, path: str, department: str, official: str | None, /, **query: Any) -> Answer:
        reason = _REASONS.get(self._kinds[department])
        return self._caller.get(f"/api/v1{path}", key_of(department, official), reason, **query)

    def _named(self, step: Finding) -> str:
        return self._names.put(step.line, step.ref)

    def _see_finding(self, step: Finding) -> None:
        ref = self._named(step)
        self._told.add(ref)
        found = self._ask(step, f"/findings/{ref}", step.department)["finding"]
        if found["state"] != step.state:
            differs(step, f"it is {found['state']}")

    def _found(self, step: Step) -> set[Found]:
        """Return every finding, as the departments concerned are told of their own."""
        found = set()
        for department in self._readers:
            page = self._ask(step, "/findings", department, department=department, limit=MOST)
            found |= {(one["ref"], one["state"]) for one in page["findings"]}
        return found

    def _see_no_others(self, step: NoOthers) -> None:
        others = {ref for ref, _ in self._found(step)} - self._told
        if others:
            differs(step, self._spelled(others))

    def _spelled(self, refs: Iterable[str]) -> str:
        """Return refs of findings with the names of their entries."""
        by_entry = {str(entry): name for name, entry in self._names.entries.items()}
        return ", ".join(
            f"{ref} at {by_entry.get(ref.split('-')[-1], '?')}" for ref in sorted(refs)
        )

    def _see_findings(self, step: AllFindings) -> None:
        self._findings = {(self._named(one), one.state) for one in step.found}
        self._same(step, self._found(step))

    def _same(self, step: Step, found: set[Found]) -> None:
        lacking, more = self._findings - found, found - self._findings
        if lacking or more:
            told = {f"{ref} {state}" for ref, state in more}
            differs(
                step,
                f"not there: {sorted(lacking)}; not told: {sorted(told)} "
                f"({self._spelled(ref for ref, _ in more)})",
            )

    def _see_owed(self, step: Owed) -> None:
        owed = self._owes(step, step.department)
        if self._expected(step) not in owed:
            near = [one for one in owed if one[1] == step.rule]
            differs(step, f"there are {near}")

    def _expected(self, step: Owed) -> Owes:
        entry = self._names.entry(step.line, step.at)
        return step.state, step.rule, step.department, step.day, entry

    def _owes(self, step: Step, department: str) -> list[Owes]:
        path = f"/departments/{department}/obligations"
        page = self._ask(step, path, department, limit=MOST)
        return [_owes(one) for one in page["obligations"]]

    def _see_all_owed(self, step: AllOwed) -> None:
        self._owed = sorted(map(self._expected, step.owed))
        self._same_owed(step, [one for who in self._readers for one in self._owes(step, who)])

    def _same_owed(self, step: Step, owed: Iterable[Owes]) -> None:
        found = sorted(owed)
        if found != self._owed:
            by_entry = {entry: name for name, entry in self._names.entries.items()}
            lacking = [one for one in self._owed if one not in found]
            lines = [
                f"  {state} {rule} {who} {day} at {by_entry.get(entry, entry)}"
                for state, rule, who, day, entry in found
                if (state, rule, who, day, entry) not in self._owed
            ]
            differs(step, "\n".join([f"not there: {lacking}; not told:", *lines]))

    def _see_state(self, step: StateIs) -> None:
        found = self._ask(step, f"/{_PLURAL[step.kind]}/{step.ref}", step.told)["thing"]
        if found["state"] != step.state:
            differs(step, f"it is {found['state']}")

    def _see_file(self, step: FileIs) -> None:
        owner = step.ref.partition("/")[0]
        found = self._ask(step, f"/grants/{step.ref}/file", owner)["lacking"]
        if found != list(step.lacking):
            differs(step, f"it lacks {found}")

    def _trace(self, step: Traced) -> None:
        path = f"/acts/{step.act}/responsibility"
        asked = {} if step.defect is None else {"defect": step.defect}
        report = self._ask(step, path, step.told, **asked)
        by_entry = {entry: name for name, entry in self._names.entries.items()}
        lines = golden_lines(report, lambda index: by_entry.get(index, f"entry-{index}"))
        found = "\n".join(lines) + "\n"
        file = GOLDEN / f"{step.file}.txt"
        if not file.exists() or found != file.read_text("utf-8"):
            differs(step, found)

    def _see(self, step: Sees) -> None:
        ref = self._names.put(step.line, step.ref)
        path = f"/findings/{ref}" if step.what == "finding" else f"/entries/{ref.lstrip('@')}"
        if step.what in _PLURAL:
            path = f"/{_PLURAL[step.what]}/{ref}"
        if step.what == "entry":
            self._ask(step, "/items", next(iter(self._readers)), limit=1)  # waits for what is there
        else:
            self._ask(step, path, ref.partition("/")[0])  # it is there, for whom it concerns
        answer = self._read(path, step.department, step.official)
        shown = answer.status == 200 and (step.what != "entry" or "statement" in answer.body)
        if answer.status not in (200, 404) or shown != step.does:
            differs(step, f"{answer.status} {answer.body}")

    def _see_order(self, step: Before) -> None:
        first, second = (self._names.entry(step.line, one) for one in (step.first, step.second))
        if first >= second:
            differs(step, f"they are entries {first} and {second}")

    def _open(self, step: CodeOpens) -> None:
        answer = self._caller.post("/api/v1/answers", f'{{"code":"{step.code}"}}'.encode())
        told = {one["complaint"]: one["state"] for one in answer.body.get("complaints", ())}
        if told != {step.ref: step.state}:
            differs(step, f"{answer.status} {answer.body}")

    # Once the server has stopped

    def _stop(self, step: Stops) -> None:
        """Stop it, and see that the home tells of itself what the server told."""
        self._until = format_time(self._clock.now_ms)
        self._end()
        asked = ("--json", "--limit", MOST)
        found = self._stopped.json(step, "findings", "--at", self._until, *asked)
        self._same(step, {(one["ref"], one["state"]) for one in found})
        owed = self._stopped.json(step, "obligations", "--all", "--as-of", self._until, *asked)
        self._same_owed(step, map(_owes, owed))

    def _end(self) -> None:
        if self._server is not None:
            self._caller.close()
            self._server.stop()
            self._server = None


_PLURAL = {kind: plural for plural, kind in PLURALS.items()}


def read_index(answer: Answer) -> int:
    """Return the entry that a receipt is for."""
    index: int = json.loads(answer.body["header"])["index"]
    return index


def _owes(one: Mapping[str, Any]) -> Owes:
    day = one.get("due_day") or one.get("missing_calendar") or "-"
    return one["state"], one["rule"], one["department"], str(day), one["entry"]
