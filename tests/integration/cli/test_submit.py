"""Submitting: receipts are verified and kept, resending is safe, refusals stop nothing else."""

import json
from pathlib import Path

import pytest

from cli.door import Logged
from cli.home_door import HomeDoor
from crypto.checkpoint import Checkpoint, sign_checkpoint
from crypto.keys import PrivateKey
from crypto.note import VKey, format_vkey, parse_vkey
from crypto.policy import open_under_policy, parse_policy
from crypto.receipt import verify_receipt
from crypto.statement import read_statement
from ledger.errors import ReadOnly
from tests.integration.cli.conftest import Zelian


def test_a_statement_gets_its_index_and_its_receipt(demo: Zelian) -> None:
    """The index on stdout; statement and receipt under the digest; both verify offline."""
    raw = demo.signed(2)
    assert demo.ok("submit", "-", stdin=raw) == "7\n"
    statement = raw.strip().encode()
    digest = read_statement(statement).digest.hex()
    folder = demo.home / "receipts"
    assert (folder / f"{digest}.statement").read_bytes() == statement
    policy = parse_policy((demo.home / "trust-policy").read_bytes())
    verified = verify_receipt(
        (folder / f"{digest}.json").read_bytes(),
        statement,
        lambda note: open_under_policy(note, policy).checkpoint,
    )
    assert verified.header.index == 7


def test_what_is_kept_is_confidential(demo: Zelian) -> None:
    """Statements are not public: their files are the owner's alone."""
    demo.ok("submit", "-", stdin=demo.signed(2))
    assert {path.stat().st_mode & 0o777 for path in (demo.home / "receipts").iterdir()} == {0o600}


def test_resending_is_safe(demo: Zelian) -> None:
    """The same bytes, the same entry, also after a revocation; nothing is logged twice."""
    raw = demo.signed(2)
    demo.ok("submit", "-", stdin=raw)
    demo.ok("official", "release", "app-zhang")
    again = demo("submit", "-", stdin=raw)
    assert (again.exit_code, again.stdout) == (0, "7\n")
    assert "logged before" in again.stderr
    assert len(demo.ok("log").splitlines()) == 9


def test_files_lines_and_stdin(demo: Zelian, tmp_path: Path) -> None:
    """One a file, one a line, blank lines and carriage returns apart; in their order."""
    lines = [demo.signed(n).strip() for n in range(2, 7)]
    (tmp_path / "one").write_text(lines[0])
    (tmp_path / "many").write_text(f"{lines[1]}\r\n\n{lines[2]}\n{lines[3]}")
    out = demo.ok(
        "submit", tmp_path / "one", tmp_path / "many", "-", "--output", tmp_path / "kept",
        stdin=lines[4],
    )  # fmt: skip
    assert out == "7\n8\n9\n10\n11\n"
    assert len(list((tmp_path / "kept").iterdir())) == 10


def test_a_refused_one_stops_no_other(demo: Zelian) -> None:
    """Exit code 7 after all were sent; code, pointer and both languages are said."""
    bad = demo.signed(3, official="wang")
    lines = [demo.signed(2), bad, "{}\n", demo.signed(4)]
    result = demo("submit", "-", stdin="".join(lines))
    assert (result.exit_code, result.stdout) == (7, "7\n8\n")
    assert "out_of_role /official: " in result.stderr
    assert "该密钥由 zhang 持有" in result.stderr
    assert "malformed" in result.stderr
    assert len(demo.ok("log").splitlines()) == 9


def test_programs_read_the_same(demo: Zelian) -> None:
    """``--json``: one object a statement, in order, refused ones too."""
    lines = [demo.signed(2), demo.signed(3, official="wang")]
    result = demo("submit", "-", "--json", stdin="".join(lines))
    kept, refused = map(json.loads, result.stdout.splitlines())
    assert (kept["index"], kept["created"]) == (7, True)
    assert Path(kept["receipt"]).exists()
    assert refused["problem"]["code"] == "out_of_role"
    assert refused["problem"]["pointer"] == "/official"
    assert refused["problem"]["zh"] != refused["problem"]["en"]


def test_the_ledgers_note_on_a_refusal_is_kept_and_verified(demo: Zelian, tmp_path: Path) -> None:
    """Anybody who has the policy verifies it, without home or server."""
    kept = tmp_path / "kept"
    bad = demo.signed(3, official="wang")
    result = demo("submit", "-", "--output", kept, stdin=bad)
    assert result.exit_code == 7
    [note], [statement] = kept.glob("*.refusal"), kept.glob("*.statement")
    assert str(note) in result.stderr
    policy = demo.home / "trust-policy"
    empty = Zelian(tmp_path / "nothing")
    asked = ("verify", "refusal", note, "--policy", policy)
    assert empty(*asked, "--statement", statement).exit_code == 0
    assert "out_of_role" in empty(*asked).stdout
    other = tmp_path / "other"
    other.write_text(demo.signed(4))
    assert empty(*asked, "--statement", other).exit_code == 1
    note.write_text(note.read_text().replace("out_of_role", "lapsed"))
    assert empty(*asked).exit_code == 1
    note.write_text("no note")
    assert empty(*asked).exit_code == 1


def test_a_note_of_another_log_is_not_trusted(demo: Zelian, tmp_path: Path) -> None:
    demo("submit", "-", "--output", tmp_path / "kept", stdin=demo.signed(3, official="wang"))
    [note] = (tmp_path / "kept").glob("*.refusal")
    policy = tmp_path / "policy"
    text = (demo.home / "trust-policy").read_text()
    policy.write_text(text.replace("log ", "log other.", 1))
    assert demo("verify", "refusal", note, "--policy", policy).exit_code in (2, 3)


