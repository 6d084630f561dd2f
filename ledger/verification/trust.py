"""Decide what a checkpoint is worth to someone who trusts certain keys.

The statement of a checkpoint that is not trusted is still read, so that a report
can say what it claims; that it claims it proves nothing.

Source: spec 5 and 7 (verdicts); C2SP tlog-policy.
"""

from dataclasses import dataclass
from typing import TypeAlias

from crypto.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from crypto.errors import CryptoError, Untrusted
from crypto.note import VKey, parse_note
from crypto.policy import NO_QUORUM, Opened, Policy, QuorumUnmet, open_under_policy
from ledger.verification.checklist import LOG_SIGNATURE, WITNESSES
from ledger.verification.report import (
    FAILED,
    INCOMPLETE,
    NOT_CHECKED,
    UNTRUSTED,
    VERIFIED,
    Check,
    Verdict,
    Words,
)

Trust: TypeAlias = Policy | VKey | None  # a policy; the log's key alone; nothing

_LABELS = {
    LOG_SIGNATURE: Words("A log that you trust signed the checkpoint", "检查点由您信任的日志签名"),
    WITNESSES: Words("Enough witnesses cosigned it", "联署的见证者达到法定数"),
}


@dataclass(frozen=True, slots=True)
class Published:
    """A checkpoint as far as it is trusted.

    Args:
        checkpoint: what it states; None where there is none that can be read.
        log: the trusted key that signed it, or None.
        cosigners: the policy's witnesses that cosigned, with the times in seconds.
        checks: of the log's signature and of the witnesses.
    """

    checkpoint: Checkpoint | None
    log: VKey | None
    cosigners: tuple[tuple[str, int], ...]
    checks: tuple[Check, Check]

    @property
    def cosigned(self) -> list[dict[str, object]]:
        """The cosigners as JSON values."""
        return [{"time_s": time_s, "witness": name} for name, time_s in self.cosigners]


def open_published(note: str | None, trust: Trust) -> Published:
    """Return what *note* is worth under *trust*; nothing is raised."""
    if note is None:
        why = Words("there is no checkpoint", "没有检查点")
        return _nothing(None, NOT_CHECKED, why)
    stated = _stated(note)
    if trust is None:
        why = Words("no trust policy was given", "未提供信任策略")
        return _nothing(stated, NOT_CHECKED, why)
    try:
        if isinstance(trust, VKey):
            return _by_log_alone(Opened(open_checkpoint(note, trust), trust, ()))
        return _by_policy(open_under_policy(note, trust), trust, VERIFIED, None)
    except QuorumUnmet as error:
        assert isinstance(trust, Policy)
        return _by_policy(error.opened, trust, INCOMPLETE, Words(error.en, error.zh))
    except Untrusted as error:
        return _nothing(stated, UNTRUSTED, Words(error.en, error.zh))
    except CryptoError as error:
        return _nothing(stated, FAILED, Words(error.en, error.zh))


def log_key_for(origin: str, trust: Trust) -> VKey | None:
    """Return the key by which *trust* knows the log of *origin*."""
    if isinstance(trust, Policy):
        return next((log.key for log in trust.logs if log.key.name == origin), None)
    return trust if trust is not None and trust.name == origin else None


def _stated(note: str) -> Checkpoint | None:
    try:
        return parse_checkpoint(parse_note(note).text)
    except CryptoError:
        return None


def _nothing(stated: Checkpoint | None, verdict: Verdict, why: Words) -> Published:
    """Return a checkpoint that no log of the policy is known to have signed."""
    none = Words("the log's signature was not verified", "日志签名未获验证")
    checks = (_check(LOG_SIGNATURE, verdict, why), _check(WITNESSES, NOT_CHECKED, none))
    return Published(stated, None, (), checks)


def _by_log_alone(opened: Opened) -> Published:
    why = Words("no policy names witnesses", "没有策略指明见证者")
    return _opened(opened, _check(WITNESSES, NOT_CHECKED, why))


def _by_policy(opened: Opened, policy: Policy, verdict: Verdict, why: Words | None) -> Published:
    if why is None:
        count = len(opened.cosigners)
        why = Words(f"{count} known witnesses cosigned", f"{count} 个已知见证者联署")
        if policy.quorum == NO_QUORUM:
            why = Words(f"{why.en}; the policy asks for none", f"{why.zh}；策略不要求见证")
    return _opened(opened, _check(WITNESSES, verdict, why))


def _opened(opened: Opened, witnesses: Check) -> Published:
    key = f"{opened.log.name}+{opened.log.key_id.hex()}"
    signed = _check(LOG_SIGNATURE, VERIFIED, Words(f"by {key}", f"密钥 {key}"))
    return Published(opened.checkpoint, opened.log, opened.cosigners, (signed, witnesses))


def _check(name: str, verdict: Verdict, detail: Words) -> Check:
    made = int(verdict != NOT_CHECKED)
    return Check(name, _LABELS[name], verdict, made, 1, detail, int(verdict == FAILED))
