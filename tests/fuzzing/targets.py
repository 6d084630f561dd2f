"""Every reader of bytes that come from outside, each with real values that it takes.

The values are those of the published vectors, of a small ledger that is made for this, and
of a real time-stamp authority. Readers that have a writer must give the same bytes back.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from crypto.add_checkpoint import AddCheckpoint, format_add_checkpoint, parse_add_checkpoint
from crypto.canonical import read_canonical, write_canonical
from crypto.checkpoint import Checkpoint, format_checkpoint, parse_checkpoint, sign_checkpoint
from crypto.cosignature import cosign, verify_cosignature
from crypto.envelope import read_envelope, write_envelope
from crypto.errors import Malformed
from crypto.fork import ForkReport, read_fork_report, shown, verify_fork, write_fork_report
from crypto.header import format_header, parse_header
from crypto.keys import PrivateKey
from crypto.merkle import leaf_hash, root_of
from crypto.note import (
    COSIGNATURE,
    ED25519,
    format_note,
    format_signature,
    format_vkey,
    parse_note,
    parse_signatures,
    parse_vkey,
    vkey_of,
)
from crypto.policy import format_policy, open_under_policy, parse_policy
from crypto.prove import Node
from crypto.receipt import format_receipt, parse_receipt
from crypto.refusal import Refusal, format_refusal, open_refusal, parse_refusal, sign_refusal
from crypto.signin import SIGNIN_TYPE, read_sign_in, sign_in
from crypto.statement import PAYLOAD_TYPE, read_partial, read_statement
from crypto.tiles import format_bundle, parse_bundle, parse_tile, parse_tile_path
from crypto.timestamp import ask, open_token, read_roots
from crypto.tlog_proof import format_tlog_proof, parse_tlog_proof
from tests.fuzzing.driver import Target
from tests.timestamping import Authority
from witness.known_logs import parse_known_logs
from witness.tree_head import parse_tree_head

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "spec.json").read_bytes())
ORIGIN: str = VECTORS["origin"]
KEY = PrivateKey.from_seed(b"f" * 32)
LOG = vkey_of(ORIGIN, ED25519, KEY)
WITNESS = vkey_of("w.example", COSIGNATURE, KEY)
POLICY = (
    f"log {format_vkey(LOG)}\nwitness w1 {format_vkey(WITNESS)} https://w.example/\n"
    "group g any w1\nquorum g\n"
)
AT = "2026-11-01T00:00:00.000Z"


def text(raw: bytes) -> str:
    """What a reader of text is given: whoever reads a file refuses what is no UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Malformed("not UTF-8", "不是 UTF-8") from None


def of_crypto(folder: Path) -> list[Target]:
    """The readers of ``crypto`` and ``witness``; *folder* is for the authority's files."""
    return [*_statements(), *_notes(), *_log_files(), *_reports(), _timestamp(folder)]


def _statements() -> list[Target]:
    statements = [entry["statement"].encode() for entry in VECTORS["entries"]]
    headers = [entry["header"].encode() for entry in VECTORS["entries"]]
    receipts = [write_canonical(one) for one in VECTORS["receipts"].values()]
    signs_in = [sign_in(KEY, ORIGIN, bytes(32), bytes(16), AT)]

    def statement(raw: bytes) -> bytes:
        found = read_statement(raw)
        assert write_canonical(found.event) == found.payload
        return write_envelope(found.payload, PAYLOAD_TYPE, found.signatures)

    def partial(raw: bytes) -> bytes:
        payload, signatures = read_partial(raw)
        return write_envelope(payload, PAYLOAD_TYPE, signatures)

    return [
        Target("statement", statements, statement),
        Target("partial statement", statements, partial),
        _enveloped("envelope", statements, PAYLOAD_TYPE),
        _enveloped("sign-in envelope", signs_in, SIGNIN_TYPE),
        Target("sign-in", signs_in, _silent(read_sign_in)),
        Target("header", headers, lambda raw: format_header(parse_header(raw))),
        Target("receipt", receipts, lambda raw: format_receipt(parse_receipt(raw))),
        Target("canonical JSON", receipts + headers, lambda r: write_canonical(read_canonical(r))),
    ]


def _enveloped(name: str, corpus: Sequence[bytes], kind: str) -> Target:
    def run(raw: bytes) -> bytes:
        payload, signatures = read_envelope(raw, kind)
        return write_envelope(payload, kind, signatures)

    return Target(name, corpus, run)


