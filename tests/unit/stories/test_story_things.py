"""What the stories come to: each thing's life, folded as a reader would see it."""

from collections import Counter, defaultdict

import pytest

from cli.stories.departments import DEPARTMENTS, REGISTRAR, department_id
from cli.stories.keyring import Keyring
from cli.stories.line import Line
from cli.stories.teller import Teller, source_of
from cli.stories.whole import all_lines
from crypto.keys import PrivateKey
from crypto.notation import format_time, parse_time
from crypto.statement import read_statement
from ledger.events.speakers import ROLE_OF_KIND
from ledger.home import Home
from ledger.sharing.hands import missing
from ledger.sharing.machine import Body, Said, Step, fold
from ledger.sharing.touched import MACHINES

START_MS = parse_time("2026-07-05T16:00:00.000Z")
ROLES = {one.id: ROLE_OF_KIND[one.kind] for one in DEPARTMENTS} | {REGISTRAR: REGISTRAR}
FOLDED = ("agreement", "correction", "delivery", "dispute", "grant", "item", "request", "use")

Lives = dict[str, dict[str, tuple[Body, list[tuple[Line, Step]]]]]


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Lives:
    """Every thing that the stories name, by kind and ref, as if recorded when it was told."""
    home = Home(tmp_path_factory.mktemp("things") / "home")
    home.write_key(home.registrar_key, PrivateKey.generate("ed25519"))
    teller = Teller("stories.example/yunling", START_MS, Keyring(home))
    named: dict[str, dict[str, list[tuple[Line, Said]]]] = {
        kind: defaultdict(list) for kind in FOLDED
    }
    for index, line in enumerate(all_lines()):
        statement = read_statement(teller.statement(line))
        teller.note(line, statement.digest.hex())
        said = _said(index, line, statement.event, statement.digest.hex())
        for kind in FOLDED:
            if kind in line.refs:
                named[kind][line.refs[kind]].append((line, said))
    return {
        kind: {ref: _life(kind, ref, said) for ref, said in things.items()}
        for kind, things in named.items()
    }


def _said(index: int, line: Line, event: dict[str, object], digest: str) -> Said:
    source = source_of(line).rpartition("/")[2]
    voice = "signed" if line.voice.tier else "attested" if line.voice.official else "system"
    merged = {department_id("sy")} if source == department_id("sc") else set()
    recorded = format_time(START_MS + line.when.offset_ms)
    return Said(
        index, recorded, event, digest, ROLES[source], voice, frozenset({source} | merged)
    )  # fmt: skip


def _life(
    kind: str, ref: str, told: list[tuple[Line, Said]]
) -> tuple[Body, list[tuple[Line, Step]]]:
    body, steps = fold(MACHINES[kind], ref, [said for _, said in told])
    return body, list(zip((line for line, _ in told), steps, strict=True))


def states(lives: Lives, kind: str) -> Counter[str]:
    return Counter(body["state"] for body, _ in lives[kind].values())


def test_what_does_not_fit_is_what_went_wrong(lives: Lives) -> None:
    """All that is said fits the life of its thing, but what comes after an emergency's sunset."""
    unfit = {
        (kind, line.name, step.reason)
        for kind, things in lives.items()
        for _, steps in things.values()
        for line, step in steps
        if not step.fits
    }
    assert unfit == {
        ("grant", "emergency-03-tracing-late-used", "unfit_state"),
        ("grant", "papers-tracing-yj-assessed", "unfit_state"),
    }


def test_both_heads_consented_to_every_share(lives: Lives) -> None:
    """No request and no grant lacks a hand."""
    for kind in ("request", "grant"):
        assert not [ref for ref, (body, _) in lives[kind].items() if missing(body)]


def test_what_the_stories_come_to(lives: Lives) -> None:
    """Granted, disputed and decided, corrected; one request still waits for its answer."""
    assert states(lives, "item").keys() == {"published"}
    assert states(lives, "delivery").keys() == {"received"}
    assert states(lives, "request")["requested"] == 1
    assert states(lives, "request").keys() == {"requested", "approved"}
    assert states(lives, "dispute") == {"decided": 1}
    assert states(lives, "correction") == {"closed": 1}
    assert states(lives, "grant").keys() == {"active", "ended"}
    tainted = {
        line.refs["use"].partition("/")[2]
        for body, steps in lives["use"].values()
        for line, _ in steps
        if body["state"] == "tainted"
    }
    assert tainted == {
        "SY-SL-2026-00342-premises",
        "SY-XYFJ-2026-07-tax",
        "SY-YJXY-2026-03-tracing-late",
    }
