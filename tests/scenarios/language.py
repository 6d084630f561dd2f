"""Read a scenario: plain text, a line for each thing that happens or is expected.

What the words mean is told in docs/scenarios.md. Whatever is not understood is an error
that names its file and line; nothing is guessed and nothing is passed over.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from crypto.notation import format_time, parse_time
from ledger.events.declare import REF_NAMES
from ledger.events.types import EVENT_TYPES
from tests.scenarios.lines import Line, NotUnderstood, filled, lines_of
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
)

CHINA = timedelta(hours=8)
OWED = (
    "due", "due_soon", "overdue", "overdue_reason_not_assessed", "fulfilled", "fulfilled_late",
    "cancelled", "never_came", "undetermined",
)  # fmt: skip
FOUND = ("raised", "explained", "confirmed", "cleared", "withdrawn")
_NAME = re.compile(r"\A[a-z][a-z0-9-]*\Z")
_RULE = re.compile(r"\AF\d+\Z")
_CLOCK = re.compile(r"\A\d{4}-\d\d-\d\d \d\d:\d\d\Z")
_DAY = re.compile(r"\A(\d{4}-\d\d-\d\d|[a-z0-9]+-\d{4})\Z")


def read_scenario(file: Path) -> Scenario:
    """Read one file; raise NotUnderstood."""
    lines = iter(filled(lines_of(file)))
    first = next(lines)
    if first.words[:1] != ["scenario"]:
        raise NotUnderstood(first, "a scenario begins with its title")
    scenario = Scenario(first.text.partition(" ")[2])
    for line in lines:
        scenario.add(_step(line))
    _check_end(scenario, first)
    return scenario


def _check_end(scenario: Scenario, first: Line) -> None:
    """See to it that nothing is left open: all findings and obligations told, and a check."""
    kinds = [type(step) for step in scenario.steps]
    for one in (AllFindings, AllOwed, Stops):
        if kinds.count(one) != 1:
            raise NotUnderstood(first, f"{one.__name__} must be told once")
    if kinds[-1] is not Fsck:
        raise NotUnderstood(first, "a scenario ends with fsck")


def _step(line: Line) -> Step:
    if _CLOCK.match(line.text):
        return ClockIs(line, time_of(line, line.text))
    words = line.words
    if "says" in words:
        return _telling(line, words)
    if len(words) > 2 and words[2] in ("sees", "misses"):
        return _sees(line, words)
    known = _owed if words[0] in OWED else _READERS.get(words[0])
    if known is None:
        raise NotUnderstood(line, "not understood")
    return known(line, words)


def time_of(line: Line, china: str) -> str:
    """Return the T of a time in China, ``2025-09-26 10:00``."""
    try:
        local = datetime.strptime(china, "%Y-%m-%d %H:%M")
    except ValueError:
        raise NotUnderstood(line, f"{china!r} is no time such as 2025-09-26 10:00") from None
    utc = local - CHINA
    return format_time(parse_time(f"{utc:%Y-%m-%dT%H:%M}:00.000Z"))


def _wants(line: Line, holds: object, form: str) -> None:
    if not holds:
        raise NotUnderstood(line, f"it should be: {form}")


def _bare(line: Line) -> None:
    if line.inside:
        raise NotUnderstood(line.inside[0], "nothing belongs under the line before it")


def _telling(line: Line, words: list[str]) -> Telling:
    form = "DEPARTMENT OFFICIAL TIER says TYPE ref=… [as NAME] [happened DAY TIME]"
    speaker, rest = words[: words.index("says")], words[words.index("says") + 1 :]
    system = len(speaker) == 2 and speaker[1] == "system"
    _wants(line, (system or len(speaker) == 3) and rest, form)
    kind = rest.pop(0)
    if f"zelian.{kind}.v1" not in EVENT_TYPES:
        raise NotUnderstood(line, f"there is no type {kind}")
    refs: dict[str, str] = {}
    name = happened = refused = None
    while rest:
        word = rest.pop(0)
        if word == "as" and rest:
            name = _named(line, rest.pop(0))
        elif word == "happened" and len(rest) > 1:
            happened = time_of(line, f"{rest.pop(0)} {rest.pop(0)}")
        elif word == "refused" and rest:
            refused = rest.pop(0)
        else:
            ref, equals, value = word.partition("=")
            _wants(line, equals and value, form)
            if ref not in REF_NAMES or ref in refs:
                raise NotUnderstood(line, f"{ref} is no ref, or is there twice")
            refs[ref] = value
    official, tier = (None, None) if system else (speaker[1], speaker[2])
    return Telling(line, speaker[0], official, tier, kind, refs, name, happened, refused)


def _named(line: Line, name: str) -> str:
    if not _NAME.match(name):
        raise NotUnderstood(line, f"{name!r} is no name for a statement")
    return name


def _sees(line: Line, words: list[str]) -> Sees:
    form = "DEPARTMENT OFFICIAL sees|misses finding RULE DEPARTMENT at NAME, entry NAME, KIND REF"
    _bare(line)
    _wants(line, len(words) > 4, form)
    department, official, does, what, *rest = words
    if what == "finding":
        found = _found(line, rest)
        ref = found.ref
    else:
        _wants(line, len(rest) == 1 and (what == "entry" or what in REF_NAMES), form)
        ref = f"@{rest[0]}" if what == "entry" else rest[0]
    return Sees(line, department, official, does == "sees", what, ref)


def _department(line: Line, words: list[str]) -> Department:
    _bare(line)
    _wants(line, len(words) == 5, "department ID KIND REGION NAME")
    return Department(line, *words[1:])


def _official(line: Line, words: list[str]) -> Official:
    _bare(line)
    form = "official DEPARTMENT ID TIER,TIER POST [since DAY TIME]"
    _wants(line, len(words) == 5 or (len(words) == 8 and words[5] == "since"), form)
    since = f"{words[6]} {words[7]}" if len(words) == 8 else "2010-01-01 00:00"
    tiers = tuple(words[3].split(","))
    return Official(line, words[1], words[2], tiers, words[4], time_of(line, since))


def _released(line: Line, words: list[str]) -> Released:
    _bare(line)
    _wants(line, len(words) == 3, "released DEPARTMENT OFFICIAL")
    return Released(line, words[1], words[2])


def _system(line: Line, words: list[str]) -> System:
    _bare(line)
    _wants(line, len(words) == 2, "system DEPARTMENT")
    return System(line, words[1])


def _found(line: Line, words: list[str]) -> Finding:
    form = "RULE DEPARTMENT at NAME [STATE]"
    _wants(line, len(words) in (4, 5) and words[2] == "at" and _RULE.match(words[0]), form)
    state = words[4] if len(words) == 5 else "raised"
    if state not in FOUND:
        raise NotUnderstood(line, f"{state} is no state of a finding")
    return Finding(line, words[0], words[1], _named(line, words[3]), state)


def _finding(line: Line, words: list[str]) -> Finding:
    _bare(line)
    return _found(line, words[1:])


def _no(line: Line, _words: list[str]) -> NoOthers:
    _bare(line)
    _wants(line, line.text == "no other findings", "no other findings")
    return NoOthers(line)


def _owed(line: Line, words: list[str]) -> Owed:
    _bare(line)
    form = f"STATE RULE DEPARTMENT DAY at NAME, with one of {', '.join(OWED)}"
    _wants(line, len(words) == 6 and words[4] == "at" and words[0] in OWED, form)
    if not _DAY.match(words[3]):
        raise NotUnderstood(line, f"{words[3]} is no day and no calendar")
    return Owed(line, words[0], words[1], words[2], words[3], _named(line, words[5]))


def _state(line: Line, words: list[str]) -> StateIs:
    _bare(line)
    form = "state KIND REF STATE [told to DEPARTMENT]"
    told = len(words) == 7 and words[4:6] == ["told", "to"]
    _wants(line, (told or len(words) == 4) and words[1] in REF_NAMES, form)
    owner = words[2].partition("/")[0]
    return StateIs(line, words[1], words[2], words[3], words[6] if told else owner)


def _file(line: Line, words: list[str]) -> FileIs:
    _bare(line)
    form = "file GRANT lacks PART … or file GRANT lacks nothing"
    _wants(line, len(words) > 3 and words[2] == "lacks", form)
    return FileIs(line, words[1], () if words[3:] == ["nothing"] else tuple(words[3:]))


def _before(line: Line, words: list[str]) -> Before:
    _bare(line)
    form = "entry NAME before entry NAME"
    _wants(line, len(words) == 5 and words[2:4] == ["before", "entry"], form)
    return Before(line, _named(line, words[1]), _named(line, words[4]))


def _trace(line: Line, words: list[str]) -> Traced:
    _bare(line)
    form = "trace ACT told to DEPARTMENT [defect ROW] is FILE"
    _wants(line, len(words) in (7, 9) and words[2:4] == ["told", "to"] and words[-2] == "is", form)
    _wants(line, len(words) == 7 or words[5] == "defect", form)
    return Traced(line, words[1], words[4], words[6] if len(words) == 9 else None, words[-1])


def _code(line: Line, words: list[str]) -> CodeOpens:
    _bare(line)
    _wants(line, len(words) == 5 and words[2] == "opens", "code CODE opens COMPLAINT STATE")
    return CodeOpens(line, words[1], words[3], words[4])


def _findings(line: Line, _words: list[str]) -> AllFindings:
    _wants(line, line.text == "findings exactly:", "findings exactly:")
    return AllFindings(line, tuple(_found(one, one.words) for one in line.inside))


def _obligations(line: Line, _words: list[str]) -> AllOwed:
    _wants(line, line.text == "obligations exactly:", "obligations exactly:")
    return AllOwed(line, tuple(_owed(one, one.words) for one in line.inside))


def _stops(line: Line, _words: list[str]) -> Stops:
    _bare(line)
    _wants(line, line.text == "the server stops", "the server stops")
    return Stops(line)


def _command(line: Line, words: list[str]) -> Command:
    code = 0
    if len(words) > 3 and words[-2] == "exits":
        _wants(line, words[-1].isdigit(), "$ zelian … [exits NUMBER]")
        code, words = int(words[-1]), words[:-2]
    _wants(line, words[1:2] == ["zelian"], "$ zelian … [exits NUMBER]")
    return Command(line, tuple(words[2:]), code, tuple(one.text for one in line.inside))


def _meddles(line: Line, words: list[str]) -> Meddles:
    _bare(line)
    _wants(line, len(words) > 1, "dba: SQL")
    return Meddles(line, line.text.partition(" ")[2])


def _nowhere(line: Line, words: list[str]) -> Nowhere:
    _bare(line)
    _wants(line, len(words) > 1, "nowhere TEXT")
    return Nowhere(line, line.text.partition(" ")[2])


def _fsck(line: Line, words: list[str]) -> Fsck:
    _wants(line, words[1:] in (["verified"], ["failed"]), "fsck verified, or fsck failed")
    found = []
    for one in line.inside:
        rule, at, name = [*one.words, "", ""][:3]
        _wants(one, at == "at" and len(one.words) == 3, "RULE at NAME, or at a number")
        found.append((rule, name if name.isdigit() else _named(one, name)))
    _wants(line, bool(found) == (words[1] == "failed"), "fsck failed, with rules under it")
    return Fsck(line, words[1], tuple(found))


_READERS: Mapping[str, Callable[[Line, list[str]], Step]] = {
    "department": _department,
    "official": _official,
    "released": _released,
    "system": _system,
    "finding": _finding,
    "no": _no,
    "state": _state,
    "file": _file,
    "entry": _before,
    "code": _code,
    "trace": _trace,
    "findings": _findings,
    "obligations": _obligations,
    "the": _stops,
    "$": _command,
    "dba:": _meddles,
    "nowhere": _nowhere,
    "fsck": _fsck,
}
