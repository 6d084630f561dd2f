"""Exports of a bundle: read back by others, the same each time, and checked against the bundle."""

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from prov.model import ProvDerivation, ProvDocument

from crypto.archive import read_archive, write_archive
from crypto.errors import CryptoError
from crypto.statement import read_statement, sign_statement
from ledger.evidence.question import Question
from ledger.evidence_maker import Made
from ledger.exports.forms import FORMS, export
from ledger.exports.provenance import provenance
from ledger.exports.rows import COLUMNS
from ledger.exports.taken import Taken, taken_from
from ledger.verification.export_check import export_report
from tests.integration.evidence.conftest import Case
from tests.integration.evidence.lies import lies
from tests.world import MZ


@pytest.fixture(scope="module")
def taken(made: Made) -> Taken:
    return taken_from(made.raw)


def test_it_shows_the_answer_and_nothing_of_keys_and_posts(taken: Taken) -> None:
    types = {one.statement.type for one in taken.shown if one.statement is not None}
    assert not any(name.startswith(("zelian.key", "zelian.official")) for name in types)
    assert [one.absent for one in taken.shown if one.statement is None] == ["erased"]
    assert {one.voice for one in taken.shown} == {"signed", "attested", None}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_bundle_gives_the_same_bytes(made: Made, form: str) -> None:
    assert export(made.raw, form) == export(made.raw, form)


def test_both_forms_of_prov_are_read_back_and_say_the_same(made: Made) -> None:
    as_json = ProvDocument.deserialize(content=export(made.raw, "prov-json"), format="json")
    as_text = ProvDocument.deserialize(content=export(made.raw, "prov-n").decode(), format="provn")
    assert as_json == as_text
    kinds = [str(record.get_type()) for record in as_json.get_records()]
    assert {"prov:Agent", "prov:Delegation", "prov:Generation", "prov:Usage"} <= set(kinds)


def test_a_statement_is_derived_from_what_its_signature_binds(case: Case, taken: Taken) -> None:
    parent = taken.shown[0]
    event = case.world.use(8)
    event["data"]["parents"] = [parent.digest]
    child = read_statement(sign_statement(event, [case.world.zhang]))
    shown = replace(parent, index=99, digest=child.digest.hex(), statement=child)
    document = provenance(replace(taken, shown=(parent, shown)))
    assert [
        tuple(str(value) for _, value in record.formal_attributes[:2])
        for record in document.get_records(ProvDerivation)
    ] == [(f"ledger:statement/{child.digest.hex()}", f"ledger:statement/{parent.digest}")]


def test_whoever_opens_a_thing_generates_it_and_others_use_it(made: Made, taken: Taken) -> None:
    document = ProvDocument.deserialize(content=export(made.raw, "prov-json"), format="json")
    links = [
        (str(record.get_type()), *(str(value) for _, value in record.formal_attributes[:2]))
        for record in document.get_records()
    ]
    use = next(one for one in taken.shown if one.statement and "use" in one.statement.refs)
    assert use.statement is not None
    thing, activity = f"ledger:use/{use.statement.refs['use']}", f"ledger:entry/{use.index}"
    assert ("prov:Generation", thing, activity) in links
    assert ("prov:Usage", activity, f"ledger:act/{MZ}/A-1") in links
    made_things = [link[1] for link in links if link[0] == "prov:Generation"]
    assert len(made_things) == len(set(made_things))


def test_the_object_log_refers_to_nothing_that_it_does_not_declare(made: Made) -> None:
    log = json.loads(export(made.raw, "ocel"))
    objects = {one["id"] for one in log["objects"]}
    for event in log["events"]:
        assert {link["objectId"] for link in event["relationships"]} <= objects
    for kinds, things in (("eventTypes", "events"), ("objectTypes", "objects")):
        declared = {one["name"]: _attributes(one) for one in log[kinds]}
        assert {one["type"] for one in log[things]} == set(declared)
        for one in log[things]:
            for attribute in one["attributes"]:
                kind = declared[one["type"]][attribute["name"]]
                assert type(attribute["value"]) is {"string": str, "integer": int}[kind]


def _attributes(declared: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["type"] for one in declared["attributes"]}


def test_the_manifest_has_the_hash_of_each_line_and_its_leaf(made: Made, taken: Taken) -> None:
    table, manifest = export(made.raw, "csv"), json.loads(export(made.raw, "manifest"))
    assert manifest["csv_sha256"] == sha256(table).hexdigest()
    assert manifest["bundle_sha256"] == sha256(made.raw).hexdigest()
    head, *lines = table.removesuffix(b"\r\n").split(b"\r\n")
    assert head.decode().split(",") == list(COLUMNS)
    assert [one["line_sha256"] for one in manifest["rows"]] == [
        sha256(line).hexdigest() for line in lines
    ]
    assert [one["leaf"] for one in manifest["rows"]] == [one.leaf for one in taken.shown]


@pytest.mark.parametrize("form", FORMS)
def test_an_export_is_checked_against_its_bundle(case: Case, made: Made, form: str) -> None:
    exported = export(made.raw, form)
    report = export_report(exported, form, made.raw, case.policy, case.identity)
    assert report.check("export").verdict == "verified"
    head, _, tail = exported.rpartition(b"1")
    altered = head + b"2" + tail
    lines = zip(exported.split(b"\n"), altered.split(b"\n"), strict=True)
    number = next(n for n, (one, other) in enumerate(lines, 1) if one != other)
    report = export_report(altered, form, made.raw, case.policy, case.identity)
    assert report.verdict == "failed"
    assert [one.en for one in report.check("export").findings] == [
        f"line {number} is not what follows"
    ]


def test_an_export_of_another_bundle_is_told(case: Case, made: Made) -> None:
    other = case.make(Question("entry", "", (0,))).raw
    report = export_report(export(other, "csv"), "csv", made.raw, case.policy, case.identity)
    assert report.check("export").verdict == "failed"


def test_what_cannot_be_exported_is_not_checked(case: Case, made: Made) -> None:
    members = dict(read_archive(made.raw))
    report = export_report(b"", "csv", write_archive(members | {"x": b""}), case.policy, None)
    assert (report.check("export").verdict, report.verdict) == ("not_checked", "failed")


def test_no_lie_about_a_bundle_breaks_an_export(made: Made) -> None:
    """Each is exported as it is, or refused with words: a bundle is verified elsewhere."""
    refused = 0
    for lie in list(lies(made.raw, 9))[::7]:
        try:
            export(lie.raw, "manifest")
        except CryptoError as error:
            refused += bool(error.en and error.zh)
    assert refused > 10
