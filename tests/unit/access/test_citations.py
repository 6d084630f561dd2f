"""Citations: what is false is refused, what nobody can judge is marked, and replay agrees."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.keys import PrivateKey
from crypto.notation import read_b64, write_b64
from ledger.access.citations import Citation, citations_of
from ledger.errors import Refused
from tests.citing import FOREIGN, Foreign, citing, lies
from tests.unit.registry.story import ORIGIN, A, Story, key

SYSTEM = key("system")


def begun() -> Story:
    story = Story()
    story.register(A)
    story.enrol(SYSTEM, A)
    return story


def registered(story: Story, **data: str) -> int:
    event = story.event("peer.registered", "registrar", {"origin": FOREIGN, **data})
    return story.log(event, *story.registrars)


def refusal(
    story: Story, *cited: dict[str, str], keys: tuple[PrivateKey, ...] = (SYSTEM,)
) -> Refused:
    with pytest.raises(Refused) as refused:
        story.judge(citing(story.used(A), *cited), *keys)
    return refused.value


def standing(story: Story, *cited: dict[str, str]) -> tuple[Citation, ...]:
    """Take a statement in, and tell how it stands with what it cites."""
    event = citing(story.used(A), *cited)
    return citations_of(event, story.registry, story.log(event, SYSTEM))


def test_what_no_policy_judges_is_taken_and_not_checked() -> None:
    story, cited = begun(), Foreign().cite()
    expected = (Citation(FOREIGN, cited["statement"], "not_checked", None),)
    assert standing(story, cited) == expected


def test_what_the_policy_bears_out_is_verified() -> None:
    story, cited = begun(), Foreign().cite()
    by = registered(story, policy=Foreign().policy())
    assert standing(story, cited) == (Citation(FOREIGN, cited["statement"], "verified", by),)


def test_a_quorum_that_is_missing_is_refused_and_one_that_is_there_taken() -> None:
    story = begun()
    registered(story, policy=Foreign().policy(witnessed=True))
    refused = refusal(story, Foreign().cite())
    assert (refused.code, refused.pointer) == ("bad_citation", "/data/cites/0/receipt")
    assert "cosigned" in refused.en
    assert "联署" in refused.zh
    assert standing(story, Foreign().cite(witnessed=True))[0].standing == "verified"


def test_another_log_of_the_same_name_is_refused_once_its_policy_is_known() -> None:
    story, forged = begun(), Foreign(key="somebody").cite()
    assert standing(story, forged)[0].standing == "not_checked"
    registered(story, policy=Foreign().policy())
    assert refusal(story, forged).code == "bad_citation"


@pytest.mark.parametrize(("name", "cited"), lies(), ids=[name for name, _ in lies()])
@pytest.mark.parametrize("known", [True, False])
def test_a_lie_is_refused_whatever_is_registered(
    name: str, cited: dict[str, str], known: bool
) -> None:
    story = begun()
    if known:
        registered(story, policy=Foreign().policy())
    refused = refusal(story, Foreign().cite(name), cited)
    assert (refused.code, refused.pointer) == ("bad_citation", "/data/cites/1/receipt")


def test_this_ledgers_own_statements_are_parents() -> None:
    refused = refusal(begun(), Foreign(ORIGIN).cite())
    assert (refused.code, refused.pointer) == ("bad_citation", "/data/cites/0/ledger")


def test_a_wrong_signature_answers_before_a_false_receipt() -> None:
    assert refusal(begun(), lies()[0][1], keys=(key("stranger"),)).code == "unknown_key"


@pytest.mark.parametrize("cited", [(), (Foreign().cite(),) * 2], ids=["none", "twice"])
def test_a_list_without_citations_or_with_one_twice_is_against_the_schema(
    cited: tuple[dict[str, str], ...],
) -> None:
    refused = refusal(begun(), *cited)
    assert (refused.code, refused.pointer) == ("schema", "/data/cites")


def test_each_index_is_judged_by_what_was_registered_before_it() -> None:
    """Registered, replaced, ended: what came before stays as it was judged."""
    story, cited = begun(), Foreign().cite()
    before = story.registry.size
    first = registered(story, policy=Foreign().policy())
    event = citing(story.used(A), cited)
    index = story.log(event, SYSTEM)
    second = registered(story, policy=Foreign(key="a new key").policy())
    assert refusal(story, cited).code == "bad_citation"
    third = registered(story)
    assert [
        (one.standing, one.by)
        for at in (before, index, second + 1, third + 1)
        for one in citations_of(event, story.registry, at)
    ] == [
        ("not_checked", None), ("verified", first), ("verified", second), ("not_checked", None),
    ]  # fmt: skip
    with pytest.raises(Refused) as refused:
        registered(story)
    assert refused.value.code == "unknown_reference"


def test_a_ledger_is_no_peer_of_itself() -> None:
    story = begun()
    with pytest.raises(Refused) as refused:
        registered(story, origin=ORIGIN, policy=Foreign(ORIGIN).policy())
    assert refused.value.code == "conflict"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_changed_byte_of_a_receipt_is_taken_for_true(data: st.DataObject) -> None:
    story = begun()
    registered(story, policy=Foreign().policy(witnessed=True))
    cited = Foreign().cite(witnessed=True)
    raw = bytearray(read_b64(cited["receipt"]))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= 1 << data.draw(st.integers(0, 7))
    assert refusal(story, cited | {"receipt": write_b64(bytes(raw))}).code == "bad_citation"
