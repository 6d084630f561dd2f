"""Decide whether these keys may say this, at this index and this instant.

Every rule is a function of the statement, the registry as of an index and the
entry's ``recorded_at``; each raises the refusal or returns nothing. That the
statement is well formed, of a known type and rightly signed is decided before
(``ledger.admission.checks`` holds the order), what a registry event may change
in ``ledger.access.registration``. No clock, disk or socket is touched.

Units: ``at`` is the index that the statement would get or has; ``recorded_at``
is that entry's T; T's are text of fixed width, so their order is that of time.

Source: spec 6 (codes), spec 8 (live key, in post, who speaks), spec 9.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple, Protocol

from crypto.notation import format_time
from crypto.statement import Statement
from ledger.access.registration import new_keys
from ledger.errors import Refused
from ledger.events.declare import EventType
from ledger.events.speakers import ROLE_OF_KIND
from ledger.events.types import event_type
from ledger.registry.records import ENROLLED, OPENED, REGISTRAR, KeyRecord
from ledger.registry.state import Registry

MAX_AHEAD_MS = 300_000  # how far a claimed time may run ahead of the ledger's clock

Voice = Literal["signed", "attested", "system"]


class SourceOf(Protocol):
    """Tells who spoke the statement that a withholding or an erasure is aimed at."""

    def __call__(self, digest: str, /) -> str | None:
        """Return the department id in ``source`` of the statement with this hex digest.

        It must know every entry before the one that is judged, also those of the
        same batch, also erased ones, and none after it; None: not logged there.
        """


def no_source(digest: str, /) -> None:
    """A ``SourceOf`` that knows no statement: then only a kind of department allows."""


# Which keys


def check_keys(statement: Statement, registry: Registry, at: int) -> None:
    """Refuse ``unknown_key``, then ``revoked_key``: all signers but new keys."""
    fresh = new_keys(statement, at)
    revoked: list[tuple[int, KeyRecord]] = []
    for n, key_id in enumerate(statement.signers):
        if key_id in fresh:
            continue
        record = registry.key(key_id, at)
        if record is None:
            raise Refused(
                "unknown_key",
                f"no key {key_id} is enrolled here: have the registrar enrol it first",
                f"本账本未登记密钥 {key_id}：请先由登记机关登记",
                f"/data/signers/{n}",
            )
        if record.revoked_at is not None:
            revoked.append((n, record))
    if revoked:
        n, record = revoked[0]
        raise Refused(
            "revoked_key",
            f"key {record.key_id} was revoked by entry {record.revoked_at}: sign with a live key",
            f"密钥 {record.key_id} 已由第 {record.revoked_at} 号条目吊销：请用有效密钥签名",
            f"/data/signers/{n}",
        )


# Who speaks


class Speaking(NamedTuple):
    """All of an ordinary statement at which ``check_keys`` and ``check_role`` look.

    As long as the registry stays as it is, equal ones get the same answer: whoever
    judges many, nearly alike, judges each kind once.
    """

    type: str
    source: str
    official: str | None
    tier: str | None
    signers: tuple[str, ...]
    recorded_at: str


def speaking_of(event: Mapping[str, Any], recorded_at: str) -> Speaking:
    """Return who says what in *event*, which no registry event is and none that looks back."""
    return Speaking(
        event["type"],
        event["source"],
        event.get("official"),
        event.get("tier"),
        tuple(event["data"]["signers"]),
        recorded_at,
    )


def check_role(
    statement: Statement,
    registry: Registry,
    at: int,
    recorded_at: str,
    source_of: SourceOf = no_source,
) -> None:
    """Refuse ``out_of_role``: who speaks, an expired key, a threshold, possession.

    ``check_keys`` came before: every signer is enrolled and unrevoked, or new.
    """
    kind = event_type(statement.type)
    if not kind.registrar:
        _check_speaker(statement, registry, at, recorded_at)
        _check_voice(statement, registry, at, kind)
        _check_competence(statement, registry, at, kind, source_of)
        return
    _check_registrar_speaks(statement)
    if statement.type == OPENED and at == 0:
        _check_opening_signers(statement)
    else:
        _check_threshold(statement, registry, at, recorded_at)


def _out_of_role(en: str, zh: str, pointer: str) -> Refused:
    return Refused("out_of_role", en, zh, pointer)


def _check_speaker(statement: Statement, registry: Registry, at: int, recorded_at: str) -> None:
    """SPEC: spec 8, "All others: exactly one signature, by a live key of source"."""
    signers = statement.signers
    if len(signers) != 1:
        raise _out_of_role(
            f"one key signs this type, not {len(signers)}: a second official makes a statement"
            " of his own that names this one among its parents",
            f"此类陈述只由一把密钥签名，现有 {len(signers)} 把：第二人应另作陈述，"
            "并在 parents 中引用本陈述",
            "/data/signers",
        )
    key = _known(registry, signers[0], at)
    if key.department != statement.source:
        raise _out_of_role(
            f"the key belongs to department {key.department} and speaks for it alone,"
            f" not for {statement.source}",
            f"该密钥属于部门 {key.department}，只能代表该部门，不能代表 {statement.source}",
            "/source",
        )
    if statement.source == REGISTRAR:  # SPEC: spec 8, the registrar is the threshold of its keys
        _check_threshold(statement, registry, at, recorded_at)
    if key.has_expired(recorded_at):
        raise _out_of_role(
            f"the key expired at {key.expires}: have a new one enrolled",
            f"该密钥已于 {key.expires} 到期：请登记新密钥",
            "/data/signers/0",
        )
    if key.holder is None:
        _check_attested(statement)
    else:
        _check_signed(statement, key.holder, registry, at, recorded_at)


def _check_attested(statement: Statement) -> None:
    """SPEC: spec 8, a system key attests without ``tier``; whom it names is a finding."""
    if statement.tier is not None:
        raise _out_of_role(
            "a system key attests without a tier: leave it out, or let the official sign",
            "系统密钥代为证明时不得写 tier：请去掉 tier，或由该公务人员本人签名",
            "/tier",
        )


def _check_signed(
    statement: Statement, holder: str, registry: Registry, at: int, recorded_at: str
) -> None:
    """SPEC: spec 8, "a key which that official holds, he being in post there"."""
    if statement.official != holder:
        raise _out_of_role(
            f"the key is held by {holder} and signs for nobody else: name {holder} as official",
            f"该密钥由 {holder} 持有，不能代他人签名：official 应为 {holder}",
            "/official",
        )
    posts = registry.posts_held(statement.source, holder, at, recorded_at)
    if not posts:
        raise _out_of_role(
            f"{holder} is not in post in {statement.source} at {recorded_at}",
            f"{holder} 在 {recorded_at} 不在 {statement.source} 任职",
            "/official",
        )
    tier = statement.tier
    if tier is not None and not [post for post in posts if tier in post.tiers]:
        raise _out_of_role(
            f"{holder} does not hold the tier {tier} in {statement.source} at {recorded_at}",
            f"{holder} 在 {recorded_at} 于 {statement.source} 不具有 {tier} 层级",
            "/tier",
        )


def _check_voice(statement: Statement, registry: Registry, at: int, kind: EventType) -> None:
    """Refuse what an official must sign himself, or no official may be named in."""
    by_system = _known(registry, statement.signers[0], at).holder is None
    if kind.voice == "signed" and by_system:
        raise _out_of_role(
            f"an official signs {kind.name} with his own key; a system cannot attest it",
            f"{kind.name} 须由公务人员以本人密钥签名，系统不得代为证明",
            "/data/signers",
        )
    if kind.voice == "system" and statement.official is not None:
        raise _out_of_role(
            f"only the system of {statement.source} says {kind.name}: leave out official",
            f"{kind.name} 只由 {statement.source} 的系统作出：请去掉 official",
            "/official",
        )


def role_of(source: str, registry: Registry, at: int) -> str | None:
    """Return the role of the department *source* as of index *at*; None: not registered."""
    if source == REGISTRAR:
        return REGISTRAR
    department = registry.department(source, at)
    if department is None or department.kind is None:
        return None
    return ROLE_OF_KIND[department.kind]


def _check_competence(
    statement: Statement,
    registry: Registry,
    at: int,
    kind: EventType,
    source_of: SourceOf,
) -> None:
    """Refuse a role that the type does not list, unless it is about the source's own words."""
    role = role_of(statement.source, registry, at)
    if role in kind.speakers:
        return
    listed = ", ".join(sorted(kind.speakers))
    if not kind.by_author:
        raise _out_of_role(
            f"{statement.source} is a {role} here, and {kind.name} is said by: {listed}",
            f"{statement.source} 在本账本的角色是 {role}，而 {kind.name} 只能由以下角色作出："
            f"{listed}",
            "/source",
        )
    if source_of(statement.data["target"]) != statement.source:
        raise _out_of_role(
            f"{statement.source} neither spoke the target nor has a role that may decide this:"
            f" {listed}",
            f"{statement.source} 既非作出目标陈述的部门，也不具有可作此决定的角色：{listed}",
            "/source",
        )


