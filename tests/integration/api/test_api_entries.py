"""Entries over HTTP: what is public, what is not, and lists that can be repeated."""

import json
from typing import Any

import pytest

from api.languages import LANGUAGES
from crypto.checkpoint import open_checkpoint
from crypto.inclusion import verify_inclusion
from crypto.merkle import leaf_hash
from crypto.statement import sign_statement
from crypto.tlog_proof import parse_tlog_proof
from ledger.entries import Entry
from tests.integration.api.conftest import ServedWorld

ENTRIES = "/api/v1/entries"


def pages(served: ServedWorld, query: str, grow: bool = False) -> list[dict[str, Any]]:
    """Every page of a list, following its links; the ledger grows on the way if asked."""
    found, address = [], f"{ENTRIES}?{query}"
    while address:
        answer = served.client.get(address)
        assert answer.status_code == 200, answer.json
        found.append(answer.json)
        if grow:
            served.post(served.use())
        link = answer.headers.get("Link")
        assert (link is None) == (answer.json["next"] is None)
        address = link.removeprefix("<").removesuffix('>; rel="next"') if link else ""
    return found


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_paging_reaches_the_end_and_repeats_under_growth(served: ServedWorld, order: str) -> None:
    """A list fixes its size on the first page, whatever is logged meanwhile."""
    served.log(7)
    size = served.ledger.state().size
    grown = pages(served, f"limit=3&order={order}", grow=True)
    indexes = [entry["index"] for page in grown for entry in page["entries"]]
    wanted = list(range(size)) if order == "asc" else list(range(size))[::-1]
    assert indexes == wanted
    assert {page["as_of"] for page in grown} == {size}
    again = pages(served, f"limit=3&order={order}&as_of={size}")
    assert again == grown


def test_a_page_that_ends_the_list_has_no_next(served: ServedWorld) -> None:
    size = served.ledger.state().size
    page = served.client.get(f"{ENTRIES}?as_of={size}&limit={size}").json
    assert (page["next"], len(page["entries"])) == (None, size)


def test_an_empty_list_is_a_list(served: ServedWorld) -> None:
    for order in ("asc", "desc"):
        page = served.client.get(f"{ENTRIES}?as_of=0&order={order}").json
        assert page == {"as_of": 0, "entries": [], "next": None}


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=+5", None),
        ("limit=%2B5", "limit"),
        ("limit=1_0", "limit"),
        ("limit=05", "limit"),
        ("limit=", "limit"),
        ("limit=%D9%A3", "limit"),
        ("limit=" + "9" * 5_000, None),
        ("limit=" + "9" * 300, "limit"),
        ("limit=1&limit=2", "limit"),
        ("as_of=-1", "as_of"),
        ("as_of=999999999", "as_of"),
        ("as_of=18446744073709551616", "as_of"),
        ("order=up", "order"),
        ("cursor=x", "cursor"),
        ("cursor=", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=MTphc2M6MTow&as_of=1", "cursor"),
        ("cursor=MTphc2M6MTow&order=asc", "cursor"),
        ("cursor=MTphc2M6MTow=", "cursor"),
        ("cursor=MTphc2M6OTk5OTk5OTk6MA", "cursor"),
        ("limit", None),
        ("limit=%FF", None),
        ("&&", None),
        ("%FF=1", None),
    ],
)
def test_a_wrong_parameter_is_named(served: ServedWorld, query: str, parameter: str | None) -> None:
    answer = served.client.get(f"{ENTRIES}?{query}")
    assert (answer.status_code, answer.json["code"]) == (400, "bad_parameter")
    if parameter:
        assert answer.json["parameter"] == parameter


@pytest.mark.parametrize("query", ["Q=x", "Limit=1", "limit=1&x=", "%E4%B8%AD=1", "limit%00=1"])
def test_unknown_parameters_are_refused(served: ServedWorld, query: str) -> None:
    answer = served.client.get(f"{ENTRIES}?{query}")
    assert (answer.status_code, answer.json["code"]) == (400, "unknown_parameter")
    assert "cursor" in answer.json["detail"]


def test_a_reader_sees_statement_event_and_who_said_it(served: ServedWorld) -> None:
    raw = served.use()
    shown = served.client.get(served.post(raw).headers["Location"]).json
    assert shown["statement"].encode() == raw
    assert shown["event"]["official"] == "zhang"
    assert shown["said"] == "signed"
    assert leaf_hash(shown["header"].encode()).hex() == shown["leaf_hash"]
    assert "absent" not in shown


def test_signed_attested_and_system_are_kept_apart(served: ServedWorld) -> None:
    world = served.world
    attested = world.use()
    del attested["tier"]
    system = {k: v for k, v in world.use().items() if k not in ("official", "tier")}
    cases = {
        "signed": (world.use(), world.zhang),
        "attested": (attested, world.mz_system),
        "system": (system, world.mz_system),
    }
    for said, (event, key) in cases.items():
        answer = served.post(sign_statement(event, [key]))
        assert served.client.get(answer.headers["Location"]).json["said"] == said
    assert served.client.get(f"{ENTRIES}/0").json["said"] == "system"


