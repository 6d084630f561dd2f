"""What every store must do: one suite, run on SQLite and on a real PostgreSQL."""

import threading

import pytest
import sqlalchemy as sa

from crypto.checkpoint import open_checkpoint
from crypto.consistency import verify_consistency
from crypto.notation import write_b64
from crypto.receipt import verify_receipt
from crypto.statement import read_statement, sign_statement
from ledger.errors import NotFound, ReadOnly, Refused
from ledger.service import Submitted
from ledger.store.tables import APPEND_ONLY_TABLES, LOG_TABLES
from tests.erasures import WITHHELD, logged, remove
from tests.world import GA, MZ, World, seed


def check(world: World, raw: bytes, receipt: bytes) -> int:
    """Verify a receipt as a client would; return the index."""
    log = world.ledger.parts.log
    verified = verify_receipt(receipt, raw, lambda note: open_checkpoint(note, log))
    return verified.header.index


def test_a_statement_gets_a_receipt_that_verifies(world: World) -> None:
    raw = sign_statement(world.use(), [world.zhang])
    answer = world.ledger.submit(raw)
    assert answer.created
    assert check(world, raw, answer.receipt) == answer.index
    assert world.ledger.entry(answer.index).envelope == raw


def test_a_repeat_gets_the_same_bytes(world: World) -> None:
    raw = sign_statement(world.use(), [world.zhang])
    first = world.ledger.submit(raw)
    world.submit(world.use(7), world.zhang)
    again = world.ledger.submit(raw)
    assert again == Submitted(first.receipt, first.index, created=False)


def queries(world: World, lines: list[bytes], compact: bool) -> int:
    """How many statements the database gets while *lines* are sent."""
    engine, seen = world.ledger.parts.engine, []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", count)
    try:
        answer = world.ledger.submit_batch(lines, compact=compact)
    finally:
        sa.event.remove(engine, "before_cursor_execute", count)
    assert all(isinstance(line, Submitted) and not line.created for line in answer.lines)
    return len(seen)


@pytest.mark.parametrize("published", [False, True])
@pytest.mark.parametrize("compact", [False, True])
def test_the_repeats_of_a_batch_are_read_together(
    world: World, compact: bool, published: bool
) -> None:
    """However many they are, and whether they were logged one by one or together."""
    lines = world.uses(14)
    for line in lines[:7]:
        world.ledger.submit(line)
    world.post(lines[7:])
    if published:
        world.ledger.catch_up()
    assert queries(world, lines, compact) == queries(world, lines[5:8], compact)


def test_the_repeats_of_a_batch_get_the_receipts_of_their_groups(world: World) -> None:
    """Known, new, refused and doubled lines in any order, each as if it had been sent alone."""
    lines = world.uses(9)
    alone = [world.ledger.submit(line) for line in lines[:4]]
    together = world.ledger.submit_batch(lines[4:8]).lines
    mixed = [lines[6], lines[0], b"{}", lines[8], lines[8], lines[3], lines[0], lines[7]]
    answer = world.ledger.submit_batch(mixed).lines
    assert isinstance(answer[2], Refused)
    assert [line.created for line in answer if isinstance(line, Submitted)] == [
        False, False, True, False, False, False, False,
    ]  # fmt: skip
    receipts = [line.receipt for line in answer if isinstance(line, Submitted)]
    wanted = [together[2], alone[0], answer[3], answer[3], alone[3], alone[0], together[3]]
    assert receipts == [line.receipt for line in wanted]
    for raw, receipt in zip([raw for raw in mixed if raw != b"{}"], receipts, strict=True):
        check(world, raw, receipt)


def test_a_repeat_is_known_after_the_key_is_revoked(world: World) -> None:
    raw = sign_statement(world.use(), [world.zhang])
    first = world.ledger.submit(raw)
    world.ledger.submit(world.revocation(MZ, world.zhang, "zhang"))
    assert world.ledger.submit(raw).index == first.index
    with pytest.raises(Refused, match="revoked") as refused:
        world.submit(world.use(8), world.zhang)
    assert refused.value.code == "revoked_key"


def test_another_statement_under_the_same_id_conflicts(world: World) -> None:
    event = world.use()
    first = world.submit(event, world.zhang)
    event["data"]["purpose"] = "其他用途"
    with pytest.raises(Refused) as refused:
        world.submit(event, world.zhang)
    assert (refused.value.code, refused.value.extra["index"]) == ("conflict", first.index)


def test_a_refused_statement_changes_nothing(world: World) -> None:
    before = world.ledger.state().size
    with pytest.raises(Refused):
        world.submit(world.use(official="li"), world.zhang)
    assert world.ledger.state().size == before


