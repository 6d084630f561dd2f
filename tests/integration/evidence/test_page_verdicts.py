"""The page says of every file what the Python verifier says: lies, operators' lies, vectors."""

import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from crypto.archive import read_archive, write_archive
from crypto.canonical import write_canonical
from crypto.chain import chain_id, chain_names
from crypto.checkpoint import Checkpoint, sign_checkpoint
from crypto.cosignature import cosign
from crypto.errors import CryptoError
from crypto.header import Header, Link, format_header, parse_header
from crypto.keys import PrivateKey
from crypto.merkle import leaf_hash, root_of
from crypto.note import COSIGNATURE, format_vkey, vkey_of
from crypto.policy import format_policy, parse_policy
from crypto.prove import prove_inclusion
from crypto.statement import read_statement
from crypto.tlog_proof import TlogProof, format_tlog_proof
from ledger.evidence.bundle import PAGE, Absent, ChainShown, Contents, EntryShown
from ledger.evidence.bundle_reader import read_contents, read_manifest
from ledger.evidence.bundle_writer import members_of, with_manifest
from ledger.evidence.question import Question
from ledger.evidence_maker import Made
from ledger.evidence_page.page import page_of_file, with_page, write_bundle
from ledger.verification.bundle_check import bundle_report
from ledger.verification.report import Report
from tests.integration.evidence.both import Row, disagreements, table
from tests.integration.evidence.browser import Reader, chromium
from tests.integration.evidence.conftest import Case
from tests.integration.evidence.lies import Lie, lies, rewritten, without
from tests.integration.evidence.test_bundle_made import QUESTIONS
from tests.integration.evidence.test_lying_server import REVOKED
from tests.unit.evidence import test_bundle_operator as operator
from tests.world import GA, seed

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/spec.json").read_text("utf-8"))
LOG = PrivateKey.from_seed(bytes.fromhex(VECTORS["private_keys"]["log"]))
VECTOR_POLICY = f"log {VECTORS['vkeys'][0]}\nquorum none\n"
ITEM = Question("item", f"{GA}/I-1")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def reader(
    browser: Browser, case: Case, made: Made, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Reader]:
    """The page of an honest bundle, with what its reader trusts."""
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_bytes(read_archive(made.raw)[PAGE])
    opened = Reader(browser, file)
    opened.trust(format_policy(case.policy), case.identity.hex())
    yield opened
    assert opened.requests == []
    assert opened.errors == []
    opened.close()


def told_of(made: Made) -> Iterator[Lie]:
    revocation = next(
        one.index for one in made.shown if one.event is not None and one.event["type"] == REVOKED
    )
    return lies(made.raw, revocation)


def one_of_each(found: Iterator[Lie]) -> list[Lie]:
    """The first lie of each kind: the verifiers look at all alike."""
    kinds: dict[tuple[str, bool], Lie] = {}
    for lie in found:
        kinds.setdefault((_kind(lie), lie.fitted), lie)
    return list(kinds.values())


def _kind(lie: Lie) -> str:
    return re.sub(r"entries/[0-9]+", "entries/N", lie.what)


@pytest.fixture(scope="module")
def sampled(made: Made) -> list[Lie]:
    return one_of_each(told_of(made))


QUERY = Question("query", 'type:"use.recorded" -department:GA')


def test_honest_bundles_are_told_alike(case: Case, reader: Reader, made: Made) -> None:
    for question in (*QUESTIONS, QUERY):
        raw = case.make(question).raw
        shown = reader.open(raw)
        assert disagreements(case.verify(raw), shown) == {}, question
        assert set(shown.checks.values()) <= {"verified", "not_checked"}
        assert shown.verdict == ("not_checked" if question == QUERY else "verified")


