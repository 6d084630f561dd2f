"""Between which times an entry came, as far as witnesses prove it.

A witness that cosigned a tree without the entry says that it had seen no larger one
by then; one that cosigned a tree with it says that the entry was there. A time
counts once the policy's quorum stands behind it. ``recorded_at`` is the operator's
claim; this is not.

Pure. Units: seconds since 1970, as witnesses give them; a witness may be wrong by
as much as its clock is.

Source: spec 8.
"""

from collections.abc import Mapping
from typing import NamedTuple

from crypto.policy import NO_QUORUM, Policy


class Interval(NamedTuple):
    """What is proven; None: nothing on that side.

    Args:
        after_s: a quorum had seen no tree with the entry by this time.
        before_s: a quorum had seen one by this time.
    """

    after_s: int | None
    before_s: int | None


def proven_interval(
    policy: Policy, without: Mapping[str, int], with_it: Mapping[str, int]
) -> Interval:
    """Return what a quorum proves.

    Args:
        policy: whose quorum counts; under one that asks for no witness nothing is proven.
        without: when each witness, by its name, cosigned the largest tree without the entry.
        with_it: when it cosigned the smallest tree with the entry.
    """
    if policy.quorum == NO_QUORUM:
        return Interval(None, None)
    after = [
        time_s
        for time_s in without.values()
        if policy.met_by([name for name, other in without.items() if other >= time_s])
    ]
    before = [
        time_s
        for time_s in with_it.values()
        if policy.met_by([name for name, other in with_it.items() if other <= time_s])
    ]
    return Interval(max(after, default=None), min(before, default=None))
