"""What the rules find in the demo's stories: what went wrong in them, and nothing else."""

import pytest

from cli.stories.departments import DEPARTMENTS, REGISTRAR, department_id
from cli.stories.keyring import Keyring
from cli.stories.teller import Teller, source_of
from cli.stories.whole import all_lines
from crypto.chain import REGISTRY_TYPES
from crypto.keys import PrivateKey
from crypto.notation import format_time, parse_time
from crypto.statement import read_statement
from ledger.builtin_packs import built_in
from ledger.events.speakers import ROLE_OF_KIND
from ledger.home import Home
from ledger.registry.state import Registry
from ledger.sharing.machine import Said
from ledger.supervision.fixture import Kept
from ledger.supervision.rules import RULES
from ledger.supervision.supervisor import Supervisor

START_MS = parse_time("2026-07-05T16:00:00.000Z")
ROLES = {one.id: ROLE_OF_KIND[one.kind] for one in DEPARTMENTS} | {REGISTRAR: REGISTRAR}
Found = set[tuple[str, str]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """(line, rule) of each finding, as if every line were recorded when it was told."""
    home = Home(tmp_path_factory.mktemp("findings") / "home")
    home.write_key(home.registrar_key, PrivateKey.generate("ed25519"))
    teller = Teller("stories.example/yunling", START_MS, Keyring(home))
    supervisor, registry = Supervisor(Kept(), RULES, built_in()), Registry()
    raised: Found = set()
    for index, line in enumerate(all_lines(), 1):
        statement = read_statement(teller.statement(line))
        teller.note(line, statement.digest.hex())
        source = source_of(line).rpartition("/")[2]
        voice = "signed" if line.voice.tier else "attested" if line.voice.official else "system"
        merged = {department_id("sy")} if source == department_id("sc") else set()
        at, event = format_time(START_MS + line.when.offset_ms), statement.event
        said = Said(
            index, at, event, statement.digest.hex(), ROLES[source], voice,
            frozenset({source} | merged),
        )  # fmt: skip
        if event["type"] in REGISTRY_TYPES:
            registry.apply(index, at, event)
        else:
            registry.advance(index + 1)
        raised |= {(line.name, one["rule"]) for one in supervisor.take(said, registry).raised}
    return raised


def test_seven_sources_in_order_raise_nothing(found: Found) -> None:
    """The canonical good story: seven providers feed one registration."""
    good = [line.name for line in all_lines() if line.name.startswith("company-318")]
    assert len(good) > 30
    assert {one for one in found if one[0] in good} == set()


def test_what_went_wrong_is_what_is_found(found: Found) -> None:
    assert found == {
        ("birth-1131-education-received", "F18"),
        ("birth-drift-used", "F3"),
        ("company-342-premises-sent", "F7"),
        ("company-342-premises-used", "F7"),
        ("credit-2026-07-decided", "F27"),
        ("credit-2026-07-legal-entity-received", "F18"),
        ("credit-2026-07-tax-used", "F1"),
        ("credit-audit-counted", "F1"),
        ("emergency-03-tracing-late-sent", "F25"),
        ("emergency-03-tracing-late-used", "F2"),
        ("food-grading-q3-health-used", "F10"),
        ("food-old-decided", "F17"),
        ("food-old-decided", "F5"),
        ("papers-education-wj-accepted", "F33"),
        ("papers-insurance-zw-answered", "F24"),
        ("papers-licence-lx-stored", "F37"),
        ("papers-tracing-yj-assessed", "F17"),
        ("revoked-jg-9133", "F6"),
        ("roads-open-decided", "F27"),
        ("roads-open-roadworks-used", "F9"),
    }