def test_what_is_written_into_the_report_besides_fails(
    case: Case, reader: Reader, made: Made
) -> None:
    """Such as who is to blame: it follows from no statement."""
    members = dict(read_archive(made.raw))
    lied = json.loads(members["report.json"]) | {"determined": {"official": "zhang"}}
    members["report.json"] = write_canonical(lied)
    manifest = json.loads(members["manifest.json"])
    manifest["members"]["report.json"] = sha256(members["report.json"]).hexdigest()
    raw = write_archive(with_page(members | {"manifest.json": write_canonical(manifest)}))
    assert case.verify(raw).verdict == "failed"
    shown = reader.open(raw)
    assert (shown.verdict, shown.checks["report"]) == ("failed", "failed")


def test_witnesses_count_alike(case: Case, reader: Reader) -> None:
    members = read_archive(case.make(ITEM).raw)
    contents = read_contents(members, read_manifest(members))
    keys = {name: seed(80 + n) for n, name in enumerate("abc")}
    vkeys = {n: vkey_of(f"witness.example/{n}", COSIGNATURE, key) for n, key in keys.items()}
    text = f"log {format_vkey(case.policy.logs[0].key)}\n" + "".join(
        f"witness {name} {format_vkey(vkey)} https://witness.example/{name}\n"
        for name, vkey in vkeys.items()
    )
    for signing, quorum in product(("", "a", "ab", "abc"), ("any", "2", "all")):
        note = contents.checkpoint
        for name in signing:
            note += cosign(note, vkeys[name].name, keys[name], 1_793_600_000)
        entries = tuple(
            replace(one, proof=one.proof.replace(contents.checkpoint, note))
            for one in contents.entries
        )
        raw = rewritten(replace(contents, checkpoint=note, entries=entries))
        policy = f"# mine\n{text}group g {quorum} a b c\nquorum\tg\n"
        reader.page.fill("#policy", policy)
        shown = reader.open(raw)
        report = bundle_report(raw, parse_policy(policy), case.identity)
        assert disagreements(report, shown) == {}, (signing, quorum)
        assert (shown.verdict == "verified") is (
            len(signing) >= {"any": 1, "2": 2, "all": 3}[quorum]
        )
    reader.trust(format_policy(case.policy), case.identity.hex())


def test_no_lie_is_told_otherwise_in_a_browser(
    case: Case, reader: Reader, made: Made, sampled: list[Lie]
) -> None:
    """One of each kind that is made to fit: what is not, the manifest gives away."""
    rows = [told_by_both(case, reader, made, lie) for lie in sampled if lie.fitted]
    assert len(rows) > 40


@pytest.mark.long
def test_not_one_of_all_lies_is_told_otherwise(case: Case, reader: Reader, made: Made) -> None:
    rows = [told_by_both(case, reader, made, lie) for lie in told_of(made)]
    print("\n".join(["", *table(rows)]))
    assert len(rows) > 600


def told_by_both(case: Case, reader: Reader, made: Made, lie: Lie) -> Row:
    report, shown = case.verify(lie.raw), reader.open(lie.raw)
    assert disagreements(report, shown) == {}, lie.what
    assert shown.verdict in ("failed", "untrusted", "incomplete"), lie.what
    # Whatever is shown is what was signed, to the byte.
    assert shown.payloads.items() <= payloads_of(made.raw).items(), lie.what
    return Row(_kind(lie), lie.fitted, report.verdict, shown.verdict)


@pytest.mark.long
def test_no_lie_is_told_otherwise_of_another_chain(case: Case, reader: Reader) -> None:
    """Of all but acts the page computes all of report.json."""
    for lie in one_of_each(told_of(case.make(Question("chain", "official/zhang")))):
        found = disagreements(case.verify(lie.raw), reader.open(lie.raw))
        assert found == {}, lie.what


STEPS = [pytest.param(12, id="sample"), pytest.param(1, marks=pytest.mark.long, id="all")]


