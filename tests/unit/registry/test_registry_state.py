"""The registry as of an index: what it knows, from when, and that growing changes no past."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.errors import Malformed
from crypto.note import COSIGNATURE, VKey, format_vkey
from ledger.registry.records import REGISTRAR, Department, opening_of
from ledger.registry.state import Registry
from tests.unit.registry.story import LOG, NOW, ORIGIN, YEAR_START, A, B, Story, key, town

LATER = "2026-07-01T00:00:00.000Z"


def test_before_entry_0_only_the_registrar_is_known() -> None:
    registry = Registry()
    assert (registry.size, registry.opening(), registry.live_registrar_keys(None, NOW)) == (
        0,
        None,
        (),
    )
    registrar = registry.department(REGISTRAR)
    assert registrar is not None
    assert (registrar.kind, registrar.registered_at) == (None, -1)
    for ask in ("origin", "log_key", "threshold", "commitment"):
        with pytest.raises(LookupError):
            getattr(registry, ask)


def test_entry_0_lays_down_the_ledger() -> None:
    registry = Story(registrars=3, threshold=2).registry
    opening = registry.opening()
    assert opening is not None
    assert (registry.origin, registry.threshold, registry.commitment) == (ORIGIN, 2, "00" * 32)
    assert registry.log_key == opening.log_key
    assert opening.log_key_id == LOG.key_id
    assert set(registry.live_registrar_keys(None, NOW)) == {
        key(f"registrar-{n}").key_id for n in range(3)
    }
    assert registry.opening(0) is None
    assert registry.live_registrar_keys(0, NOW) == ()


@pytest.mark.parametrize(
    "data",
    [
        {"origin": "ledger.example/other"},
        {"log_key": "nonsense"},
        {"log_key": "other+00000000+AAAA"},
    ],
)
def test_an_opening_that_contradicts_itself_is_not_read(data: dict[str, str]) -> None:
    story = Story()
    with pytest.raises(Malformed):
        opening_of(story.opened(story.registrars, 1, **data))


def test_a_witness_key_is_no_log_key() -> None:
    story = Story()
    for vkey in (VKey(ORIGIN, COSIGNATURE, LOG.raw_public), VKey("other", 1, LOG.raw_public)):
        with pytest.raises(Malformed) as refused:
            opening_of(story.opened(story.registrars, 1, log_key=format_vkey(vkey)))
        assert refused.value.pointer == "/data/log_key"


def test_a_thing_is_known_from_the_index_after_its_own() -> None:
    story = town()
    index = story.register("DEPT-C", "court")
    assert story.registry.department("DEPT-C", index) is None
    for at in (index + 1, None):
        department = story.registry.department("DEPT-C", at)
        assert department is not None
        assert (department.kind, department.registered_at) == ("court", index)


def test_a_record_holds_all_that_its_event_says() -> None:
    story = town()
    story.appoint(
        "app-wu", "wu", A, ["approver"], unit="办公室", duty="d-1", acting=True, ends=LATER
    )
    post = story.registry.appointment("app-wu")
    assert post is not None
    assert (post.appointee, post.department, post.unit, post.post) == ("wu", A, "办公室", "经办岗")
    assert (post.tiers, post.duty, post.acting) == (frozenset({"approver"}), "d-1", True)
    assert (post.starts, post.ends, post.released_at) == (YEAR_START, LATER, None)
    event = story.registered("DEPT-C", "audit")
    event["data"] |= {"region": "530000", "level": "city", "name": {"en": "Audit", "zh": "审计局"}}
    index = story.log(event, *story.registrars)
    assert story.registry.department("DEPT-C") == Department(
        "DEPT-C", "audit", "审计局", "Audit", "530000", "city", index
    )


def test_a_revocation_keeps_the_earlier_version() -> None:
    story = town()
    index = story.revoke(key("li"), A, holder="li", reason="compromised", since=YEAR_START)
    before = story.registry.key(key("li").key_id, index)
    after = story.registry.key(key("li").key_id)
    assert before is not None
    assert after is not None
    assert before.revoked_at is None
    assert before.is_live(NOW)
    assert (after.revoked_at, after.reason, after.since) == (index, "compromised", YEAR_START)
    assert not after.is_live(NOW)
    assert (after.holder, after.department, after.enrolled_at) == ("li", A, before.enrolled_at)


@pytest.mark.parametrize(
    ("ends", "releases", "expected"),
    [
        (None, ["2026-09-01T00:00:00.000Z"], "2026-09-01T00:00:00.000Z"),
        ("2026-08-01T00:00:00.000Z", ["2026-09-01T00:00:00.000Z"], "2026-08-01T00:00:00.000Z"),
        ("2026-09-01T00:00:00.000Z", ["2026-08-01T00:00:00.000Z"], "2026-08-01T00:00:00.000Z"),
        (
            None,
            ["2026-08-01T00:00:00.000Z", "2026-09-01T00:00:00.000Z"],
            "2026-08-01T00:00:00.000Z",
        ),
    ],
    ids=["open", "after its end", "before its end", "a second one prolongs nothing"],
)
def test_a_release_brings_the_end_forward_only(
    ends: str | None, releases: list[str], expected: str
) -> None:
    story = town()
    more = {} if ends is None else {"ends": ends}
    first = story.appoint("app-wu", "wu", A, ["handler"], **more)
    for release in releases:
        last = story.release("app-wu", "wu", A, release)
    now, then = (
        story.registry.appointment("app-wu"),
        story.registry.appointment("app-wu", first + 1),
    )
    assert now is not None
    assert then is not None
    assert (now.ends, now.released_at) == (expected, last)
    assert (then.ends, then.released_at) == (ends, None)


def test_posts_are_listed_whether_in_force_or_not() -> None:
    story = town()
    story.appoint("app-li-2", "li", A, ["approver"], acting=True, ends=LATER)
    assert [p.appointment for p in story.registry.posts(A, "li")] == ["app-li", "app-li-2"]
    assert [p.appointment for p in story.registry.posts_held(A, "li", None, LATER)] == ["app-li"]
    assert story.registry.posts(B, "li") == ()
    assert story.registry.posts(A, "li", 3) == ()
    assert [p.appointment for p in story.registry.posts(A, "li", 4)] == ["app-li"]


def test_public_keys_holds_every_key_ever_enrolled() -> None:
    story = town()
    story.revoke(key("li"), A, holder="li")
    assert set(story.registry.public_keys) == {
        k.key_id for k in (key("li"), key("system"), *story.registrars)
    }


def test_advance_counts_entries_that_the_registry_need_not_see() -> None:
    registry = town().registry
    registry.advance(100)
    assert registry.size == 100
    with pytest.raises(ValueError, match="more than 99"):
        registry.advance(99)


def test_what_was_never_admitted_is_never_folded_over_what_was() -> None:
    story = town()
    registry, size = story.registry, story.registry.size
    gone = key("li")
    story.revoke(gone, A, holder="li")
    size += 1
    before = registry.department(A)
    for event in (
        story.registered(A, "court"),
        story.appointed("app-li", "wu", B, ["handler"]),
        story.enrolled(key("li"), B),
        story.revoked(gone, A, holder="li"),
        story.revoked(key("nobody"), A),
        story.released("app-nobody", "li", A, NOW),
        story.opened(story.registrars, 1),
        story.opened([key("usurper")], 1),
        story.used(A),
    ):
        with pytest.raises(ValueError, match=r"admitted|opens|no registry event"):
            registry.apply(size, NOW, event)
        assert registry.size == size
    assert registry.department(A) == before


def test_entries_are_folded_in_order() -> None:
    story = town()
    event = story.registered("DEPT-C")
    with pytest.raises(ValueError, match="out of order"):
        story.registry.apply(story.registry.size - 1, NOW, event)
    with pytest.raises(ValueError, match="out of order"):
        story.registry.apply(story.registry.size, YEAR_START, event)


# One step of a random history: what happens, to which of a few names.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["register", "appoint", "release", "enrol", "revoke", "other"]),
        st.integers(0, 3),
        st.integers(0, 3),
        st.sampled_from(["2026-05-01", "2026-06-01", "2026-07-01"]),
    ),
    max_size=20,
)


def _event(story: Story, what: str, one: int, other: int, time: str) -> dict[str, Any]:
    who, department = f"o{one}", (A, B, "DEPT-C", REGISTRAR)[other]
    if what == "register":
        return story.registered(department)
    if what == "appoint":
        return story.appointed(f"p{other}", who, department, ["handler"])
    if what == "release":
        return story.released(f"p{other}", who, department, time)
    if what == "enrol":
        return story.enrolled(key(f"k{one}"), department, expires=time)
    if what == "revoke":
        return story.revoked(key(f"k{one}"), department)
    return story.used(REGISTRAR)


def _history(steps: list[tuple[str, int, int, str]]) -> Story:
    """Log what of the steps may enter; the rest leaves no trace."""
    story = Story(registrars=2)
    for what, one, other, day in steps:
        event = _event(story, what, one, other, f"{day}T00:00:00.000Z")
        signers = story.registrars[:1] + ([key(f"k{one}")] if what == "enrol" else [])
        if story.code(event, *signers) == "ok":
            story.log(event, *signers)
    return story


def _answers(registry: Registry, at: int | None) -> list[object]:
    """All that can be asked about the few names of the history."""
    departments = (A, B, "DEPT-C", REGISTRAR)
    officials = [f"o{n}" for n in range(4)]
    times = ("2026-05-15T00:00:00.000Z", "2026-06-15T00:00:00.000Z")
    return [
        registry.opening(at),
        [registry.department(d, at) for d in departments],
        [registry.appointment(f"p{n}", at) for n in range(4)],
        [registry.posts(d, o, at) for d in departments for o in officials],
        [registry.posts_held(d, o, at, t) for d in departments for o in officials for t in times],
        [registry.key(key(f"k{n}").key_id, at) for n in range(4)],
        [registry.live_registrar_keys(at, t) for t in times],
    ]


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_asking_at_an_index_is_folding_to_it(steps: list[tuple[str, int, int, str]]) -> None:
    story = _history(steps)
    part = Registry()
    for index, (recorded_at, event) in enumerate(story.logged):
        assert _answers(story.registry, index) == _answers(part, None)
        story.fold(part, index, recorded_at, event)
    assert _answers(story.registry, None) == _answers(part, None)