def test_statements_are_shown_to_nobody_who_has_not_signed_in(served: ServedWorld) -> None:
    """On the machine itself neither: he gets the public header and is told why no more."""
    location = served.post(served.use()).headers["Location"]
    digest = json.loads(served.client.get(location).json["header"])["statement"]
    nobody = served.app.test_client()
    for address in (location, f"/api/v1/statements/{digest}", f"{ENTRIES}/0"):
        shown = nobody.get(address).json
        assert sorted(shown) == ["absent", "header", "index", "leaf_hash"]
        assert shown["absent"]["reason"] == "not_allowed"
    listed = nobody.get(f"{ENTRIES}?order=desc&limit=1")
    assert sorted(listed.json["entries"][0]) == ["absent", "header", "index", "leaf_hash"]
    assert b"purpose_code" not in listed.data


def test_a_missing_statement_says_so(served: ServedWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        type(served.ledger), "entry", lambda *_: Entry(3, b"{}", bytes(32), None, None, None)
    )
    for language in LANGUAGES:
        spoken = {"Accept-Language": language}
        members = served.client.get(f"{ENTRIES}/3", headers=spoken).json
        assert members["absent"]["reason"] == "missing"
        assert "statement" not in members


def test_an_entry_is_found_by_its_statement_digest(served: ServedWorld) -> None:
    answer = served.post(served.use())
    digest = json.loads(answer.json["header"])["statement"]
    found = served.client.get(f"/api/v1/statements/{digest}").json
    assert found == served.client.get(answer.headers["Location"]).json


@pytest.mark.parametrize(
    "address",
    [
        f"{ENTRIES}/999999",
        f"{ENTRIES}/9007199254740991",
        f"{ENTRIES}/9223372036854775807",
        f"{ENTRIES}/" + "9" * 4_000,
        f"{ENTRIES}/-1",
        f"{ENTRIES}/+0",
        f"{ENTRIES}/00",
        f"{ENTRIES}/1_0",
        f"{ENTRIES}/0.0",
        f"{ENTRIES}/%30%00",
        f"{ENTRIES}/٣",
        f"{ENTRIES}/0/",
        f"{ENTRIES}//0",
        f"{ENTRIES}/x/proof",
        f"{ENTRIES}/999999/proof",
        f"{ENTRIES}/9007199254740991/proof",
        "/api/v1/statements/" + "0" * 64,
        "/api/v1/statements/" + "A" * 64,
        "/api/v1/statements/" + "0" * 63,
        "/api/v1/statements/" + "0" * 64 + "%0A",
        "/api/v1/statements/..%2F..%2Fetc",
    ],
)
def test_what_is_not_there_is_not_found(served: ServedWorld, address: str) -> None:
    answer = served.client.get(address)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_an_inclusion_proof_leads_to_the_published_checkpoint(served: ServedWorld) -> None:
    served.log(3)
    size = open_checkpoint(served.ledger.published(), served.ledger.parts.log).size
    for query in ("", f"?size={size}"):
        answer = served.client.get(f"{ENTRIES}/2/proof{query}")
        assert answer.content_type == "text/plain; charset=utf-8"
        proof = parse_tlog_proof(answer.text)
        checkpoint = open_checkpoint(proof.checkpoint, served.ledger.parts.log)
        leaf = bytes.fromhex(served.client.get(f"{ENTRIES}/2").json["leaf_hash"])
        verify_inclusion(leaf, 2, checkpoint.size, proof.path, checkpoint.root)
        assert checkpoint.size == size


def test_a_proof_needs_a_signed_size_above_the_index(served: ServedWorld) -> None:
    """Some size inside a batch was never signed; nor are sizes beyond the ledger."""
    served.log(9)
    size = served.ledger.state().size
    for query in (size - 2, size + 1, 2, 0, 9007199254740991):
        answer = served.client.get(f"{ENTRIES}/2/proof?size={query}")
        assert (answer.status_code, answer.json["code"]) == (404, "no_checkpoint"), query
    answer = served.client.get(f"{ENTRIES}/2/proof?size=9223372036854775808")
    assert (answer.status_code, answer.json["code"]) == (400, "bad_parameter")


def test_entries_are_tagged_and_private(served: ServedWorld) -> None:
    answer = served.client.get(f"{ENTRIES}/0")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    held = served.client.get(f"{ENTRIES}/0", headers={"If-None-Match": answer.headers["ETag"]})
    assert (held.status_code, held.data) == (304, b"")
    assert "Authorization" in answer.headers["Vary"]
    nobody = served.app.test_client()
    away = nobody.get(f"{ENTRIES}/0", headers={"If-None-Match": answer.headers["ETag"]})
    assert away.status_code == 200, "what one reader holds says nothing about another's answer"
