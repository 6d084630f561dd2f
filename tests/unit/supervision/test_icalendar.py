"""Obligations as members in two languages, and as an iCalendar file."""

import json

import pytest

from ledger.supervision.icalendar import escape, fold_line, icalendar
from ledger.supervision.obligation import known
from ledger.supervision.obligation_members import COLUMNS, obligation_members
from ledger.supervision.obligation_words import STATES, WHYS
from ledger.supervision.obligations import KINDS
from tests.unit.supervision.clock_story import FOLDER, Clocks, stories, time_of

AT = "2025-10-17_00:00"
BODY = Clocks(stories("o1_reply")[0]).tell(stories("o1_reply")[0].said).obligation("GA/O1-1") or {}
EVERY = [
    (body, one.recorded_at)
    for path in sorted(FOLDER.glob("*.txt"))
    for story in stories(path.stem)
    for body in Clocks(story).tell(story.said).obligations()
    for one in story.said
]


def test_members_say_who_owes_what_until_when_and_by_what_law() -> None:
    members = obligation_members(BODY, time_of(AT)) or {}
    assert members["state_label"] == {
        "en": "overdue; reason not yet assessed", "zh": "逾期（原因待核）",
    }  # fmt: skip
    assert (members["due_day"], members["due"]) == ("2025-10-16", "2025-10-16T15:59:59.999Z")
    assert members["office"]["label"]["zh"] == "政务数据共享工作机构"
    assert members["post"]["tier"] == "office_head"
    assert members["period"]["article"] == "第二十一条"
    assert members["pack"]["adopted_by"] is None
    assert members["label"] == {"en": "Reply to a request", "zh": "答复共享申请"}
    assert [step["what"] for step in members["history"]] == ["reckoned"]


def test_members_are_as_known_at_a_time_and_at_a_size() -> None:
    later = time_of("2025-10-17_09:00")
    found = [obligation_members(BODY, later, size) for size in (None, 3, 2, 1)]
    assert [one and one["state"] for one in found] == [
        "fulfilled_late", "fulfilled_late", "overdue_reason_not_assessed", None,
    ]  # fmt: skip
    assert len(known(BODY, later, 2)) == 1


def test_of_what_may_not_be_read_only_the_dates_are_told() -> None:
    members = obligation_members(BODY, time_of("2025-10-17_09:00"), seen={1}) or {}
    first, second = members["history"]
    assert first["why"] == "started"
    assert set(second) == {"entry", "at", "what", "label"}


@pytest.mark.parametrize(("body", "at"), EVERY[::7])
def test_every_obligation_can_be_told(body: dict[str, object], at: str) -> None:
    members = obligation_members(body, at)
    if members is not None:
        assert json.dumps(members)
        assert {"ref", "rule", "kind", "state", "department", "late", "entry"} <= set(members)
        assert b"BEGIN:VTODO" in icalendar([members], at, "yunling.example", "en")


def test_every_word_has_its_chinese_twin() -> None:
    assert all(word.zh and str(word) for word in (*STATES.values(), *WHYS.values()))
    assert all(kind.label.zh for kind in KINDS.values())
    whys = {step.get("why") or step.get("reason") for body, _ in EVERY for step in body["life"]}
    assert {why for why in whys if why} <= set(WHYS)
    assert len(set(COLUMNS)) == len(COLUMNS)


# iCalendar


def test_a_calendar_holds_a_to_do_for_each() -> None:
    members = [obligation_members(BODY, time_of(AT)) or {}]
    lines = unfolded(icalendar(members, time_of(AT), "yunling.example/zelian"))
    assert lines == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Zelian//Obligations//ZH", "CALSCALE:GREGORIAN",
        "BEGIN:VTODO",
        "UID:GA/O1-1@yunling.example/zelian",
        "DTSTAMP:20251016T160000Z",
        "SUMMARY:答复共享申请",
        "DESCRIPTION:逾期（原因待核）\\nGA/O1-1\\nrequest/MZ/R-1\\n政务数据共享条例 第二十一条",
        "DUE:20251016T155959Z",
        "STATUS:NEEDS-ACTION",
        "CATEGORIES:O1,overdue_reason_not_assessed",
        "END:VTODO",
        "END:VCALENDAR",
    ]  # fmt: skip


def test_what_is_done_is_completed() -> None:
    members = [obligation_members(BODY, time_of("2025-10-17_09:00")) or {}]
    lines = unfolded(icalendar(members, time_of("2025-10-17_09:00"), "x", "en"))
    assert "STATUS:COMPLETED" in lines
    assert "COMPLETED:20251017T010000Z" in lines
    assert "SUMMARY:Reply to a request" in lines


def test_what_is_not_determined_names_the_calendar() -> None:
    story = next(one for one in stories("o1_reply") if "nobody knows" in one.title)
    body = Clocks(story).tell(story.said[:1]).obligation("GA/O1-0") or {}
    members = obligation_members(body, time_of("2026-12-26_09:00")) or {}
    text = icalendar([members], members["started_at"], "x")
    assert b"DUE:" not in text
    assert any(line.endswith("cn-2027") for line in unfolded(text))


def unfolded(text: bytes) -> list[str]:
    """Read a calendar as RFC 5545 says: lines end with CRLF, a space goes on."""
    assert text.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    return text.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


@pytest.mark.parametrize("size", [0, 1, 74, 75, 76, 148, 149, 150, 151, 300])
@pytest.mark.parametrize("character", ["a", "责", "𠀀"])
def test_lines_are_folded_between_characters(size: int, character: str) -> None:
    line = character * size
    folded = fold_line(line)
    assert unfolded(folded) == [line]
    assert folded.decode()


def test_a_text_is_escaped() -> None:
    assert escape("a;b,c\\d\ne") == "a\\;b\\,c\\\\d\\ne"


def test_a_line_holds_nothing_that_would_end_it_or_be_obeyed() -> None:
    assert fold_line("a\r\nBEGIN:VEVENT\x1b[2J\x9b\u202e\u2028b") == b"aBEGIN:VEVENT[2Jb\r\n"
