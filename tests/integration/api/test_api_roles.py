"""Every address by every role, over real HTTP, on a ledger with a statement of every type.

What a role may see is computed here from the tables written by hand and from the terms
of each statement, not by the code that decides. Nobody may read, find, count or tell
from errors what lies outside of that.
"""

import http.client
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.serving import make_server

from api.application import build_app
from crypto.notation import format_time, read_b64
from crypto.signin import sign_in
from ledger.access.terms import IN_THE_MAKING, terms_of
from ledger.settings import Settings
from tests.roles.table import read_routes, read_sights
from tests.roles.town import AREA, INHERITED, OPENED, Town
from tests.signing_in import AHEAD_MS, CHALLENGE, CLIENT_NONCE, SESSIONS
from tests.world import ORIGIN

ROUTES, SIGHTS = read_routes(), read_sights()
ROLES = tuple(SIGHTS)
INSPECTORS = ("audit", "supervisory", "procuratorate")
NOWHERE = "0" * 64


@dataclass
class Asker:
    """One role over one connection."""

    role: str
    port: int
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, path: str, method: str = "GET", body: bytes | None = None) -> tuple[int, Any]:
        headers = self.headers | ({"Content-Type": "application/json"} if body else {})
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        raw = answer.read()
        parsed = json.loads(raw) if "json" in (answer.headers["Content-Type"] or "") else raw
        return answer.status, parsed


