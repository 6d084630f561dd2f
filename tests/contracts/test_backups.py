"""A ledger saved while it is served comes back whole, on each database, and forks nothing."""

import hashlib
import json
import shutil
import sqlite3
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from crypto.statement import read_statement, sign_statement
from ledger.errors import ReadOnly
from ledger.home import Home
from ledger.settings import Settings
from ledger.store.removal_rows import is_blank
from tests.erasures import ledger_of, logged, order, remove
from tests.faults.served import environment, until
from tests.witnessing import Eyewitness
from tests.world import World

pytestmark = pytest.mark.long

WORDS = "a passphrase of some length"


@pytest.fixture
def filled(world: World) -> World:
    """Something of everything, an erased statement among it."""
    world.post(world.uses(30))
    remove(world, logged(world, 1)[0])
    ledger_of(world).catch_up()
    return world


@pytest.fixture
def elsewhere(
    filled: World, tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[[], Settings]:
    """Settings of empty homes, on the database of the same kind."""
    made = iter(range(9))

    def make() -> Settings:
        home = tmp_path / f"restored{next(made)}"
        if filled.settings.on_sqlite:
            return Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 2)
        return Settings(home, request.getfixturevalue("new_database")(), 10, 16, 2)

    return make


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    path = tmp_path / "words"
    path.write_text(f"{WORDS}\n")
    path.chmod(0o600)
    return path


def zelian(settings: Settings, *args: object) -> Result:
    """Run a command; the ledger may be open here: one that reads needs no lock."""
    env = {k: v for k, v in environment(settings).items() if k.startswith("ZELIAN")}
    return CliRunner().invoke(main, ["--lang", "en", *map(str, args)], env=env)


def save(world: World, passphrase: Path, name: str = "saved") -> Path:
    folder = world.settings.home.parent / name
    done = zelian(world.settings, "backup", folder, "--with-keys", "--passphrase-file", passphrase)
    assert done.exit_code == 0, done.output
    return folder


def taken_over(world: World, settings: Settings) -> World:
    """The same people before another home."""
    other = World(settings, world.clock)
    other.ids = world.ids
    other.open(writes=True)
    return other


def test_a_ledger_comes_back_and_goes_on_when_it_is_let(
    filled: World, elsewhere: Callable[[], Settings], passphrase: Path
) -> None:
    folder = save(filled, passphrase)  # while it is open for writing
    size = ledger_of(filled).size()
    envelopes = [ledger_of(filled).entry(index).envelope for index in range(size)]
    filled.close()
    settings = elsewhere()
    done = zelian(settings, "restore", folder, "--passphrase-file", passphrase)
    assert done.exit_code == 0, done.output
    assert f"{size} entries restored and verified" in done.output
    assert "are here again" in done.output
    fsck = zelian(settings, "fsck")
    assert fsck.exit_code == 0, fsck.output
    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o700

    other = taken_over(filled, settings)
    assert [ledger_of(other).entry(index).envelope for index in range(size)] == envelopes
    assert ledger_of(other).state().reason == "restored"
    with pytest.raises(ReadOnly, match="fork the log"):
        other.submit(other.use(5_000), other.zhang)
    other.close()
    gone_on = zelian(settings, "restore", "--go-on")
    assert gone_on.exit_code == 0, gone_on.output
    other = taken_over(filled, settings)
    assert other.submit(other.use(5_000), other.zhang).index == size
    other.close()
    assert zelian(settings, "restore", "--go-on").exit_code == 7  # it does not wait


@pytest.mark.parametrize("kind", ["checkpoint", "receipt", "folder"])
def test_one_who_saw_more_keeps_it_from_going_on(
    filled: World, elsewhere: Callable[[], Settings], passphrase: Path, tmp_path: Path, kind: str
) -> None:
    folder = save(filled, passphrase)
    receipt = filled.submit(filled.use(5_000), filled.zhang).receipt
    ledger_of(filled).catch_up()
    shown = tmp_path / "shown"
    if kind == "receipt":
        shown.write_bytes(receipt)
    elif kind == "folder":
        shutil.copytree(filled.settings.home / "tiles", shown)
    else:
        shown.write_text(ledger_of(filled).published())
    size = ledger_of(filled).size()
    filled.close()
    settings = elsewhere()
    given = ("--passphrase-file", passphrase, "--newer-than", shown)
    done = zelian(settings, "restore", folder, *given)
    assert done.exit_code == 7, done.output
    assert f"a checkpoint of {size}" in done.output
    refused = zelian(settings, "restore", "--go-on")  # what was shown once stands
    assert refused.exit_code == 7, refused.output
    other = taken_over(filled, settings)
    assert ledger_of(other).state().reason == "restored_older"
    with pytest.raises(ReadOnly):
        other.submit(other.use(5_001), other.zhang)
    assert ledger_of(other).entry(3).envelope is not None
    other.close()


