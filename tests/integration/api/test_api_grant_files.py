"""The file of a grant over HTTP: to its parties, in three forms, with what lacks named."""

import csv
import io
from html.parser import HTMLParser
from typing import Any

import pytest

from crypto.checkpoint import open_checkpoint
from crypto.inclusion import verify_inclusion
from crypto.tlog_proof import parse_tlog_proof
from ledger.grant_files import COLUMNS
from tests.integration.api.conftest import ServedWorld, client_of
from tests.sharing_story import GRANT, share, told
from tests.world import MZ, seed

FILE = f"/api/v1/grants/{GRANT}/file"
TY = "TY"
HOSTILE = "<script>alert(1)</script>=1+1"


@pytest.fixture(scope="module")
def told_of(served: ServedWorld) -> ServedWorld:
    world = served.world
    world.register(TY, "云岭省体育局")
    world.enrol(TY, seed(9))
    lines = share(world)
    wrong = {"feedback": f"{MZ}/F-2", "item": "GA/I-1", "grant": GRANT}
    lines.append(told(world, "feedback.quality", MZ, wrong, description=HOSTILE))
    for line in lines:
        assert served.post(line).status_code == 201
    served.ledger.catch_up()
    return served


@pytest.fixture
def ga(told_of: ServedWorld) -> Any:
    return client_of(told_of, told_of.world.li)


def parts(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.json
    return {part["name"]: part for part in answer.json["parts"]}


def test_it_has_the_five_kinds_and_names_what_lacks(ga: Any) -> None:
    found = parts(ga.get(FILE))
    states = {name: part["state"] for name, part in found.items()}
    assert states == {
        "use_scenario": "present",
        "use_process": "present",
        "application_effect": "present",
        "storage_state": "missing",
        "disposal": "not_due",
    }
    [gap] = found["storage_state"]["gaps"]
    assert gap["code"] == "no_storage"
    lines = {line["index"]: line for part in found.values() for line in part["lines"]}
    assert lines[gap["entry"]]["type"] == "zelian.delivery.received.v1"
    assert lines[gap["entry"]]["recorded_at"] == gap["since"]
    answer = ga.get(FILE).json
    assert (answer["complete"], answer["lacking"]) == (False, ["storage_state"])
    assert answer["recorded"] == {"of": 4, "present": 3}
    assert answer["retention"]["years"] == 3


def test_feedback_on_its_uses_is_in_it_though_it_does_not_name_the_grant(ga: Any) -> None:
    types = [line["type"] for line in parts(ga.get(FILE))["application_effect"]["lines"]]
    assert types == ["zelian.feedback.effect.v1", "zelian.feedback.quality.v1"]


def test_a_line_can_be_proved(ga: Any, told_of: ServedWorld) -> None:
    answer = ga.get(f"{FILE}?proofs=yes").json
    line = answer["parts"][0]["lines"][0]
    proof = parse_tlog_proof(line["proof"])
    assert proof.index == line["index"]
    assert proof.checkpoint == answer["checkpoint"]
    checkpoint = open_checkpoint(proof.checkpoint, told_of.ledger.parts.log)
    leaf = bytes.fromhex(line["leaf_hash"])
    verify_inclusion(leaf, proof.index, checkpoint.size, proof.path, checkpoint.root)
    assert "proof" not in ga.get(FILE).json["parts"][0]["lines"][0]


def test_both_parties_see_the_same_and_a_stranger_nothing(ga: Any, told_of: ServedWorld) -> None:
    mz = client_of(told_of, told_of.world.zhang)
    at = "?at=2026-11-05T00:00:00.000Z"
    one, other = ga.get(FILE + at).json, mz.get(FILE + at).json
    indexes = [[line["index"] for line in part["lines"]] for part in one["parts"]]
    assert indexes == [[line["index"] for line in part["lines"]] for part in other["parts"]]
    stranger = client_of(told_of, seed(9))
    assert stranger.get(FILE).status_code == 404
    assert told_of.app.test_client().get(FILE).status_code == 401


def test_it_is_taken_at_a_size_and_between_times(ga: Any) -> None:
    first = parts(ga.get(FILE))["use_process"]["lines"][0]
    before = parts(ga.get(f"{FILE}?as_of={first['index']}"))
    assert before["use_process"]["lines"] == []
    assert before["use_process"]["state"] == "not_due"
    none = parts(ga.get(f"{FILE}?after=2099-01-01T00:00:00.000Z"))
    assert all(not part["lines"] for part in none.values())
    assert ga.get(f"{FILE}?after=yesterday").json["code"] == "bad_parameter"


def test_as_a_table_no_cell_is_a_formula(ga: Any) -> None:
    answer = ga.get(FILE, headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert tuple(rows[0]) == COLUMNS
    assert [row["what"] for row in rows if row["part"] == "storage_state"] == ["no_storage"]
    assert not [cell for row in rows for cell in row.values() if cell[:1] in "=+-@" and cell]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_as_a_page_it_prints_what_others_wrote_as_text(ga: Any) -> None:
    answer = ga.get(FILE, headers={"Accept": "text/html"})
    assert answer.mimetype == "text/html"
    assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
    page = _Tags()
    page.feed(answer.text)
    assert "script" not in page.tags
    assert HOSTILE in page.text
    assert "缺失 · missing" in page.text
    found = ga.get(FILE).json
    line, by = found["parts"][0]["lines"][0], found["parts"][0]["lines"][0]["department"]
    spoken = sum(one["department"] == by for part in found["parts"] for one in part["lines"])
    # Each line of a party names it, and the head of the page once more.
    assert page.text.count(f"{found['departments'][by]}（{by}）") == spoken + 1
    assert line["leaf_hash"] in page.text
    assert "+08:00" in page.text


def test_an_answer_too_large_says_how_to_ask_for_a_part(
    ga: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.grant_files.MOST", 3)
    refused = ga.get(FILE)
    assert refused.status_code == 400
    assert "after" in refused.json["detail"]
