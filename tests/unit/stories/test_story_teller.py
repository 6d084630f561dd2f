"""How it is told: the same events in every run, set where all of them lie in the past."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from cli.failures import Failure
from cli.stories.keyring import Keyring
from cli.stories.record import (
    LENGTH_MS,
    USUAL_START,
    Record,
    read_record,
    start_before,
    write_record,
)
from cli.stories.teller import Teller
from cli.stories.whole import all_lines
from crypto.keys import PrivateKey
from crypto.notation import parse_time
from crypto.statement import read_statement
from ledger.events.forbidden import check_forbidden
from ledger.events.types import event_type
from ledger.home import Home

ORIGIN = "stories.example/yunling"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with a registrar's key and nothing else."""
    made = Home(tmp_path / "home")
    made.write_key(made.registrar_key, PrivateKey.generate("ed25519"))
    return made


def tell(home: Home) -> Iterator[bytes]:
    """Tell everything with a fresh teller, which knows nothing but what lies in the home."""
    teller = Teller(ORIGIN, parse_time(USUAL_START), Keyring(home))
    for line in all_lines():
        statement = teller.statement(line)
        teller.note(line, read_statement(statement).digest.hex())
        yield statement


def test_every_run_says_the_same(home: Home) -> None:
    """Keys are kept, ids and times fixed: an interrupted demo finds its own words again."""
    assert list(tell(home)) == list(tell(home))


def test_every_event_is_as_the_ledger_wants_it(home: Home) -> None:
    """Each fits its type, holds nothing forbidden, and lies before the stories' end."""
    end = parse_time(USUAL_START) + LENGTH_MS
    for raw in tell(home):
        event = read_statement(raw).event
        event_type(event["type"]).check(event)
        check_forbidden(event)
        assert parse_time(event["time"]) < end


def test_keys_are_private_and_stay(home: Home) -> None:
    """Mode 0600 in a folder of their own; read back, not made anew."""
    first = Keyring(home).key("mz-3308")
    assert first.algorithm == "p256"
    assert Keyring(home).key("mz-3308").key_id == first.key_id
    assert Keyring(home).key("ga-3071").key_id != first.key_id
    secret = Keyring(home).person_secret("wj")
    assert Keyring(home).person_secret("wj") == secret
    assert len(secret) == 32
    for path in (home.keys / "demo").iterdir():
        assert path.stat().st_mode & 0o077 == 0


CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    "now", ["2026-11-23T00:00:00.000Z", "2026-08-10T00:00:00.000Z", "2026-08-09T15:59:59.999Z",
            "2026-03-04T09:00:00.000Z", "2020-01-01T00:00:00.000Z"]
)  # fmt: skip
def test_the_stories_lie_in_the_past(now: str) -> None:
    """They begin on a Monday in China; of July 2026 wherever the clock allows."""
    start = start_before(parse_time(now))
    assert parse_time(start) + LENGTH_MS <= parse_time(now)
    begin = datetime.fromisoformat(start).astimezone(CHINA)
    assert (begin.isoweekday(), begin.hour, begin.minute) == (1, 0, 0)
    assert (start == USUAL_START) is (now >= "2026-08-09T16:00:00.000Z")
    assert parse_time(now) - parse_time(start) < LENGTH_MS + 7 * 86_400_000 or start == USUAL_START


def test_a_record_is_read_as_it_was_written(home: Home) -> None:
    """None before, then what was last written; another program's is refused."""
    assert read_record(home) is None
    write_record(home, Record(USUAL_START))
    assert read_record(home) == Record(USUAL_START)
    summary = {"later": [1], "earlier": {"名": 2}}
    write_record(home, Record(USUAL_START, summary))
    found = read_record(home)
    assert found == Record(USUAL_START, summary)
    assert list(found.summary or ()) == ["later", "earlier"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"start":"yesterday"}', '{"start":1}', "\xff"])
def test_a_record_of_another_form_is_refused(home: Home, text: str) -> None:
    """Exit code 7, and the file is named."""
    write_record(home, Record(USUAL_START))
    (home.path / "demo" / "record.json").write_text(text, encoding="latin-1")
    with pytest.raises(Failure, match=r"record\.json") as caught:
        read_record(home)
    assert caught.value.exit_code == 7