def test_a_log_that_went_another_way_is_told(
    filled: World, elsewhere: Callable[[], Settings], passphrase: Path, tmp_path: Path
) -> None:
    """Two restored copies that both went on: either is shown the other's checkpoint."""
    folder = save(filled, passphrase)
    filled.close()
    one, two = elsewhere(), elsewhere()
    for settings, number in ((one, 5_000), (two, 6_000)):
        args = ("restore", folder, "--passphrase-file", passphrase, "--go-on")
        assert zelian(settings, *args).exit_code == 0
        other = taken_over(filled, settings)
        other.submit(other.use(number), other.zhang)
        ledger_of(other).catch_up()
        other.close()
    later = save_of(two, passphrase, tmp_path / "later")
    shown = one.home / "tiles" / "checkpoint"
    settings = elsewhere()
    done = zelian(
        settings, "restore", later, "--passphrase-file", passphrase, "--newer-than", shown
    )
    assert done.exit_code == 7
    assert "the log forked" in done.output
    other = taken_over(filled, settings)
    assert ledger_of(other).state().reason == "restored_differs"
    other.close()


def save_of(settings: Settings, passphrase: Path, folder: Path) -> Path:
    done = zelian(settings, "backup", folder, "--with-keys", "--passphrase-file", passphrase)
    assert done.exit_code == 0, done.output
    return folder


def test_an_erasure_after_the_backup_is_carried_out_anew(
    filled: World, elsewhere: Callable[[], Settings], passphrase: Path, tmp_path: Path
) -> None:
    raw, index = logged(filled, 7)
    ledger_of(filled).catch_up()
    folder = save(filled, passphrase)
    path = tmp_path / "order.json"
    path.write_bytes(order(filled, raw))
    ledger_of(filled).submit(path.read_bytes())
    filled.close()
    settings = elsewhere()
    args = ("restore", folder, "--passphrase-file", passphrase, "--go-on", "--order", path)
    done = zelian(settings, *args)
    assert done.exit_code == 0, done.output
    assert "carried out anew" in done.output
    other = taken_over(filled, settings)
    parts = ledger_of(other).parts
    with parts.engine.connect() as connection:
        assert is_blank(parts.rows.envelope(connection, index) or b"x")
    other.close()


def test_without_keys_it_says_what_is_missing(
    filled: World, elsewhere: Callable[[], Settings], tmp_path: Path
) -> None:
    folder = tmp_path / "saved"
    done = zelian(filled.settings, "backup", folder)
    assert done.exit_code == 0
    assert "chain.secret" in done.output
    home = Home(filled.settings.home)
    held = b"".join(path.read_bytes() for path in folder.iterdir())
    assert home.read_secret() not in held
    assert b"PRIVATE KEY" not in held
    filled.close()
    settings = elsewhere()
    refused = zelian(settings, "restore", folder)
    assert (refused.exit_code, settings.home.exists()) == (7, False)
    assert "chain.secret is missing" in refused.output
    settings.home.mkdir(mode=0o700)
    shutil.copytree(home.keys, settings.home / "keys")
    shutil.copy2(home.secret, settings.home / "chain.secret")
    done = zelian(settings, "restore", folder)
    assert done.exit_code == 0, done.output


def test_a_backup_that_was_changed_is_refused(
    sqlite_world: World, passphrase: Path, tmp_path: Path
) -> None:
    """Each file of it, by its hash; and with the hashes made to fit, by what the log signed."""
    sqlite_world.post(sqlite_world.uses(3))
    folder = save(sqlite_world, passphrase)
    home = tmp_path / "restored"
    settings = Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 2)
    for path in sorted(folder.iterdir()):
        good = path.read_bytes()
        path.write_bytes(good[:-20] + bytes([good[-20] ^ 1]) + good[-19:])
        done = zelian(settings, "restore", folder, "--passphrase-file", passphrase)
        assert done.exit_code == 7, (path.name, done.output)
        assert not home.exists()
        path.write_bytes(good)
    passphrase.write_text("another passphrase\n")
    assert (
        "does not open"
        in zelian(settings, "restore", folder, "--passphrase-file", passphrase).output
    )
    assert not home.exists()


def test_what_does_not_verify_takes_no_entries(
    sqlite_world: World, passphrase: Path, tmp_path: Path
) -> None:
    """A backup with a statement altered, and its manifest made to fit."""
    sqlite_world.post(sqlite_world.uses(3))
    folder = save(sqlite_world, passphrase)
    with sqlite3.connect(folder / "ledger.db") as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE statements SET envelope = x'7b7d' WHERE \"index\" = 12")
    connection.close()
    manifest = (folder / "backup.json").read_text()
    raw = (folder / "ledger.db").read_bytes()
    changed = json.loads(manifest)
    changed["files"]["ledger.db"] = hashlib.sha256(raw).hexdigest()
    (folder / "backup.json").write_text(json.dumps(changed))
    home = tmp_path / "restored"
    settings = Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 2)
    done = zelian(settings, "restore", folder, "--passphrase-file", passphrase)
    assert done.exit_code == 1, done.output
    assert "entry 12" in done.output
    sqlite_world.close()
    other = taken_over(sqlite_world, settings)
    assert ledger_of(other).state().reason == "restoring"
    with pytest.raises(ReadOnly):
        ledger_of(other).submit(sign_statement(other.use(9), [other.zhang]))
    other.close()
    assert zelian(settings, "restore", "--go-on").exit_code == 7


