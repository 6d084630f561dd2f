"""Search over HTTP: what is found, in which form, and that nothing tells of what is not seen."""

import base64
import csv
import io
import json
from typing import Any

import pytest

from api.formats import COLUMNS
from crypto.statement import sign_statement
from tests.integration.api.conftest import ServedWorld, client_of
from tests.world import GA, MZ

ENTRIES = "/api/v1/entries"


def secret(served: ServedWorld) -> int:
    """Log what MZ is no party to; return its index."""
    event = served.world.event(
        GA,
        "statement.countersigned",
        f"department/{GA}",
        {"parents": ["00" * 32], "decision": "agree", "refs": {"act": f"{GA}/A-77"}},
    )
    raw = sign_statement(event, [served.world.ga_system])
    return int(json.loads(served.post(raw).json["header"])["index"])


def find(client: Any, query: str, **more: Any) -> list[dict[str, Any]]:
    """All pages of a search."""
    found: list[dict[str, Any]] = []
    answer = client.get(ENTRIES, query_string={"q": query, **more})
    while True:
        assert answer.status_code == 200, answer.json
        found += answer.json["entries"]
        if answer.json["next"] is None:
            assert "Link" not in answer.headers
            return found
        link = answer.headers["Link"].removeprefix("<").removesuffix('>; rel="next"')
        answer = client.get(link)


def indexes(entries: list[dict[str, Any]]) -> list[int]:
    return [entry["index"] for entry in entries]


def test_what_is_asked_is_found_newest_first(served: ServedWorld) -> None:
    wanted = [json.loads(served.post(served.use(act="A-9")).json["header"])["index"] for _ in "123"]
    served.post(served.use(act="A-8"))
    size = served.ledger.size()
    found = find(served.client, f"type:use.recorded act:{MZ}/A-9", wait_for=size)
    assert indexes(found) == wanted[::-1]
    assert {entry["event"]["data"]["refs"]["act"] for entry in found} == {f"{MZ}/A-9"}
    assert find(served.client, f"act:{MZ}/A-9 -official:zhang") == []


def test_pages_repeat_while_the_ledger_grows(served: ServedWorld) -> None:
    served.log(7)
    size = served.ledger.size()
    whole = find(served.client, "type:use.recorded", wait_for=size)
    first = served.client.get(ENTRIES, query_string={"q": "type:use.recorded", "limit": 2})
    assert (first.json["as_of"], first.json["projected"]) == (size, size)
    served.log(3)
    link = first.headers["Link"].removeprefix("<").removesuffix('>; rel="next"')
    second = served.client.get(link)
    assert second.json["as_of"] == size
    assert indexes(first.json["entries"] + second.json["entries"]) == indexes(whole)[:4]
    assert find(served.client, "type:use.recorded", as_of=size, limit=3) == whole


def test_nothing_tells_of_what_lies_outside_the_sight(served: ServedWorld) -> None:
    """The same answer, byte for byte, as if it had never been logged, but for the size."""
    hidden = secret(served)
    size = served.ledger.size()
    for query in (f"department:{GA} type:statement.countersigned", f"act:{GA}/A-77"):
        theirs = served.client.get(ENTRIES, query_string={"q": query, "wait_for": size})
        nothing = served.client.get(ENTRIES, query_string={"q": f"act:{GA}/A-never"})
        assert theirs.data == nothing.data
        assert theirs.headers["ETag"] == nothing.headers["ETag"]
        assert hidden in indexes(find(client_of(served, served.world.li), query))
    assert hidden not in indexes(find(served.client, ""))


def test_a_page_that_ends_before_what_is_hidden_has_no_next(fresh: ServedWorld) -> None:
    """A cursor would tell that there is more."""
    hidden = secret(fresh)
    use = json.loads(fresh.post(fresh.use()).json["header"])["index"]
    size = fresh.ledger.size()
    asked = {"q": "-family:registry", "limit": 1, "wait_for": size}
    answer = fresh.client.get(ENTRIES, query_string=asked)
    assert (indexes(answer.json["entries"]), answer.json["next"]) == ([use], None)
    assert hidden in indexes(find(client_of(fresh, fresh.world.li), "-family:registry"))


def test_a_cursor_of_another_asker_gives_no_more(served: ServedWorld) -> None:
    secret(served)
    hidden = secret(served)
    query = {"q": "type:statement.countersigned", "limit": 1, "wait_for": served.ledger.size()}
    owner = client_of(served, served.world.li)
    cursor = owner.get(ENTRIES, query_string=query).json["next"]
    assert cursor
    asked = {"q": query["q"], "cursor": cursor}
    assert served.client.get(ENTRIES, query_string=asked).json["entries"] == []
    assert hidden not in indexes(owner.get(ENTRIES, query_string=asked).json["entries"])


