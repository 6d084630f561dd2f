"""Batches keep a server's limits and a case's order, and no answer is believed unread."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cli.door import CompactAnswer, Logged
from cli.importing import sending
from cli.importing.compact import Recorded, Said, verify_batch
from cli.importing.events import Prepared
from cli.importing.sending import Tally, batches_of, send_lanes
from crypto.canonical import read_canonical, write_canonical
from crypto.chain import chain_id
from crypto.checkpoint import parse_checkpoint, sign_checkpoint
from crypto.errors import BadSignature, CryptoError, Malformed, Mismatch, Untrusted
from crypto.keys import PrivateKey
from crypto.note import parse_note
from crypto.policy import Policy, parse_policy
from crypto.statement import read_statement
from ledger.errors import LedgerError, Refused
from ledger.opening import make_home
from ledger.service import Submitted
from ledger.settings import Settings
from tests.world import ORIGIN, World, seed


def one(number: int, size: int = 10) -> Prepared:
    return Prepared(number, f"E-{number}", "t", "use", b"x" * size, b"", {})


def test_a_batch_has_at_most_a_thousand() -> None:
    sizes = [len(batch) for batch in batches_of(map(one, range(2_001)))]
    assert sizes == [1_000, 1_000, 1]


def test_a_batch_has_at_most_16_mib() -> None:
    """Each statement with the line feed behind it."""
    limit = 16 * 1024 * 1024
    three = [one(1, limit - 101), one(2, 99), one(3, 0)]
    assert [len(batch) for batch in batches_of(three)] == [2, 1]
    assert list(batches_of([])) == []


def test_lanes_run_side_by_side_and_each_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two batches meet at a barrier, so both are in flight; a lane never overtakes itself."""
    monkeypatch.setattr(sending, "MAX_LINES", 2)
    meet = threading.Barrier(2, timeout=30)
    sent: list[int] = []

    def send(batch: Sequence[Prepared]) -> list[bool | LedgerError]:
        meet.wait()
        sent.extend(one.line for one in batch)
        outcomes: list[bool | LedgerError] = [True, Refused("schema", "no", "否")]
        return outcomes[: len(batch)]

    tally = Tally()
    told: list[int] = []
    send_lanes([map(one, range(4)), map(one, range(10, 14))], send, tally, told.append)
    assert [line for line in sent if line < 10] == [0, 1, 2, 3]
    assert [line for line in sent if line >= 10] == [10, 11, 12, 13]
    assert (tally.types["t"].new, tally.types["t"].refused, tally.logged) == (4, 4, 4)
    assert sorted(refusal.line for refusal in tally.refusals) == [1, 3, 11, 13]
    assert told == sorted(told)
    assert told[-1] == 8


def test_what_stops_a_lane_comes_out_and_what_was_answered_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "MAX_LINES", 2)

    def send(batch: Sequence[Prepared]) -> list[bool | LedgerError]:
        if batch[0].line == 2:
            raise LedgerError("stopped", "已停止")
        return [True] * len(batch)

    tally = Tally()
    with pytest.raises(LedgerError, match="stopped"):
        send_lanes([map(one, range(6))], send, tally, lambda done: None)
    assert tally.done == 2


# What a compact receipt must say


@dataclass(frozen=True)
class Batch:
    """Three uses, their compact receipts with the checkpoint over them, and the policy."""

    said: list[Said]
    answer: CompactAnswer
    policy: Policy

    def verify(self, answer: CompactAnswer, origin: str = ORIGIN) -> list[Recorded | LedgerError]:
        return verify_batch(self.said, answer, origin, self.policy)


def make_world(home: Path) -> World:
    return World(Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1))


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Batch]:
    home = tmp_path_factory.mktemp("world") / "home"
    world = make_world(home).begin()
    assert world.ledger is not None
    envelopes = world.uses(3)
    answered = world.ledger.submit_batch(envelopes, compact=True)
    lines: list[Logged | LedgerError] = []
    for line in answered.lines:
        assert isinstance(line, Submitted)
        lines.append(Logged(line.index, line.created, line.receipt))
    statements = [read_statement(envelope) for envelope in envelopes]
    yield Batch(
        [Said(s.digest, s.event) for s in statements],
        CompactAnswer(lines, answered.checkpoint),
        parse_policy((home / "trust-policy").read_bytes()),
    )
    world.close()


def changed(answer: CompactAnswer, at: int, **members: Any) -> CompactAnswer:
    """The answer with members of one receipt replaced."""
    line = answer.lines[at]
    assert isinstance(line, Logged)
    receipt: Any = read_canonical(line.receipt)
    receipt |= members
    lines = list(answer.lines)
    lines[at] = replace(line, receipt=write_canonical(receipt))
    return replace(answer, lines=lines)


def receipt_of(answer: CompactAnswer, at: int) -> Any:
    line = answer.lines[at]
    assert isinstance(line, Logged)
    return read_canonical(line.receipt)