def test_a_witness_keeps_an_older_one_from_going_on(
    sqlite_world: World, passphrase: Path, tmp_path: Path
) -> None:
    """Asked when it is restored and when it is to go on; silent, it is named."""
    world = sqlite_world
    world.post(world.uses(3))
    log = ledger_of(world).parts.log
    eye = Eyewitness(tmp_path, "eye", [log], lambda: world.clock.now_ms // 1000)
    eye.start()
    policy = Home(world.settings.home).trust_policy
    text = policy.read_text().replace("quorum none\n", "")
    policy.write_text(f"{text}{eye.line}group g 1 eye\nquorum g\n")
    world.close()
    world.open(background=True)
    size = ledger_of(world).size()
    until(lambda: ledger_of(world).witnesses()[0].size == size)  # else it is saved without a quorum
    folder = save(world, passphrase)
    world.submit(world.use(5_000), world.zhang)
    size = ledger_of(world).size()
    until(lambda: ledger_of(world).witnesses()[0].size == size)
    world.close()
    eye.stop()
    home = tmp_path / "restored"
    settings = Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 2)
    done = zelian(settings, "restore", folder, "--passphrase-file", passphrase)
    assert done.exit_code == 0, done.output
    assert "the witness eye did not answer" in done.output
    eye.start()
    try:
        refused = zelian(settings, "restore", "--go-on")
        assert refused.exit_code == 7
        assert f"eye holds a checkpoint of {size}" in refused.output
    finally:
        eye.close()
    assert zelian(settings, "restore", "--go-on").exit_code == 7  # nor when it is gone again


def test_entries_that_come_meanwhile_leave_the_copy_whole(
    filled: World, elsewhere: Callable[[], Settings], passphrase: Path
) -> None:
    """Whatever is in it is the beginning of the log, and verifies."""
    ending, posted = threading.Event(), []

    def post() -> None:
        while not ending.is_set():
            posted.append(filled.submit(filled.use(7_000 + len(posted)), filled.zhang))

    thread = threading.Thread(target=post)
    thread.start()
    try:
        until(lambda: len(posted) > 3)
        folder = save(filled, passphrase)
        size = len(posted)
        until(lambda: len(posted) > size)
    finally:
        ending.set()
        thread.join()
    filled.close()
    settings = elsewhere()
    done = zelian(settings, "restore", folder, "--passphrase-file", passphrase)
    assert done.exit_code == 0, done.output


def test_it_moves_between_databases(
    sqlite_world: World,
    new_database: Callable[[], str],
    passphrase: Path,
    tmp_path: Path,
) -> None:
    """From SQLite to PostgreSQL and back, to the same bytes."""
    world = sqlite_world
    remove(world, logged(world, 1)[0])
    folder = save(world, passphrase)
    size = ledger_of(world).size()
    headers = ledger_of(world).parts.reader.headers(0, size)
    world.close()
    home = tmp_path / "there"
    there = Settings(home, new_database(), 10, 16, 2)
    given = ("--passphrase-file", passphrase)
    assert zelian(there, "restore", folder, *given).exit_code == 0
    again = save_of(there, passphrase, tmp_path / "again")
    home = tmp_path / "back"
    back = Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 2)
    assert zelian(back, "restore", again, *given).exit_code == 0
    other = taken_over(world, back)
    assert ledger_of(other).parts.reader.headers(0, size) == headers
    other.close()
    used = Settings(tmp_path / "third", there.database_url, 10, 16, 2)
    refused = zelian(used, "restore", folder, *given)
    assert (refused.exit_code, used.home.exists()) == (7, False)
    assert zelian(back, "restore", folder, *given).exit_code == 7  # nor over a home


def test_an_order_that_is_refused_leaves_it_held(
    sqlite_world: World, passphrase: Path, tmp_path: Path
) -> None:
    raw, _ = logged(sqlite_world, 7)
    folder = save(sqlite_world, passphrase)
    path = tmp_path / "order.json"
    signed = order(sqlite_world, raw)
    sqlite_world.close()
    home = tmp_path / "restored"
    settings = Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 2)
    event = read_statement(signed).event
    event["time"] = "2027-01-01T00:00:00.000Z"  # from the future
    path.write_bytes(sign_statement(event, [sqlite_world.mz_system]))
    args = ("restore", folder, "--passphrase-file", passphrase, "--go-on", "--order", path)
    assert zelian(settings, *args).exit_code == 7
    other = taken_over(sqlite_world, settings)
    assert ledger_of(other).state().reason == "restored"
    other.close()
