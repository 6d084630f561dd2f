"""Build a ledger from settings: the only place that chooses implementations.

Opening never makes a ledger; ``ledger.opening`` does. Where something does not
agree at the start, the ledger opens for reading and says why it takes no entries.
"""

from contextlib import suppress
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from crypto.errors import CryptoError
from crypto.keys import PrivateKey
from crypto.note import VKey
from crypto.policy import parse_policy
from ledger.admission.admission import Admission
from ledger.admission.judge import RegistryJudge
from ledger.admission.pool import CheckPool
from ledger.backups.held import held
from ledger.builtin_packs import built_in
from ledger.errors import LedgerError, ReadOnly
from ledger.home import Home
from ledger.log.chain_ids import ChainIds
from ledger.log.clock import Clock, system_clock
from ledger.log.failures import damaged, from_database
from ledger.log.publisher import Publisher
from ledger.log.reader import LogReader
from ledger.log.sequencer import Sequencer, follow_registry
from ledger.log.startup import Expected, check_start, wrong_log_key
from ledger.log.tile_store import TileStore
from ledger.parts import Parts, follow_log
from ledger.projections.ahead import ahead_of
from ledger.projections.finder import DigestFinder
from ledger.projections.log_index import LogIndex
from ledger.projections.postings import Postings
from ledger.projections.runner import Runner
from ledger.projections.steps import Projection
from ledger.projections.supervision import Supervision
from ledger.projections.things import Things
from ledger.refusal_notes import RefusalNotes
from ledger.registry.state import Registry
from ledger.removals import Eraser, Orders
from ledger.service import Ledger
from ledger.settings import Settings
from ledger.store.engine import open_engine, open_projection_engine, reading
from ledger.store.log_rows import LogRows, log_rows
from ledger.store.posting_rows import posting_rows
from ledger.store.projection_rows import ProjectionRows
from ledger.store.supervision_rows import supervision_rows
from ledger.store.thing_rows import thing_rows
from ledger.witnessing.recall import recall
from ledger.witnessing.witnessing import Witnessing

# What reading rows can raise that somebody altered; SQLite keeps values of any type.
UNREADABLE = (CryptoError, ValueError, TypeError)


def open_ledger(
    settings: Settings,
    clock: Clock = system_clock,
    writes: bool = True,
    background: bool = False,
) -> Ledger:
    """Open the ledger of a home.

    Args:
        settings: where it lies.
        clock: milliseconds since 1970; tests hand in their own.
        writes: take the home's lock and let entries in.
        background: publish and project while open; else ``catch_up`` does.

    Raises:
        LedgerError: no ledger here, or a private file is missing or readable by others.
        ReadOnly: ``busy``: another process writes to this home. Where nothing can be
            read: ``database_lost``, ``schema_version``, ``damaged``.
    """
    home = Home(settings.home)
    check_made(home, settings)
    lock = home.lock(shared=not settings.on_sqlite) if writes else None
    try:
        return _opened(_assemble(settings, home, clock, lock), writes, background)
    except sa.exc.SQLAlchemyError as error:
        _let_go(lock)
        raise from_database(error) from error
    except BaseException:
        _let_go(lock)
        raise


def _opened(ledger: Ledger, writes: bool, background: bool) -> Ledger:
    _check(ledger, writes)
    if background and ledger.parts.sequencer.failure is None:
        ledger.parts.sequencer.failure = _contradicted(ledger.parts)
    try:
        if ledger.parts.sequencer.failure is None:
            ledger.parts.eraser.recover()
        ledger.start(background)
    except sa.exc.SQLAlchemyError as error:
        ledger.close()
        raise ledger.parts.sequencer.failure or from_database(error) from error
    return ledger


def _contradicted(parts: Parts) -> ReadOnly | None:
    """Ask the witnesses, for two seconds at most, whether the log has been larger or another."""
    return recall(
        parts.witnessing.policy.witnesses, parts.log, parts.reader.size, parts.reader.root
    )


def _let_go(lock: IO[bytes] | None) -> None:
    if lock is not None:
        lock.close()


def check_made(home: Home, settings: Settings) -> None:
    """Raise LedgerError where no ledger has been made, or its database file is gone."""
    if not home.trust_policy.exists():
        raise LedgerError(
            "there is no ledger in this home: make one with `zelian init --origin NAME`",
            "此主目录中没有账本：请用 `zelian init --origin 名称` 新建",
        )
    file = sa.make_url(settings.database_url).database if settings.on_sqlite else None
    if file and not Path(file).exists():  # connecting would make an empty one
        name = Path(file).name
        raise LedgerError(
            f"{name} is missing: restore it from a backup; none is made anew",
            f"缺少 {name}：请从备份恢复；系统不会自动新建",
        )


