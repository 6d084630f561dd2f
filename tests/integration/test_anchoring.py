"""Time-stamps by a real authority: logged, checked by others, and never in anybody's way."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.checkpoint import parse_checkpoint
from crypto.errors import CryptoError, Mismatch, Untrusted
from crypto.notation import format_time, parse_time, read_b64
from crypto.statement import read_statement
from crypto.timestamp import read_roots
from ledger.anchoring.anchor import Anchor, proven_between, stamped_bytes, verify_anchor
from ledger.anchoring.anchoring import Anchoring
from ledger.anchoring.authority import Authority as Asked
from ledger.anchoring.known import Anchors, open_anchoring
from ledger.errors import LedgerError
from ledger.integrity import of_service
from ledger.service import Ledger
from ledger.settings import Settings
from tests.strangers import LENGTH, OK, SHORT_S, dripping, stranger
from tests.timestamping import Authority, served
from tests.world import World

HOUR_MS = 3_600_000


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Authority, str]]:
    made = Authority(tmp_path_factory.mktemp("authority"))
    with served(made) as url:
        yield made, url


class Stamping:
    """A ledger whose head is stamped when the test says so."""

    def __init__(self, home: Path, authority: Authority, urls: tuple[str, ...]) -> None:
        settings = Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1)
        self.world = World(settings).begin()
        self.urls = urls
        self.authority = authority
        self.ledger.parts.home.timestamp_roots.write_bytes(authority.root.read_bytes())
        self.anchors = Anchors(self.ledger)
        self.anchoring = self.open()
        self.ledger.catch_up()

    @property
    def ledger(self) -> Ledger:
        assert self.world.ledger is not None
        return self.world.ledger

    def open(self) -> Anchoring:
        ledger = self.ledger
        ledger.settings = replace(ledger.settings, timestamps=self.urls)
        return open_anchoring(ledger, self.anchors, ledger.submit)

    def look(self) -> bool:
        self.ledger.catch_up()
        done = self.anchoring.look()
        self.ledger.catch_up()
        return done

    def pass_ms(self, by_ms: int) -> None:
        """Put the ledger's clock so far behind the newest token."""
        newest = self.anchors.all()[-1]
        self.world.clock.now_ms = parse_time(newest.stamped_at) + by_ms

    def logged(self, index: int) -> dict[str, object]:
        entry = self.ledger.entry(index)
        assert entry.envelope is not None
        return read_statement(entry.envelope).data


@pytest.fixture
def stamping(tmp_path: Path, authority: tuple[Authority, str]) -> Iterator[Stamping]:
    made = Stamping(tmp_path / "home", authority[0], (authority[1],))
    authority[0].broken = None
    yield made
    made.world.close()


def test_a_head_is_stamped_and_anybody_can_check_it(stamping: Stamping) -> None:
    size = stamping.ledger.size()
    assert stamping.look()
    [anchor] = stamping.anchors.all()
    assert (anchor.size, anchor.index) == (size, size)
    data = stamping.logged(anchor.index)
    roots = read_roots(stamping.authority.root.read_bytes())
    assert verify_anchor(data, roots).stamped_at == anchor.stamped_at
    checkpoint = stamping.ledger.parts.reader.note_of(size).partition("\n\n")[0] + "\n"
    assert stamping.authority.accepts(read_b64(data["proof"]), checkpoint.encode())


def test_a_quiet_ledger_stays_quiet(stamping: Stamping) -> None:
    """A time-stamp is itself an entry, and calls for no other."""
    assert stamping.look()
    stamping.pass_ms(3 * HOUR_MS)
    assert not stamping.look()
    assert stamping.anchoring.standing().unstamped == 0
    stamping.world.submit(stamping.world.use(1), stamping.world.zhang)
    assert stamping.look()
    assert len(stamping.anchors.all()) == 2


def test_it_waits_for_its_minutes_or_its_entries(stamping: Stamping) -> None:
    world = stamping.world
    assert stamping.look()
    stamping.pass_ms(1000)
    world.submit(world.use(1), world.zhang)
    assert not stamping.look()
    stamping.pass_ms(HOUR_MS)
    assert stamping.look()
    # The authority's clock is the machine's, and stands behind the ledger's by now.
    stamping.anchoring._clock = lambda: parse_time(stamping.anchors.all()[-1].stamped_at)
    stamping.anchoring._every = replace(stamping.anchoring._every, entries=2)
    world.submit(world.use(2), world.zhang)
    assert not stamping.look()
    world.submit(world.use(3), world.zhang)
    assert stamping.look()


@pytest.mark.parametrize("how", ["silent", "error", "garbage"])
def test_an_authority_that_fails_stops_nobody(stamping: Stamping, how: str) -> None:
    stamping.authority.broken = how
    assert not stamping.look()
    assert list(stamping.anchoring.standing().errors.values()) != []
    stamping.world.submit(stamping.world.use(1), stamping.world.zhang)
    asked = stamping.authority.asked
    stamping.authority.broken = None
    assert not stamping.look()  # it is left alone for a while
    assert stamping.authority.asked == asked
    again = stamping.open()
    assert again.look()
    assert again.standing().errors == {}


