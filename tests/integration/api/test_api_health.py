"""Liveness, readiness and metrics."""

import re

from prometheus_client.parser import text_string_to_metric_families

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


def test_metrics_name_no_department_person_or_address(served: ServedWorld) -> None:
    served.post(served.use())
    served.client.get("/api/v1/entries/0?zhang=1")
    text = served.client.get("/metrics").text
    labels = set(re.findall(r'(\w+)="', text))
    assert labels <= {"answer", "code", "le"}
    assert "zhang" not in text
