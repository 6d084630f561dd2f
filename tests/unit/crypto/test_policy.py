"""Trust policies: their lines, what each refusal says, and what opens under them."""

import pickle
from hashlib import sha256

import pytest

from crypto.checkpoint import Checkpoint, format_checkpoint, sign_checkpoint
from crypto.cosignature import cosign
from crypto.errors import BadSignature, Incomplete, Malformed, TooLarge, Untrusted
from crypto.keys import PrivateKey
from crypto.note import (
    COSIGNATURE,
    ED25519,
    Note,
    Signature,
    VKey,
    add_signatures,
    format_note,
    format_vkey,
    parse_note,
    parse_signatures,
    sign_note,
    vkey_of,
)
from crypto.policy import (
    MAX_POLICY,
    Group,
    Opened,
    Policy,
    QuorumUnmet,
    format_policy,
    open_under_policy,
    parse_policy,
)

ORIGIN = "ledger.example.gov/yunling"
TIME_S = 1_793_836_860


def key_of(name: str) -> PrivateKey:
    return PrivateKey.from_seed(sha256(name.encode()).digest())


def log_line(name: str = "log", origin: str = ORIGIN) -> str:
    return f"log {format_vkey(vkey_of(origin, ED25519, key_of(name)))}\n"


def witness_vkey(name: str) -> str:
    return format_vkey(vkey_of(f"{name}.example.gov", COSIGNATURE, key_of(name)))


def witness_line(name: str) -> str:
    return f"witness {name} {witness_vkey(name)}\n"


WITNESSES = "".join(witness_line(f"w{i}") for i in range(1, 6))
GROUPS = "group a 2 w1 w2 w3\ngroup b any w4 w5\ngroup both all a b\n"
TEXT = f"{log_line()}{WITNESSES}{GROUPS}quorum both\n"
CHECKPOINT = Checkpoint(ORIGIN, 16, sha256(b"root").digest())


def note_by(*witnesses: str, log: str = "log", origin: str = ORIGIN) -> str:
    """A checkpoint that the log and these witnesses signed."""
    checkpoint = Checkpoint(origin, CHECKPOINT.size, CHECKPOINT.root)
    note = sign_checkpoint(checkpoint, key_of(log))
    lines = [cosign(note, f"{w}.example.gov", key_of(w), TIME_S) for w in witnesses]
    return note + "".join(lines)


def test_a_policy_is_read_and_written() -> None:
    """What is written reads as the same policy."""
    policy = parse_policy(TEXT)
    assert [log.key.name for log in policy.logs] == [ORIGIN]
    assert [witness.name for witness in policy.witnesses] == ["w1", "w2", "w3", "w4", "w5"]
    assert policy.groups[2] == Group("both", 2, ("a", "b"))
    assert policy.quorum == "both"
    assert parse_policy(format_policy(policy)) == parse_policy(TEXT.encode()) == policy


def test_blanks_comments_and_urls() -> None:
    """Spaces, tabs, blank lines, whole-line comments and URLs change nothing of trust."""
    text = (
        "# 云岭省的信任策略\n\n \t \n\t# indented\n"
        f"  log\t {log_line()[4:-1]} https://ledger.example.gov/ \n"
        f"witness w1 {witness_vkey('w1')}\thttps://w1.example.gov\nquorum  w1\t\n"
    )
    policy = parse_policy(text)
    assert (policy.logs[0].url, policy.witnesses[0].url) == (
        "https://ledger.example.gov/",
        "https://w1.example.gov",
    )
    assert parse_policy(format_policy(policy)) == policy


def test_names_are_octets() -> None:
    """Any octets but blanks and controls make a name; look-alikes differ."""
    vkey = witness_vkey("w1")
    for name in ("云岭".encode(), b"\xff\xfe", b"#1", "\u00a0".encode()):
        raw = b"witness %s %s\nquorum %s\n" % (name, vkey.encode(), name)
        policy = parse_policy(raw)
        assert policy.quorum.encode("utf-8", "surrogateescape") == name
        assert parse_policy(format_policy(policy)) == policy
    with pytest.raises(Malformed, match="no earlier line"):
        parse_policy(f"witness K {vkey}\nquorum \u212a\n")


def test_thirty_two_of_each() -> None:
    """As many as every implementation should take."""
    logs = "".join(log_line(f"log{i}") for i in range(40))
    witnesses = "".join(witness_line(f"v{i}") for i in range(40))
    groups = "".join(f"group g{i} all v{i}\n" for i in range(40))
    top = f"group top 39 {' '.join(f'g{i}' for i in range(40))}\nquorum top\n"
    policy = parse_policy(logs + witnesses + groups + top)
    assert len(policy.logs) == len(policy.witnesses) == 40
    assert policy.met_by([f"v{i}" for i in range(39)])
    assert not policy.met_by([f"v{i}" for i in range(38)])


