"""Liveness, readiness and metrics."""

import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from api.application import build_app
from ledger.errors import ReadOnly
from tests.integration.api.conftest import ServedWorld


def samples(served: ServedWorld) -> dict[str, float]:
    text = served.client.get("/metrics").text
    return {
        f"{sample.name}{sample.labels or ''}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_process_lives(served: ServedWorld) -> None:
    answer = served.client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "alive"})


def test_ready_says_how_far_each_part_is(served: ServedWorld) -> None:
    answer = served.client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json["status"] == "ready"
    assert answer.json["size"] == served.ledger.state().size


def test_a_ledger_that_takes_no_entries_is_not_ready_and_says_why(fresh: ServedWorld) -> None:
    """In both languages at once: a machine asked, and people will read it."""
    fresh.ledger.parts.sequencer.failure = ReadOnly("head_foreign", "another head", "另一账本头")
    answer = fresh.client.get("/readyz")
    assert (answer.status_code, answer.json["code"]) == (503, "not_ready")
    assert answer.json["reason"] == "head_foreign"
    assert answer.json["why"] == {"en": "another head", "zh-CN": "另一账本头"}
    assert answer.json["size"] == fresh.ledger.state().size
    assert answer.headers["Retry-After"]
    assert fresh.client.get("/healthz").status_code == 200
    assert samples(fresh)["zelian_ready"] == 0


def test_a_ledger_that_has_not_caught_up_is_not_ready(fresh: ServedWorld) -> None:
    fresh.ledger._start_size = fresh.ledger.state().size
    fresh.ledger.parts.publisher.published_size = 0
    answer = fresh.client.get("/readyz")
    assert (answer.status_code, answer.json["reason"]) == (503, "catching_up")


def test_metrics_count_answers_and_refusals(fresh: ServedWorld) -> None:
    raw = fresh.use()
    fresh.post(raw)
    fresh.post(raw)
    fresh.post(b"{}")
    fresh.batch(b"\n".join([fresh.use(), b"{}", b"{}"]))
    now = samples(fresh)
    assert now["zelian_statements_total{'answer': 'logged'}"] == 2
    assert now["zelian_statements_total{'answer': 'known'}"] == 1
    assert now["zelian_statements_total{'answer': 'refused'}"] == 3
    assert now["zelian_problems_total{'code': 'malformed'}"] == 3
    assert now["zelian_batch_lines_sum"] == 3
    state = fresh.ledger.state()
    assert now["zelian_size"] == state.size
    assert now["zelian_published_size"] == state.published_size < state.size
    assert now["zelian_ready"] == now["zelian_writable"] == 1


def test_metrics_tell_how_many_entries_a_group_has(fresh: ServedWorld) -> None:
    """Of each group that was committed since the ledger was opened, by whomever."""
    before = samples(fresh)
    fresh.log(3)
    fresh.log(1)
    fresh.log(16)
    now = samples(fresh)

    def more(name: str) -> float:
        return now[name] - before[name]

    assert more("zelian_group_entries_count") == 3
    assert more("zelian_group_entries_sum") == 20
    counted = [more(f"zelian_group_entries_bucket{{'le': '{le}'}}") for le in (1.0, 2.0, 5.0, 25.0)]
    assert counted == [1, 1, 2, 3]
    assert more("zelian_group_entries_bucket{'le': '+Inf'}") == 3
    assert now["zelian_group_entries_sum"] == now["zelian_size"]  # it was opened empty
    assert samples(fresh)["zelian_group_entries_count"] == now["zelian_group_entries_count"]


def test_metrics_count_groups_from_when_the_ledger_was_opened(fresh: ServedWorld) -> None:
    fresh.world.close()
    fresh.world.open()
    app = build_app(fresh.ledger)
    fresh.client = app.test_client()
    assert samples(fresh)["zelian_group_entries_count"] == 0
    fresh.log(2)
    assert samples(fresh)["zelian_group_entries_sum"] == 2


def test_a_late_scrape_counts_the_rest_with_the_next(
    fresh: ServedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.metrics.GROUPS_READ", 2)
    seen = [samples(fresh)["zelian_group_entries_count"] for _ in range(3)]
    assert seen == [2, 4, 6]


def test_metrics_tell_the_age_of_the_published_checkpoint(fresh: ServedWorld) -> None:
    """By the ledger's clock; entries that are not published yet do not make it younger."""
    name = "zelian_checkpoint_age_seconds"
    assert samples(fresh)[name] == 0
    fresh.world.clock.turn(90_500)
    assert samples(fresh)[name] == 90.5
    fresh.post(fresh.use())
    assert samples(fresh)[name] == 90.5
    fresh.ledger.catch_up()
    assert samples(fresh)[name] == 0
    fresh.ledger.parts.tiles.clear()
    assert name not in samples(fresh)


def test_metrics_name_no_department_person_or_address(served: ServedWorld) -> None:
    served.post(served.use())
    served.client.get("/api/v1/entries/0?zhang=1")
    text = served.client.get("/metrics").text
    labels = set(re.findall(r'(\w+)="', text))
    assert labels <= {"answer", "code", "le", "projection"}
    assert "zhang" not in text