def test_a_batch_that_holds(batch: Batch) -> None:
    recorded = batch.verify(batch.answer)
    assert all(isinstance(line, Recorded) and line.created for line in recorded)
    indexes = [line.index for line in recorded if isinstance(line, Recorded)]
    assert all(b == a + 1 for a, b in pairwise(indexes))


def test_refusals_pass_through(batch: Batch) -> None:
    refusal = Refused("schema", "no", "否")
    lines = [refusal, *batch.answer.lines[1:]]
    assert batch.verify(replace(batch.answer, lines=lines))[0] is refusal
    assert batch.verify(CompactAnswer([refusal] * 3, None)) == [refusal] * 3


def _other_statement(answer: CompactAnswer) -> CompactAnswer:
    return changed(answer, 0, header=receipt_of(answer, 1)["header"])


def _other_chains(answer: CompactAnswer) -> CompactAnswer:
    return changed(answer, 0, chains=receipt_of(answer, 1)["chains"])


def _other_salt(answer: CompactAnswer) -> CompactAnswer:
    chains = receipt_of(answer, 0)["chains"]
    chains[0]["salt"] = "0" * 32
    return changed(answer, 0, chains=chains)


def _other_index(answer: CompactAnswer) -> CompactAnswer:
    line = answer.lines[0]
    assert isinstance(line, Logged)
    return replace(answer, lines=[replace(line, index=line.index + 1), *answer.lines[1:]])


def _other_link(answer: CompactAnswer) -> CompactAnswer:
    header = read_canonical(receipt_of(answer, 1)["header"].encode())
    assert isinstance(header, dict)
    header["prev"] = "0" * 64
    return changed(answer, 1, header=write_canonical(header).decode())


def _other_names(answer: CompactAnswer) -> CompactAnswer:
    """Names that the event does not have, under ids that follow from them; no entry links to it."""
    receipt = receipt_of(answer, 2)
    header: Any = read_canonical(receipt["header"].encode())
    for chain in receipt["chains"]:
        chain["name"] += "-x"
    ids = [chain_id(bytes.fromhex(one["salt"]), one["name"]).hex() for one in receipt["chains"]]
    pairs = sorted(zip(ids, receipt["chains"], strict=True), key=lambda pair: pair[0])
    links = [link | {"id": id_} for link, (id_, _) in zip(header["chains"], pairs, strict=True)]
    text = write_canonical(header | {"chains": links}).decode()
    return changed(answer, 2, chains=[chain for _, chain in pairs], header=text)


def resigned(answer: CompactAnswer, key: PrivateKey, size: int) -> CompactAnswer:
    """The answer under a checkpoint of another size, signed by *key*."""
    checkpoint = parse_checkpoint(parse_note(str(answer.checkpoint)).text)
    return replace(answer, checkpoint=sign_checkpoint(replace(checkpoint, size=size), key))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (_other_statement, Mismatch),
        (_other_chains, Mismatch),
        (_other_salt, Mismatch),
        (_other_names, Mismatch),
        (_other_index, Mismatch),
        (_other_link, Mismatch),
        (lambda answer: replace(answer, checkpoint=None), Mismatch),
        (lambda answer: resigned(answer, seed(99), 99), Untrusted),
        (lambda answer: changed(answer, 0, proof="x"), Malformed),
        (lambda answer: changed(answer, 0, chains=None), Malformed),
        (lambda answer: changed(answer, 0, chains=[{"name": "x"}]), Malformed),
        (lambda answer: changed(answer, 0, header=1), Malformed),
        (lambda answer: changed(answer, 0, header="é"), Malformed),
    ],
)
def test_an_answer_that_does_not_hold(batch: Batch, change: Any, error: type[CryptoError]) -> None:
    with pytest.raises(error):
        batch.verify(change(batch.answer))


def test_a_checkpoint_that_was_changed(batch: Batch) -> None:
    origin, size, rest = str(batch.answer.checkpoint).split("\n", 2)
    larger = f"{origin}\n{int(size) + 1}\n{rest}"
    with pytest.raises(BadSignature):
        batch.verify(replace(batch.answer, checkpoint=larger))


def test_a_checkpoint_must_cover_the_batch(batch: Batch, tmp_path: Path) -> None:
    """The log's own signature does not help, on a size that the batch is not in."""
    home = make_home(make_world(tmp_path).settings, ORIGIN)
    older = resigned(batch.answer, home.read_key(home.log_key), 1)
    own = replace(batch, policy=parse_policy(home.trust_policy.read_bytes()))
    with pytest.raises(Mismatch, match="does not cover entry"):
        own.verify(older)
    with pytest.raises(Mismatch, match="the checkpoint is of"):
        own.verify(resigned(batch.answer, home.read_key(home.log_key), 99), "other.example/log")