def test_nothing_to_send_is_a_usage_error(demo: Zelian, tmp_path: Path) -> None:
    """An empty input, and a file that is not there."""
    assert demo("submit", "-", stdin="\n").exit_code == 2
    assert demo("submit", tmp_path / "none").exit_code == 2


def test_nothing_is_sent_without_a_policy(demo: Zelian, tmp_path: Path) -> None:
    """A receipt that cannot be verified is not asked for."""
    elsewhere = Zelian(tmp_path / "elsewhere")
    result = elsewhere("submit", "-", "--server", "http://127.0.0.1:1", stdin=demo.signed(2))
    assert result.exit_code == 2
    assert "--policy" in result.stderr


def test_an_untrusted_log_is_not_believed(demo: Zelian, tmp_path: Path) -> None:
    """Exit code 3, not 1: nobody lied as far as one can tell; the answer is kept aside."""
    policy = tmp_path / "policy"
    own = parse_policy((demo.home / "trust-policy").read_bytes()).logs[0].key
    other = VKey(own.name, 1, PrivateKey.from_seed(bytes(32)).raw_public)
    policy.write_text(f"log {format_vkey(other)}\nquorum none\n")
    raw = demo.signed(2)
    result = demo("submit", "-", "--policy", policy, stdin=raw)
    assert (result.exit_code, result.stdout) == (3, "")
    digest = read_statement(raw.strip().encode()).digest.hex()
    assert (demo.home / f"receipts/{digest}.rejected").exists()
    assert not (demo.home / f"receipts/{digest}.json").exists()


def test_a_quorum_not_yet_met_is_the_operators_promise(demo: Zelian, tmp_path: Path) -> None:
    """Receipts come before witnesses cosign: the log's signature is what counts now."""
    log = (demo.home / "trust-policy").read_text().splitlines()[0]
    witness = format_vkey(VKey("w.example", 4, PrivateKey.from_seed(bytes(32)).raw_public))
    policy = tmp_path / "policy"
    policy.write_text(f"{log}\nwitness w {witness}\nquorum w\n")
    assert demo("submit", "-", "--policy", policy, stdin=demo.signed(2)).exit_code == 0


def _lies(receipt: bytes, key: PrivateKey) -> dict[str, bytes]:
    """Return receipts of a ledger that lies, by what is wrong."""
    good = json.loads(receipt)

    def with_(**members: object) -> bytes:
        value = {**good, **members}
        return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()

    head, _, note = good["proof"].partition("\n\n")
    origin = note.split("\n")[0]
    empty = sign_checkpoint(Checkpoint(origin, 8, bytes(32)), key)
    return {
        "another root": with_(proof=f"{head}\n\n{empty}"),
        "another header": with_(header=good["header"].replace('"index":7', '"index":6')),
        "a salt": with_(chains=[{**good["chains"][0], "salt": "00" * 16}, *good["chains"][1:]]),
        "a chain left out": with_(chains=good["chains"][1:]),
        "no proof": with_(proof=""),
        "not canonical": b" " + receipt,
    }


@pytest.mark.parametrize(
    "lie",
    ["another root", "another header", "a salt", "a chain left out", "no proof", "not canonical"],
)
def test_a_receipt_that_does_not_hold_fails(
    demo: Zelian, monkeypatch: pytest.MonkeyPatch, lie: str
) -> None:
    """Exit code 1; the lie is kept as evidence and never as a receipt."""
    key = PrivateKey.from_pem((demo.home / "keys/log.pem").read_bytes())
    honest = HomeDoor.submit

    def submit(door: HomeDoor, raw: bytes) -> Logged:
        logged = honest(door, raw)
        return Logged(logged.index, logged.created, _lies(logged.receipt, key)[lie])

    monkeypatch.setattr(HomeDoor, "submit", submit)
    raw = demo.signed(2)
    result = demo("submit", "-", stdin=raw)
    digest = read_statement(raw.strip().encode()).digest.hex()
    assert (result.exit_code, result.stdout) == (1, ""), result.stderr
    assert "receipt_does_not_hold" in result.stderr
    assert (demo.home / f"receipts/{digest}.rejected").exists()
    assert not (demo.home / f"receipts/{digest}.json").exists()


def test_the_statement_is_on_the_disk_before_it_is_sent(
    demo: Zelian, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever happens on the way, the bytes can be sent again."""
    raw = demo.signed(2)
    digest = read_statement(raw.strip().encode()).digest.hex()
    kept = demo.home / f"receipts/{digest}.statement"
    seen = []

    def submit(_door: HomeDoor, sent: bytes) -> Logged:
        seen.append(kept.read_bytes() == sent)
        raise ReadOnly("disk_full", "the disk is full", "磁盘已满")

    with monkeypatch.context() as patch:
        patch.setattr(HomeDoor, "submit", submit)
        result = demo("submit", "-", stdin=raw)
    assert (result.exit_code, seen) == (7, [True])
    assert "the disk is full" in result.stderr
    assert demo.ok("submit", kept) == "7\n"


def test_the_policy_file_is_what_init_wrote(demo: Zelian) -> None:
    """One log, no witness: its key is the one in entry 0."""
    log_key = demo.json("show", "0")["event"]["data"]["log_key"]
    policy = parse_policy((demo.home / "trust-policy").read_bytes())
    assert policy.logs[0].key == parse_vkey(log_key)
