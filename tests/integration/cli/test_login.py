"""Sessions by the command line: kept in one's own home, used, ended."""

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Served, Zelian

Serve = Callable[[Path], Served]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of the user, apart from the ledger's."""
    place = tmp_path / "user"
    place.mkdir()
    monkeypatch.setenv("HOME", str(place))
    return place


def test_a_session_is_kept_used_and_ended(demo: Zelian, serve: Serve, own_home: Path) -> None:
    there = ("--server", serve(demo.home).url)
    assert "confidential" in demo.ok("show", "6", *there)
    result = demo("login", *there, "--key", demo.key)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    assert "signed in as MZ/zhang (department) until " in result.stderr
    [file] = (own_home / ".zelian").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    token = json.loads(file.read_text())["token"]
    assert token not in result.stderr
    assert demo.ok("show", "6", *there) == demo.ok("show", "6")
    assert demo("logout", *there).exit_code == 0
    assert list((own_home / ".zelian").iterdir()) == []
    assert "confidential" in demo.ok("show", "6", *there)
    assert demo("logout", *there).exit_code == 0, "once more does no harm"


def test_a_token_is_printed_only_when_asked_for(demo: Zelian, serve: Serve, own_home: Path) -> None:
    there = ("--server", serve(demo.home).url)
    token = demo.ok("login", *there, "--key", demo.key, "--print").strip()
    assert len(token) == 43
    assert not (own_home / ".zelian").exists()
    told = demo.json("login", *there, "--key", demo.key)
    assert told.keys() == {"department", "expires", "official", "role"}


def test_a_sign_in_is_made_over_the_origin_of_the_policy(
    demo: Zelian, serve: Serve, tmp_path: Path
) -> None:
    """A server cannot have itself signed in to another ledger's."""
    url = serve(demo.home).url
    other = Zelian(tmp_path / "other")
    other.ok("init", "--origin", "other.example/1")
    refused = other("login", "--server", url, "--key", demo.key)
    assert refused.exit_code == 5
    assert "signs in to other.example/1" in refused.stderr
    nowhere = Zelian(tmp_path / "nowhere")
    assert nowhere("login", "--server", url, "--key", demo.key).exit_code == 2
    policy = ("--policy", demo.home / "trust-policy")
    assert nowhere("login", "--server", url, "--key", demo.key, *policy).exit_code == 0


def test_a_session_that_others_can_read_is_not_used(
    demo: Zelian, serve: Serve, own_home: Path
) -> None:
    there = ("--server", serve(demo.home).url)
    demo("login", *there, "--key", demo.key)
    [file] = (own_home / ".zelian").iterdir()
    file.chmod(0o644)
    assert "confidential" in demo.ok("show", "6", *there)


def test_login_wants_a_server_and_an_enrolled_key(demo: Zelian, serve: Serve) -> None:
    assert demo("login", "--key", demo.key).exit_code == 2
    stranger = demo.home / "stranger.pem"
    demo.ok("key", "new", stranger)
    refused = demo("login", "--server", serve(demo.home).url, "--key", stranger)
    assert refused.exit_code == 5
    assert "speaks for nobody here" in refused.stderr


def test_roles_are_printed_in_words_and_as_json(demo: Zelian) -> None:
    text = demo.ok("roles")
    assert "GET /api/v1/refusals" in text
    assert demo.json("roles").keys() == {"gets", "says", "sees"}
    assert "各类陈述由谁作出" in demo.chinese("roles").stdout
