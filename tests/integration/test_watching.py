"""A watcher of a real log: it follows, and it tells of each thing that no log may do."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from msgspec import structs

from crypto.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from crypto.cosignature import cosign
from crypto.fork import read_fork_report, verify_fork
from crypto.header import Link, format_header, parse_header
from crypto.keys import PrivateKey
from crypto.merkle import leaf_hash, root_of
from crypto.note import COSIGNATURE, parse_note, vkey_of
from crypto.policy import Policy, Witness, parse_policy
from crypto.tiles import entries_path, format_bundle, parse_bundle
from ledger.log.tile_store import CHECKPOINT, TileStore
from ledger.settings import Settings
from ledger.verification.fork import fork_report
from ledger.verification.source import FilesSource
from ledger.verification.stream import verify_stream
from ledger.watching.mirror import Mirror
from ledger.watching.watcher import Limits, Seen, Watcher
from ledger.watching.witnessed import Unreachable
from tests.world import World, seed

WITNESS = seed(77)
Read = Callable[[str], bytes | None]


class Watched:
    """A ledger, a copy of it that goes its own way, and a watcher of either."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.others: list[World] = []
        self.one = self.world(folder / "one").begin()
        self.grow(self.one, 3)
        self.policy = parse_policy((folder / "one" / "trust-policy").read_bytes())
        self.read: Read = self.files("one")
        self.held: Read = lambda url: None
        self.now_ms = self.one.clock.now_ms
        self.watcher = self.watch()

    def world(self, home: Path) -> World:
        return World(Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1))

    def grow(self, world: World, count: int, first: int = 100) -> None:
        for number in range(first, first + count):
            world.submit(world.use(number), world.zhang)
        assert world.ledger is not None
        world.ledger.catch_up()

    def part(self) -> World:
        """Copy the home as it stands, and open the copy."""
        self.one.close()
        shutil.copytree(self.folder / "one", self.folder / "other")
        self.one.open()
        other = self.world(self.folder / "other")
        other.clock.now_ms, other.ids = self.one.clock.now_ms, count(50_000)
        other.open()
        self.others.append(other)
        return other

    def files(self, name: str) -> Read:
        return TileStore(self.folder / name / "tiles").get

    def watch(self, policy: Policy | None = None, **limits: int) -> Watcher:
        return Watcher(
            self.folder / "copy",
            policy or self.policy,
            lambda path: self.read(path),
            lambda url, origin: self.held(url),
            lambda: self.now_ms,
            Limits(**limits),
        )

    def look(self) -> Seen:
        return self.watcher.look()

    def codes(self) -> list[str]:
        return [alarm.code for alarm in self.look().alarms]

    def key(self) -> PrivateKey:
        assert self.one.ledger is not None
        home = self.one.ledger.parts.home
        return home.read_key(home.log_key)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    made = Watched(tmp_path)
    yield made
    made.watcher.close()
    for world in (made.one, *made.others):
        world.close()


def size_of(world: World) -> int:
    assert world.ledger is not None
    return world.ledger.size()


def test_it_follows_and_its_copy_stands_for_the_log(watched: Watched) -> None:
    first = watched.look()
    assert (first.size, first.added, first.alarms) == (size_of(watched.one), first.size, ())
    assert watched.look().added == 0
    watched.grow(watched.one, 300, first=200)  # over the end of a tile
    assert watched.look().added == 300
    copy = TileStore(watched.folder / "copy")
    note = (copy.get(CHECKPOINT) or b"").decode()
    stated = parse_checkpoint(parse_note(note).text)
    report = verify_stream(
        FilesSource(stated.origin, stated.size, note, copy.get), watched.policy, workers=0
    )
    assert report.facts["root"] == stated.root.hex()
    for name in ("headers", "links", "tree", "tiles"):
        assert report.check(name).verdict == "verified", name


def test_it_goes_on_where_it_stood(watched: Watched) -> None:
    assert watched.look().added
    watched.watcher.close()
    watched.grow(watched.one, 2, first=200)
    watched.watcher = watched.watch()
    assert watched.look().added == 2


