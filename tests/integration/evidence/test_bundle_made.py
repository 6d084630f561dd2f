"""Bundles as they are made: the same bytes, verified with nothing but a policy and an identity."""

import json
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import pytest

from crypto.archive import read_archive, write_archive
from crypto.cosignature import cosign
from crypto.note import COSIGNATURE, format_vkey, parse_note, vkey_of
from crypto.policy import parse_policy
from ledger.access.sight import NOTHING, Sight
from ledger.errors import NotFound
from ledger.evidence.bundle import MANIFEST
from ledger.evidence.bundle_reader import read_contents, read_manifest
from ledger.evidence.question import Question
from ledger.evidence_maker import Made, make_evidence
from ledger.evidence_page.page import with_page
from ledger.verification.bundle_check import bundle_report
from tests.integration.evidence.conftest import ACT, Case, begin
from tests.integration.evidence.lies import rewritten
from tests.world import GA, MZ, seed

QUESTIONS = (
    ACT,
    Question("item", f"{GA}/I-1"),
    Question("chain", "official/zhang"),
    Question("chain", f"department/{MZ}"),
    Question("chain", f"registry/{MZ}"),
    Question("chain", "department/registrar"),
    Question("entry", "", (0,)),
    Question("entry", "", (15,)),
)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: str(question.to_json()))
def test_every_kind_of_question_is_answered_and_verified(case: Case, question: Question) -> None:
    report = case.verify(case.make(question).raw)
    assert [
        (c.name, c.findings) for c in report.checks if c.counts and c.verdict != "verified"
    ] == []


def test_a_search_is_never_verified_as_complete(case: Case) -> None:
    report = case.verify(case.make(Question("query", "type:use.recorded")).raw)
    worse = {check.name: check.verdict for check in report.checks if check.verdict != "verified"}
    assert worse == {"question": "not_checked", "tail": "not_checked"}
    assert report.verdict == "not_checked"


def test_the_same_question_gives_the_same_bytes(case: Case, made: Made) -> None:
    assert case.make().raw == made.raw


def test_two_ledgers_of_the_same_statements_differ_in_salts_alone(tmp_path: Path) -> None:
    """What lies in the home decides no byte but the chain secret and the log's key."""
    cases = [begin(tmp_path / name) for name in ("one", "two")]
    found = [set(read_archive(one.make().raw)) for one in cases]
    for one in cases:
        one.world.close()
    assert found[0] == found[1]


def test_without_the_identity_no_key_is_checked(case: Case, made: Made) -> None:
    report = bundle_report(made.raw, case.policy, None)
    assert report.check("signatures").verdict == report.check("speakers").verdict == "not_checked"
    assert report.verdict == "not_checked"
    assert bundle_report(made.raw, case.policy, bytes(32)).check("identity").verdict == "failed"


def test_without_a_policy_nobody_signed(case: Case, made: Made) -> None:
    report = bundle_report(made.raw, None, case.identity)
    assert report.check("log_signature").verdict == "not_checked"
    assert report.verdict == "not_checked"


def test_witnesses_count_as_the_policy_says(case: Case, made: Made) -> None:
    members = read_archive(made.raw)
    contents = read_contents(members, read_manifest(members))
    key, log = seed(88), case.policy.logs[0].key
    witness = vkey_of("witness.example/w1", COSIGNATURE, key)
    text = f"log {format_vkey(log)}\nwitness w1 {format_vkey(witness)}\nquorum w1\n"
    policy = parse_policy(text)

    def verdicts(note: str) -> tuple[str, str]:
        entries = tuple(
            replace(one, proof=one.proof.replace(contents.checkpoint, note))
            for one in contents.entries
        )
        raw = rewritten(replace(contents, checkpoint=note, entries=entries))
        report = bundle_report(raw, policy, case.identity)
        return report.check("witnesses").verdict, report.verdict

    line = cosign(contents.checkpoint, witness.name, key, 1_793_600_000)
    assert verdicts(contents.checkpoint) == ("incomplete", "incomplete")
    cosigned = line if line.startswith(contents.checkpoint) else contents.checkpoint + line
    assert len(parse_note(cosigned).signatures) == 2
    assert verdicts(cosigned) == ("verified", "verified")
    other = cosign(contents.checkpoint, witness.name, seed(89), 1_793_600_000)
    assert verdicts(contents.checkpoint + other)[1] == "incomplete"