@pytest.mark.parametrize("step", STEPS)
def test_a_page_that_holds_a_lie_tells_it(
    case: Case, browser: Browser, made: Made, sampled: list[Lie], tmp_path: Path, step: int
) -> None:
    """The lie is not opened in an honest page, but comes in a page of its own."""
    file = tmp_path / "report.html"
    about_others = [lie for lie in sampled if not lie.what.startswith("report.html")]
    reader = None
    for lie in about_others[::step]:
        raw = lie.raw
        file.write_bytes(page_of_file(_without_page(raw)))
        if reader is None:
            reader = Reader(browser, file)
        else:
            reader.load(file)
        shown = reader.trust(format_policy(case.policy), case.identity.hex())
        assert shown.verdict == case.verify(raw).verdict, lie.what
        assert shown.payloads.items() <= payloads_of(made.raw).items()
    assert reader is not None
    assert (reader.requests, reader.errors) == ([], [])
    reader.close()


def _without_page(raw: bytes) -> bytes:
    return write_archive(without(dict(read_archive(raw)), PAGE))


def payloads_of(raw: bytes) -> dict[int, str]:
    """The signed events of a bundle, by index."""
    found = {}
    for name, body in read_archive(raw).items():
        if name.endswith(".statement"):
            index = int(name.removeprefix("entries/").removesuffix(".statement"))
            found[index] = read_statement(body).payload.decode()
    return found


