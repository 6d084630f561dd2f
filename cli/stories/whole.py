"""All that the demo says, in the order in which it is said: that of the claimed times."""

from dataclasses import replace
from typing import Final, NamedTuple

from cli.speech import Words
from cli.stories import birth_service, company_registration, food_safety, registration
from cli.stories.line import Line, in_order
from cli.stories.officials import NEW_KEY, REKEYED


class Story(NamedTuple):
    """One story: its title, its lines, and the line by which a newcomer meets it."""

    title: Words
    lines: list[Line]
    shown: str


STORIES: Final = {
    module.STORY: Story(Words(module.EN, module.ZH), in_order(module.lines()), module.SHOWN)
    for module in (company_registration, birth_service, food_safety)
}

# Lines worth a look, by what they show.
NOTABLE: Final = {
    "attested": birth_service.ATTESTED,
    "objection": company_registration.OBJECTION,
    "partial_receipt": company_registration.PARTIAL,
    "released": registration.RELEASED,
    "revoked": registration.REVOKED,
    "without_grant": company_registration.WITHOUT_GRANT,
}


def all_lines() -> list[Line]:
    """Return every line, oldest first; no line relies on a later one."""
    after = list(registration.after())
    new_key_from = after[-1].time.offset_ms
    told = [line for story in STORIES.values() for line in story.lines]
    changed = (_with_new_key(line, new_key_from) for line in told)
    return in_order([*registration.before(), *changed, *after])


def _with_new_key(line: Line, since_ms: int) -> Line:
    """Return *line* signed with the key that its speaker has by then."""
    if line.voice.keys != (REKEYED,) or line.time.offset_ms <= since_ms:
        return line
    return replace(line, voice=replace(line.voice, keys=(NEW_KEY,)))