def _notes() -> list[Target]:
    note = sign_checkpoint(Checkpoint(ORIGIN, 16, root_of([leaf_hash(b"x")] * 16)), KEY)
    body = parse_note(note).text
    line = cosign(note, "w.example", KEY, 1_793_500_000)
    whole = (note + line).encode()
    checkpoints = [whole, VECTORS["checkpoint"].encode()]
    bodies = [parse_note(one).text.encode() for one in checkpoints]
    proofs = [one["proof"].encode() for one in VECTORS["receipts"].values()]
    asked = [
        format_add_checkpoint(
            AddCheckpoint(5, (leaf_hash(b"a"), leaf_hash(b"b")), parse_note(one))
        ).encode()
        for one in checkpoints
    ]
    keys = [one.encode() for one in VECTORS["vkeys"]]
    lines = [line.encode()]
    policy = parse_policy(POLICY)

    def cosignature(raw: bytes) -> bytes:
        signatures = parse_signatures(text(raw))
        for one in signatures:
            verify_cosignature(body, one, WITNESS)
        return "".join(map(format_signature, signatures)).encode()

    def note_of(raw: bytes) -> bytes:
        return format_note(parse_note(raw)).encode()

    def policed(raw: bytes) -> None:
        found = parse_policy(raw)
        assert parse_policy(format_policy(found)) == found

    def add_checkpoint(raw: bytes) -> bytes:
        request = parse_add_checkpoint(raw)
        parse_tree_head(request.note.text)
        return format_add_checkpoint(request).encode()

    def proof(raw: bytes) -> bytes:
        found = parse_tlog_proof(text(raw))
        parse_note(found.checkpoint)
        return format_tlog_proof(found).encode()

    return [
        Target("note", checkpoints, note_of),
        Target(
            "checkpoint", bodies, lambda r: format_checkpoint(parse_checkpoint(text(r))).encode()
        ),
        Target("tree head", bodies, _silent(lambda raw: parse_tree_head(text(raw)))),
        Target(
            "checkpoint under a policy", [whole], _silent(lambda r: open_under_policy(r, policy))
        ),
        Target("cosignature", lines, cosignature),
        Target("key", keys, lambda raw: format_vkey(parse_vkey(text(raw))).encode()),
        Target("policy", [POLICY.encode()], policed),
        Target("known logs", [POLICY.encode()], _silent(parse_known_logs)),
        Target("tlog-proof", proofs, proof),
        Target("add-checkpoint request", asked, add_checkpoint),
    ]


def _log_files() -> list[Target]:
    headers = [entry["header"].encode() for entry in VECTORS["entries"]]
    tile = b"".join(map(leaf_hash, headers))
    paths = [b"tile/0/000", b"tile/entries/x001/x234/067.p/8", b"tile/7/x012/345.p/255"]

    def a_tile(raw: bytes) -> bytes:
        return b"".join(parse_tile(raw, max(1, len(raw) // 32)))

    return [
        Target("tile", [tile, tile * 16], a_tile),
        Target("tile path", paths, lambda raw: parse_tile_path(text(raw)).path.encode()),
        Target("entry bundle", [format_bundle(headers)], lambda r: format_bundle(parse_bundle(r))),
    ]


def _reports() -> list[Target]:
    def forked(raw: bytes) -> bytes:
        report = read_fork_report(raw)
        written = write_fork_report(report)
        verify_fork(report, LOG)
        return written

    said = Refusal(ORIGIN, "ab" * 32, "lapsed", AT)
    return [
        Target("fork report", [_fork(8, 13), _fork(8, 8)], forked),
        Target(
            "refusal's text",
            [format_refusal(said).encode()],
            lambda raw: format_refusal(parse_refusal(text(raw))).encode(),
        ),
        Target("refusal", [sign_refusal(said, KEY).encode()], _silent(_refusal)),
    ]


def _refusal(raw: bytes) -> None:
    open_refusal(raw, LOG)


def _fork(old: int, new: int) -> bytes:
    def note(leaves: list[bytes]) -> str:
        return sign_checkpoint(Checkpoint(ORIGIN, len(leaves), root_of(leaves)), KEY)

    one = [leaf_hash(b"%d" % n) for n in range(old)]
    other = [leaf_hash(b"other %d" % n) for n in range(new)]

    def read(nodes: list[Node]) -> list[bytes]:
        return [root_of(other[i << level : (i + 1) << level]) for level, i in nodes]

    return write_fork_report(ForkReport("fork", note(one), note(other), *shown(old, new, read), AT))


def _timestamp(folder: Path) -> Target:
    authority = Authority(folder)
    data = b"what is stamped"
    roots = read_roots(authority.root.read_bytes())
    return Target(
        "time-stamp",
        [authority.stamp(ask(data).der) for _ in range(2)],
        _silent(lambda raw: open_token(raw, data, roots)),
    )


def _silent(read: Callable[[bytes], object]) -> Callable[[bytes], None]:
    def run(raw: bytes) -> None:
        read(raw)

    return run
