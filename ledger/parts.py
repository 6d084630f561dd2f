"""What an open ledger is put together from."""

from dataclasses import dataclass

import sqlalchemy as sa

from crypto.note import VKey
from ledger.admission.judge import RegistryJudge
from ledger.admission.pool import CheckPool
from ledger.home import Home
from ledger.log.chain_ids import ChainIds
from ledger.log.clock import Clock
from ledger.log.publisher import Publisher
from ledger.log.reader import LogReader
from ledger.log.sequencer import Sequencer, follow_registry
from ledger.log.tile_store import TileStore
from ledger.projections.finder import DigestFinder
from ledger.projections.runner import Runner
from ledger.refusal_notes import RefusalNotes
from ledger.removals import Eraser
from ledger.settings import Settings
from ledger.store.engine import reading
from ledger.store.log_rows import LogRows
from ledger.store.projection_rows import ProjectionRows
from ledger.witnessing.witnessing import Witnessing


@dataclass(frozen=True, slots=True)
class Parts:
    """What bootstrap put together."""

    settings: Settings
    home: Home
    clock: Clock
    engine: sa.Engine
    projection_engine: sa.Engine
    rows: LogRows
    projection_rows: ProjectionRows
    tiles: TileStore
    reader: LogReader
    log: VKey
    names: ChainIds
    judge: RegistryJudge
    sequencer: Sequencer
    publisher: Publisher
    runner: Runner
    finder: DigestFinder
    eraser: Eraser
    pool: CheckPool
    witnessing: Witnessing
    refusal_notes: RefusalNotes


def follow_log(parts: Parts) -> None:
    """Fold what other writers committed into the registry."""
    with reading(parts.engine) as connection:
        head = parts.rows.read_head(connection)
        if head is not None:
            follow_registry(connection, parts.rows, parts.judge, head)
