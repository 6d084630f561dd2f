"""A bundle whose statements cite another ledger: what a policy bore out, and no more."""

import csv
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from prov.model import ProvDerivation, ProvDocument, ProvEntity

from crypto.archive import read_archive
from crypto.errors import CryptoError
from crypto.header import format_header, parse_header
from crypto.policy import format_policy
from crypto.statement import read_statement, sign_statement
from ledger.evidence.bundle import PAGE, EntryShown
from ledger.evidence.bundle_reader import read_contents, read_manifest
from ledger.evidence.question import Question
from ledger.exports.forms import FORMS, export
from ledger.exports.taken import taken_from
from ledger.registry.records import PEERED
from ledger.verification.bundle_check import bundle_report
from ledger.verification.export_check import export_report
from tests.citing import FOREIGN, Foreign, citing
from tests.integration.evidence.browser import Reader, chromium
from tests.integration.evidence.conftest import ACT, Case, begin
from tests.integration.evidence.lies import STRANGER, rewritten


@pytest.fixture(name="cited", scope="module")
def _cited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """One citation before the other ledger was registered, and one after it."""
    case = begin(tmp_path_factory.mktemp("citing") / "home")
    world = case.world
    world.submit(citing(world.use(50, act="A-50"), Foreign().cite()), world.zhang)
    registering = {"origin": FOREIGN, "policy": Foreign().policy(witnessed=True)}
    world.submit(
        world.registry("peer.registered", "department/registrar", registering), world.registrar
    )
    world.submit(citing(world.use(51, act="A-51"), Foreign().cite(witnessed=True)), world.zhang)
    case.ledger.catch_up()
    yield case
    world.close()


def test_what_a_registered_policy_bore_out_is_verified_again(cited: Case) -> None:
    report = cited.verify(cited.make(Question("act", "MZ/A-51")).raw)
    check = report.check("citations")
    assert (check.verdict, check.done) == ("verified", check.of)
    assert check.of >= 1


def test_what_no_policy_judged_is_not_checked_and_never_verified(cited: Case) -> None:
    report = cited.verify(cited.make(Question("act", "MZ/A-50")).raw)
    check = report.check("citations")
    assert check.verdict == "not_checked"
    assert [one.verdict for one in check.findings] == ["not_checked"]
    assert FOREIGN in check.findings[0].en
    assert FOREIGN in check.findings[0].zh
    assert report.verdict == "not_checked"


def test_without_a_pinned_entry_0_no_policy_counts(cited: Case) -> None:
    raw = cited.make(Question("act", "MZ/A-51")).raw
    assert bundle_report(raw, cited.policy, None).check("citations").verdict == "not_checked"


def test_a_bundle_that_cites_nothing_has_nothing_to_check(cited: Case) -> None:
    check = cited.verify(cited.make(ACT).raw).check("citations")
    assert (check.verdict, check.of) == ("verified", 0)


# Exports


ONE = sha256(b"a delivery").hexdigest()  # as Foreign.cite names it


@pytest.fixture(name="both", scope="module")
def _both(cited: Case) -> bytes:
    """A bundle with both acts: the one citation was judged, the other was not."""
    return cited.make(Question("query", "type:use.recorded")).raw


def test_prov_derives_from_an_entity_of_the_other_ledger_and_says_how_it_stands(
    both: bytes,
) -> None:
    documents = [
        ProvDocument.deserialize(content=export(both, "prov-json"), format="json"),
        ProvDocument.deserialize(content=export(both, "prov-n").decode(), format="provn"),
    ]
    assert documents[0] == documents[1]
    foreign = f"https://{FOREIGN}/id/statement/{ONE}"
    told = []
    for record in documents[0].get_records(ProvDerivation):
        (_, ours), (_, theirs) = record.formal_attributes[:2]
        if theirs.uri != foreign:
            continue
        stands = {str(name): str(value) for name, value in record.extra_attributes}
        told.append((stands["zelian:standing"], stands.get("zelian:by")))
        assert stands["prov:type"] == "zelian:citation"
        assert ours.uri.startswith(f"https://{taken_from(both).origin}/id/statement/")
    registered = _standing(both)[1][1]
    assert registered is not None
    assert sorted(told) == [("not_checked", None), ("verified", str(registered))]
    entities = {str(one.identifier): one for one in documents[0].get_records(ProvEntity)}
    [name] = [name for name in entities if name.startswith("ledger2:")]
    assert entities[name].get_attribute("zelian:origin") == {FOREIGN}


def _standing(raw: bytes) -> list[tuple[str, int | None]]:
    return [(cited.standing, cited.by) for one in taken_from(raw).shown for cited in one.cites]


def test_an_object_of_its_own_type_is_cited_and_the_relation_says_how_it_stands(
    both: bytes,
) -> None:
    log = json.loads(export(both, "ocel"))
    [foreign] = [one for one in log["objects"] if one["type"] == "foreign_statement"]
    said = {one["name"]: one["value"] for one in foreign["attributes"]}
    assert said == {"ledger": FOREIGN, "statement": ONE}
    links = [
        link["qualifier"]
        for event in log["events"]
        for link in event["relationships"]
        if link["objectId"] == foreign["id"]
    ]
    assert links == ["cites_not_checked", "cites_verified"]
    [declared] = [one for one in log["objectTypes"] if one["name"] == "foreign_statement"]
    assert {one["name"] for one in declared["attributes"]} == set(said)