W1, W2 = witness_line("w1"), witness_line("w2")
WEAK = VKey("weak.example.gov", COSIGNATURE, bytes([1]) + bytes(31))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "without a quorum"),
        (log_line(), 2, "without a quorum"),
        ("quorum none", 1, "line feed"),
        ("quorum none\n# cut", 2, "line feed"),
        ("quorum none\nquorum none\n", 2, "second quorum"),
        ("quorum\n", 1, "must be: quorum"),
        ("quorum a b\n", 1, "must be: quorum"),
        ("quorum none # any\n", 1, "must be: quorum"),
        ("quorum w1\n", 1, "no earlier line"),
        (f"quorum w1\n{W1}", 1, "no earlier line"),
        (f"{W1}\nquorum W1\n", 3, "no earlier line"),
        ("trust me\nquorum none\n", 1, "begins with none"),
        ("Quorum none\n", 1, "begins with none"),
        ("log\nquorum none\n", 1, "must be: log"),
        (f"{log_line()[:-1]} https://a.example b\nquorum none\n", 1, "must be: log"),
        ("log nonsense\nquorum none\n", 1, "bad key"),
        (f"log {witness_vkey('w1')}\nquorum none\n", 1, "type 01, not 04"),
        (log_line() * 2 + "quorum none\n", 2, "repeats a key"),
        (log_line() + log_line(origin="other.example") + "quorum none\n", 2, "repeats a key"),
        ("witness w1\nquorum none\n", 1, "must be: witness"),
        (f"{W1[:-1]} https://a.example b\nquorum none\n", 1, "must be: witness"),
        (f"witness w1 {log_line()[4:-1]}\nquorum none\n", 1, "type 04, not 01"),
        (W1 * 2 + "quorum none\n", 2, "name w1 again"),
        (W1 + W1.replace("w1 ", "other ", 1) + "quorum none\n", 2, "repeats a key"),
        (W1.replace("w1 ", "none ", 1) + "quorum none\n", 1, "name none again"),
        (f"witness weak {format_vkey(WEAK)}\nquorum none\n", 1, "weak Ed25519 key"),
        (f"{W1}group g\nquorum none\n", 2, "must be: group"),
        (f"{W1}group g all\nquorum none\n", 2, "must be: group"),
        (f"{W1}group g most w1\nquorum none\n", 2, "number from 1 to 1"),
        (f"{W1}group g 0 w1\nquorum none\n", 2, "number from 1 to 1"),
        (f"{W1}group g 2 w1\nquorum none\n", 2, "number from 1 to 1"),
        (f"{W1}group g 01 w1\nquorum none\n", 2, "number from 1 to 1"),
        (f"{W1}group g +1 w1\nquorum none\n", 2, "number from 1 to 1"),
        (f"{W1}group g ١ w1\nquorum none\n", 2, "number from 1 to 1"),
        (f"{W1}group g any w2\nquorum none\n", 2, "no earlier line"),
        (f"{W1}group g any none\nquorum none\n", 2, "no earlier line"),
        (f"{W1}group g any g\nquorum none\n", 2, "no earlier line"),
        (f"{W1}group g 1 w1 w1\nquorum none\n", 2, "second time"),
        (f"{W1}{W2}group g any w1\ngroup h any w2 w1\nquorum none\n", 4, "second time"),
        (f"{W1}group w1 any w1\nquorum none\n", 2, "name w1 again"),
        (f"{W1}group none any w1\nquorum none\n", 2, "name none again"),
        ("# tab\tis allowed\n# but\rnot this\nquorum none\n", 2, "control"),
        ("quorum none\x7f\n", 1, "control"),
        ("\x00\nquorum none\n", 1, "control"),
    ],
)
def test_a_bad_line_is_named(text: str, line: int, says: str) -> None:
    """The number of the line and what it lacks, in both languages."""
    with pytest.raises(Malformed, match=rf"line {line} .*{says}") as raised:
        parse_policy(text)
    assert f"第 {line} 行" in raised.value.zh


def test_a_policy_has_a_limit() -> None:
    """1,000,000 bytes, not one more."""
    quorum = "quorum none\n"
    filling = "#" * (MAX_POLICY - len(quorum) - 1) + "\n"
    assert parse_policy(filling + quorum).quorum == "none"
    with pytest.raises(TooLarge):
        parse_policy("#" + filling + quorum)


@pytest.mark.parametrize(
    ("witnesses", "met"),
    [
        ("w1 w2 w4", True),
        ("w1 w2 w3 w4 w5", True),
        ("w2 w3 w5", True),
        ("w1 w2 w3", False),
        ("w1 w4 w5", False),
        ("w4 w5", False),
        ("", False),
    ],
)
def test_a_quorum_of_groups(witnesses: str, met: bool) -> None:
    """Two of the first three and one of the last two."""
    names = witnesses.split()
    policy, note = parse_policy(TEXT), note_by(*names)
    expected = tuple((name, TIME_S) for name in names)
    if met:
        opened = open_under_policy(note, policy)
    else:
        with pytest.raises(Incomplete) as raised:
            open_under_policy(note, policy)
        assert isinstance(raised.value, QuorumUnmet)
        opened = raised.value.opened
        again = pickle.loads(pickle.dumps(raised.value))
        assert (again.opened, again.zh) == (opened, raised.value.zh)
    assert opened == Opened(CHECKPOINT, policy.logs[0].key, expected)