def test_who_has_not_signed_in_searches_nothing(served: ServedWorld) -> None:
    answer = served.app.test_client().get(ENTRIES, query_string={"q": ""})
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_csv_and_json_lines_hold_the_same_entries(served: ServedWorld, form: str) -> None:
    served.log(5)
    asked = {"q": "-voice:attested", "limit": 4, "wait_for": served.ledger.size()}
    whole = served.client.get(ENTRIES, query_string=asked)
    media = {"csv": "text/csv", "jsonl": "application/x-ndjson"}[form]
    for more in ({"query_string": {**asked, "format": form}}, {"query_string": asked}):
        answer = served.client.get(ENTRIES, headers={"Accept": media}, **more)
        assert answer.content_type.startswith(media)
        assert answer.headers["X-Zelian-As-Of"] == str(whole.json["as_of"])
        assert answer.headers["X-Zelian-Projected"] == str(whole.json["projected"])
        assert whole.json["next"] in answer.headers["Link"]
        if form == "jsonl":
            assert [json.loads(line) for line in answer.text.splitlines()] == whole.json["entries"]
            continue
        rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
        assert list(rows[0]) == list(COLUMNS)
        for row, entry in zip(rows, whole.json["entries"], strict=True):
            assert (row["header"], row["statement"]) == (entry["header"], entry["statement"])
            assert int(row["index"]) == entry["index"]
            assert (row["said"], row["leaf_hash"]) == (entry["said"], entry["leaf_hash"])
            assert row["official"] == entry["event"].get("official", "")
            assert row["digest"] == json.loads(entry["header"])["statement"]


def test_plain_lists_have_the_same_forms(served: ServedWorld) -> None:
    answer = served.client.get(f"{ENTRIES}?format=csv&limit=2")
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["index"] for row in rows] == ["0", "1"]
    assert "format=csv" in answer.headers["Link"]
    assert served.client.get(ENTRIES, headers={"Accept": "text/html"}).is_json


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"q": "used"}, "q"),
        ({"q": "finding:F1"}, "q"),
        ({"q": "x" * 1_001}, "q"),
        ({"q": "", "order": "asc"}, "order"),
        ({"q": "", "format": "xml"}, "format"),
        ({"q": "", "limit": "0"}, "limit"),
        ({"q": "", "as_of": "999999"}, "as_of"),
        ({"q": "", "wait_for": "999999"}, "wait_for"),
        ({"wait_for": "1"}, "wait_for"),
        ({"q": "", "cursor": "x"}, "cursor"),
        ({"q": "", "cursor": ""}, "cursor"),
        ({"q": "", "cursor": "eyJhZnRlciI6MX0"}, "cursor"),
        ({"q": "", "cursor": base64.urlsafe_b64encode(b"[]" * 20).decode()}, "cursor"),
        ({"q": "", "cursor": "MTphc2M6MTow", "as_of": "1"}, "cursor"),
    ],
)
def test_a_wrong_parameter_is_named(
    served: ServedWorld, query: dict[str, str], parameter: str
) -> None:
    answer = served.client.get(ENTRIES, query_string=query)
    assert (answer.status_code, answer.json["code"]) == (400, "bad_parameter"), answer.json
    assert answer.json["parameter"] == parameter


def test_a_wrong_search_says_where_in_both_languages(served: ServedWorld) -> None:
    asked = {"q": "type:use.recorded item:I-1"}
    for language, word in (("en", "a ref"), ("zh", "第 24 个字符")):
        headers = {"Accept-Language": language}
        answer = served.client.get(ENTRIES, query_string=asked, headers=headers).json
        assert answer["position"] == 24
        assert word in answer["detail"]


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/grants?state=none",
        "/api/v1/grants?none=1",
        "/api/v1/entries?q=none:1",
        "/api/v1/chains/none/MZ/A-1",
        "/api/v1/evidence",
        "/api/v1/evidence?act=MZ/A-1&reason=none",
    ],
)
def test_what_there_is_to_choose_is_listed_in_each_language(
    served: ServedWorld, address: str
) -> None:
    """Chinese without a word of Accept-Language, its lists with 、 and never a comma."""
    client = client_of(served, served.world.zhang)
    told = client.get(address).json["detail"]
    assert "、" in told
    assert "," not in told
    assert ", " in client.get(address, headers={"Accept-Language": "en"}).json["detail"]


def test_a_cursor_serves_its_own_question_alone(served: ServedWorld) -> None:
    served.log(3)
    asked = {"q": "type:use.recorded", "limit": 1, "wait_for": served.ledger.size()}
    cursor = served.client.get(ENTRIES, query_string=asked).json["next"]
    answer = served.client.get(ENTRIES, query_string={"q": "voice:signed", "cursor": cursor})
    assert answer.json["parameter"] == "cursor"
    same = {"q": 'type:"zelian.use.recorded.v1"', "cursor": cursor}
    assert served.client.get(ENTRIES, query_string=same).status_code == 200