@dataclass
class Served:
    town: Town
    port: int
    size: int
    events: dict[int, dict[str, Any]]
    terms: dict[int, frozenset[str]]
    digests: dict[int, str]
    askers: dict[str, Asker]

    def seen(self, role: str) -> set[int]:
        """The entries whose statements a role may read, by the table."""
        return self._opened(role, SIGHTS[role])

    def as_party(self, role: str) -> set[int]:
        """Those of them that it does not read for the catalogue's being made known alone."""
        return self._opened(role, tuple(word for word in SIGHTS[role] if word != "catalogue"))

    def _opened(self, role: str, by: tuple[str, ...]) -> set[int]:
        own = self.town.department_of(role)
        words = {
            "said": {f"department/{own}"},
            "party": {f"reader/{own}"},
            "inherited": {INHERITED[role]} if role in INHERITED else set(),
            "registry": {"reader/*"},
            "catalogue": {"catalogue/*"},
            "area": {AREA},
            "bodies": {"family/bodies"},
            "appraisal": {"family/appraisal"},
            "scope": {OPENED} if role == "audit" else set(),
        }
        if role == "supervisory":
            return set(self.events)
        opening = set().union(*(words[word] for word in by)) if by else set()
        return {index for index, terms in self.terms.items() if terms & opening}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home: Path = tmp_path_factory.mktemp("roles") / "home"
    town = Town(Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1, signins=10_000))
    ledger = town.world.ledger
    assert ledger is not None
    ledger.catch_up()
    server = make_server("127.0.0.1", 0, build_app(ledger), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    entries = [ledger.entry(index) for index in range(ledger.size())]
    events = {one.index: one.event for one in entries if one.event is not None}
    registry = ledger.parts.judge.registry
    made = Served(
        town,
        server.port,
        ledger.size(),
        events,
        {index: terms_of(event, registry, index) for index, event in events.items()},
        {one.index: json.loads(one.header)["statement"] for one in entries},
        {},
    )
    made.askers = {role: _signed_in(made, role) for role in ROLES}
    yield made
    server.shutdown()
    thread.join()
    town.world.close()


def _signed_in(served: Served, role: str) -> Asker:
    asker = Asker(role, served.port)
    if role == "public":
        return asker
    nonce = read_b64(asker.ask(CHALLENGE, "POST", b"")[1]["nonce"])
    expires = format_time(served.town.world.clock() + AHEAD_MS)
    raw = sign_in(served.town.key_of(role), ORIGIN, nonce, CLIENT_NONCE, expires)
    status, session = asker.ask(SESSIONS, "POST", raw)
    assert (status, session["role"]) == (201, role), session
    asker.headers["Authorization"] = f"Bearer {session['token']}"
    if role in INSPECTORS:
        asker.headers["X-Zelian-Reason"] = "audit"
    return asker


def test_the_ledger_tells_the_roles_apart(served: Served) -> None:
    """Else the walks below would show nothing."""
    seen = {role: frozenset(served.seen(role)) for role in ROLES}
    assert seen["public"] == seen["ledger_operator"] == frozenset()
    assert seen["procuratorate"] < seen["supervisory"]
    assert seen["department"] < seen["audit"] < seen["supervisory"]
    assert len(set(seen.values())) == len(ROLES) - 1
    making = {
        index for index, terms in served.terms.items()
        if any(f"type/{name}" in terms for name in IN_THE_MAKING)
    }  # fmt: skip
    own = f"reader/{served.town.department_of('sharing_authority')}"
    assert all(own in served.terms[index] for index in making & seen["sharing_authority"])
    assert making - seen["sharing_authority"]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_the_statements_of_its_sight_and_no_other(served: Served, role: str) -> None:
    """By index, by digest, in lists of either order."""
    asker, expected, walked = served.askers[role], served.seen(role), 0
    for index, digest in served.digests.items():
        for path in (f"/api/v1/entries/{index}", f"/api/v1/statements/{digest}"):
            status, shown = asker.ask(path)
            assert status == 200
            _check(shown, expected, served)
            walked += 1
    for order in ("asc", "desc"):
        path: str | None = f"/api/v1/entries?as_of={served.size}&order={order}&limit=50"
        listed = []
        while path:
            status, page = asker.ask(path)
            assert status == 200
            listed += page["entries"]
            path = page["next"] and f"/api/v1/entries?limit=50&cursor={page['next']}"
        assert sorted(shown["index"] for shown in listed) == list(range(served.size))
        for shown in listed:
            _check(shown, expected, served)
            walked += 1
    print(f"{role}: {walked} entries asked for, {len(expected)} statements of {served.size} read")


def _check(shown: dict[str, Any], expected: set[int], served: Served) -> None:
    index = shown["index"]
    if index in expected:
        assert shown["event"] == served.events[index]
    else:
        assert sorted(shown) == ["absent", "header", "index", "leaf_hash"], served.events[index]
        assert shown["absent"]["reason"] == "not_allowed"


def _queries(served: Served) -> dict[str, set[int]]:
    """Each type, family's department, official and thing there is, and what has it."""
    found: dict[str, set[int]] = {}
    for index, terms in served.terms.items():
        for term in terms:
            kind, _, value = term.partition("/")
            if kind in ("type", "department", "official", "item", "grant", "act", "matter"):
                found.setdefault(f"{kind}:{value}", set()).add(index)
    return found


@pytest.mark.parametrize("role", ROLES)
def test_a_search_finds_what_is_in_the_sight_and_no_other(served: Served, role: str) -> None:
    asker, expected, walked = served.askers[role], served.seen(role), 0
    if ROUTES["GET /api/v1/entries?q="][role] == "none":
        assert asker.ask("/api/v1/entries?q=type%3Ause.recorded")[0] == (
            401 if role == "public" else 403
        )
        return
    for query, holding in _queries(served).items():
        path = f"/api/v1/entries?q={quote(query)}&as_of={served.size}&limit=500"
        status, page = asker.ask(path)
        assert status == 200, (query, page)
        assert {shown["index"] for shown in page["entries"]} == holding & expected, query
        assert page["next"] is None
        walked += 1
    print(f"{role}: {walked} searches")


@pytest.mark.parametrize("role", ROLES)
def test_what_is_hidden_and_what_does_not_exist_look_the_same(served: Served, role: str) -> None:
    """A chain of which nothing is in the sight is answered as one that was never begun."""
    asker, expected, walked = served.askers[role], served.seen(role), 0
    if ROUTES["GET /api/v1/chains/{kind}/{name}"][role] == "none":
        return
    for query, holding in _queries(served).items():
        kind, _, name = query.partition(":")
        if kind not in ("item", "grant", "act") or holding & expected:
            continue
        hidden = asker.ask(f"/api/v1/chains/{kind}/{name}")
        owner = name.partition("/")[0]
        nothing = asker.ask(f"/api/v1/chains/{kind}/{owner}/never-{NOWHERE[:8]}")
        for status, problem in (hidden, nothing):
            assert status == 404
            problem.pop("instance")
        assert _without(hidden[1], name) == _without(nothing[1], f"{owner}/never-{NOWHERE[:8]}")
        walked += 1
    print(f"{role}: {walked} hidden chains")


def _without(problem: dict[str, Any], name: str) -> str:
    return json.dumps(problem, sort_keys=True, ensure_ascii=False).replace(name, "…")


@pytest.mark.parametrize("role", ROLES)
def test_a_trace_rests_on_what_is_in_the_sight_and_on_the_registry(
    served: Served, role: str
) -> None:
    """A matrix is law and cited to everybody; of what nothing is seen there is no trace."""
    asker, expected, walked = served.askers[role], served.seen(role), 0
    if ROUTES["GET /api/v1/acts/{department}/{id}/responsibility"][role] == "none":
        return
    told = {
        index for index, terms in served.terms.items()
        if terms & {"family/registry", "type/matrix.adopted"}
    }  # fmt: skip
    for query, holding in _queries(served).items():
        kind, _, name = query.partition(":")
        if kind not in ("act", "item"):
            continue
        paths = {"act": f"acts/{name}/responsibility?defect=D1&", "item": f"items/{name}/impact?"}
        status, found = asker.ask(f"/api/v1/{paths[kind]}as_of={served.size}")
        assert status in (200, 404), (query, found)
        if not holding & expected:
            assert status == 404, query
        if status == 200:
            assert _cited(found) <= expected | told, query
            walked += 1
    print(f"{role}: {walked} traces and impacts")


def _cited(value: Any) -> set[int]:
    """Every entry that an answer names, wherever it stands in it."""
    if isinstance(value, dict):
        own = {*value.get("entries", ())} | ({value["entry"]} if "entry" in value else set())
        return own.union(*map(_cited, value.values()))
    return set().union(*map(_cited, value)) if isinstance(value, list) else set()


FILLED = {
    "period": "2026",
    "index": "0",
    "path": "0/000",
    "name": "none",
    "code": "schema",
    "kind": "item",
}
FILLED |= {"department": "D", "id": "1", "digest": NOWHERE}


def test_each_address_answers_each_role_as_the_table_says(served: Served) -> None:
    """Who gets nothing is told so before anything is looked up; all others get past the guard."""
    walked = 0
    for route, words in ROUTES.items():
        method, _, pattern = route.partition(" ")
        path = pattern.format_map(FILLED).replace("?q=", "?q=type%3Ause.recorded")
        for role, word in words.items():
            asker = _signed_in(served, role) if method == "DELETE" else served.askers[role]
            status, _ = asker.ask(path, method, b"{}" if method == "POST" else None)
            if word == "none" and status != 404:  # 404: an address that is still to come
                assert status == (401 if role == "public" else 403), (route, role)
            elif word != "none":
                assert status not in (401, 403, 500), (route, role)
            walked += 1
    print(f"{len(ROUTES)} addresses by {len(ROLES)} roles: {walked} combinations")


@pytest.mark.parametrize("role", INSPECTORS)
def test_an_inspector_is_asked_for_a_reason_whatever_there_is(served: Served, role: str) -> None:
    """Before anything is looked up, so that the question tells nothing either."""
    asker = _signed_in(served, role)
    del asker.headers["X-Zelian-Reason"]
    for path in ("/entries/0", "/entries/999999", f"/statements/{NOWHERE}", "/chains/item/D/1"):
        status, problem = asker.ask(f"/api/v1{path}")
        assert (status, problem["code"]) == (400, "reason_needed")
        assert asker.ask(f"/api/v1{path}?reason=not_stated")[1]["code"] == "reason_needed"
    assert asker.ask("/api/v1/entries/0?reason=inquiry")[0] == 200
