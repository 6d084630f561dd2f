"""Who speaks (spec 8): each rule with a case on both sides of it."""

import pytest

from crypto.keys import PrivateKey
from ledger.access.speak import signed_or_attested
from tests.unit.registry.story import CURATED, A, B, Story, key, town

LI, SYSTEM = key("li"), key("system")
T0, BEFORE_T0 = "2026-07-01T00:00:00.000Z", "2026-06-30T23:59:59.999Z"
T1, BEFORE_T1 = "2026-08-01T00:00:00.000Z", "2026-07-31T23:59:59.999Z"


@pytest.fixture(name="town")
def _town() -> Story:
    return town()


# All others: exactly one signature, by a live key of source


@pytest.mark.parametrize(
    ("source", "top", "signers", "code"),
    [
        (A, {"official": "li", "tier": "handler"}, [LI], "ok"),
        (A, {"official": "li"}, [LI], "ok"),
        (A, {}, [SYSTEM], "ok"),
        (A, {"official": "li"}, [SYSTEM], "ok"),
        (A, {"official": "nobody"}, [SYSTEM], "ok"),
        (A, {"official": "li", "tier": "handler"}, [SYSTEM], "out_of_role"),
        (A, {}, [LI], "out_of_role"),
        (A, {"official": "wu"}, [LI], "out_of_role"),
        (A, {"official": "li", "tier": "approver"}, [LI], "out_of_role"),
        (B, {"official": "li", "tier": "handler"}, [LI], "out_of_role"),
        (B, {}, [SYSTEM], "out_of_role"),
        ("nowhere", {}, [SYSTEM], "out_of_role"),
        (A, {"official": "li"}, [LI, SYSTEM], "out_of_role"),
        (A, {}, [LI, SYSTEM], "out_of_role"),
        (A, {"official": "li"}, [key("stranger")], "unknown_key"),
        (A, {"official": "li"}, [LI, key("stranger")], "unknown_key"),
        (A, {"official": "li"}, [key("registrar-0")], "out_of_role"),
    ],
)
def test_who_speaks(
    town: Story, source: str, top: dict[str, str], signers: list[PrivateKey], code: str
) -> None:
    assert town.code(town.used(source, **top), *signers) == code


def test_an_official_in_post_elsewhere_speaks_only_by_a_key_of_that_department(town: Story) -> None:
    town.appoint("app-li-b", "li", B, ["handler"])
    said = {"official": "li", "tier": "handler"}
    assert town.code(town.used(B, **said), LI) == "out_of_role"
    town.enrol(key("li-b"), B, holder="li")
    assert town.code(town.used(B, **said), key("li-b")) == "ok"
    assert town.code(town.used(A, **said), key("li-b")) == "out_of_role"


# In post


def test_a_post_holds_from_its_start_to_just_before_its_end(town: Story) -> None:
    town.appoint("app-wu", "wu", A, ["handler"], starts=T0, ends=T1)
    town.enrol(key("wu"), A, holder="wu")
    said = []
    for town.now in (BEFORE_T0, T0, BEFORE_T1, T1):
        said.append(town.code(town.used(A, official="wu"), key("wu")))
    assert said == ["out_of_role", "ok", "ok", "out_of_role"]


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ("2026-01-15T00:00:00.000Z", ["out_of_role"] * 4),
        ("2026-06-01T00:00:00.000Z", ["out_of_role"] * 4),
        (T0, ["ok", "ok", "out_of_role", "out_of_role"]),
    ],
    ids=["in the past", "at its own instant", "later"],
)
def test_a_release_acts_from_its_own_index_or_at_its_end_if_later(
    town: Story, ends: str, said: list[str]
) -> None:
    event = town.used(A, official="li")
    index = town.release("app-li", "li", A, ends)
    heard = [town.code(event, LI)]
    for town.now in (BEFORE_T0, T0, T1):
        heard.append(town.code(event, LI))
    assert heard == said
    town.now = "2026-06-01T00:00:00.000Z"
    town.judge(event, LI, at=index)  # at the release's own index he was still in post


def test_a_tier_is_held_in_any_post_in_force_there(town: Story) -> None:
    approving = town.used(A, official="li", tier="approver")
    town.appoint("app-li-2", "li", A, ["reviewer", "approver"], starts=T0, ends=T1, acting=True)
    said = []
    for town.now in (BEFORE_T0, T0, BEFORE_T1, T1):
        said.append(town.code(approving, LI))
    assert said == ["out_of_role", "ok", "ok", "out_of_role"]
    assert town.code(town.used(A, official="li", tier="handler"), LI) == "ok"


def test_a_tier_held_in_another_department_is_none_here(town: Story) -> None:
    town.appoint("app-li-b", "li", B, ["approver"])
    assert town.code(town.used(A, official="li", tier="approver"), LI) == "out_of_role"


# Live keys


def test_a_key_expires_at_the_exact_millisecond(town: Story) -> None:
    town.enrol(key("old"), A, expires=T0)
    said = []
    for town.now in (BEFORE_T0, T0):
        said.append(town.code(town.used(A), key("old")))
    assert said == ["ok", "out_of_role"]


def test_enrol_then_use_and_revoke_then_use(town: Story) -> None:
    event = town.used(A)
    assert town.code(event, key("next")) == "unknown_key"
    enrolled = town.enrol(key("next"), A)
    assert town.code(event, key("next")) == "ok"
    revoked = town.revoke(key("next"), A)
    assert town.code(event, key("next")) == "revoked_key"
    town.judge(event, key("next"), at=enrolled + 1)
    town.judge(event, key("next"), at=revoked)


