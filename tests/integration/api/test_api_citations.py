"""Citations over HTTP: a false receipt has one answer, and every one that is taken is marked."""

import json
from typing import Any

from crypto.statement import sign_statement
from ledger.admission.admission import SMALL_BATCH
from ledger.responsibility.telling import said_of
from ledger.responsibility.trace import lines_of
from tests.citing import FOREIGN, Foreign, citing, lies
from tests.integration.api.conftest import ServedWorld


def logged(served: ServedWorld, *cited: dict[str, str]) -> dict[str, Any]:
    """Log a use that cites, and show it to an official of its department."""
    answer = served.post(sign_statement(citing(served.world.use(), *cited), [served.world.zhang]))
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = served.client.get(answer.headers["Location"]).get_json()
    return shown


def event_data(served: ServedWorld) -> dict[str, Any]:
    data: dict[str, Any] = served.world.use()["data"]
    return data


def register(served: ServedWorld, **data: str) -> int:
    event = served.world.registry(
        "peer.registered", "department/registrar", {"origin": FOREIGN, **data}
    )
    served.world.submit(event, served.world.registrar)
    return served.ledger.size() - 1


def test_a_citation_is_marked_by_what_was_registered_before_it(served: ServedWorld) -> None:
    cited = Foreign().cite()
    told = {"ledger": FOREIGN, "statement": cited["statement"]}
    early = logged(served, cited)
    assert early["citations"] == [{**told, "by": None, "standing": "not_checked"}]
    by = register(served, policy=Foreign().policy())
    late = logged(served, cited)
    assert late["citations"] == [{**told, "by": by, "standing": "verified"}]
    again = served.client.get(f"/api/v1/entries/{early['index']}").get_json()
    assert again["citations"] == early["citations"]
    assert "citations" not in served.client.get(f"/api/v1/entries/{by}").get_json()


def test_who_may_not_read_the_statement_is_not_told_what_it_cites(served: ServedWorld) -> None:
    shown = logged(served, Foreign().cite())
    public = served.app.test_client().get(f"/api/v1/entries/{shown['index']}").get_json()
    assert public["header"] == shown["header"]
    assert "citations" not in public


def test_a_false_receipt_is_refused_alone_and_in_a_batch_that_a_pool_checks(
    served: ServedWorld,
) -> None:
    register(served, policy=Foreign().policy())
    stranger = Foreign(key="somebody").cite()
    cited = [Foreign().cite(), stranger, *(lie for _, lie in lies())]
    lines = [sign_statement(citing(served.world.use(), one), [served.world.zhang]) for one in cited]
    answer = served.post(lines[1])
    assert (answer.status_code, answer.get_json()["code"]) == (422, "bad_citation")
    assert answer.get_json()["pointer"] == "/data/cites/0/receipt"
    odd = [{**event_data(served), "cites": value} for value in (5, None, [5], [[]], "x")]
    strange = [{**served.world.use(), "data": data} for data in odd]
    lines += [sign_statement(one, [served.world.zhang]) for one in strange]
    lines += served.uses(SMALL_BATCH + 3 - len(cited))
    assert len(lines) > SMALL_BATCH
    told = list(map(json.loads, served.batch(b"\n".join(lines)).data.splitlines()))
    codes = [one["problem"]["code"] if "problem" in one else None for one in told]
    taken = [None] * (len(lines) - len(cited) - len(odd))
    wrong = ["bad_citation"] * (len(cited) - 1) + ["schema"] * len(odd)
    assert codes == [None, *wrong, *taken]


def test_a_trace_marks_the_lines_that_rest_on_what_was_cited(served: ServedWorld) -> None:
    register(served, policy=Foreign(key="a later key").policy())
    other = Foreign("ledger.example/elsewhere").cite()
    checked = Foreign(key="a later key").cite()
    for number, cited in enumerate((other, checked)):
        event = citing(served.world.use(700 + number, act="A-700"), cited)
        assert served.post(sign_statement(event, [served.world.zhang])).status_code == 201
    size = served.ledger.size()
    served.ledger.catch_up()
    told = served.client.get(f"/api/v1/acts/MZ/A-700/responsibility?wait_for={size}").get_json()
    marked = [one for one in lines_of(told) if "cites" in one]
    found = {(one["entry"], one["ledger"], one["standing"]) for line in marked
             for one in line["cites"]}  # fmt: skip
    assert found == {
        (size - 2, "ledger.example/elsewhere", "not_checked"),
        (size - 1, FOREIGN, "verified"),
    }
    words = " ".join(said_of(line, "en") for line in marked)
    assert f"ledger.example/elsewhere {other['statement'][:12]} (NOT CHECKED)" in words
    assert "receipt held at admission" in words
    assert "未经检查" in " ".join(said_of(line, "zh") for line in marked)
