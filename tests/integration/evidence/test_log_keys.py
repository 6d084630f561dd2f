"""Whose log: a key that the reader does not know is untrusted; one that he knows and that
signed falsely has failed. The same of whatever a checkpoint or the log's key vouches for.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256

import pytest

from crypto.archive import read_archive
from crypto.notation import read_b64, write_b64
from crypto.note import ED25519, VKey, vkey_of
from crypto.policy import Policy, PolicyLog
from crypto.statement import sign_statement
from ledger.errors import Refused
from ledger.evidence.bundle_reader import read_contents, read_manifest
from ledger.verification.bundle_check import bundle_report
from ledger.verification.certificate import certificate_report
from ledger.verification.documents import checkpoint_report, receipt_report
from ledger.verification.refusal import refusal_report
from ledger.verification.report import Report
from ledger.verification.trust import Trust
from tests.erasures import order
from tests.integration.evidence.conftest import Case
from tests.integration.evidence.lies import rewritten
from tests.world import seed

SIGNATURE = re.compile(r"(— \S+ )([A-Za-z0-9+/]+=*)")
Verify = Callable[[bytes, Trust], Report]


@dataclass(frozen=True)
class Papers:
    """One of each kind of paper, and how it is verified."""

    checkpoint: bytes
    receipt: bytes
    certificate: bytes
    refusal: bytes
    bundle: bytes
    verify: dict[str, Verify]


@pytest.fixture(scope="module")
def papers(case: Case) -> Papers:
    world, ledger = case.world, case.ledger
    given = sign_statement(world.use(40), [world.zhang])
    receipt = ledger.submit(given).receipt
    command = order(world, given)
    ledger.submit(command)
    ledger.catch_up()
    published = ledger.published()
    assert published is not None
    return Papers(
        published.encode(),
        receipt,
        ledger.certificate(sha256(given).hexdigest()),
        refused(case),
        case.make().raw,
        {
            "checkpoint": lambda raw, trust: checkpoint_report(raw.decode(), trust),
            "receipt": lambda raw, trust: receipt_report(raw, given, trust, case.identity),
            "certificate": lambda raw, trust: certificate_report(raw, command, trust),
            "refusal": lambda raw, trust: refusal_report(raw, None, trust),
            "bundle": lambda raw, trust: bundle_report(raw, trust, case.identity),
        },
    )


def refused(case: Case) -> bytes:
    event = case.world.use(41)
    event["time"] = "2999-01-01T00:00:00.000Z"
    with pytest.raises(Refused) as told:
        case.ledger.submit(sign_statement(event, [case.world.zhang]))
    note: str = told.value.extra["note"]
    return note.encode()


KINDS = pytest.mark.parametrize(
    "kind", ["checkpoint", "receipt", "certificate", "refusal", "bundle"]
)


def wrong(report: Report) -> dict[str, str]:
    found = {one.name: one.verdict for one in report.checks if one.counts}
    return {name: verdict for name, verdict in found.items() if verdict != "verified"}


def only(key: VKey) -> Policy:
    return Policy((PolicyLog(key),), (), (), "none")


def same_name(case: Case) -> VKey:
    """Another key under the origin of this ledger."""
    return vkey_of(case.policy.logs[0].key.name, ED25519, seed(97))


@KINDS
def test_its_own_key_vouches(case: Case, papers: Papers, kind: str) -> None:
    assert wrong(papers.verify[kind](getattr(papers, kind), only(case.policy.logs[0].key))) == {}


@KINDS
@pytest.mark.parametrize("as_policy", [True, False])
def test_by_another_key_under_the_same_origin_it_is_untrusted(
    case: Case, papers: Papers, kind: str, as_policy: bool
) -> None:
    key = same_name(case)
    report = papers.verify[kind](getattr(papers, kind), only(key) if as_policy else key)
    assert report.verdict == "untrusted"
    assert {"failed", "incomplete"}.isdisjoint(wrong(report).values())


@KINDS
def test_of_another_ledger_it_is_untrusted(papers: Papers, kind: str) -> None:
    other = only(vkey_of("other.example/log", ED25519, seed(97)))
    assert papers.verify[kind](getattr(papers, kind), other).verdict == "untrusted"


@KINDS
def test_a_known_key_that_signed_falsely_has_failed(case: Case, papers: Papers, kind: str) -> None:
    raw = falsely_signed(papers, kind)
    assert raw != getattr(papers, kind)
    report = papers.verify[kind](raw, only(case.policy.logs[0].key))
    assert report.verdict == "failed"
    # Of a log that is not his own the reader learns no more than that.
    other = papers.verify[kind](raw, only(same_name(case)))
    assert other.verdict == ("failed" if kind == "certificate" else "untrusted")


def falsely_signed(papers: Papers, kind: str) -> bytes:
    """The same paper, with the log's key and zeros for its signature."""
    raw: bytes = getattr(papers, kind)
    if kind == "bundle":
        return signed_falsely(raw)
    if kind == "certificate":  # its proofs are signed once more: any change fails that
        return raw[:-8] + bytes([raw[-8] ^ 1]) + raw[-7:]
    return zeroed(raw.decode()).encode()


def signed_falsely(raw: bytes) -> bytes:
    """A bundle whose checkpoint, and all that follows from it, is made to fit."""
    members = read_archive(raw)
    contents = read_contents(members, read_manifest(members))
    entries = tuple(replace(one, proof=zeroed(one.proof)) for one in contents.entries)
    checkpoint = zeroed(contents.checkpoint)
    return rewritten(replace(contents, checkpoint=checkpoint, entries=entries))


def zeroed(text: str) -> str:
    """What the log's key is said to have signed is left, its signatures are zeros."""
    return SIGNATURE.sub(lambda line: line[1] + write_b64(read_b64(line[2])[:4] + bytes(64)), text)
