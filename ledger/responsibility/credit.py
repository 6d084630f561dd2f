"""The credit of a chain: the same statements that hold to account say who contributed.

An effect is one fact; whoever provided to it is shown as one of n, and nothing is summed
or divided among them. Who reported a defect that was confirmed, and who corrected it, are
credited too: finding an error is no fault. So is whose share was taken as a pattern.

Source: domain, 0, 0A and 4.6, step 9; seed, on shared achievement.
"""

from collections.abc import Iterator, Sequence

from ledger.access.terms import owner_of
from ledger.responsibility.branches import Branch
from ledger.responsibility.chain import Chain, Members, official_of
from ledger.responsibility.lines import line
from ledger.sharing.machine import Said

_CONFIRMED = ("corrected", "partly")


def credit(chain: Chain, act: str, branches: Sequence[Branch]) -> list[Members]:
    """Return the lines of step 9, effect by effect."""
    uses = {one.use_ref for one in branches}
    return [
        *(
            one
            for said in chain.of("feedback.effect")
            if said.refs.get("act") == act or not _uses(said).isdisjoint(uses)
            for one in _effect(chain, said, branches)
        ),
        *(one for branch in branches for one in _corrected(chain, branch)),
        *_reused(branches),
    ]


def _reused(branches: Sequence[Branch]) -> Iterator[Members]:
    """Yield each grant that was made after the pattern of another: its makers are reused."""
    grants = {one.grant.index: one.grant for one in branches if one.grant is not None}
    for index, said in sorted(grants.items()):
        pattern = said.data.get("copied_from")
        if pattern is not None:
            yield line(9, "reused", [index], ref=pattern, department=owner_of(pattern),
                       by=said.refs["grant"])  # fmt: skip


def _uses(said: Said) -> set[str]:
    return {one["use"] for one in said.data["contributions"] if "use" in one}


def _effect(chain: Chain, said: Said, branches: Sequence[Branch]) -> Iterator[Members]:
    ref = said.refs["feedback"]
    by_item = {one.item: one.provider for one in branches}
    named = [(one, by_item.get(one["item"]) or owner_of(one["item"]))
             for one in said.data["contributions"]]  # fmt: skip
    providers = list(dict.fromkeys(provider for _, provider in named))
    for provider in providers:
        taken = [
            one.index for one in chain.about("feedback", ref, "feedback.acknowledged")
            if provider in one.stands_for and one.data["decision"] == "accepted"
        ]  # fmt: skip
        yield line(
            9, "contributed", [said.index, *taken], department=provider, ref=ref,
            one_of=len(providers), items=[one["item"] for one, whose in named if whose == provider],
            benefit=said.data["benefit"], innovation=said.data.get("innovation"),
            metrics=said.data["metrics"] or None, narrative=said.data.get("narrative"),
            acknowledged=taken or None, tainted=_tainted(chain, named, provider),
        )  # fmt: skip
    for one in chain.about("feedback", ref, "feedback.withdrawn"):
        yield line(9, "credit_withdrawn", [said.index, one.index], ref=ref,
                   reason=one.data["reason"])  # fmt: skip


def _tainted(chain: Chain, named: Sequence[tuple[Members, str]], provider: str) -> list[str] | None:
    """The uses of a provider's data that turned out tainted: these credit nobody."""
    uses = [one["use"] for one, whose in named if whose == provider and "use" in one]
    return [use for use in uses if chain.body("use", use)["state"] == "tainted"] or None


def _corrected(chain: Chain, branch: Branch) -> Iterator[Members]:
    for asked in chain.about("use", branch.use_ref, "correction.requested"):
        ref = asked.refs["correction"]
        for said in chain.about("correction", ref, "correction.resulted"):
            if said.data["result"] in _CONFIRMED:
                rests = [asked.index, said.index]
                yield line(9, "defect_confirmed", rests, ref=ref, department=asked.source,
                           official=official_of(asked))  # fmt: skip
                yield line(9, "corrected", rests, ref=ref, department=said.source,
                           official=official_of(said),
                           item_version=said.data.get("corrected_version"))  # fmt: skip
