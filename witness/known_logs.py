"""Which logs a witness knows: the log lines of a trust policy.

A log's origin is the name of its key; one with several keys may sign with any.
What the policy says of witnesses and a quorum is for verifiers.

Source: C2SP tlog-policy.
"""

from collections.abc import Iterable

from crypto.note import VKey
from crypto.policy import NO_QUORUM, Policy, PolicyLog, format_policy, parse_policy
from witness.errors import WitnessError


def format_known_logs(keys: Iterable[VKey]) -> str:
    """Return a policy that names these logs and nothing else."""
    return format_policy(Policy(tuple(map(PolicyLog, keys)), (), (), NO_QUORUM))


def parse_known_logs(text: str | bytes) -> dict[str, list[VKey]]:
    """Return the keys of each origin.

    Raises:
        TooLarge, Malformed: not a policy.
        WitnessError: two keys of one log cannot be told apart by name and key id.
    """
    known: dict[str, list[VKey]] = {}
    for listed in parse_policy(text).logs:
        keys = known.setdefault(listed.key.name, [])
        if any(key.key_id == listed.key.key_id for key in keys):
            raise WitnessError(
                f"two keys of {listed.key.name} have id {listed.key.key_id.hex()}; leave one",
                f"{listed.key.name} 有两把密钥的标识同为 {listed.key.key_id.hex()}；请只留一把",
            )
        keys.append(listed.key)
    return known