def test_unknown_is_answered_before_revoked(town: Story) -> None:
    town.revoke(SYSTEM, A)
    assert town.code(town.used(A), SYSTEM, key("stranger")) == "unknown_key"
    assert town.code(town.used(A), SYSTEM, LI) == "revoked_key"


# The registrar


@pytest.mark.parametrize(
    ("signers", "code"),
    [
        ([0, 1], "ok"),
        ([0, 1, 2], "ok"),
        ([2], "out_of_role"),
        ([0, "system"], "out_of_role"),
        ([0, 1, "system"], "out_of_role"),
        (["system"], "out_of_role"),
        ([0, 1, "stranger"], "unknown_key"),
    ],
)
def test_two_of_three_registrars_and_nobody_else(signers: list[int | str], code: str) -> None:
    story = Story(registrars=3, threshold=2)
    story.register(A)
    story.enrol(SYSTEM, A)
    keys = [story.registrars[s] if isinstance(s, int) else key(s) for s in signers]
    assert story.code(story.registered(B), *keys) == code


def test_the_new_key_counts_for_possession_and_not_for_the_threshold() -> None:
    story = Story(registrars=3, threshold=2)
    story.register(A)
    one, two, _ = story.registrars
    event = story.enrolled(SYSTEM, A)
    assert story.code(event, one, SYSTEM) == "out_of_role"
    assert story.code(event, one, two) == "out_of_role"
    assert story.code(event, SYSTEM) == "out_of_role"
    assert story.code(event, one, two, key("other")) == "unknown_key"
    assert story.code(event, one, two, SYSTEM) == "ok"


def test_a_revoked_and_an_expired_registrar_key_speak_no_more() -> None:
    story = Story(registrars=3, threshold=2)
    one, two, three = story.registrars
    story.log(story.revoked(three, CURATED), one, two)
    assert story.code(story.registered(A), one, three) == "revoked_key"
    story.log(story.enrolled(key("fourth"), CURATED, expires=T0), one, two, key("fourth"))
    assert story.code(story.registered(A), one, key("fourth")) == "ok"
    story.now = T0
    assert story.code(story.registered(A), one, key("fourth")) == "out_of_role"
    assert story.code(story.registered(A), one, two, key("fourth")) == "out_of_role"


def test_only_the_registrar_says_it_and_without_an_official(town: Story) -> None:
    registrar = town.registrars[0]
    stolen = town.registered("DEPT-C") | {
        "source": f"/departments/{A}",
        "subject": f"department/{A}",
    }
    assert town.code(stolen, registrar) == "out_of_role"
    assert town.code(stolen, SYSTEM) == "out_of_role"
    assert town.code(town.registered("DEPT-C") | {"official": "li"}, registrar) == "out_of_role"


# Withholding and erasing


@pytest.mark.parametrize("kind", ["withheld", "erased"])
def test_who_may_take_a_statement_away(town: Story, kind: str) -> None:
    target = "ab" * 32
    town.register("COURT", "court")
    town.register("SHOP", "enterprise")
    for department in ("COURT", "SHOP", B):
        town.enrol(key(department), department)
    town.source_of = {target: B}.get
    said = {d: town.code(town.removed(d, target, kind), key(d)) for d in ("COURT", "SHOP", B)} | {
        A: town.code(town.removed(A, target, kind), SYSTEM)
    }
    assert said == {"COURT": "ok", "SHOP": "out_of_role", B: "ok", A: "out_of_role"}
    unknown = town.removed(B, "cd" * 32, kind)
    assert town.code(unknown, key(B)) == "out_of_role"


def test_the_kind_allows_from_the_index_after_the_registration() -> None:
    story = Story()
    story.register("COURT", "court")
    story.enrol(key("court"), "COURT")
    assert story.code(story.removed("COURT", "ab" * 32), key("court")) == "ok"


# When


@pytest.mark.parametrize(
    ("top", "code"),
    [
        ({"time": "2026-06-01T00:05:00.000Z"}, "ok"),
        ({"time": "2026-06-01T00:05:00.001Z"}, "from_the_future"),
        ({"time": "1970-01-01T00:00:00.000Z"}, "ok"),
        ({"notafter": "2026-06-01T00:00:00.000Z"}, "ok"),
        ({"notafter": "2026-05-31T23:59:59.999Z"}, "lapsed"),
        (
            {"time": "2026-06-01T00:05:00.001Z", "notafter": "2026-05-31T23:59:59.999Z"},
            "from_the_future",
        ),
    ],
)
def test_times(town: Story, top: dict[str, str], code: str) -> None:
    assert town.code(town.used(A, **top), SYSTEM) == code


# In whose voice


def test_signed_attested_and_system_are_told_apart(town: Story) -> None:
    signed = town.judge(town.used(A, official="li", tier="handler"), LI)
    attested = town.judge(town.used(A, official="li"), SYSTEM)
    own = town.judge(town.used(A), SYSTEM)
    voices = [signed_or_attested(s.event, town.registry) for s in (signed, attested, own)]
    assert voices == ["signed", "attested", "system"]
    assert signed_or_attested(town.logged[0][1], town.registry) == "system"
    with pytest.raises(LookupError):
        signed_or_attested(signed.event, Story().registry)