def test_two_histories_are_proven_to_anybody(watched: Watched) -> None:
    other = watched.part()
    watched.grow(watched.one, 4, first=200)
    watched.grow(other, 9, first=300)
    assert watched.look().alarms == ()
    watched.read = watched.files("other")
    seen = watched.look()
    assert [alarm.code for alarm in seen.alarms] == ["forked"]
    assert seen.ends
    assert seen.report is not None
    assert seen.size == size_of(watched.one)  # what was verified stays as it was
    raw = seen.report.read_bytes()
    first, second = verify_fork(read_fork_report(raw), watched.policy.logs[0].key)
    assert (first.size, second.size) == (size_of(watched.one), size_of(other))
    assert fork_report(raw, watched.policy).verdict == "verified"


def test_two_histories_of_one_size_too(watched: Watched) -> None:
    other = watched.part()
    watched.grow(watched.one, 2, first=200)
    watched.grow(other, 2, first=300)
    watched.look()
    watched.read = watched.files("other")
    seen = watched.look()
    assert [alarm.code for alarm in seen.alarms] == ["forked"]
    assert seen.report is not None
    assert fork_report(seen.report.read_bytes(), watched.policy).verdict == "verified"


def test_a_smaller_one_is_a_rollback_or_a_fork(watched: Watched) -> None:
    """By the copy's own tree it is told which."""
    other = watched.part()
    watched.grow(watched.one, 5, first=200)
    watched.look()
    watched.read = watched.files("other")
    seen = watched.look()
    assert [alarm.code for alarm in seen.alarms] == ["rolled_back"]
    assert seen.report is not None
    told = fork_report(seen.report.read_bytes(), watched.policy)
    assert (told.check("notes").verdict, told.verdict) == ("verified", "not_checked")
    watched.grow(other, 2, first=300)
    assert watched.codes() == ["forked"]


def test_a_report_that_was_altered_proves_nothing(watched: Watched) -> None:
    other = watched.part()
    watched.grow(watched.one, 4, first=200)
    watched.grow(other, 9, first=300)
    watched.look()
    watched.read = watched.files("other")
    report = watched.look().report
    assert report is not None
    value = json.loads(report.read_bytes())
    value["over_rest"] = value["over_rest"][::-1]
    raw = json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
    assert fork_report(raw, watched.policy).verdict == "failed"
    assert fork_report(b"{}", watched.policy).verdict == "failed"
    assert fork_report(report.read_bytes(), None).verdict == "untrusted"


def test_files_that_do_not_make_what_was_signed(watched: Watched) -> None:
    watched.look()
    watched.grow(watched.one, 3, first=200)
    honest = watched.files("one")

    def altered(path: str) -> bytes | None:
        raw = honest(path)
        if raw is None or not path.startswith("tile/entries/"):
            return raw
        headers = list(parse_bundle(raw))
        last = parse_header(headers[-1])
        headers[-1] = format_header(structs.replace(last, statement=bytes(32)))
        return format_bundle(headers)

    watched.read = altered
    seen = watched.look()
    assert [alarm.code for alarm in seen.alarms] == ["unexplained"]
    assert seen.report is not None
    watched.read = honest
    assert watched.look().alarms == ()


@pytest.mark.parametrize("what", ["prev", "recorded_at", "chain"])
def test_entries_that_do_not_follow(watched: Watched, what: str) -> None:
    """Signed by the log itself, so the root fits: only who reads the headers sees it."""
    watched.look()
    honest, old = watched.files("one"), size_of(watched.one)
    watched.grow(watched.one, 1, first=200)
    size = old + 1
    raw = honest(entries_path(0, size)) or b""
    headers = list(parse_bundle(raw))
    last = parse_header(headers[-1])
    link = last.chains[0]
    changed = {
        "prev": {"prev": bytes(32)},
        "recorded_at": {"recorded_at": "2020-01-01T00:00:00.000Z"},
        "chain": {"chains": (Link(link.id, link.prev, link.seq + 1), *last.chains[1:])},
    }[what]
    headers[-1] = format_header(structs.replace(last, **changed))
    root = root_of([leaf_hash(one) for one in headers])
    origin = watched.policy.logs[0].key.name
    note = sign_checkpoint(Checkpoint(origin, size, root), watched.key())
    made = {CHECKPOINT: note.encode(), entries_path(0, size): format_bundle(headers)}
    watched.read = lambda path: made.get(path) or honest(path)
    seen = watched.look()
    assert [alarm.code for alarm in seen.alarms] == ["broken"]
    assert (seen.size, seen.ends) == (old, True)


