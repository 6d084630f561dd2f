"""What the witnesses of a policy hold of a log, for somebody who watches it.

A log that shows one history to the watcher and another to its witnesses is found only by
asking both. What a witness says counts where the log's own key and the witness's signed it.

Units: ``time_s`` is seconds since 1970, by the witness's clock.

Source: C2SP tlog-witness, monitoring.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from crypto.checkpoint import Checkpoint
from crypto.errors import CryptoError
from crypto.policy import Opened, Policy, QuorumUnmet, Witness, open_under_policy
from ledger.watching.alarms import Alarm


class Unreachable(Exception):
    """Whoever is asked cannot be reached; *en*, *zh*: why."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en, self.zh = en, zh


class Held(NamedTuple):
    """What one witness cosigned last: *note*, which makes the claim *checkpoint*."""

    witness: str
    note: str
    checkpoint: Checkpoint
    time_s: int


AskWitness = Callable[[str, str], bytes | None]
"""Gives what the witness at an address publishes of an origin; None: nothing.

Raises Unreachable.
"""


def opened_in(note: str, policy: Policy) -> Opened:
    """Return a note of the policy's log with whoever cosigned it, be they a quorum or not.

    Raises:
        CryptoError: it is no note of that log, or a line of it does not verify.
    """
    try:
        return open_under_policy(note, policy)
    except QuorumUnmet as unmet:
        return unmet.opened


def held_by_witnesses(policy: Policy, origin: str, ask: AskWitness) -> Iterator[Held | Alarm]:
    """Yield what each witness that has an address holds, or why that is not known."""
    for witness in policy.witnesses:
        if witness.url is None:
            continue
        try:
            raw = ask(witness.url, origin)
            if raw is not None:
                yield _held(witness, raw.decode("utf-8", "replace"), policy, origin)
        except (Unreachable, CryptoError) as error:
            yield Alarm(
                "witness_unread",
                f"{witness.name}: {error.en}",
                f"{witness.name}：{error.zh}",
            )


def _held(witness: Witness, note: str, policy: Policy, origin: str) -> Held:
    opened = opened_in(note, policy)
    time_s = dict(opened.cosigners).get(witness.name)
    if time_s is None or opened.checkpoint.origin != origin:
        raise Unreachable(
            "what it publishes is no checkpoint of this log that it cosigned",
            "其公布的并非由其联署的本日志检查点",
        )
    return Held(witness.name, note, opened.checkpoint, time_s)
