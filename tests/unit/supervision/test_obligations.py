"""Every clock by its stories: when due, what it was worth at any time, as data."""

import pytest

from ledger.supervision.obligations import KINDS
from tests.unit.supervision.clock_story import FOLDER, Clocks, Story, standing, stories, wrong

FILES = sorted(path.stem for path in FOLDER.glob("*.txt"))
ALL = [
    pytest.param(story, id=f"{name}: {story.title}") for name in FILES for story in stories(name)
]


@pytest.mark.parametrize("story", ALL)
def test_the_story_holds(story: Story) -> None:
    assert wrong(story) == []
    assert story.expected