def test_a_column_says_what_is_cited_and_how_it_stands(both: bytes) -> None:
    rows = list(csv.DictReader(export(both, "csv").decode().splitlines()))
    by = _standing(both)[1][1]
    told = [row["cites"] for row in rows if row["cites"]]
    assert told == [f"{FOREIGN}/{ONE}:not_checked", f"{FOREIGN}/{ONE}:verified:{by}"]
    manifest = json.loads(export(both, "manifest"))
    assert manifest["columns"][-1] == {"from": "statement, registry", "name": "cites"}
    assert [one["name"] for one in manifest["columns"]] == list(rows[0])


@pytest.mark.parametrize("form", FORMS)
def test_what_cites_nothing_is_exported_as_ever(cited: Case, form: str) -> None:
    """Else no export that was made before could be verified any more."""
    raw = cited.make(ACT).raw
    assert all(one.cites == () for one in taken_from(raw).shown)
    made = export(raw, form)
    for word in (b"cites", b"foreign_statement", b"ledger2", FOREIGN.encode()):
        assert word not in made


@pytest.mark.parametrize("form", FORMS)
def test_an_export_with_citations_follows_from_its_bundle(
    cited: Case, both: bytes, form: str
) -> None:
    made = export(both, form)
    report = export_report(made, form, both, cited.policy, cited.identity)
    assert report.check("export").verdict == "verified"
    altered = made.replace(b"not_checked", b"verified")
    if altered != made:
        report = export_report(altered, form, both, cited.policy, cited.identity)
        assert report.check("export").verdict == "failed"


def test_a_receipt_that_the_shown_policy_refuses_is_never_exported_as_verified(
    both: bytes,
) -> None:
    """Of a bundle that verifies there is none: whoever makes one has forged a registration."""
    members = read_archive(both)
    contents = read_contents(members, read_manifest(members))
    other = Foreign(key="another").policy(witnessed=True)
    entries = tuple(_registering(entry, other) for entry in contents.entries)
    assert entries != contents.entries
    with pytest.raises(CryptoError, match="verify the bundle"):
        export(rewritten(replace(contents, entries=entries)), "csv")


def _registering(entry: EntryShown, policy: str) -> EntryShown:
    """The same, or the registration of another policy in its place."""
    if entry.statement is None or read_statement(entry.statement).type != PEERED:
        return entry
    event = read_statement(entry.statement).event
    statement = sign_statement(event | {"data": event["data"] | {"policy": policy}}, [STRANGER])
    digest = sha256(statement).digest()
    header = msgspec.structs.replace(parse_header(entry.header), statement=digest)
    return replace(entry, statement=statement, header=format_header(header))


# The page


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_the_page_tells_of_each_citation_that_it_did_not_check_it(
    cited: Case, both: bytes, tmp_path: Path, locale: str
) -> None:
    file = tmp_path / "report.html"
    file.write_bytes(read_archive(both)[PAGE])
    registered = _standing(both)[1][1]
    with chromium() as browser, closing(Reader(browser, file, locale=locale)) as reader:
        shown = reader.trust(format_policy(cited.policy), cited.identity.hex())
        rows = reader.page.locator("[data-cites]").all()
        texts = [row.inner_text() for row in rows]
        graph = reader.page.inner_text("#graph ol")
        assert reader.requests == reader.errors == []
    # A policy was registered before the second alone; this page applies neither.
    assert (shown.checks["citations"], shown.verdict) == ("not_checked", "not_checked")
    not_checked = {"zh-CN": "未检查", "en": "not checked"}[locale]
    assert len(texts) == 2
    for text in texts:
        assert f"{FOREIGN} {ONE}" in text
        assert f"○ {not_checked}" in text
        assert "✔" not in text
    by = {"zh-CN": f"见第 {registered} 条", "en": f"by entry {registered}"}[locale]
    assert [by in text for text in texts] == [False, True]
    names_not = {"zh-CN": "您的信任策略未列该账本", "en": "your policy does not name that ledger"}
    assert all(names_not[locale] in text for text in texts)
    assert graph.count(f"{FOREIGN} {ONE[:12]} ({not_checked})") == 2


def test_what_the_readers_policy_names_is_still_not_checked_by_the_page(
    cited: Case, both: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    file.write_bytes(read_archive(both)[PAGE])
    own = format_policy(cited.policy).replace("\nquorum", f"\n{_log_line()}\nquorum", 1)
    with chromium() as browser, closing(Reader(browser, file, locale="en")) as reader:
        shown = reader.trust(own, cited.identity.hex())
        texts = [row.inner_text() for row in reader.page.locator("[data-cites]").all()]
    assert shown.checks["log_signature"] == "verified"
    assert shown.checks["citations"] == "not_checked"
    assert all("your policy names that ledger, and was not applied" in text for text in texts)
    assert len(texts) == 2


def _log_line() -> str:
    return Foreign().policy().splitlines()[0]
