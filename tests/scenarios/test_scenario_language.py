"""The scenario language: what it reads, what it refuses by file and line, and that it can fail."""

from pathlib import Path

import pytest

from tests.scenarios.ground import copy_ground, make_ground
from tests.scenarios.language import read_scenario
from tests.scenarios.lines import NotUnderstood, filled, lines_of
from tests.scenarios.play import Play
from tests.scenarios.steps import AllFindings, ClockIs, Command, Fsck, Owed, Telling, Unexpected
from tests.scenarios.telling import Names, event_of

BESIDE = Path(__file__).parent
END = """findings exactly:
obligations exactly:
the server stops
fsck verified
"""
USE = "MZ zhang handler says use.recorded use=MZ/u-1 item=GA/i-1"


def read(tmp_path: Path, body: str, end: str = END) -> Path:
    file = tmp_path / "story.txt"
    file.write_text(f"scenario A story\n{body}\n{end}", "utf-8")
    return file


def test_a_scenario_is_read_line_by_line(tmp_path: Path) -> None:
    body = f"""# told by nobody
2025-09-26 10:00
{USE} as used happened 2025-09-25 09:00  # a comment
  purpose_code: dibao
due O4 GA 2025-10-16 at used
"""
    end = END.replace("exactly:\nob", "exactly:\n  F1 MZ at used explained\nob")
    scenario = read_scenario(read(tmp_path, body, end))
    clock, told, owed, findings, _, _, fsck = scenario.steps
    assert scenario.title == "A story"
    assert isinstance(clock, ClockIs)
    assert clock.at == "2025-09-26T02:00:00.000Z"
    assert isinstance(told, Telling)
    assert (told.source, told.official, told.tier) == ("MZ", "zhang", "handler")
    assert told.refs == {"use": "MZ/u-1", "item": "GA/i-1"}
    assert (told.name, told.happened) == ("used", "2025-09-25T01:00:00.000Z")
    assert [line.number for line in told.line.inside] == [5]
    assert isinstance(owed, Owed)
    assert (owed.rule, owed.department, owed.day, owed.at) == ("O4", "GA", "2025-10-16", "used")
    assert isinstance(findings, AllFindings)
    assert [(one.ref, one.state) for one in findings.found] == [("MZ/F1-@used", "explained")]
    assert isinstance(fsck, Fsck)


def test_a_command_has_its_lines_and_its_exit_code(tmp_path: Path) -> None:
    end = END.replace("fsck", "$ zelian log --json exits 1\n  a  line\n  …\nfsck")
    command = read_scenario(read(tmp_path, "2025-09-26 10:00", end)).steps[-2]
    assert isinstance(command, Command)
    assert (command.args, command.code) == (("log", "--json"), 1)
    assert command.prints == ("a  line", "…")


@pytest.mark.parametrize(
    ("body", "number", "why"),
    [
        ("2025-13-26 10:00", 2, "is no time"),
        ("yesterday", 2, "not understood"),
        ("2025-09-26 10:00\nMZ zhang says use.recorded use=MZ/u-1", 3, "it should be"),
        ("MZ zhang handler says use.forgotten use=MZ/u-1", 2, "there is no type"),
        ("MZ zhang handler says use.recorded user=MZ/u-1", 2, "user is no ref"),
        (f"{USE} use=MZ/u-2", 2, "is there twice"),
        (f"{USE} as Used", 2, "is no name"),
        (f"{USE} as", 2, "it should be"),
        ("finding F3 MZ", 2, "it should be"),
        ("finding O4 MZ at used", 2, "it should be"),
        ("finding F3 MZ at used guilty", 2, "guilty is no state"),
        ("due O4 MZ tomorrow at used", 2, "is no day"),
        ("late O4 MZ 2025-10-16 at used", 2, "not understood"),
        ("state grants GA/g-1 active", 2, "it should be"),
        ("file GA/g-1", 2, "it should be"),
        ("official MZ zhang handler", 2, "it should be"),
        ("department MZ gov", 2, "it should be"),
        ("released MZ", 2, "it should be"),
        ("no findings", 2, "it should be"),
        ("the server starts", 2, "it should be"),
        ("SHJ xu sees verdict used", 2, "it should be"),
        ("fsck perhaps", 2, "it should be"),
        ("fsck failed", 2, "with rules under it"),
        ("system MZ\n  with: more", 3, "nothing belongs"),
        ("with nothing.forms", 2, "with FILE"),
        ("form share p\nsystem {p}", 2, "the form has no end"),
        ("form share p\nsystem {q}\nend\nshare MZ", 3, "the form has no q"),
        ("form share p\nsystem {p}\nend\nshare", 5, "the form wants p"),
        ("form share\nend\nform share\nend", 4, "a name of its own"),
    ],
)
def test_what_is_not_understood_names_its_line(
    tmp_path: Path, body: str, number: int, why: str
) -> None:
    with pytest.raises(NotUnderstood, match=rf"\Astory.txt:{number}: .*{why}"):
        read_scenario(read(tmp_path, body))


@pytest.mark.parametrize("lacking", END.splitlines())
def test_the_end_leaves_nothing_open(tmp_path: Path, lacking: str) -> None:
    with pytest.raises(NotUnderstood, match=r"\Astory.txt:1: "):
        read_scenario(read(tmp_path, "2025-09-26 10:00", END.replace(lacking, "")))