def test_a_missing_file_is_looked_for_again(watched: Watched) -> None:
    honest = watched.files("one")
    watched.read = lambda path: honest(path) if path == CHECKPOINT else None
    seen = watched.look()
    assert ([alarm.code for alarm in seen.alarms], seen.ends) == (["incomplete"], False)
    watched.read = lambda path: None
    assert watched.codes() == ["incomplete"]
    watched.read = honest
    assert watched.look().added == size_of(watched.one)


def test_whose_checkpoint_it_is_not(watched: Watched) -> None:
    stranger = PrivateKey.from_seed(bytes(32))
    origin = watched.policy.logs[0].key.name
    note = sign_checkpoint(Checkpoint(origin, 1, bytes(32)), stranger)
    watched.read = lambda path: note.encode() if path == CHECKPOINT else None
    assert watched.codes() == ["untrusted"]


def test_silence_and_a_log_that_is_away(watched: Watched) -> None:
    assert watched.codes() == []
    watched.now_ms += 7_300_000
    assert watched.codes() == ["silent"]

    def away(path: str) -> bytes | None:
        raise Unreachable("refused", "拒绝连接")

    watched.read = away
    assert watched.codes() == ["unreachable", "silent"]
    watched.read = watched.files("one")
    watched.one.clock.turn(7_300_000)
    watched.grow(watched.one, 1, first=200)
    assert watched.codes() == []


