"""The worked values of the spec: what enters, and what each refusal answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from crypto.chain import REGISTRY_TYPES
from crypto.keys import key_id_of
from crypto.notation import parse_time, write_b64
from crypto.statement import assemble, prepare_event, sign_payload
from ledger.admission.checks import examine, judge, read
from ledger.errors import Refused
from ledger.registry.state import Registry
from tests.unit.registry.story import ORIGIN as STORY
from tests.unit.registry.story import A, town

VECTORS: dict[str, Any] = json.loads(
    Path(__file__).parents[2].joinpath("vectors", "spec.json").read_text("utf-8")
)
ORIGIN = VECTORS["origin"]
AFTERWARDS = "2026-11-07T00:00:00.000Z"  # later than the claimed times of what is refused


class Ledger:
    """The registry, and what the sequencer knows besides: digests and (source, id)."""

    def __init__(self) -> None:
        self.registry = Registry()
        self.digests: dict[bytes, int] = {}
        self.ids: dict[tuple[str, str], int] = {}

    def offer(self, raw: bytes, recorded_at: str) -> tuple[int, bool]:
        """The entry's index and whether it is new; raises the refusal."""
        statement = read(raw)
        if statement.digest in self.digests:
            return self.digests[statement.digest], False
        examined = examine(statement, ORIGIN, self.registry.public_keys)
        at = self.registry.size
        judge(examined, self.registry, at, recorded_at, parse_time(recorded_at))
        if (statement.source, statement.id) in self.ids:
            raise Refused("conflict", "the id was used", "编号已用", "/id")
        self.digests[statement.digest] = at
        self.ids[statement.source, statement.id] = at
        if statement.type in REGISTRY_TYPES:
            self.registry.apply(at, recorded_at, statement.event)
        else:
            self.registry.advance(at + 1)
        assert list(examined.names) == VECTORS["entries"][at]["chain_names"]
        return at, True


def recorded_at(index: int) -> str:
    return str(json.loads(VECTORS["entries"][index]["header"])["recorded_at"])


def ledger_after(last: int) -> Ledger:
    ledger = Ledger()
    for index, entry in enumerate(VECTORS["entries"][: last + 1]):
        assert ledger.offer(entry["statement"].encode(), recorded_at(index)) == (index, True)
    return ledger


@pytest.fixture(scope="module")
def ledgers() -> dict[int, Ledger]:
    """Refusals leave no trace, so all cases share them."""
    return {last: ledger_after(last) for last in (10, 15)}


CASES = [
    pytest.param(last, case["body"], case["code"], id=f"{last} {case['why']}")
    for last in (10, 15)
    for case in VECTORS[f"refused_after_entry_{last}"]
]


@pytest.mark.parametrize(("last", "body", "code"), CASES)
def test_each_refusal_has_its_code(
    ledgers: dict[int, Ledger], last: int, body: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        ledgers[last].offer(body.encode(), AFTERWARDS)
    assert refused.value.code == code
    assert refused.value.en
    assert refused.value.zh


@pytest.mark.parametrize("index", VECTORS["repeats_after_entry_15"])
def test_a_repeat_is_known_by_its_digest(ledgers: dict[int, Ledger], index: int) -> None:
    raw = VECTORS["entries"][index]["statement"].encode()
    assert ledgers[15].offer(raw, recorded_at(15)) == (index, False)


@pytest.mark.parametrize("case", VECTORS["weak_keys"], ids=lambda case: case["why"])
def test_no_weak_key_enters(case: dict[str, str]) -> None:
    """The signature of such a key proves nothing, so it is refused before it is looked at."""
    story, weak = town(), bytes.fromhex(case["spki"])
    event = story.event(
        "key.enrolled", "registrar", {"department": A, "public_key": write_b64(weak)}
    )
    payload = prepare_event(event, [key_id_of(weak), story.registrars[0].key_id])
    mine = sign_payload(payload, story.registrars[0])
    examined = examine(
        read(assemble(payload, [mine, (key_id_of(weak), bytes(64))])),
        STORY,
        story.registry.public_keys,
    )
    assert examined.new_keys is not None
    with pytest.raises(Refused) as refused:
        judge(examined, story.registry, story.registry.size, story.now, parse_time(story.now))
    assert (refused.value.code, refused.value.pointer) == ("weak_key", "/data/public_key")


def test_the_folded_registry_judges_each_entry_at_its_own_index(
    ledgers: dict[int, Ledger],
) -> None:
    """What the offline verifier does: one registry, folded whole, asked at every index."""
    registry = ledgers[15].registry
    for index, entry in enumerate(VECTORS["entries"]):
        examined = examine(read(entry["statement"].encode()), ORIGIN, registry.public_keys)
        judge(examined, registry, index, recorded_at(index), parse_time(recorded_at(index)))
