"""A witness: who is known, what is signed and remembered, races, clocks, evidence."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from crypto.checkpoint import open_checkpoint
from crypto.cosignature import verify_cosignature
from crypto.note import ED25519, Note, format_note, parse_note, parse_signatures, sign_note, vkey_of
from crypto.policy import parse_policy
from tests.witnessing import ORIGIN, SmallLog, seed
from witness.errors import (
    BadRequest,
    Inconsistent,
    Stale,
    UnknownLog,
    Unsigned,
    WitnessError,
)
from witness.judge import FORK, UNPROVEN
from witness.known_logs import format_known_logs, parse_known_logs
from witness.store import Store, create_store
from witness.witness import Witness

LOG = SmallLog()
FORKED = SmallLog(branch="other", fork=2)
NOW = 1_793_836_860
HASH = sha256(ORIGIN.encode()).hexdigest()

Make = Callable[..., Witness]


class Clock:
    """A clock that tests set."""

    now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    create_store(tmp_path / "witness.db")
    opened = Store(tmp_path / "witness.db")
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def witness(store: Store, clock: Clock) -> Witness:
    return Witness("w.example/1", seed("witness"), {ORIGIN: [LOG.vkey]}, store, clock)


def test_a_cosignature_with_the_time(witness: Witness) -> None:
    (line,) = parse_signatures(witness.add_checkpoint(LOG.request(0, 3)))
    assert verify_cosignature(LOG.text(3), line, witness.vkey) == NOW


def test_a_log_grows_and_is_refreshed(witness: Witness, clock: Clock) -> None:
    witness.add_checkpoint(LOG.request(0, 3))
    clock.now += 9
    for old, new in ((3, 3), (3, 8), (8, 8)):
        (line,) = parse_signatures(witness.add_checkpoint(LOG.request(old, new)))
        assert verify_cosignature(LOG.text(new), line, witness.vkey) == NOW + 9


def test_the_monitoring_path_has_both_lines_and_no_other(witness: Witness) -> None:
    """What was answered, and the log's line that was verified; not a stranger's."""
    with pytest.raises(UnknownLog):
        witness.checkpoint(HASH)
    note = parse_note(LOG.note(3))
    stranger = sign_note(note.text, "stranger.example", seed("stranger"))
    body = LOG.request(0, 3, note=format_note(Note(note.text, (stranger, *note.signatures))))
    (line,) = parse_signatures(witness.add_checkpoint(body))
    kept = witness.checkpoint(HASH)
    assert parse_note(kept) == Note(note.text, (*note.signatures, line))
    assert open_checkpoint(kept, LOG.vkey).size == 3


def test_extension_lines_are_covered(witness: Witness) -> None:
    note = LOG.note(3, more="more of it\n")
    (line,) = parse_signatures(witness.add_checkpoint(LOG.request(0, 3, note=note)))
    assert verify_cosignature(parse_note(note).text, line, witness.vkey) == NOW


def test_an_unknown_log(witness: Witness) -> None:
    """Known or not comes before everything that is said of the request."""
    other = SmallLog("log.example/2")
    for body in (other.request(0, 3), other.request(5, 3, proof=[])):
        with pytest.raises(UnknownLog):
            witness.add_checkpoint(body)


def test_a_log_that_did_not_sign(witness: Witness) -> None:
    """Another's line; another's key under its name; a line whose bytes are wrong."""
    text = LOG.text(3)
    line = parse_note(LOG.note(3)).signatures[0]
    broken = line.signature[:-1] + bytes([line.signature[-1] ^ 1])
    for lines in (
        [sign_note(text, "stranger.example", LOG.key)],
        [sign_note(text, ORIGIN, seed("stranger"))],
        [type(line)(line.name, line.key_id, broken)],
        [line, type(line)(line.name, line.key_id, broken)],
    ):
        with pytest.raises(Unsigned):
            witness.add_checkpoint(LOG.request(0, 3, note=format_note(Note(text, tuple(lines)))))


def test_each_key_of_a_log_counts(store: Store, clock: Clock) -> None:
    """A log that goes over to another key is known by both."""
    newer = vkey_of(ORIGIN, ED25519, seed("newer"))
    logs = parse_known_logs(format_known_logs([LOG.vkey, newer]))
    assert logs == {ORIGIN: [LOG.vkey, newer]}
    witness = Witness("w", seed("witness"), logs, store, clock)
    text = LOG.text(3)
    note = format_note(Note(text, (sign_note(text, ORIGIN, seed("newer")),)))
    witness.add_checkpoint(LOG.request(0, 3, note=note))


def test_what_is_no_request(witness: Witness) -> None:
    for body in (b"", b"old 0\n\n", LOG.request(0, 3)[:-1], LOG.request(0, 3) + b"\n"):
        with pytest.raises(BadRequest):
            witness.add_checkpoint(body)


def test_a_fork_is_refused_and_kept(witness: Witness, store: Store) -> None:
    """Same size, another root; both notes are kept, and each is by the log."""
    witness.add_checkpoint(LOG.request(0, 5))
    with pytest.raises(Inconsistent):
        witness.add_checkpoint(FORKED.request(5, 5))
    (found,) = store.evidence()
    assert (found.kind, found.size, found.root) == (FORK, 5, FORKED.root(5))
    assert open_checkpoint(found.note, LOG.vkey).root == FORKED.root(5)
    assert open_checkpoint(found.cosigned, LOG.vkey).root == LOG.root(5)
    assert store.last(ORIGIN).root == LOG.root(5)
    witness.add_checkpoint(LOG.request(5, 6))


def test_a_fork_is_kept_also_where_the_old_size_is_wrong(witness: Witness, store: Store) -> None:
    """The protocol answers 409; two roots of one size are two roots all the same."""
    witness.add_checkpoint(LOG.request(0, 5))
    with pytest.raises(Stale):
        witness.add_checkpoint(FORKED.request(3, 5))
    assert [found.kind for found in store.evidence()] == [FORK]


def test_a_fork_that_grew_is_refused_and_kept(witness: Witness, store: Store) -> None:
    witness.add_checkpoint(LOG.request(0, 5))
    with pytest.raises(Inconsistent):
        witness.add_checkpoint(FORKED.request(5, 8))
    assert [(found.kind, found.size) for found in store.evidence()] == [(UNPROVEN, 8)]


def test_a_rollback_is_refused(witness: Witness, store: Store) -> None:
    """A log that forgot entries is told what was cosigned; what is out of step is no evidence."""
    witness.add_checkpoint(LOG.request(0, 8))
    for body in (LOG.request(5, 5), LOG.request(0, 5), LOG.request(5, 6), LOG.request(5, 9)):
        with pytest.raises(Stale) as refused:
            witness.add_checkpoint(body)
        assert refused.value.size == 8
    assert store.evidence() == []


def test_a_stranger_leaves_no_evidence(witness: Witness, store: Store) -> None:
    """What the log did not sign tells nothing of it."""
    witness.add_checkpoint(LOG.request(0, 5))
    text = FORKED.text(5)
    note = format_note(Note(text, (sign_note(text, ORIGIN, seed("stranger")),)))
    with pytest.raises(Unsigned):
        witness.add_checkpoint(FORKED.request(5, 5, note=note))
    assert store.evidence() == []


def test_a_clock_that_runs_back_signs_nothing(witness: Witness, clock: Clock) -> None:
    witness.add_checkpoint(LOG.request(0, 5))
    clock.now -= 1
    with pytest.raises(WitnessError, match="clock"):
        witness.add_checkpoint(LOG.request(5, 5))
    clock.now += 1
    witness.add_checkpoint(LOG.request(5, 5))


class Meeting(Clock):
    """A clock at which two requests meet, both judged and neither stored."""

    def __init__(self) -> None:
        self.barrier = threading.Barrier(2)
        self.met = threading.local()

    def __call__(self) -> int:
        if not getattr(self.met, "once", False):
            self.met.once = True
            self.barrier.wait(timeout=30)
        return self.now


@pytest.mark.parametrize("sizes", [(5, 8), (8, 5), (5, 5)])
def test_of_two_at_once_one_is_cosigned(store: Store, sizes: tuple[int, int]) -> None:
    """The race of the specification: both follow from 3; the slower one is told the faster's."""
    quiet = Witness("w", seed("witness"), {ORIGIN: [LOG.vkey]}, store, Clock())
    quiet.add_checkpoint(LOG.request(0, 3))
    witness = Witness("w", seed("witness"), {ORIGIN: [LOG.vkey]}, store, Meeting())
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(witness.add_checkpoint, LOG.request(3, size)) for size in sizes]
    failed = [one.exception() for one in asked]
    (lost,) = [error for error in failed if error is not None]
    assert isinstance(lost, Stale)
    assert lost.size == store.last(ORIGIN).size == sizes[failed.index(None)]


def test_two_that_refresh_at_once_are_both_cosigned(store: Store) -> None:
    Witness("w", seed("witness"), {ORIGIN: [LOG.vkey]}, store, Clock()).add_checkpoint(
        LOG.request(0, 3)
    )
    witness = Witness("w", seed("witness"), {ORIGIN: [LOG.vkey]}, store, Meeting())
    with ThreadPoolExecutor(2) as pool:
        lines = [pool.submit(witness.add_checkpoint, LOG.request(3, 3)).result for _ in range(2)]
    assert all(line() for line in lines)


def test_known_logs_are_a_policy_that_anybody_can_read() -> None:
    text = format_known_logs([LOG.vkey])
    assert [log.key for log in parse_policy(text).logs] == [LOG.vkey]
    assert parse_known_logs("quorum none\n") == {}
