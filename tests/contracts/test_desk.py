"""What the service keeps for itself, on each kind of store."""

import threading
from contextlib import suppress

import pytest

from crypto.notation import format_time, read_b64, write_b64
from crypto.signin import sign_in
from crypto.statement import sign_statement
from ledger.errors import NotFound, NotSignedIn, Refused
from ledger.service import Ledger
from tests.world import MZ, ORIGIN, World

AHEAD_MS = 60_000


def ledger_of(world: World) -> Ledger:
    assert world.ledger is not None
    return world.ledger


def envelope(world: World, nonce: bytes) -> bytes:
    expires = format_time(world.clock() + AHEAD_MS)
    return sign_in(world.zhang, ORIGIN, nonce, bytes(16), expires)


def test_a_session_outlives_the_process_and_not_its_end(world: World) -> None:
    sessions = ledger_of(world).desk.sessions
    begun = sessions.begin(envelope(world, sessions.challenge("p")), "p")
    world.close()
    sessions = world.open().desk.sessions
    found = sessions.find(begun.token)
    assert (found.reader.department, found.reader.official) == (MZ, "zhang")
    sessions.end(found.token_sha256)
    with pytest.raises(NotSignedIn):
        sessions.find(begun.token)


def test_of_many_who_use_one_nonce_at_once_one_signs_in(world: World) -> None:
    sessions = ledger_of(world).desk.sessions
    raw, opened = envelope(world, sessions.challenge("p")), []

    def use() -> None:
        with suppress(NotSignedIn):
            opened.append(sessions.begin(raw, "p").token)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(opened) == 1


def test_what_has_run_out_is_removed(world: World) -> None:
    desk = ledger_of(world).desk
    raw = envelope(world, desk.sessions.challenge("p"))
    desk.sessions.begin(raw, "p")
    desk.sessions.challenge("p")
    world.clock.turn(61 * 60_000)
    desk.sessions.challenge("p")
    with desk.engine.connect() as connection:
        counts = [
            connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()
            for table in ("nonces", "sessions")
        ]
    assert counts == [1, 0]


def test_refusals_are_listed_newest_first_and_paged(world: World) -> None:
    ledger = ledger_of(world)
    for _ in range(3):
        with pytest.raises(Refused):
            ledger.submit(sign_statement(world.use(tier="approver"), [world.zhang]))
    first, second = ledger.desk.refusals.newest(None, 2)
    [third] = ledger.desk.refusals.newest(second[0], 2)
    assert [first[0], second[0], third[0]] == [3, 2, 1]
    assert {row[1][2] for row in (first, second, third)} == {"out_of_role"}


def test_no_seal_is_opened_that_is_not_kept(world: World) -> None:
    with pytest.raises(NotFound, match=r"service\.db"):
        ledger_of(world).desk.readings.unseal("ab" * 32, "cd" * 32, "x")


def test_a_nonce_is_told_as_it_is_signed(world: World) -> None:
    nonce = ledger_of(world).desk.sessions.challenge("p")
    assert read_b64(write_b64(nonce)) == nonce
    assert len(nonce) == 32
