"""The ledger as a client of real witnesses: cosigned, renewed, contradicted, and never held up."""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from crypto.checkpoint import Checkpoint
from crypto.policy import Opened, QuorumUnmet, open_under_policy, parse_policy
from crypto.receipt import parse_receipt, verify_receipt
from crypto.statement import sign_statement
from crypto.tlog_proof import parse_tlog_proof
from ledger.errors import ReadOnly
from ledger.fsck import Fsck
from ledger.home import Home
from ledger.service import Submitted
from ledger.settings import Settings
from ledger.store.cosignature_rows import add_cosignature, cosignatures_above
from ledger.store.engine import writing
from ledger.store.tables import cosignatures
from ledger.witnessing.interval import Interval
from tests.witnessing import Eyewitness
from tests.world import World

PATIENCE_S = 60.0


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@dataclass
class Watched:
    """A ledger whose policy names witnesses that run, two of which are a quorum."""

    world: World
    eyes: list[Eyewitness] = field(default_factory=list)

    def seconds(self) -> int:
        return self.world.clock.now_ms // 1000

    def engage(self, folder: Path, names: str, quorum: int) -> None:
        """Start witnesses and write them into the home's policy; open the ledger again."""
        world = self.world
        assert world.ledger is not None
        own = world.ledger.parts.log
        world.close()
        for name in names:
            self.eyes.append(Eyewitness(folder, name, [own], self.seconds))
            self.eyes[-1].start()
        policy = Home(world.settings.home).trust_policy
        text = policy.read_text().replace("quorum none\n", "")
        text += "".join(eye.line for eye in self.eyes)
        policy.write_text(f"{text}group g {quorum} {' '.join(names)}\nquorum g\n")
        world.open(background=True)

    def published(self) -> Opened:
        """The published checkpoint under the home's own policy; raise QuorumUnmet."""
        assert self.world.ledger is not None
        policy = parse_policy(Home(self.world.settings.home).trust_policy.read_bytes())
        return open_under_policy(self.world.ledger.published(), policy)

    def cosigners(self) -> dict[str, int]:
        """Who cosigned what is published, and when."""
        try:
            return dict(self.published().cosigners)
        except QuorumUnmet as unmet:
            return dict(unmet.opened.cosigners)

    def size(self) -> int:
        assert self.world.ledger is not None
        return self.world.ledger.size()

    def cosigned_by(self, names: str) -> bool:
        """Whether all entries are published, and these have cosigned that."""
        assert self.world.ledger is not None
        published = self.world.ledger.state().published_size
        return published == self.size() and set(names) <= set(self.cosigners())

    def close(self) -> None:
        self.world.close()
        for eye in self.eyes:
            eye.close()


@pytest.fixture
def watched(world: World) -> Iterator[Watched]:
    """On each kind of store; no witness yet."""
    made = Watched(world)
    yield made
    made.close()


@pytest.fixture
def on_sqlite(sqlite_world: World) -> Iterator[Watched]:
    made = Watched(sqlite_world)
    yield made
    made.close()


def test_what_is_published_is_cosigned(watched: Watched, tmp_path: Path) -> None:
    """By all who are there; each line is kept, and each proof ends in the cosigned note."""
    watched.engage(tmp_path, "abc", quorum=2)
    ledger = watched.world.ledger
    assert ledger is not None
    for number in range(3):
        watched.world.clock.turn(5_000)
        watched.world.submit(watched.world.use(number), watched.world.zhang)
        until(lambda: watched.cosigned_by("abc"))
        assert set(watched.cosigners().values()) == {watched.seconds()}
    opened = watched.published()
    assert opened.checkpoint.size == ledger.size()

    until(lambda: all(one.size == ledger.size() for one in ledger.witnesses()))
    assert [(one.name, one.error) for one in ledger.witnesses()] == [(n, None) for n in "abc"]
    proof = parse_tlog_proof(ledger.inclusion_proof(2, ledger.size()))
    policy = parse_policy(Home(watched.world.settings.home).trust_policy.read_bytes())
    assert open_under_policy(proof.checkpoint, policy).cosigners == opened.cosigners


def test_a_proven_interval(watched: Watched, tmp_path: Path) -> None:
    """From the last time without the entry to the first with it; open where nobody saw."""
    watched.engage(tmp_path, "ab", quorum=2)
    world, ledger = watched.world, watched.world.ledger
    assert ledger is not None
    until(lambda: watched.cosigned_by("ab"))
    first, began = ledger.size(), watched.seconds()
    world.clock.turn(60_000)
    world.submit(world.use(1), world.zhang)
    until(lambda: ledger.interval(first) == Interval(began, began + 60))
    assert ledger.interval(0) == Interval(None, began)
    assert ledger.interval(first + 1) == Interval(began + 60, None)


