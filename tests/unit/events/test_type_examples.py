"""Each event type by an example that is data: one statement that is taken, several that are not.

The whole of the checks runs, with real signatures, in a town with a department of every role.
"""

import json
from pathlib import Path

import pytest

from ledger.events.types import EVENT_TYPES
from tests.unit.events.examples import FOLDER, PATHS, answer, load, town, variants
from tests.unit.registry.story import Story

MEMBERS = {"role", "voice", "tier", "subject", "refs", "parents", "data"}
CHANGES = {"why", "role", "voice", "tier", "remove", "set", "code", "pointer"}

by_example = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


@pytest.fixture(name="town", scope="module")
def _town() -> Story:
    return town()


def test_every_type_has_an_example_in_the_folder_of_its_family() -> None:
    wanted = {
        FOLDER / kind.family / f"{name.removeprefix('zelian.').removesuffix('.v1')}.json"
        for name, kind in EVENT_TYPES.items()
    }
    assert set(PATHS) == wanted


@by_example
def test_an_example_is_written_in_its_form(path: Path) -> None:
    example = load(path)
    written = json.dumps(example, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    assert path.read_text("utf-8") == written
    assert example.keys() == {"accepted", "refused"}
    assert example["accepted"].keys() <= MEMBERS
    for change in example["refused"]:
        assert change.keys() <= CHANGES
        assert change.keys() >= {"why", "code", "pointer"}


@by_example
def test_what_is_right_is_taken(path: Path, town: Story) -> None:
    assert answer(town, path.stem, load(path)["accepted"]) is None


@by_example
def test_what_is_wrong_is_refused_for_that(path: Path, town: Story) -> None:
    example = load(path)
    for change, said in zip(example["refused"], variants(example), strict=True):
        expected = (change["code"], change["pointer"])
        assert answer(town, path.stem, said) == expected, change["why"]


@by_example
def test_a_wrong_speaker_a_missing_member_and_a_wrong_value_are_shown(path: Path) -> None:
    refused = load(path)["refused"]
    assert any(change["code"] == "out_of_role" for change in refused)
    assert any("remove" in change for change in refused)
    assert any("set" in change for change in refused)