def test_enrol_then_use_in_one_batch(world: World) -> None:
    key = seed(50)
    use = sign_statement(world.use(), [key])
    lines = [world.enrolment(MZ, key, "zhang"), use, *world.uses(3)]
    answer = world.ledger.submit_batch(lines)
    assert all(isinstance(line, Submitted) and line.created for line in answer.lines)
    for raw, line in zip(lines, answer.lines, strict=True):
        assert check(world, raw, line.receipt) == line.index


def test_revoke_then_use_in_one_batch(world: World) -> None:
    before, after = world.uses(2)
    answer = world.ledger.submit_batch([before, world.revocation(MZ, world.zhang, "zhang"), after])
    assert isinstance(answer.lines[1], Submitted)
    assert isinstance(answer.lines[0], Submitted)
    assert answer.lines[2].code == "revoked_key"


def test_a_batch_answers_line_by_line(world: World) -> None:
    lines = world.uses(40)
    lines[5] = b"{}"
    lines[9] = lines[3]
    answer = world.ledger.submit_batch(lines)
    assert answer.lines[5].code == "malformed"
    assert (answer.lines[9].index, answer.lines[9].created) == (answer.lines[3].index, False)
    indexes = [line.index for at, line in enumerate(answer.lines) if at not in (5, 9)]
    assert indexes == list(range(indexes[0], indexes[0] + 38))


def test_a_compact_batch_is_covered_by_its_checkpoint(world: World) -> None:
    answer = world.ledger.submit_batch(world.uses(20), compact=True)
    checkpoint = open_checkpoint(answer.checkpoint, world.ledger.parts.log)
    assert checkpoint.size > max(line.index for line in answer.lines)
    assert b'"proof"' not in answer.lines[0].receipt


def test_a_batch_larger_than_a_group(world: World) -> None:
    lines = world.uses(1200)
    answer = world.ledger.submit_batch(lines)
    assert len({line.index for line in answer.lines}) == 1200
    for at in (0, 999, 1000, 1199):
        check(world, lines[at], answer.lines[at].receipt)


def test_an_erasure_by_the_department_that_spoke_in_one_batch(world: World) -> None:
    use = sign_statement(world.use(), [world.zhang])
    digest = read_statement(use).digest.hex()
    data = {"decided_by": MZ, "document": "云民〔2026〕1号", "ground": "court", "target": digest}
    erasure = world.event(MZ, "statement.erased", f"department/{MZ}", data)
    other = world.event(GA, "statement.erased", f"department/{GA}", data)
    answer = world.ledger.submit_batch(
        [use, sign_statement(other, [world.ga_system]), sign_statement(erasure, [world.mz_system])]
    )
    assert answer.lines[1].code == "out_of_role"
    assert isinstance(answer.lines[2], Submitted)


def test_the_registrar_may_say_other_things(world: World) -> None:
    """Only the six registry types change who may speak; a restart folds just those."""
    use = world.use(5)
    del use["official"], use["tier"]
    use |= {"source": "/departments/registrar", "subject": "department/registrar"}
    assert world.submit(use, world.registrar).created
    world.close()
    assert world.open().state().reason is None


def test_sixteen_writers_leave_no_gap_and_no_double(world: World) -> None:
    lines = world.uses(160)
    shared = sign_statement(world.use(999), [world.zhang])
    got: list[Submitted] = []
    errors: list[Exception] = []

    def write(mine: list[bytes]) -> None:
        try:
            got.extend(world.ledger.submit(raw) for raw in [*mine, shared])
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(lines[at::16],)) for at in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    new = sorted(answer.index for answer in got if answer.created)
    assert new == list(range(new[0], new[0] + 161))
    assert len({answer.receipt for answer in got if not answer.created}) <= 1