@pytest.mark.long
def test_every_bit_is_read_alike(case: Case, reader: Reader) -> None:
    """Of one small bundle, without the page: what one refuses the other does."""
    whole = dict(read_archive(case.make(Question("entry", "", (0,))).raw))
    honest = write_archive(without(whole, PAGE))
    for bit in range(0, len(honest) * 8, 41):
        raw = bytearray(honest)
        raw[bit // 8] ^= 1 << bit % 8
        assert disagreements(case.verify(bytes(raw)), reader.open(bytes(raw))) == {}, bit


# What an operator can do who holds the log's key


@pytest.mark.long
def test_operators_lies_are_told_alike(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every bundle that the operator's tests make, read by the page too."""
    met: list[tuple[bytes, bytes | None, Report]] = []

    def recording(raw: bytes, trust: object, identity: bytes | None) -> Report:
        assert trust is operator.POLICY
        met.append((raw, identity, bundle_report(raw, operator.POLICY, identity)))
        return met[-1][2]

    monkeypatch.setattr(operator, "bundle_report", recording)
    for name, function in list(vars(operator).items()):
        if name.startswith("test_") and not inspect.signature(function).parameters:
            function()
    assert len(met) > 20
    policy, given = format_policy(operator.POLICY), None
    reader.page.fill("#policy", policy)
    for raw, identity, report in met:
        if identity != given:
            reader.trust(policy, "" if identity is None else identity.hex())
            given = identity
        found = disagreements(report, reader.open(raw))
        assert found == {}, [check for check in report.checks if check.findings]


# The vectors of the formats: other keys, and what no ledger admits


@dataclass(frozen=True)
class Logged:
    """Headers and statements of the vectors, as far as a log goes."""

    headers: list[bytes]
    envelopes: list[bytes]


def of_vectors(upto: int) -> Logged:
    entries = VECTORS["entries"][:upto]
    return Logged(
        [one["header"].encode() for one in entries],
        [one["statement"].encode() for one in entries],
    )


def bundle_of(logged: Logged) -> bytes:
    """All that is logged, under a checkpoint that the log signed: the answer is the last."""
    leaves = [leaf_hash(header) for header in logged.headers]
    size = len(leaves)
    note = sign_checkpoint(Checkpoint(VECTORS["origin"], size, root_of(leaves)), LOG)

    def read(nodes: list[tuple[int, int]]) -> list[bytes]:
        return [root_of(leaves[n << level : (n + 1) << level]) for level, n in nodes]

    entries = []
    for index, (header, envelope) in enumerate(zip(logged.headers, logged.envelopes, strict=True)):
        proof = TlogProof(index, tuple(prove_inclusion(index, size, read)), note)
        entries.append(EntryShown(index, header, format_tlog_proof(proof), envelope, None))
    chains = tuple(chain_of(logged, name, salt) for name, salt in sorted(VECTORS["salts"].items()))
    question = Question("entry", "", (size - 1,))
    contents = Contents(question, VECTORS["origin"], size, note, tuple(entries), chains, None)
    try:
        return write_bundle(contents, None)
    except CryptoError:  # nothing follows from what cannot be read: the report is of all else
        readable = replace(entries[-1], statement=None, absent=Absent(None, "withheld"))
        members = members_of(replace(contents, entries=(*entries[:-1], readable)))
        del members[f"entries/{size - 1}.absent.json"]
        members[f"entries/{size - 1}.statement"] = logged.envelopes[-1]
        return write_archive(with_page(with_manifest(contents, None, members)))


def chain_of(logged: Logged, name: str, salt: str) -> ChainShown:
    own = chain_id(bytes.fromhex(salt), name)
    on = [
        index
        for index, raw in enumerate(logged.headers)
        if any(link.id == own for link in parse_header(raw).chains)
    ]
    return ChainShown(name, bytes.fromhex(salt), own, tuple(on))


def logging(before: Logged, body: bytes, late: bool) -> Logged:
    """What an operator would log who takes everything; *late*: not before it happened."""
    last = parse_header(before.headers[-1])
    links = sorted((_next_link(before, name) for name in _names_of(body)), key=lambda link: link.id)
    header = Header(
        last.index + 1,
        leaf_hash(before.headers[-1]),
        max(last.recorded_at, _time_of(body)) if late else last.recorded_at,
        sha256(body).digest(),
        tuple(links),
    )
    return Logged([*before.headers, format_header(header)], [*before.envelopes, body])


def _time_of(body: bytes) -> str:
    try:
        return read_statement(body).time
    except CryptoError:
        return ""


def _names_of(body: bytes) -> tuple[str, ...]:
    try:
        return chain_names(read_statement(body).event)
    except (CryptoError, KeyError):
        return ("department/registrar",)


def _next_link(before: Logged, name: str) -> Link:
    salt = bytes.fromhex(VECTORS["salts"].get(name, "00" * 16))
    own, place = chain_id(salt, name), (-1, bytes(32))
    for raw in before.headers:
        for link in parse_header(raw).chains:
            if link.id == own:
                place = link.seq, leaf_hash(raw)
    return Link(own, place[1], place[0] + 1)


@pytest.fixture(scope="module")
def vector_reader(reader: Reader) -> Reader:
    reader.trust(VECTOR_POLICY, VECTORS["ledger_identity"])
    return reader


def test_the_vectors_with_their_p256_key_are_verified_by_both(vector_reader: Reader) -> None:
    raw = bundle_of(of_vectors(16))
    report, shown = vector_verdict(raw), vector_reader.open(raw)
    assert (report.verdict, shown.verdict) == ("verified", "verified")
    assert disagreements(report, shown) == {}


@pytest.mark.long
@pytest.mark.parametrize("upto", [11, 16])
def test_what_no_ledger_admits_neither_verifies(vector_reader: Reader, upto: int) -> None:
    before = of_vectors(upto)
    for case in VECTORS[f"refused_after_entry_{upto - 1}"]:
        body = case["body"].encode("utf-8", "surrogateescape")
        raw = bundle_of(logging(before, body, late=case["code"] != "from_the_future"))
        report, shown = vector_verdict(raw), vector_reader.open(raw)
        assert report.verdict in ("failed", "incomplete"), case["why"]
        assert disagreements(report, shown) == {}, case["why"]


def vector_verdict(raw: bytes) -> Report:
    identity = bytes.fromhex(VECTORS["ledger_identity"])
    return bundle_report(raw, parse_policy(VECTOR_POLICY), identity)
