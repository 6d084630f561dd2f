"""The stories of what is shared and who answers for it, each told to a ledger over HTTP.

The stories lie beside this file, one a text file; docs/scenarios.md tells how to read them.
"""

from pathlib import Path

import pytest

from tests.scenarios.ground import copy_ground, make_ground
from tests.scenarios.language import read_scenario
from tests.scenarios.play import Play

STORIES = sorted(Path(__file__).parent.glob("*.txt"))


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of three entries, never changed."""
    return make_ground(tmp_path_factory.mktemp("ground") / "home")


@pytest.mark.parametrize("file", STORIES, ids=lambda file: file.stem)
def test_scenario(
    file: Path, ground: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    home = copy_ground(ground, tmp_path / "home")
    Play(read_scenario(file), home, lambda: "".join(capfd.readouterr())).run()


def test_there_are_twelve_the_one_in_which_all_is_in_order_and_the_one_that_is_determined() -> None:
    assert [file.stem[0] for file in STORIES] == list("abcdefghijklmn")