def test_a_witness_that_falls_behind(watched: Watched) -> None:
    witness = Witness("w1", vkey_of("witness.example/w1", COSIGNATURE, WITNESS))
    policy = replace(watched.policy, witnesses=(witness,))
    watched.watcher.close()
    watched.watcher = watched.watch(policy)
    honest = watched.files("one")
    [alarm] = watched.look().alarms
    assert (alarm.code, "w1" in alarm.en, alarm.ends) == ("witness_behind", True, False)
    note = (honest(CHECKPOINT) or b"").decode()
    line = cosign(note, "witness.example/w1", WITNESS, watched.now_ms // 1000)
    watched.read = lambda path: (note + line).encode() if path == CHECKPOINT else honest(path)
    assert watched.codes() == []
    watched.now_ms += 7_300_000
    assert "witness_behind" in watched.codes()
    fresh = cosign(note, "witness.example/w1", WITNESS, watched.now_ms // 1000)
    watched.read = lambda path: (note + fresh).encode() if path == CHECKPOINT else honest(path)
    assert watched.codes() == []  # a note that was cosigned anew is no silence


W1 = "http://w1.example/"


def with_a_witness(watched: Watched) -> None:
    """A policy that says where its witness is asked; whatever is published it has cosigned."""
    witness = Witness("w1", vkey_of("witness.example/w1", COSIGNATURE, WITNESS), W1)
    watched.watcher.close()
    watched.watcher = watched.watch(replace(watched.policy, witnesses=(witness,)))


def cosigned(watched: Watched, name: str) -> bytes:
    note = (watched.files(name)(CHECKPOINT) or b"").decode()
    return (note + cosign(note, "witness.example/w1", WITNESS, watched.now_ms // 1000)).encode()


def showing(watched: Watched, name: str) -> Read:
    """What a log shows whose witness cosigned it."""
    files, note = watched.files(name), cosigned(watched, name)
    return lambda path: note if path == CHECKPOINT else files(path)


@pytest.mark.parametrize(("here", "there"), [(4, 9), (6, 6), (9, 4)])
def test_a_witness_that_was_shown_another_history(watched: Watched, here: int, there: int) -> None:
    """Each sees one history alone; the witness had seen less, as much, or more."""
    with_a_witness(watched)
    other = watched.part()
    watched.grow(watched.one, here, first=200)
    watched.grow(other, there, first=300)
    watched.read = showing(watched, "one")
    watched.held = {W1: cosigned(watched, "other")}.get
    seen = watched.look()
    if there > here:  # the log may be about to show more; nothing but time tells
        assert seen.alarms == ()
        watched.now_ms += 120_000
        seen = watched.look()
        assert [alarm.code for alarm in seen.alarms] == ["held_back"]
        assert not seen.ends
        watched.grow(watched.one, 5, first=400)  # as many as the witness saw
        watched.read = showing(watched, "one")
        seen = watched.look()
    assert seen.alarms[0].code == "forked"
    assert seen.ends
    assert seen.report is not None
    assert fork_report(seen.report.read_bytes(), watched.policy).verdict == "verified"


def test_a_tail_that_is_cut_off_before_the_watch_begins(watched: Watched) -> None:
    """The watcher never saw it; the witness did. Told as long as it lasts, and kept once."""
    with_a_witness(watched)
    watched.part()
    watched.grow(watched.one, 3, first=200)
    watched.held = {W1: cosigned(watched, "one")}.get
    watched.read = watched.files("other")
    watched.now_ms += 61_000
    first = watched.look()
    assert first.report is not None
    raw = first.report.read_bytes()
    watched.now_ms += 1_000
    second = watched.look()
    for seen in (first, second):
        assert [alarm.code for alarm in seen.alarms] == ["held_back", "witness_behind"]
    assert first.report == second.report
    assert first.report.read_bytes() == raw  # found when it was found first
    assert len(list((watched.folder / "copy" / "reports").iterdir())) == 1
    told = fork_report(first.report.read_bytes(), watched.policy)
    assert (told.check("notes").verdict, told.verdict) == ("verified", "not_checked")
    watched.read = showing(watched, "one")
    assert watched.codes() == ["clock_off"]  # as old as they are, they were not shown before
    assert watched.codes() == []


def test_a_witness_that_saw_the_beginning_is_no_alarm(watched: Watched) -> None:
    with_a_witness(watched)
    watched.held = {W1: cosigned(watched, "one")}.get
    watched.grow(watched.one, 300, first=200)
    watched.read = showing(watched, "one")
    assert watched.codes() == []


def test_a_witness_that_tells_nothing_of_worth(watched: Watched) -> None:
    """It is away; another's note; the log's without its own line; a line that does not verify."""
    with_a_witness(watched)
    watched.read = showing(watched, "one")
    stranger = PrivateKey.from_seed(bytes(32))
    origin = watched.policy.logs[0].key.name
    plain = watched.files("one")(CHECKPOINT) or b""
    other = sign_checkpoint(Checkpoint(origin, 1, bytes(32)), stranger).encode()
    broken = cosigned(watched, "one").replace(b"witness.example/w1 ", b"witness.example/w1 A")
    for raw in (other, plain, broken, b"<html>"):
        watched.held = {W1: raw}.get
        assert watched.codes() == ["witness_unread"]

    def away(url: str) -> bytes | None:
        raise Unreachable("refused", "拒绝连接")

    watched.held = away
    [alarm] = watched.look().alarms
    assert (alarm.code, alarm.en, alarm.zh) == ("witness_unread", "w1: refused", "w1：拒绝连接")


def test_entries_that_state_a_time_before_the_last_look(watched: Watched) -> None:
    """The ledger's clock runs behind, or it kept them back: neither is seen in the tree."""
    watched.look()
    watched.now_ms += 3_600_000
    assert watched.codes() == []
    watched.grow(watched.one, 1, first=200)
    [alarm] = watched.look().alarms
    assert (alarm.code, alarm.ends) == ("clock_off", False)
    assert watched.codes() == []  # told once: nothing is new


def test_a_clock_that_runs_ahead(watched: Watched) -> None:
    watched.now_ms -= 3_600_000
    assert watched.codes() == ["clock_off"]


def test_a_copy_that_was_damaged_is_told(watched: Watched) -> None:
    watched.look()
    shutil.rmtree(watched.folder / "copy" / "tile")
    watched.grow(watched.one, 1, first=200)
    assert watched.codes() == ["incomplete"]


def test_a_copy_cut_short_goes_on(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files were moved, and the row was not: they are taken in again."""
    watched.look()
    watched.grow(watched.one, 300, first=200)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("ledger.watching.mirror.put_pin", dies)
        with pytest.raises(KeyboardInterrupt):
            watched.look()
    watched.watcher.close()
    watched.watcher = watched.watch()
    assert watched.look().added == 300
    pin = Mirror(watched.folder / "copy").pin()
    assert pin is not None
    assert pin.size == size_of(watched.one)
