"""Trust policies: whose signatures a verifier counts, and how many witnesses suffice.

A policy names log keys, witness keys, groups of witnesses and a quorum. Opening
a checkpoint under it tells apart a log that nobody vouched for, a signature that
is false, and a quorum that is not met.

The text is read as octets: beyond ASCII they have no meaning here, and comments,
blank lines, spacing and URLs carry no trust. Comments are whole lines.

Units: a cosigner's time is whole seconds since 1970.

Source: spec 5 and 7 (ledger identity); C2SP tlog-policy.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from crypto.checkpoint import Checkpoint, parse_checkpoint
from crypto.cosignature import verify_cosignature
from crypto.errors import CryptoError, Incomplete, Malformed, TooLarge, Untrusted
from crypto.keys import require_enrolable
from crypto.note import (
    COSIGNATURE,
    ED25519,
    Note,
    VKey,
    format_vkey,
    match_signatures,
    parse_note,
    parse_vkey,
    verify_signature,
)

MAX_POLICY = 1_000_000  # bytes
NO_QUORUM = "none"

_OCTETS = re.compile(rb"[\t\n\x20-\x7e\x80-\xff]*")
_THRESHOLD = re.compile(r"[1-9][0-9]{0,5}")
_BLANKS = re.compile(r"[ \t]+")


@dataclass(frozen=True, slots=True)
class PolicyLog:
    """A log whose checkpoints are accepted; its key's name is its origin."""

    key: VKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness; *name* means something within the policy only."""

    name: str
    key: VKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Counts as having witnessed when at least *threshold* of its members have."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """What a verifier trusts.

    Args:
        logs: any of them may have signed a checkpoint.
        witnesses: in the order of their lines.
        groups: each after the groups that are its members.
        quorum: the name of a witness or group, or ``"none"``.
    """

    logs: tuple[PolicyLog, ...]
    witnesses: tuple[Witness, ...]
    groups: tuple[Group, ...]
    quorum: str

    def met_by(self, cosigners: Sequence[str]) -> bool:
        """Tell whether the witnesses of these names are a quorum."""
        if self.quorum == NO_QUORUM:
            return True
        present = set(cosigners)
        for group in self.groups:
            if len(present.intersection(group.members)) >= group.threshold:
                present.add(group.name)
        return self.quorum in present


@dataclass(frozen=True, slots=True)
class Opened:
    """A checkpoint whose log the policy trusts.

    Args:
        checkpoint: what was signed.
        log: the log's key.
        cosigners: the policy's names of the witnesses that cosigned, each with its time.
    """

    checkpoint: Checkpoint
    log: VKey
    cosigners: tuple[tuple[str, int], ...]


class QuorumUnmet(Incomplete):
    """The log signed, the witnesses do not suffice; *opened* is what there is."""

    def __init__(self, en: str, zh: str, pointer: str, opened: Opened) -> None:
        super().__init__(en, zh, pointer)
        self.opened = opened

    def __reduce__(self) -> tuple[type[CryptoError], tuple[str, str, str, Opened]]:  # type: ignore[override]
        """One argument more than the base class has."""
        return type(self), (self.en, self.zh, self.pointer, self.opened)


def open_under_policy(note_text: str | bytes, policy: Policy) -> Opened:
    """Return the checkpoint of a note that satisfies *policy*.

    Lines of keys that the policy does not name are ignored; every line of a key that
    it names must verify. A key counts once, with the time of its first line.

    Raises:
        Malformed, TooLarge: not a note or not a checkpoint.
        BadSignature: a line of a key that the policy names does not verify.
        Untrusted: no log key of the policy, named as the origin, has signed.
        QuorumUnmet: an Incomplete: the cosignatures are no quorum.
    """
    note = parse_note(note_text)
    checkpoint = parse_checkpoint(note.text)
    signers = _verified_logs(note, policy)
    cosigners = _verified_witnesses(note, policy)
    log = next((key for key in signers if key.name == checkpoint.origin), None)
    if log is None:
        raise Untrusted(
            f"the checkpoint of {checkpoint.origin} is not signed by any log key of the policy",
            f"{checkpoint.origin} 的检查点没有策略中任何日志密钥的签名",
        )
    opened = Opened(checkpoint, log, cosigners)
    if not policy.met_by([name for name, _ in cosigners]):
        raise QuorumUnmet(
            f"{len(cosigners)} known witnesses cosigned, which does not meet the quorum "
            f"{policy.quorum}; fetch the checkpoint again once it is cosigned",
            f"已有 {len(cosigners)} 个已知见证者联署，未达到法定数 {policy.quorum}；"
            "请待其联署后重新获取检查点",
            "",
            opened,
        )
    return opened


def _verified_logs(note: Note, policy: Policy) -> list[VKey]:
    """Return the log keys that signed; raise BadSignature if a line of one fails."""
    lines = match_signatures(note, [log.key for log in policy.logs])
    for line, key in lines:
        verify_signature(note.text, line, key)
    return [key for _, key in lines]


def _verified_witnesses(note: Note, policy: Policy) -> tuple[tuple[str, int], ...]:
    """Return the witnesses that cosigned; raise BadSignature if a line of one fails."""
    named = {format_vkey(witness.key): witness.name for witness in policy.witnesses}
    times: dict[str, int] = {}
    for line, key in match_signatures(note, [witness.key for witness in policy.witnesses]):
        time_s = verify_cosignature(note.text, line, key)
        times.setdefault(named[format_vkey(key)], time_s)
    return tuple(times.items())


def format_policy(policy: Policy) -> str:
    """Return *policy* as text, logs first and the quorum last."""
    lines = [_join("log", format_vkey(log.key), log.url) for log in policy.logs]
    for witness in policy.witnesses:
        lines.append(_join("witness", witness.name, format_vkey(witness.key), witness.url))
    for group in policy.groups:
        lines.append(_join("group", group.name, str(group.threshold), *group.members))
    lines.append(_join("quorum", policy.quorum))
    return "".join(lines)


def _join(*items: str | None) -> str:
    return " ".join(item for item in items if item is not None) + "\n"


def parse_policy(text: str | bytes) -> Policy:
    """Return the policy that *text* writes.

    Raises:
        TooLarge: over 1,000,000 bytes.
        Malformed: a line that is none of the policy's, named by its number.
    """
    raw = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    if len(raw) > MAX_POLICY:
        raise TooLarge(
            f"a policy has at most {MAX_POLICY} bytes, this has {len(raw)}",
            f"信任策略至多 {MAX_POLICY} 字节，此处为 {len(raw)} 字节",
        )
    lines = raw.split(b"\n")
    reader = _Reader()
    for number, line in enumerate(lines, start=1):
        reader.read_line(number, line, last=number == len(lines))
    return reader.finish(len(lines))


@dataclass
class _Reader:
    """Folds the lines of one policy text; names the line at fault."""

    logs: list[PolicyLog] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    quorum: str | None = None
    defined: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)  # names that are a member of a group
    line: int = 0

    def read_line(self, number: int, raw: bytes, last: bool) -> None:
        """Take in one line without its line feed; after the last line feed nothing may stand."""
        self.line = number
        if _OCTETS.fullmatch(raw) is None:
            self.fail("holds a control character", "含有控制字符")
        if last:
            if raw:
                self.fail("does not end in a line feed", "未以换行结束")
            return
        items = _BLANKS.split(raw.decode("utf-8", "surrogateescape").strip(" \t"))
        if not items[0] or items[0].startswith("#"):
            return
        read = self._readers().get(items[0])
        if read is None:
            self.fail(
                "begins with none of log, witness, group, quorum, #",
                "行首不是 log、witness、group、quorum 或 #",
            )
        read(items[1:])

    def _readers(self) -> Mapping[str, Callable[[list[str]], None]]:
        return {
            "log": self.read_log,
            "witness": self.read_witness,
            "group": self.read_group,
            "quorum": self.read_quorum,
        }

    def read_log(self, items: list[str]) -> None:
        """log <vkey> [<url>]"""
        if len(items) not in (1, 2):
            self.fail("must be: log <vkey> [<url>]", "应为：log <vkey> [<url>]")
        key = self._key(items[0], ED25519, [log.key for log in self.logs])
        self.logs.append(PolicyLog(key, *items[1:]))

    def read_witness(self, items: list[str]) -> None:
        """witness <name> <vkey> [<url>]"""
        if len(items) not in (2, 3):
            self.fail(
                "must be: witness <name> <vkey> [<url>]", "应为：witness <名称> <vkey> [<url>]"
            )
        self._define(items[0])
        key = self._key(items[1], COSIGNATURE, [witness.key for witness in self.witnesses])
        self.witnesses.append(Witness(items[0], key, *items[2:]))

    def read_group(self, items: list[str]) -> None:
        """group <name> all|any|<k> <member>..."""
        name, how, *members = (
            items
            if len(items) > 2
            else self.fail(
                "must be: group <name> all|any|<k> <member>...",
                "应为：group <名称> all|any|<k> <成员>...",
            )
        )
        for member in members:
            self._known(member)
            if member in self.taken:
                self.fail(f"makes {member} a member for the second time", f"重复列入成员 {member}")
            self.taken.add(member)
        self._define(name)
        self.groups.append(Group(name, self._threshold(how, len(members)), tuple(members)))

    def read_quorum(self, items: list[str]) -> None:
        """quorum <name>|none"""
        if len(items) != 1:
            self.fail("must be: quorum <name>|none", "应为：quorum <名称>|none")
        if self.quorum is not None:
            self.fail("is a second quorum line", "是第二个 quorum 行")
        if items[0] != NO_QUORUM:
            self._known(items[0])
        self.quorum = items[0]

    def finish(self, line: int) -> Policy:
        """Return the policy; a quorum is the one thing that it cannot lack."""
        self.line = line
        if self.quorum is None:
            self.fail("is reached without a quorum line", "之前没有 quorum 行")
        return Policy(tuple(self.logs), tuple(self.witnesses), tuple(self.groups), self.quorum)

    def fail(self, en: str, zh: str) -> NoReturn:
        """Refuse the line being read."""
        raise Malformed(f"the policy's line {self.line} {en}", f"信任策略第 {self.line} 行{zh}")

    def _key(self, text: str, algorithm: int, others: Sequence[VKey]) -> VKey:
        """Read a key of the type that its line asks for; refuse weak and repeated ones."""
        try:
            key = parse_vkey(text)
            require_enrolable(key.key)  # anybody could sign for a small-order key
        except CryptoError as error:
            self.fail(f"has a bad key: {error.en}", f"的密钥有误：{error.zh}")
        if key.algorithm != algorithm:
            self.fail(
                f"needs a key of type {algorithm:02x}, not {key.algorithm:02x}",
                f"的密钥类型应为 {algorithm:02x}，而不是 {key.algorithm:02x}",
            )
        if any(other.public == key.public for other in others):
            self.fail("repeats a key of an earlier line", "重复了前面某行的密钥")
        return key

    def _define(self, name: str) -> None:
        """Give a witness or group its name."""
        if name == NO_QUORUM or name in self.defined:
            self.fail(f"defines the name {name} again", f"重复定义名称 {name}")
        self.defined.add(name)

    def _known(self, name: str) -> None:
        """Refuse a name that no earlier line defines."""
        if name not in self.defined:
            self.fail(f"names {name}, which no earlier line defines", f"所用名称 {name} 前文未定义")

    def _threshold(self, how: str, members: int) -> int:
        """Return how many of a group's *members* are needed."""
        if how in ("any", "all"):
            return 1 if how == "any" else members
        if _THRESHOLD.fullmatch(how) is None or int(how) > members:
            self.fail(
                f"needs all, any or a number from 1 to {members}",
                f"应为 all、any 或 1 至 {members} 的数",
            )
        return int(how)