def _check_registrar_speaks(statement: Statement) -> None:
    if statement.source != REGISTRAR:
        raise _out_of_role(
            f"only the registrar says this: source must be /departments/{REGISTRAR}",
            f"此类陈述只能由登记机关作出：source 须为 /departments/{REGISTRAR}",
            "/source",
        )
    if statement.official is not None:
        raise _out_of_role(
            "the registrar speaks without an official: leave out official and tier",
            "登记机关的陈述不写公务人员：请去掉 official 和 tier",
            "/official",
        )


def _check_opening_signers(statement: Statement) -> None:
    """SPEC: spec 8, entry 0 is signed by all the registrar keys that it lists."""
    listed = new_keys(statement, 0)
    if listed != set(statement.signers):
        raise _out_of_role(
            f"entry 0 lists {len(listed)} registrar keys: exactly these sign it",
            f"开账陈述列有 {len(listed)} 把登记机关密钥：须由且仅由它们全部签名",
            "/data/signers",
        )


def _check_threshold(statement: Statement, registry: Registry, at: int, recorded_at: str) -> None:
    """SPEC: spec 8, at least the threshold of live registrar keys and nobody else."""
    signers = set(statement.signers)
    live = set(registry.live_registrar_keys(at, recorded_at))
    fresh = new_keys(statement, at)
    strangers = signers - live - fresh - _holders_keys(statement, registry, at, recorded_at)
    if strangers:
        raise _out_of_role(
            f"key {min(strangers)} is no live registrar key: registrars alone sign this",
            f"密钥 {min(strangers)} 不是登记机关的有效密钥：此类陈述只由登记机关签名",
            "/data/signers",
        )
    if not fresh <= signers:
        raise _out_of_role(
            "the new key must sign its own enrolment too, to prove that somebody holds it",
            "新密钥也须在自己的登记陈述上签名，以证明确有人持有",
            "/data/signers",
        )
    # Nobody is a registrar before entry 0, so the threshold is not even asked for then.
    if not live or len(signers & live) < registry.threshold:
        raise _out_of_role(
            f"{len(signers & live)} live registrar keys sign, fewer than the ledger's threshold",
            f"登记机关有效密钥签名 {len(signers & live)} 个，未达到账本规定的最少数量",
            "/data/signers",
        )


