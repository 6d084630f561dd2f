"""From bytes to an outcome: read, examine, and hand over to the log.

What needs no place in the log is refused without one: no garbage ever holds the
sequencer. Before a refusal goes out two things are looked at: whether these very
bytes are logged already (then they are a repeat, whatever the keys say today),
and whether another writer has enrolled the key meanwhile. Source: spec 6.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress

from crypto.chain import REGISTRY_TYPES, chain_names
from crypto.notation import format_time
from ledger.access.citations import check_citations
from ledger.admission.checks import LOOKING_BACK, Examined, doubtful, examine, read
from ledger.admission.judge import RegistryJudge, refusal_of
from ledger.admission.pool import CheckPool
from ledger.errors import Refused
from ledger.log.candidate import Accepted, Candidate, Outcome, Repeated
from ledger.log.clock import Clock
from ledger.log.sequencer import Sequencer

SMALL_BATCH = 16  # lines: below this the pool costs more than it saves

Names = tuple[str, ...]
FindLogged = Callable[[str, str, bytes], int | None]


class Admission:
    """Admits statements, one or a batch.

    Args:
        origin: of this ledger.
        judge: of keys and posts.
        sequencer: gives places.
        pool: examines batches.
        clock: milliseconds since 1970.
        find_logged: index of the entry that has this source, id and digest, or None.
        catch_up: folds what other writers committed into the judge's registry.
    """

    def __init__(
        self,
        origin: str,
        judge: RegistryJudge,
        sequencer: Sequencer,
        pool: CheckPool,
        clock: Clock,
        find_logged: FindLogged,
        catch_up: Callable[[], None],
    ) -> None:
        self._origin = origin
        self._judge, self._sequencer, self._pool = judge, sequencer, pool
        self._clock, self._find_logged, self._catch_up = clock, find_logged, catch_up

    def submit(self, raw: bytes) -> tuple[Names, Accepted | Repeated]:
        """Admit one statement; return its chain names and what became of it.

        Raises:
            Refused: with the code of the first check that fails.
            ReadOnly: the ledger takes no entries now.
        """
        statement = read(raw)
        examined = examine(statement, self._origin, self._judge.registry.public_keys)
        if doubtful(examined):
            repeat = self._settle(examined)
            if repeat is not None:
                return chain_names(statement.event), repeat
        [outcome] = self._sequencer.submit([candidate_of(examined)])
        if isinstance(outcome, Refused):
            raise outcome
        return examined.names, outcome

    def _settle(self, examined: Examined) -> Repeated | None:
        """Raise the refusal of a doubtful statement unless it is a repeat or no longer doubtful."""
        statement = examined.statement
        index = self._find_logged(statement.source, statement.id, statement.digest)
        if index is not None:
            return Repeated(index)
        self._sequencer.check_open()  # the registry may not be whole: judge nothing by it
        self._catch_up()
        now_ms = self._clock()
        refusal = refusal_of(self._judge, examined, format_time(now_ms), now_ms)
        if refusal is not None:
            raise refusal
        return None

    def submit_batch(self, lines: Sequence[bytes]) -> list[tuple[Names, Outcome]]:
        """Admit each line as if it had been posted in turn; chain names and outcome of each.

        Raises:
            ReadOnly: the ledger takes no entries now. Lines before may be logged;
                sending the same bytes again is safe.
        """
        examined = self._examine_all(lines)
        readable = [one for one in examined if isinstance(one, Examined)]
        self._verify_cited(readable)
        outcomes = iter(self._sequencer.submit([candidate_of(one) for one in readable]))
        return [
            (_names_of(one), next(outcomes)) if isinstance(one, Examined) else ((), one)
            for one in examined
        ]

    def _verify_cited(self, examined: Sequence[Examined]) -> None:
        """Verify what is cited before the queue, which holds everybody up; it judges again.

        A receipt that held is remembered, so that judging it costs nothing.
        """
        registry = self._judge.registry
        for one in examined:
            if one.names:  # it is right by its schema
                with suppress(Refused):
                    check_citations(one.statement.event, registry, registry.size)

    def _examine_all(self, lines: Sequence[bytes]) -> list[Examined | Refused]:
        keys = self._judge.registry.public_keys
        if len(lines) > SMALL_BATCH:
            return self._pool.examine_all(lines, keys)
        answers: list[Examined | Refused] = []
        for line in lines:
            try:
                answers.append(examine(read(line), self._origin, keys))
            except Refused as refusal:
                answers.append(refusal)
        return answers


def candidate_of(examined: Examined) -> Candidate:
    """What the log needs to know of a statement."""
    statement = examined.statement
    return Candidate(
        statement.envelope,
        statement.digest,
        statement.source,
        statement.id,
        examined.names,
        statement.type in REGISTRY_TYPES,
        statement.type in LOOKING_BACK,
        examined,
    )


def _names_of(examined: Examined) -> Names:
    """The chain names, of a repeat too that would be refused today."""
    return examined.names or chain_names(examined.statement.event)
