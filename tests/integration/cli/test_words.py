"""Both languages everywhere; what is printed harms no terminal."""

import json

import pytest

from cli.main import COMMANDS
from cli.output import clean, json_text, local_time, table, width_of
from cli.speech import environment_language, pick, speak
from tests.integration.cli.conftest import Zelian

GROUPS = ("department", "event", "key", "official", "verify", "witness")


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANG": "zh_CN", "LC_ALL": ""}, "zh"),
    ],
)
def test_the_locale_chooses_the_language(variables: dict[str, str], language: str) -> None:
    """LC_ALL outranks LC_MESSAGES, which outranks LANG; an empty one counts for nothing."""
    assert environment_language(variables) == language


def test_an_option_outranks_the_locale(zelian: Zelian) -> None:
    """``--lang`` works before and behind the command's name, and ends with the command."""
    assert "新建账本" in zelian("--lang", "zh", "init", "--help").stdout
    assert "新建账本" in zelian("init", "--lang", "zh", "--help").stdout
    assert "Make a ledger" in zelian("init", "--help").stdout


@pytest.mark.parametrize("name", GROUPS)
def test_a_group_takes_the_shared_options_too(zelian: Zelian, name: str) -> None:
    """Before its subcommand, where they are read as behind it."""
    assert "用法：" in zelian.ok(name, "--lang", "zh", "--help")
    assert "Usage:" in zelian.chinese(name, "--lang", "en", "--help").stdout
    assert "--home" in zelian.ok(name, "--help")


def test_a_shared_option_means_the_same_wherever_it_stands(demo: Zelian) -> None:
    """Before all, before the subcommand, behind it; the last one said counts."""
    elsewhere = Zelian(demo.home.with_name("empty"))
    said = ("--home", demo.home, "--json")
    wanted = demo.ok("key", "list", "--json")
    assert elsewhere.ok(*said, "key", "list") == wanted
    assert elsewhere.ok("key", *said, "list") == wanted
    assert elsewhere.ok("key", "list", *said) == wanted
    assert elsewhere.ok("key", "--home", elsewhere.home, "list", *said) == wanted
    policy = demo.home / "trust-policy"
    report = elsewhere(
        "verify", "--policy", policy, "--json", "ledger", "--tiles", demo.home / "tiles"
    )
    assert json.loads(report.stdout)["subject"] == "ledger"


def test_pick_follows_speak() -> None:
    """One call decides for all that follows."""
    speak("zh")
    assert pick("yes", "是") == "是"
    speak("en")
    assert pick("yes", "是") == "yes"
    speak(None)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_in_both_languages(zelian: Zelian, name: str) -> None:
    """No help falls back to English, but for the names of things."""
    english, chinese = zelian(name, "--help"), zelian.chinese(name, "--help")
    assert (english.exit_code, chinese.exit_code) == (0, 0)
    assert "Usage:" in english.stdout
    assert "用法：" in chinese.stdout
    assert not any(ord(c) > 0x2E80 for c in english.stdout)
    assert "选项：\n" in chinese.stdout
    assert "Options:\n" in english.stdout
    assert "Show this text" not in chinese.stdout


def test_the_list_of_commands_needs_no_module(zelian: Zelian) -> None:
    """A command whose module is missing is listed; asking for it is a usage error."""
    listed = zelian("--help").stdout
    assert all(f"  {name} " in listed for name in COMMANDS)
    assert "Exit codes: 0" in listed
    assert "退出码：0" in zelian.chinese("--help").stdout


@pytest.mark.parametrize(
    ("args", "english", "chinese"),
    [
        (["nothing"], "No such command 'nothing'", "没有命令 nothing"),
        (["log", "--nothing"], "No such option '--nothing'", "没有选项 --nothing"),
        (["show"], "Missing argument 'WHICH'", "缺少"),
        (["log", "--limit", "x"], "'x' is not a valid integer", "的值无效"),
    ],
)
def test_wrong_usage_is_one_line_in_either_language(
    zelian: Zelian, args: list[str], english: str, chinese: str
) -> None:
    """Exit code 2, and the way to the help."""
    for result, words in ((zelian(*args), english), (zelian.chinese(*args), chinese)):
        assert result.exit_code == 2
        assert words in result.stderr
        assert "--help`" in result.stderr
        assert result.stderr.count("\n") == 1
        assert result.stdout == ""


HOSTILE = "a\x1b[31mb\x9bc\u202ed\u2066e\u200bf\ufeffg\nh\x7f\u2028\ud800"


def test_nothing_that_a_terminal_obeys_is_printed() -> None:
    """Control characters and marks of direction become escapes, in text and in JSON."""
    for text in (clean(HOSTILE), json_text({HOSTILE: HOSTILE})):
        assert text.isprintable(), text
    assert json.loads(json_text([HOSTILE])) == [HOSTILE]
    assert clean("低保 320 条") == "低保 320 条"


def test_times_show_their_zone() -> None:
    """China's time with its offset; what is no time is shown as it is, made harmless."""
    assert local_time("2026-11-23T02:52:17.123Z") == "2026-11-23 10:52:17 +08:00"
    assert local_time("2026-12-31T23:00:00.000Z") == "2027-01-01 07:00:00 +08:00"
    assert local_time("\x1b[2J") == "\\x1b[2J"


def test_columns_stand_under_one_another() -> None:
    """A Chinese character takes two columns."""
    assert width_of("部门 a") == 6
    assert list(table([("部门", "x"), ("abc", "y")])) == ["部门  x", "abc   y"]
    assert list(table([])) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete(zelian: Zelian, shell: str) -> None:
    """The script names the variable by which click answers, and click answers."""
    assert "_ZELIAN_COMPLETE" in zelian.ok("completion", shell)
    asked = {"_ZELIAN_COMPLETE": "bash_complete", "COMP_WORDS": "zelian de", "COMP_CWORD": "1"}
    assert "department" in zelian(env=asked).stdout