def _holders_keys(statement: Statement, registry: Registry, at: int, recorded_at: str) -> set[str]:
    """Live keys of whom an enrolment is for: SPEC: spec 8, they may sign their successor."""
    if statement.type != ENROLLED:
        return set()
    whose = statement.data["department"], statement.data.get("holder")
    found = {key_id: registry.key(key_id, at) for key_id in statement.signers}
    return {
        key_id
        for key_id, key in found.items()
        if key and (key.department, key.holder) == whose and key.is_live(recorded_at)
    }


def _known(registry: Registry, key_id: str, at: int) -> KeyRecord:
    """Return a key of which ``check_keys`` made sure."""
    key = registry.key(key_id, at)
    if key is None:
        raise LookupError(f"key {key_id} was not checked")
    return key


# When


def check_times(statement: Statement, recorded_at: str, now_ms: int) -> None:
    """Refuse ``from_the_future`` by the ledger's clock, then ``lapsed`` by the entry's T."""
    if statement.time > _latest_time(now_ms):
        raise Refused(
            "from_the_future",
            f"time {statement.time} is more than 5 minutes ahead of the ledger's clock:"
            " set the clock and sign again",
            f"time {statement.time} 比账本时钟超前 5 分钟以上：请校准时钟后重新签名",
            "/time",
        )
    notafter = statement.notafter
    if notafter is not None and recorded_at > notafter:
        raise Refused(
            "lapsed",
            f"it was not to be recorded after {notafter}, and it is {recorded_at}:"
            " sign a new statement if it still holds",
            f"陈述规定不得在 {notafter} 之后记入，现为 {recorded_at}：如仍成立，请另签新陈述",
            "/notafter",
        )


@lru_cache(maxsize=8)
def _latest_time(now_ms: int) -> str:
    """Return the latest claimed time that this clock allows; a group shares one clock."""
    return format_time(now_ms + MAX_AHEAD_MS)


# In whose voice


def signed_or_attested(event: Mapping[str, Any], registry: Registry) -> Voice:
    """Return in whose voice a logged event speaks; readers keep the three apart.

    ``signed``: the official's own key. ``attested``: a system key of the
    department names the official. ``system``: no official is named.

    Raises:
        LookupError: the registry does not reach the entry, so its key is unknown.
    """
    if "official" not in event:
        return "system"
    # A key's holder never changes, so the newest state answers for every index.
    key = _known(registry, event["data"]["signers"][0], registry.size)
    return "attested" if key.holder is None else "signed"
