"""Several processes may sequence on PostgreSQL: here, two open ledgers of one home."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crypto.statement import sign_statement
from ledger.errors import Refused
from ledger.settings import Settings
from tests.citing import FOREIGN, Foreign, citing
from tests.world import MZ, World, seed


@pytest.fixture
def workers(new_database: Callable[[], str], tmp_path: Path) -> Iterator[tuple[World, World]]:
    settings = Settings(tmp_path / "home", new_database(), 10, 16, 1)
    first = World(settings).begin()
    second = World(settings, first.clock)
    second.ids = first.ids
    second.open()
    yield first, second
    first.close()
    second.close()


def test_a_key_enrolled_on_one_speaks_on_the_other(workers: tuple[World, World]) -> None:
    first, second = workers
    key = seed(60)
    first.enrol(MZ, key, "zhang")
    assert second.submit(second.use(), key).created


def test_a_key_revoked_on_one_is_refused_on_the_other(workers: tuple[World, World]) -> None:
    first, second = workers
    second.submit(second.use(1), second.zhang)
    first.ledger.submit(first.revocation(MZ, first.zhang, "zhang"))
    with pytest.raises(Refused) as refused:
        second.submit(second.use(2), second.zhang)
    assert refused.value.code == "revoked_key"


def test_a_peer_registered_on_one_judges_on_the_other(workers: tuple[World, World]) -> None:
    first, second = workers
    peer = {"origin": FOREIGN, "policy": Foreign().policy()}
    first.submit(first.registry("peer.registered", "department/registrar", peer), first.registrar)
    with pytest.raises(Refused) as refused:
        second.submit(citing(second.use(), Foreign(key="somebody").cite()), second.zhang)
    assert refused.value.code == "bad_citation"
    index = second.submit(citing(second.use(), Foreign().cite()), second.zhang).index
    for world in workers:
        assert [one.standing for one in world.ledger.entry(index).citations] == ["verified"]


def test_one_shows_what_the_other_enrolled(workers: tuple[World, World]) -> None:
    first, second = workers
    key = seed(61)
    first.enrol(MZ, key, "zhang")
    index = first.submit(first.use(), key).index
    assert second.ledger.entry(index).attested is False


def test_a_repeat_on_the_other_is_the_same_entry(workers: tuple[World, World]) -> None:
    first, second = workers
    raw = sign_statement(first.use(), [first.zhang])
    made, again = first.ledger.submit(raw), second.ledger.submit(raw)
    assert (again.receipt, again.created) == (made.receipt, False)


def test_writers_of_both_leave_no_gap(workers: tuple[World, World]) -> None:
    lines = workers[0].uses(160)
    got = []
    errors = []

    def write(at: int) -> None:
        try:
            got.extend(workers[at % 2].ledger.submit(raw).index for raw in lines[at::8])
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(at,)) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(got) == list(range(min(got), min(got) + 160))


def test_both_publish_into_one_folder(workers: tuple[World, World]) -> None:
    first, second = workers
    first.post(first.uses(300))
    first.ledger.catch_up()
    second.submit(second.use(400), second.zhang)
    second.ledger.catch_up()
    first.submit(first.use(401), first.zhang)
    first.ledger.catch_up()
    assert first.ledger.state().published_size == first.ledger.state().size