def test_an_older_checkpoint_shows_what_there_was(case: Case, made: Made) -> None:
    size = made.size - 3
    older = case.make(as_of=size)
    report = case.verify(older.raw)
    assert (older.size, report.verdict) == (size, "verified")
    assert older.raw == case.make(as_of=size).raw != made.raw
    with pytest.raises(NotFound):
        case.make(as_of=made.size + 5)


def test_before_the_order_the_erased_statement_is_just_not_there(case: Case, made: Made) -> None:
    members = read_archive(made.raw)
    contents = read_contents(members, read_manifest(members))
    by = next(one.absent.by for one in contents.entries if one.absent and one.absent.by)
    report = case.verify(case.make(as_of=by).raw)
    assert (report.check("absences").verdict, report.verdict) == ("incomplete", "incomplete")


def test_statements_outside_of_the_sight_do_not_leave(case: Case) -> None:
    with pytest.raises(NotFound):
        make_evidence(case.ledger, NOTHING, ACT, None, None)
    only_mz = Sight(frozenset({f"reader/{MZ}", "reader/*"}))
    raw = make_evidence(case.ledger, only_mz, ACT, None, MZ).raw
    assert case.verify(raw).verdict == "verified"
    with pytest.raises(NotFound):
        make_evidence(case.ledger, only_mz, Question("chain", f"department/{GA}"), None, MZ)
    # Without the registrations nobody can tell who spoke, and it says so.
    unregistered = Sight(frozenset({f"department/{MZ}", f"act/{MZ}/A-1", f"reader/{MZ}"}))
    raw = make_evidence(case.ledger, unregistered, Question("entry", "", (15,)), None, MZ).raw
    assert case.verify(raw).verdict == "incomplete"


def test_nothing_is_told_of_others_on_a_key_s_chain(case: Case, made: Made) -> None:
    """Of what else an official said the header stands there, and no statement."""
    raw = case.make(Question("entry", "", (made.size - 1,))).raw
    members = read_archive(raw)
    contents = read_contents(members, read_manifest(members))
    kinds = {
        json.loads(b64decode(json.loads(one.statement)["payload"]))["type"]
        for one in contents.entries
        if one.statement is not None and one.index != made.size - 1
    }
    assert not kinds & {"zelian.delivery.sent.v1", "zelian.use.recorded.v1"}


def test_what_follows_is_computed_and_not_believed(case: Case, made: Made) -> None:
    members = read_archive(made.raw)
    report = json.loads(members["report.json"])
    said = {one["index"]: one["said"] for one in report["entries"] if one["asked"]}
    assert [one["voice"] for one in said.values() if one] == ["signed", "attested", "signed"]
    assert [one for one in report["entries"] if one["absent"] and one["absent"]["by"]]
    asked = next(chain for chain in report["chains"] if chain["asked"])
    assert (asked["length"], asked["complete_to"]) == (4, made.size)
    assert "asker" not in report
    value = json.loads(members[MANIFEST])
    assert (value["asker"], value["question"]) == (MZ, {"act": f"{MZ}/A-1"})


def test_the_asker_counts_in_no_verdict(case: Case, made: Made) -> None:
    members = read_archive(made.raw)
    changed = members[MANIFEST].replace(b'"asker":"MZ"', b'"asker":"GA"')
    report = case.verify(write_archive(with_page(members | {MANIFEST: changed})))
    assert (report.verdict, report.facts["asker_claimed"]) == ("verified", "GA")