def test_a_quiet_ledger_is_cosigned_within_the_hour(on_sqlite: Watched, tmp_path: Path) -> None:
    on_sqlite.engage(tmp_path, "a", quorum=1)
    until(lambda: on_sqlite.cosigned_by("a"))
    size, asked = on_sqlite.size(), on_sqlite.eyes[0].asked
    on_sqlite.world.clock.turn(3_600_000)
    until(lambda: on_sqlite.cosigners() == {"a": on_sqlite.seconds()})
    assert on_sqlite.published().checkpoint.size == size
    assert on_sqlite.eyes[0].asked == asked + 1  # and not every second


def test_appends_never_wait_for_witnesses(on_sqlite: Watched, tmp_path: Path) -> None:
    """While one answers nothing at all and the other is gone, entries come and are published."""
    on_sqlite.engage(tmp_path, "ab", quorum=1)
    world, ledger = on_sqlite.world, on_sqlite.world.ledger
    assert ledger is not None
    until(lambda: on_sqlite.cosigned_by("ab"))
    ports = [eye.port for eye in on_sqlite.eyes]
    for eye in on_sqlite.eyes:
        eye.stop()
    with socket.create_server(("127.0.0.1", ports[0])):  # takes connections and says nothing
        for number in range(200):
            world.submit(world.use(number), world.zhang)
        until(lambda: ledger.state().published_size == ledger.size())
        until(lambda: any(one.error for one in ledger.witnesses()))
        asking = [one for one in threading.enumerate() if one.name == "witnessing"]
        assert len(asking) <= 2  # one a witness, however many checkpoints
        assert ledger.state().writable
    with pytest.raises(QuorumUnmet):
        on_sqlite.published()
    for eye in on_sqlite.eyes:
        eye.start()
    until(lambda: on_sqlite.cosigned_by("ab"))


def test_lines_are_kept_over_a_restart_and_a_rebuild(watched: Watched, tmp_path: Path) -> None:
    """They come from the tables; nobody needs to be there."""
    watched.engage(tmp_path, "ab", quorum=2)
    until(lambda: watched.cosigned_by("ab"))
    ledger = watched.world.ledger
    assert ledger is not None
    until(lambda: all(one.size == ledger.size() for one in ledger.witnesses()))
    wanted = watched.cosigners()
    watched.world.close()
    for eye in watched.eyes:
        eye.stop()
    watched.world.open().rebuild()
    assert watched.cosigners() == wanted


def test_the_proofs_that_witnesses_get_are_right(on_sqlite: Watched, tmp_path: Path) -> None:
    """Across the border of tiles, one asked at each size and one that was away meanwhile."""
    on_sqlite.engage(tmp_path, "ab", quorum=1)
    world = on_sqlite.world
    on_sqlite.eyes[1].stop()
    world.post(world.uses(300))
    until(lambda: on_sqlite.cosigned_by("a"))
    on_sqlite.eyes[1].start()
    until(lambda: on_sqlite.cosigned_by("ab"))
    assert on_sqlite.eyes[0].store.evidence() == on_sqlite.eyes[1].store.evidence() == []


def back_to_an_older_home(watched: Watched, folder: Path) -> None:
    """What the witness saw last is gone with everything that the home had of it."""
    home = watched.world.settings.home
    watched.world.close()
    shutil.copytree(home, folder / "older")
    watched.world.open(background=True)
    watched.world.submit(watched.world.use(1), watched.world.zhang)
    until(lambda: watched.cosigned_by("a"))
    watched.world.close()
    shutil.rmtree(home)
    (folder / "older").rename(home)


def test_a_ledger_that_was_rolled_back_takes_no_entries(on_sqlite: Watched, tmp_path: Path) -> None:
    """Consistent in itself, tiles and all: only the witness knows, and shows our signature."""
    on_sqlite.engage(tmp_path, "a", quorum=1)
    until(lambda: on_sqlite.cosigned_by("a"))
    back_to_an_older_home(on_sqlite, tmp_path)
    world = on_sqlite.world
    ledger = world.open(background=True)
    assert ledger.state().reason == "witness_ahead"
    with pytest.raises(ReadOnly):
        world.submit(world.use(2), world.zhang)


def test_a_rollback_is_noticed_later_too(on_sqlite: Watched, tmp_path: Path) -> None:
    """The witness was away at the start; another history has begun when it comes back."""
    on_sqlite.engage(tmp_path, "a", quorum=1)
    until(lambda: on_sqlite.cosigned_by("a"))
    back_to_an_older_home(on_sqlite, tmp_path)
    on_sqlite.eyes[0].stop()
    world = on_sqlite.world
    ledger = world.open(background=True)
    assert ledger.state().writable
    for number in range(2, 5):
        world.submit(world.use(number), world.zhang)
    on_sqlite.eyes[0].start()
    until(lambda: ledger.state().reason == "witness_differs")


