"""Say whether the process lives, whether to send it requests, and what it counts."""

from typing import TYPE_CHECKING

import orjson
from flask import Response
from flask_smorest import Blueprint
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from api.answers import JSON
from api.context import ledger, served
from api.languages import Words
from api.operations import HEALTH, METRICS, READY
from api.problems import Problem

if TYPE_CHECKING:
    from ledger.readiness import State

blp = Blueprint("health", __name__, description="For operators and load balancers")

_CATCHING_UP = Words(
    "tiles or registry have not caught up with the log yet; ask again in a moment",
    "瓦片或登记信息尚未跟上账本；请稍后再试",
)


@blp.route("/healthz")
@blp.doc(**HEALTH)
def get_health() -> Response:
    """Answer 200 as long as the process answers at all."""
    return Response(b'{"status":"alive"}', headers={"Cache-Control": "no-store"}, content_type=JSON)


@blp.route("/readyz")
@blp.doc(**READY)
def get_ready() -> Response:
    """Answer 200 once writes are taken and tiles and registry have caught up, else 503 and why."""
    state = ledger().state()
    sizes = {
        "projected_size": state.projected_size,
        "published_size": state.published_size,
        "registry_size": state.registry_size,
        "size": state.size,
    }
    if not (state.ready and state.writable):
        why = _why(state)
        raise Problem(
            "not_ready",
            why,
            "",
            {"Retry-After": "1"},
            reason=state.reason or "catching_up",
            why={"en": why.en, "zh-CN": why.zh},
            **sizes,
        )
    body = orjson.dumps({"status": "ready", **sizes}, option=orjson.OPT_SORT_KEYS)
    return Response(body, headers={"Cache-Control": "no-store"}, content_type=JSON)


def _why(state: "State") -> Words:
    if state.writable:
        return _CATCHING_UP
    return Words(state.en or _CATCHING_UP.en, state.zh or _CATCHING_UP.zh)


@blp.route("/metrics")
@blp.doc(**METRICS)
def get_metrics() -> Response:
    """Answer the counters in Prometheus's text format."""
    text = generate_latest(served().metrics.registry)
    return Response(text, headers={"Cache-Control": "no-store"}, content_type=CONTENT_TYPE_LATEST)
