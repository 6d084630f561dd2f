"""All that the demo says, in the order in which it is told: that of the claimed times, or later."""

from dataclasses import replace
from typing import Final, NamedTuple

from cli.speech import Words
from cli.stories import (
    birth_service,
    company_registration,
    credit_supervision,
    emergency_control,
    food_safety,
    licence_recognition,
    life_course,
    registration,
    road_conditions,
    smart_prison,
    standing,
)
from cli.stories.line import Line, at, in_order
from cli.stories.officials import REKEYED


class Story(NamedTuple):
    """One story.

    Attributes:
        title: the system's name.
        happened: in one line, what went wrong and what came of it.
        shown: the line by which a newcomer meets it; its receipt is kept as a file.
        look: the line that tells most of what happened.
    """

    title: Words
    happened: Words
    lines: list[Line]
    shown: str
    look: str


STORIES: Final = {
    module.STORY: Story(
        Words(module.EN, module.ZH),
        Words(module.HAPPENED_EN, module.HAPPENED_ZH),
        in_order(module.lines()),
        module.SHOWN,
        module.LOOK,
    )
    for module in (
        company_registration,
        credit_supervision,
        food_safety,
        birth_service,
        smart_prison,
        licence_recognition,
        road_conditions,
        emergency_control,
        life_course,
    )
}

# Lines worth a look, by what they show.
NOTABLE: Final = {
    "attested": birth_service.ATTESTED,
    "back_dated": emergency_control.BACKDATED,
    "compromised": registration.COMPROMISED,
    "late": credit_supervision.LATE,
    "objection": company_registration.OBJECTION,
    "partial_receipt": credit_supervision.PARTIAL,
    "past_sunset": emergency_control.PAST_SUNSET,
    "released": registration.RELEASED,
    "revoked": registration.REVOKED,
    "stolen_key": smart_prison.NIGHT,
    "succession": food_safety.SUCCESSION,
    "window": road_conditions.WINDOW,
    "without_grant": credit_supervision.WITHOUT_GRANT,
}


def all_lines() -> list[Line]:
    """Return every line, in the order of telling; no line relies on a later one."""
    told = [*standing.lines(), *(line for story in STORIES.values() for line in story.lines)]
    changed = (_with_new_key(line) for line in told)
    return in_order([*registration.before(), *registration.changes(), *changed])


def _with_new_key(line: Line) -> Line:
    """Return *line* signed with the key that its speaker has by then."""
    for old, change in REKEYED.items():
        if line.voice.keys == (old,) and line.when.offset_ms > at(change.enrolled).offset_ms:
            return replace(line, voice=replace(line.voice, keys=(change.key,)))
    return line