def test_forms_are_filled_in_and_stand_in_forms(tmp_path: Path) -> None:
    (tmp_path / "cast.forms").write_text("form keys p\nsystem {p}\nend\n", "utf-8")
    file = tmp_path / "story.txt"
    text = "with cast.forms\nform both p q\nkeys {p}\nkeys {q}\nend\nboth GA MZ\n"
    file.write_text(text, "utf-8")
    lines = list(filled(lines_of(file)))
    assert [line.text for line in lines] == ["system GA", "system MZ"]
    assert {(line.file, line.number) for line in lines} == {("cast.forms", 2)}


# Members


def event(tmp_path: Path, *told: str, names: Names | None = None) -> dict[str, object]:
    """Return the data of the event of one statement."""
    body = "2025-09-26 10:00\n" + "\n  ".join(told)
    step = read_scenario(read(tmp_path, body)).steps[1]
    assert isinstance(step, Telling)
    found: dict[str, object] = event_of(step, names or Names(), "test", "s-1", 0)["data"]
    return found


def test_members_are_values_of_their_kinds(tmp_path: Path) -> None:
    names = Names({"asked": 7}, {"asked": "a" * 64})
    found = event(
        tmp_path,
        "GA li handler says grant.issued grant=GA/g-1 item=GA/i-1 finding=MZ/F3-@asked",
        "parents: asked",
        "consumer: MZ",
        "scope.purpose_codes: one, two",
        "scope.from: 2025-09-26 10:00",
        "scope.to: 2026-09-26_10:00",
        "conditions + code=c-1 kind=scope",
        "conditions + code=c-2 kind=purpose",
        "feedback_days: 30",
        names=names,
    )
    assert found["refs"] == {"grant": "GA/g-1", "item": "GA/i-1", "finding": "MZ/F3-7"}
    assert found["parents"] == ["a" * 64]
    assert found["feedback_days"] == 30
    assert found["conditions"] == [
        {"code": "c-1", "kind": "scope"},
        {"code": "c-2", "kind": "purpose"},
    ]
    scope = found["scope"]
    assert isinstance(scope, dict)
    assert scope["purpose_codes"] == ["one", "two"]
    assert scope["from"] == "2025-09-26T02:00:00.000Z"
    assert scope["to"] == "2026-09-26T02:00:00.000Z"
    assert scope["channels"] == ["api"]  # as in the example of the type
    assert "schedule" not in found  # what a type may do without is not in it


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (["purposes: dibao"], "there is no member purposes"),
        (["purpose_code dibao"], "a member is NAME: VALUE"),
        (["purpose_code: a", "purpose_code: b"], "said twice"),
        (["purpose_code.deep: a"], "has no members"),
        (["fields + name=a"], "is no list of objects"),
        (["records: many"], "is no number"),
        (["data_as_of: today"], "is no time"),
        (["subject_ref: 1234"], "a digest is"),
        (["parents: nobody"], "no statement before is called nobody"),
        (["refs: none"], "refs are not said here"),
        (["purpose: x"], "purpose_code must be said"),
    ],
)
def test_members_that_are_none_are_refused(tmp_path: Path, told: list[str], why: str) -> None:
    with pytest.raises(NotUnderstood, match=why):
        event(tmp_path, USE, *told)


# What is otherwise than a scenario says


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_ground(tmp_path_factory.mktemp("ground") / "home")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("g-assessment-back-dated", "finding F17 GX at risk\n", ""),
        ("g-assessment-back-dated", "  F17 GX at risk\n", ""),
        ("g-assessment-back-dated", "  F13 FG at sent-1", "  F13 FG at sent-1 explained"),
        ("g-assessment-back-dated", "  due O11 GX 2026-05-12", "  due O11 GX 2026-05-11"),
        ("g-assessment-back-dated", "  overdue O11 GX 2026-04-09 at risk\n", ""),
        ("g-assessment-back-dated", "meng misses finding F17", "meng sees finding F17"),
        ("g-assessment-back-dated", "meng misses finding F17", "meng misses finding F18"),
        ("g-assessment-back-dated", "sent-1 before entry risk", "risk before entry sent-1"),
        ("h-anonymous-complaint", "refused schema", "refused forbidden_content"),
        ("h-anonymous-complaint", "SC/cp-1 received", "SC/cp-1 answered"),
        ("h-anonymous-complaint", "nowhere 13912345678", "nowhere mode"),
        ("h-anonymous-complaint", "nowhere 13912345678", "nowhere forbidden_content"),
        ("h-anonymous-complaint", "nowhere 13912345678", "nowhere 登记被驳回"),
        ("j-row-edited", "  I8 at used-1\n\n", "\n"),
        ("j-row-edited", "verify ledger exits 1", "verify ledger"),
    ],
)
def test_what_is_otherwise_is_seen(
    tmp_path: Path,
    ground: Path,
    capfd: pytest.CaptureFixture[str],
    file: str,
    old: str,
    new: str,
) -> None:
    text = (BESIDE / f"{file}.txt").read_text("utf-8")
    assert old in text
    (tmp_path / "arranged.forms").symlink_to(BESIDE / "arranged.forms")
    story = tmp_path / "story.txt"
    story.write_text(text.replace(old, new, 1), "utf-8")
    home = copy_ground(ground, tmp_path / "home")
    with pytest.raises(Unexpected, match=r"\Astory.txt:\d+: "):
        Play(read_scenario(story), home, lambda: "".join(capfd.readouterr())).run()