def test_proofs_hold_at_every_stored_size(world: World) -> None:
    world.post(world.uses(300))
    world.ledger.catch_up()
    world.submit(world.use(1000), world.zhang)
    parts = world.ledger.parts
    with parts.engine.connect() as connection:
        notes = parts.rows.checkpoint_rows(connection, 0, 1000)
    roots = {size: open_checkpoint(note, parts.log).root for size, note in notes}
    for size in roots:
        for index in {0, size // 2, size - 1}:
            world.ledger.inclusion_proof(index, size)
    sizes = sorted(roots)
    for old in sizes:
        proof = world.ledger.consistency_proof(old, sizes[-1])
        verify_consistency(old, sizes[-1], roots[old], roots[sizes[-1]], proof)


def test_partial_tiles_outlive_a_rebuild(world: World) -> None:
    world.post(world.uses(40))
    world.ledger.catch_up()
    before = {path: world.ledger.tile(path) for path in ("tile/0/000.p/20", "tile/entries/000.p/9")}
    world.post(world.uses(300))
    world.ledger.catch_up()
    world.ledger.rebuild()
    for path, content in before.items():
        assert world.ledger.tile(path) == content
    with pytest.raises(NotFound):
        world.ledger.tile("tile/0/001.p/255")


def test_a_size_that_was_never_signed_has_no_proof(world: World) -> None:
    world.post(world.uses(20))
    size = world.ledger.state().size
    with pytest.raises(NotFound) as missing:
        world.ledger.inclusion_proof(0, size - 3)
    assert missing.value.code == "no_checkpoint"


def test_restart_continues_the_same_log(world: World) -> None:
    world.post(world.uses(300))
    size = world.ledger.state().size
    world.close()
    ledger = world.open()
    assert (ledger.state().size, ledger.state().reason) == (size, None)
    assert world.submit(world.use(500), world.zhang).index == size


def test_a_digest_is_found_before_and_after_projection(world: World) -> None:
    raw = sign_statement(world.use(), [world.zhang])
    index = world.ledger.submit(raw).index
    digest = read_statement(raw).digest.hex()
    assert world.ledger.entry_of(digest).index == index
    world.ledger.catch_up()
    assert world.ledger.entry_of(digest).index == index
    with pytest.raises(NotFound):
        world.ledger.entry_of("00" * 32)


def test_replayed_projections_have_the_same_rows(world: World) -> None:
    world.post(world.uses(50))
    world.ledger.catch_up()
    runner, engine = world.ledger.parts.runner, world.ledger.parts.projection_engine

    def rows() -> list[list[tuple]]:
        with engine.connect() as connection:
            tables = ("log_digests", "projection_heads")
            return [sorted(connection.exec_driver_sql(f"SELECT * FROM {t}").all()) for t in tables]

    before = rows()
    runner.rebuild()
    assert rows() == before
    assert len(before[0]) == world.ledger.state().size


@pytest.mark.parametrize("table", [table.name for table in APPEND_ONLY_TABLES])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_history_cannot_be_changed_by_mistake(world: World, table: str, verb: str) -> None:
    column = next(c for t in APPEND_ONLY_TABLES if t.name == table for c in t.columns)
    change = f'UPDATE {table} SET "{column.name}" = "{column.name}"'
    text = change if verb == "UPDATE" else f"DELETE FROM {table}"
    remove(world, logged(world)[0], WITHHELD)
    with (
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
        world.ledger.parts.engine.begin() as connection,
    ):
        connection.exec_driver_sql(text)


@pytest.mark.parametrize("table", ["head", "chain_heads"])
def test_heads_are_never_deleted(world: World, table: str) -> None:
    with (
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
        world.ledger.parts.engine.begin() as connection,
    ):
        connection.exec_driver_sql(f"DELETE FROM {table}")


def test_migrations_make_exactly_the_declared_tables(world: World) -> None:
    inspector = sa.inspect(world.ledger.parts.engine)
    for table in LOG_TABLES:
        found = {column["name"] for column in inspector.get_columns(table.name)}
        assert found == {column.name for column in table.columns}
        keys = inspector.get_pk_constraint(table.name)["constrained_columns"]
        assert keys == [column.name for column in table.primary_key]
        assert inspector.get_indexes(table.name) == []


def test_the_sequencers_live_connection_is_durable(world: World) -> None:
    connection = world.ledger.parts.sequencer._writer()
    with connection.begin() as transaction:
        if connection.dialect.name == "sqlite":
            found = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous")
            ]
            assert found == ["wal", 2]
        else:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
            assert connection.exec_driver_sql("SHOW fsync").scalar() == "on"
        transaction.rollback()


def test_a_second_writer_on_sqlite_is_refused(sqlite_world: World) -> None:
    with pytest.raises(ReadOnly) as busy:
        World(sqlite_world.settings, sqlite_world.clock).open()
    assert busy.value.reason == "busy"


def test_a_holders_old_key_may_sign_its_successor(world: World) -> None:
    new = seed(70)
    data = {"department": MZ, "holder": "zhang", "public_key": write_b64(new.public.spki)}
    event = world.registry("key.enrolled", "official/zhang", data)
    assert world.submit(event, world.registrar, new, world.zhang).created
    other = {**data, "public_key": write_b64(seed(71).public.spki)}
    event = world.registry("key.enrolled", "official/zhang", other)
    with pytest.raises(Refused) as refused:
        world.submit(event, world.registrar, seed(71), world.li)
    assert refused.value.code == "out_of_role"
