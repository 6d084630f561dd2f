"""Who takes part: identifiers with right check digits, pseudonyms, keys of their own."""

import re

from cli.stories.catalogue import GRANTS, ITEMS
from cli.stories.departments import (
    CITY,
    DEPARTMENTS,
    NEIGHBOUR,
    PROVINCE,
    credit_code,
    department_id,
    ref,
)
from cli.stories.officials import (
    GATEWAYS,
    LEAVING,
    OFFICIALS,
    REKEYED,
    algorithm_of,
    desk_of,
    head_of,
    official,
)
from crypto.notation import check_department_id, check_id, check_ref
from ledger.events.registration import DEPARTMENT_KINDS, TIERS

DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def is_credit_code(code: str) -> bool:
    """Recompute both check digits, each by its standard's own formula."""
    powers = [pow(3, place, 31) for place in range(17)]
    total = sum(DIGITS.index(c) * w for c, w in zip(code[:17], powers, strict=True))
    body = [int(c, 36) for c in code[8:16]]
    rest = 11 - sum(d * w for d, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    inner = {10: "X", 11: "0"}.get(rest, str(rest))
    return code[17] == DIGITS[(31 - total % 31) % 31] and code[16] == inner


def test_check_digits_are_those_of_the_standard() -> None:
    """The one code that GB 32100 itself works through."""
    example = "91350100M000100Y43"
    assert credit_code(example[:2], example[2:8], example[8:16]) == example
    assert is_credit_code(example)


def test_every_department_has_a_sound_identifier_of_no_real_division() -> None:
    """Divisions begin with 98 or 99, which are no provinces; no identifier comes twice."""
    for department in DEPARTMENTS:
        assert is_credit_code(department.id)
        assert department.id[2:8] == department.region
        assert department.region in (PROVINCE, CITY, NEIGHBOUR)
        assert department.region.startswith(("98", "99"))
        assert department.kind in DEPARTMENT_KINDS
        assert department.zh.startswith(("云岭", "临溪"))
        check_department_id(department.id, "")
    assert len({department.id for department in DEPARTMENTS}) == len(DEPARTMENTS)
    swapped = DEPARTMENTS[0].id[:17] + "0"
    assert swapped == DEPARTMENTS[0].id or not is_credit_code(swapped)


def test_officials_are_pseudonyms_in_known_departments() -> None:
    """Two letters and a number that means nothing: no name, no personal number."""
    for one in OFFICIALS:
        assert re.fullmatch(r"[a-z]{2}-[0-9]{4}", one.id)
        check_id(one.id, "")
        assert department_id(one.department)
        assert set(one.tiers) <= set(TIERS)
    assert len({one.id for one in OFFICIALS}) == len(OFFICIALS)
    assert {one.tiers[0] for one in OFFICIALS} == {
        "handler", "reviewer", "approver", "office_head", "leader_in_charge"
    }  # fmt: skip


def test_every_department_that_shares_has_a_sharing_office_and_a_desk() -> None:
    """Its head consents, and somebody does the paperwork: an official, or else the gateway."""
    sharing = {consumer for _, consumer in GRANTS} | {item.owner for item in ITEMS.values()}
    for department in sharing:
        assert official(head_of(department)).department == department
        desk = desk_of(department)
        assert desk in GATEWAYS or official(desk).tiers[0] == "handler"


def test_one_key_is_of_another_algorithm() -> None:
    """All sign with Ed25519 but one; gateways and second keys too."""
    algorithms = [algorithm_of(one.id) for one in OFFICIALS]
    assert algorithms.count("p256") == 1
    assert algorithms.count("ed25519") == len(OFFICIALS) - 1
    assert {algorithm_of(key) for key in GATEWAYS} == {"ed25519"}
    assert {algorithm_of(change.key) for change in REKEYED.values()} == {"ed25519"}
    assert not set(LEAVING) & set(REKEYED)


def test_references_name_their_owner() -> None:
    """A reference is the owner's identifier and the thing's."""
    check_ref(ref("ga", "RK-001"), "")
    assert ref("ga", "RK-001").partition("/")[0] == department_id("ga")