def test_a_policy_without_witnesses() -> None:
    """quorum none: the log's signature is enough, and known witnesses are still reported."""
    assert open_under_policy(note_by(), parse_policy(f"{log_line()}quorum none\n")).cosigners == ()
    policy = parse_policy(f"{log_line()}{W1}quorum none\n")
    assert open_under_policy(note_by("w1", "w2"), policy).cosigners == (("w1", TIME_S),)


def test_one_witness_is_counted_once() -> None:
    """However many lines it has, at whatever times; the first time stands."""
    note = note_by("w1")
    again = cosign(note, "w1.example.gov", key_of("w1"), TIME_S + 9)
    policy = parse_policy(f"{log_line()}{W1}{W2}group g all w1 w2\nquorum g\n")
    with pytest.raises(QuorumUnmet) as raised:
        open_under_policy(note + again + again, policy)
    assert raised.value.opened.cosigners == (("w1", TIME_S),)


def test_a_log_that_the_policy_does_not_name_is_untrusted() -> None:
    """Another key, or a key of another origin, or no log at all."""
    policy = parse_policy(TEXT)
    for note in (
        note_by("w1", "w2", "w4", log="stranger"),
        note_by("w1", "w2", "w4", origin="other.example"),
    ):
        with pytest.raises(Untrusted):
            open_under_policy(note, policy)
    with pytest.raises(Untrusted):
        open_under_policy(note_by(), parse_policy("quorum none\n"))


def test_a_log_speaks_for_its_own_origin_only() -> None:
    """A known log's good signature on another origin's checkpoint is worth nothing."""
    theirs = format_checkpoint(Checkpoint("other.example", 16, CHECKPOINT.root))
    note = format_note(Note(theirs, (sign_note(theirs, ORIGIN, key_of("log")),)))
    both = parse_policy(
        log_line() + log_line("log2", "other.example") + "quorum none\n",
    )
    with pytest.raises(Untrusted):
        open_under_policy(note, both)


def test_either_of_two_keys_of_an_origin_opens() -> None:
    """Any listed log is accepted, as when a log changes its key."""
    policy = parse_policy(log_line() + log_line("log2") + "quorum none\n")
    for name, log in zip(("log", "log2"), policy.logs, strict=True):
        assert open_under_policy(note_by(log=name), policy).log == log.key


@pytest.mark.parametrize("at", range(4))
def test_a_false_line_of_a_known_key_spoils_the_note(at: int) -> None:
    """Log or witness, needed or not, alone or beside a good line of the same key."""
    policy = parse_policy(TEXT)
    note = parse_note(note_by("w1", "w2", "w4"))
    line = note.signatures[at]
    false = Signature(line.name, line.key_id, line.signature[:-1] + bytes([line.signature[-1] ^ 1]))
    replaced = (*note.signatures[:at], false, *note.signatures[at + 1 :])
    for lines in (replaced, (*note.signatures, false), (false, *note.signatures)):
        with pytest.raises(BadSignature):
            open_under_policy(format_note(Note(note.text, lines)), policy)


def test_lines_of_unknown_keys_are_ignored() -> None:
    """Strangers, and known names with another key id, or known ids with another name."""
    note = parse_note(note_by("w1", "w2", "w4"))
    w1 = note.signatures[1]
    strange = (
        Signature("stranger.example", b"1234", b"anything"),
        Signature(w1.name, bytes(4), bytes(72)),
        Signature("stranger.example", w1.key_id, bytes(72)),
    )
    plain = open_under_policy(format_note(note), parse_policy(TEXT))
    assert (
        open_under_policy(format_note(add_signatures(note, strange)), parse_policy(TEXT)) == plain
    )


def test_the_same_key_for_two_witness_names_of_a_note_is_no_two_witnesses() -> None:
    """One key, one witness: a second line under another key name counts for nothing."""
    note = note_by("w1")
    other = cosign(note, "w2.example.gov", key_of("w1"), TIME_S)
    assert len(parse_signatures(other)) == 1
    policy = parse_policy(f"{log_line()}{W1}{W2}group g all w1 w2\nquorum g\n")
    with pytest.raises(QuorumUnmet):
        open_under_policy(note + other, policy)


def test_a_note_that_is_no_checkpoint_is_malformed() -> None:
    """Before any signature is looked at."""
    policy: Policy = parse_policy(TEXT)
    for raw in ("", "nonsense", note_by("w1").replace("\n16\n", "\n016\n")):
        with pytest.raises(Malformed):
            open_under_policy(raw, policy)