def test_an_authority_that_drips_holds_nobody(stamping: Stamping) -> None:
    answer = dripping(OK + LENGTH, b"x" * 20)
    with stranger(answer) as url:
        stamping.anchoring._authorities = [Asked(url, SHORT_S), *stamping.anchoring._authorities]
        assert stamping.look()  # by the other, which is asked after it
        assert stamping.anchoring.standing().errors == {url: "TimeoutError"}
    assert len(stamping.anchors.all()) == 1


def test_a_token_of_a_stranger_is_not_logged(
    stamping: Stamping, tmp_path: Path, authority: tuple[Authority, str]
) -> None:
    other = Authority(tmp_path / "other")
    stamping.ledger.parts.home.timestamp_roots.write_bytes(other.root.read_bytes())
    size = stamping.ledger.size()
    assert not stamping.open().look()
    assert stamping.ledger.size() == size


def test_each_of_several_authorities_is_asked(
    tmp_path: Path, authority: tuple[Authority, str]
) -> None:
    made = Stamping(tmp_path / "home", authority[0], (authority[1], "http://127.0.0.1:1/"))
    try:
        assert made.look()
        assert list(made.anchoring.standing().errors) == ["http://127.0.0.1:1/"]
        assert [one.authority for one in made.anchors.all()] == [authority[1]]
    finally:
        made.world.close()


def test_without_their_roots_no_authority_is_asked(stamping: Stamping) -> None:
    stamping.ledger.parts.home.timestamp_roots.unlink()
    with pytest.raises(LedgerError, match=r"timestamp-roots\.pem"):
        stamping.open()


@pytest.mark.parametrize(
    ("member", "value", "error"),
    [
        ("anchored_at", "2026-01-01T00:00:00.000Z", Mismatch),
        ("size", 4, Mismatch),
        ("root", "00" * 32, Mismatch),
        ("origin", "other.example", Mismatch),
        ("checkpoint_sha256", "00" * 32, Mismatch),
        ("proof_sha256", "00" * 32, Mismatch),
        ("proof", "AAAA", CryptoError),
    ],
)
def test_what_is_logged_says_what_its_token_says(
    stamping: Stamping, member: str, value: object, error: type[Exception]
) -> None:
    assert stamping.look()
    data = stamping.logged(stamping.anchors.all()[0].index)
    roots = read_roots(stamping.authority.root.read_bytes())
    verify_anchor(data, roots)
    with pytest.raises(error):
        verify_anchor(json.loads(json.dumps(data)) | {member: value}, roots)
    with pytest.raises(Untrusted):
        verify_anchor(data, ())


def test_an_entry_came_between_two_tokens(stamping: Stamping) -> None:
    assert stamping.look()
    stamping.world.submit(stamping.world.use(1), stamping.world.zhang)
    index = stamping.ledger.size() - 1
    stamping.pass_ms(2 * HOUR_MS)
    assert stamping.look()
    between = stamping.anchors.around(index)
    first, second = stamping.anchors.all()
    assert (between.not_before, between.not_after) == (first, second)
    assert stamping.anchors.around(0).not_before is None
    assert stamping.anchors.around(second.index).not_after is None


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 20)), max_size=8), st.integers(0, 60))
def test_tokens_that_contradict_one_another_prove_the_widest(
    told: list[tuple[int, int]], index: int
) -> None:
    """The latest before and the earliest after, whatever their order."""
    anchors = [
        Anchor(size + number, size, format_time(at * 1000), "a")
        for number, (size, at) in enumerate(told)
    ]
    found = proven_between(index, anchors)
    before = [one.stamped_at for one in anchors if one.index < index]
    after = [one.stamped_at for one in anchors if one.size > index]
    assert (found.not_before and found.not_before.stamped_at) == max(before, default=None)
    assert (found.not_after and found.not_after.stamped_at) == min(after, default=None)


def test_what_is_stamped_is_the_text_of_the_checkpoint(stamping: Stamping) -> None:
    note = stamping.ledger.parts.reader.note_of(stamping.ledger.size())
    text = note.partition("\n\n")[0] + "\n"
    assert stamped_bytes(parse_checkpoint(text)) == text.encode()


def test_the_running_ledger_tells_of_a_token_that_is_too_old(stamping: Stamping) -> None:
    """Rule I5: only while entries wait, and only where an authority is asked at all."""
    ledger = stamping.ledger
    ledger.anchoring = stamping.anchoring
    assert stamping.look()

    def rules() -> list[object]:
        return [one["rule"] for one in of_service(ledger) if one["rule"] == "I5"]

    stamping.pass_ms(200 * 60_000)
    assert rules() == []
    stamping.world.submit(stamping.world.use(1), stamping.world.zhang)
    ledger.catch_up()
    assert rules() == ["I5"]
    assert stamping.look()
    assert rules() == []