def test_a_witness_that_lies_stops_nothing(on_sqlite: Watched, tmp_path: Path) -> None:
    """409 with any size: without our own signature it is its word alone."""
    on_sqlite.engage(tmp_path, "a", quorum=1)
    until(lambda: on_sqlite.cosigned_by("a"))
    eye = on_sqlite.eyes[0]

    def lie(environ, start):  # type: ignore[no-untyped-def]
        start("409 CONFLICT", [("Content-Type", "text/x.tlog.size")])
        return [b"1000000\n"]

    eye.stop()
    eye._app = lie  # type: ignore[assignment]
    eye.start()
    world, ledger = on_sqlite.world, on_sqlite.world.ledger
    assert ledger is not None
    world.submit(world.use(1), world.zhang)
    until(lambda: ledger.witnesses()[0].error == "HTTP 409")
    assert ledger.state().writable
    world.submit(world.use(2), world.zhang)


def test_without_witnesses_nothing_changes(sqlite_settings: Settings) -> None:
    """No thread, no line, no wait."""
    world = World(sqlite_settings).begin(cast=False)
    ledger = world.ledger
    assert ledger is not None
    ledger.catch_up()
    assert ledger.witnesses() == []
    assert ledger.interval(0) == Interval(None, None)
    assert ledger.published() == ledger.parts.reader.note_of(1)
    world.close()


def test_fsck_verifies_every_line(watched: Watched, tmp_path: Path) -> None:
    """A home whose head is cosigned is verified; a line that somebody altered is named."""
    watched.engage(tmp_path, "ab", quorum=2)
    until(lambda: watched.cosigned_by("ab"))
    ledger = watched.world.ledger
    assert ledger is not None
    size = ledger.size()
    until(lambda: all(one.size == size for one in ledger.witnesses()))
    report = Fsck(ledger.parts).run(workers=0)
    assert (report.verdict, report.check("cosignatures").done) == ("verified", 2)

    engine = ledger.parts.engine
    for verb in ("UPDATE cosignatures SET time_s = time_s", "DELETE FROM cosignatures"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine.begin() as connection:
            connection.exec_driver_sql(verb)
    with writing(engine) as connection:
        row = next(iter(cosignatures_above(connection, ("", -1, -1), 1)))
        add_cosignature(connection, (row[0], row[1], row[2] + 1, row[3]))
    check = Fsck(ledger.parts).run(workers=0).check("cosignatures")
    assert (check.verdict, check.first_bad) == ("failed", size - 1)


def test_the_table_is_as_declared(world: World) -> None:
    assert world.ledger is not None
    inspector = sa.inspect(world.ledger.parts.engine)
    found = {column["name"] for column in inspector.get_columns("cosignatures")}
    assert found == {column.name for column in cosignatures.columns}
    keys = inspector.get_pk_constraint("cosignatures")["constrained_columns"]
    assert keys == ["witness", "size", "time_s"]


def receipts_wait(watched: Watched, wait_ms: int) -> None:
    world = watched.world
    world.close()
    world.settings = replace(world.settings, quorum_wait_ms=wait_ms)
    world.open(background=True)


def opened(watched: Watched, receipt: bytes) -> Opened:
    policy = parse_policy(Home(watched.world.settings.home).trust_policy.read_bytes())
    note = parse_tlog_proof(parse_receipt(receipt).proof).checkpoint
    return open_under_policy(note, policy)


def test_receipts_may_wait_for_a_quorum(watched: Watched, tmp_path: Path) -> None:
    """Each verifies under the quorum when it leaves; of a batch, compact or not, too."""
    watched.engage(tmp_path, "ab", quorum=2)
    receipts_wait(watched, 30_000)
    world, ledger = watched.world, watched.world.ledger
    assert ledger is not None
    policy = parse_policy(Home(world.settings.home).trust_policy.read_bytes())
    statements = [sign_statement(world.use(n), [world.zhang]) for n in range(5)]

    def open_note(note: str) -> Checkpoint:
        return open_under_policy(note, policy).checkpoint

    one = ledger.submit(statements[0])
    assert verify_receipt(one.receipt, statements[0], open_note).header.index == one.index
    for raw, answer in zip(
        statements[1:3], ledger.submit_batch(statements[1:3]).lines, strict=True
    ):
        assert isinstance(answer, Submitted)
        verify_receipt(answer.receipt, raw, open_note)
    compact = ledger.submit_batch(statements[3:], compact=True)
    assert compact.checkpoint is not None
    assert open_note(compact.checkpoint).size >= ledger.size()


def test_dead_witnesses_hold_up_no_receipt(on_sqlite: Watched, tmp_path: Path) -> None:
    """Once they failed they are not waited for, whatever the setting says."""
    on_sqlite.engage(tmp_path, "ab", quorum=2)
    for eye in on_sqlite.eyes:
        eye.stop()
    on_sqlite.world.submit(on_sqlite.world.use(99), on_sqlite.world.zhang)  # nobody cosigned it
    receipts_wait(on_sqlite, 30_000)
    world, ledger = on_sqlite.world, on_sqlite.world.ledger
    assert ledger is not None
    until(lambda: all(one.error for one in ledger.witnesses()))
    began = time.monotonic()
    for number in range(50):
        receipt = world.submit(world.use(number), world.zhang).receipt
    assert time.monotonic() - began < 30  # one single wait would be as long
    with pytest.raises(QuorumUnmet):
        opened(on_sqlite, receipt)