def _assemble(settings: Settings, home: Home, clock: Clock, lock: IO[bytes] | None) -> Ledger:
    log, key = read_log_key(home)
    secret = home.read_secret()
    engine = open_engine(settings.database_url, settings.cache_mib)
    projection_engine = open_projection_engine(engine, home.path)
    rows, projection_rows = log_rows(engine), ProjectionRows()
    tiles, names = TileStore(home.tiles), ChainIds(secret)
    finder = DigestFinder(engine, projection_engine, rows, projection_rows)
    judge = RegistryJudge(Registry(), finder.source_of)
    reader = LogReader(engine, rows, tiles, log)
    policy = parse_policy(home.trust_policy.read_bytes())
    witnessing = Witnessing(policy, log, engine, reader.consistency_proof, clock)
    publisher = Publisher(engine, rows, tiles, log, settings.publish_ms, witnessing.cosigned)
    projections = projections_on(projection_engine, engine, rows, projection_rows)
    runner = Runner(engine, projection_engine, rows, projection_rows, projections)

    eraser = Eraser(engine, rows, projection_engine, runner.forget, home.receipts)

    def committed(_size: int) -> None:
        publisher.want()
        runner.want()

    orders = Orders(engine, rows, finder, eraser.want)
    sequencer = Sequencer(engine, rows, log.name, key, names, judge, clock, committed, orders)
    parts = Parts(
        settings=settings,
        home=home,
        clock=clock,
        engine=engine,
        projection_engine=projection_engine,
        rows=rows,
        projection_rows=projection_rows,
        tiles=tiles,
        reader=reader,
        log=log,
        names=names,
        judge=judge,
        sequencer=sequencer,
        publisher=publisher,
        runner=runner,
        finder=finder,
        eraser=eraser,
        pool=CheckPool(log.name, settings.checkers),
        witnessing=witnessing,
        refusal_notes=RefusalNotes(log.name, key, judge.registry, clock),
    )
    return Ledger(parts, _admission(parts), lock)


def projections_on(
    engine: sa.Engine, log_engine: sa.Engine, rows: LogRows, positions: ProjectionRows
) -> list[Projection]:
    """Return every projection, for the tables of the database *engine*."""
    return [
        LogIndex(positions),
        Postings(posting_rows(engine)),
        Things(log_engine, rows, thing_rows(engine)),
        Supervision(
            supervision_rows(engine), positions, built_in(), ahead_of(log_engine, engine, built_in)
        ),
    ]


def _admission(parts: Parts) -> Admission:
    def find_logged(source: str, id_: str, digest: bytes) -> int | None:
        with reading(parts.engine) as connection:
            row = parts.rows.find_ids(connection, [(source, id_)]).get((source, id_))
        return row.index if row is not None and row.digest == digest else None

    return Admission(
        parts.log.name,
        parts.judge,
        parts.sequencer,
        parts.pool,
        parts.clock,
        find_logged,
        lambda: follow_log(parts),
    )


def read_log_key(home: Home) -> tuple[VKey, PrivateKey]:
    """The log's public key as the trust policy names it, and the private one that lies here."""
    policy = parse_policy(home.trust_policy.read_bytes())
    if not policy.logs:
        raise LedgerError(
            "trust-policy names no log: restore it from a backup, with its line `log …`",
            "trust-policy 未写明日志：请从备份恢复，其中须有 `log …` 一行",
        )
    return policy.logs[0].key, home.read_key(home.log_key)


def _check(ledger: Ledger, writes: bool) -> None:
    """Make the start-up check and fold the registry; what fails stops writes."""
    parts = ledger.parts
    expected = Expected(parts.log, parts.home.read_secret(), parts.home.read_identity())
    try:
        _, key = read_log_key(parts.home)
        if key.algorithm != "ed25519" or key.raw_public != parts.log.public:
            raise wrong_log_key()
        head = check_start(parts.engine, parts.rows, parts.reader, expected, parts.clock())
        with reading(parts.engine) as connection:
            follow_registry(connection, parts.rows, parts.judge, head)
    except ReadOnly as failure:
        parts.sequencer.failure = failure
        _follow_what_can_be(parts)
    except sa.exc.SQLAlchemyError as error:
        parts.sequencer.failure = from_database(error)
    except UNREADABLE as error:
        parts.sequencer.failure = damaged(
            "an entry cannot be read, or the registry does not fold",
            "有记录无法读取，或登记信息无法归并",
        )
        parts.sequencer.failure.__cause__ = error
    parts.sequencer.failure = parts.sequencer.failure or held(parts.home)
    if not writes:
        parts.sequencer.failure = ReadOnly(
            "opened_for_reading", "this home was opened for reading", "此主目录仅以只读方式打开"
        )


def _follow_what_can_be(parts: Parts) -> None:
    """Fold as much of the registry as can be read, so that readers are served."""
    expected = (ReadOnly, sa.exc.SQLAlchemyError, *UNREADABLE)
    with suppress(*expected), reading(parts.engine) as connection:
        head = parts.rows.read_head(connection)
        if head is not None:
            follow_registry(connection, parts.rows, parts.judge, head)
