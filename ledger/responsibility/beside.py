"""What stands beside a chain: objections, complaints, contractors, what was done against risks.

That an assessment came before the first delivery is told by where both lie in the log,
never by the time that it claims; one that claims an earlier time than its place says so.

Source: domain, 0A and 4.6, step 7; law on public servants, article 60.
"""

from collections.abc import Iterator, Sequence

from ledger.responsibility.branches import Branch
from ledger.responsibility.chain import Chain, Members, official_of
from ledger.responsibility.climb import findings
from ledger.responsibility.lines import line
from ledger.responsibility.precautions import precaution
from ledger.sharing.machine import Said


def beside(chain: Chain, act: str, branches: Sequence[Branch]) -> list[Members]:
    """Return objections and complaints, then what was entrusted, assessed, done and claimed."""
    return [
        *dissents(chain, act),
        *_complained(chain, act),
        *_entrusted(chain, branches),
        *_assessed(chain, branches),
        *_linked(chain, branches),
        *_claimed(chain, act),
    ]


def dissents(chain: Chain, act: str) -> list[Members]:
    """Return each objection, what was decided after it, and whether he agreed later."""
    return [_dissent(chain, act, one) for one in chain.of("statement.countersigned")
            if one.data["decision"] == "object"]  # fmt: skip


def _dissent(chain: Chain, act: str, said: Said) -> Members:
    later = [one for one in chain.said if one.index > said.index]
    decided = [
        one.index
        for one in later
        if one.type in ("act.decided", "act.revised") and one.refs.get("act") == act
    ]
    over = [one.index for one in later
            if one.type == "statement.countersigned" and said.digest in one.data["parents"]
            and official_of(one) != official_of(said)]  # fmt: skip
    agreed = [one.index for one in later
              if one.type == "statement.countersigned" and one.data["decision"] == "agree"
              and official_of(one) == official_of(said) and one.source == said.source]  # fmt: skip
    to = [chain.by_digest[one].index for one in said.data["parents"] if one in chain.by_digest]
    overridden = decided[:1] if not agreed or (decided and decided[0] < agreed[0]) else []
    return line(
        7, "dissent", [said.index, *to, *over, *overridden], department=said.source,
        official=official_of(said), tier=said.event.get("tier"), reason=said.data.get("reason"),
        objects_to=to or None, answered_by=over or None, decided_after=overridden or None,
        agreed_later=agreed or None,
    )  # fmt: skip


def _complained(chain: Chain, act: str) -> Iterator[Members]:
    """Yield each complaint about the act, how it was disposed of, or that it was not yet."""
    for said in chain.about("act", act, "complaint.received"):
        ref = said.refs["complaint"]
        yield line(7, "complaint", [said.index], ref=ref, department=said.source,
                   kind=said.data["kind"], mode=said.data["mode"])  # fmt: skip
        answers = chain.about("complaint", ref, "complaint.answered")
        for one in answers:
            yield line(
                7, "complaint_answered", [one.index], ref=ref, department=one.source,
                official=official_of(one), disposition=one.data["disposition"],
            )  # fmt: skip
        if not answers:
            yield line(7, "complaint_unanswered", [said.index], ref=ref, department=said.source)


def _entrusted(chain: Chain, branches: Sequence[Branch]) -> Iterator[Members]:
    items = {one.item for one in branches}
    for said in chain.of("entrustment.recorded"):
        named = {*said.data.get("items", ()), *([said.refs["item"]] if "item" in said.refs else [])}
        if named and named.isdisjoint(items):
            continue
        yield line(
            7, "entrusted", [said.index], department=said.source,
            contractor=said.data["contractor"], work=said.data["work"], items=sorted(named) or None,
        )  # fmt: skip


def _assessed(chain: Chain, branches: Sequence[Branch]) -> Iterator[Members]:
    for said in chain.of("assessment.recorded"):
        one = precaution(chain, said, branches)
        yield line(
            7, "assessed", [said.index, *([] if one.first is None else [one.first.index])],
            ref=said.refs["assessment"], department=said.source, official=official_of(said),
            kind=said.data["kind"], conclusion=said.data["conclusion"],
            before_first_delivery=one.before, claims_earlier=True if one.claims_earlier else None,
        )  # fmt: skip
        yield from findings(chain, said)
    for what, kind in (("mitigated", "mitigation.recorded"), ("diligence", "diligence.recorded")):
        for said in chain.of(kind):
            yield line(7, what, [said.index], ref=said.refs.get("assessment"),
                       department=said.source, official=official_of(said))  # fmt: skip


def _linked(chain: Chain, branches: Sequence[Branch]) -> Iterator[Members]:
    items = {one.item for one in branches}
    for said in chain.of("linkage.assessed"):
        sources = set(said.data["sources"])
        yield line(
            7, "linkage", [said.index], department=said.source, official=official_of(said),
            result=said.data["result"], sources=len(sources),
            covers_all=(items - {None}) <= sources,
        )  # fmt: skip


def claims(chain: Chain, act: str) -> list[Said]:
    """Return the exemptions claimed of an act, or of its shares without naming an act."""
    return [one for one in chain.of("exemption.claimed") if one.refs.get("act", act) == act]


def _claimed(chain: Chain, act: str) -> Iterator[Members]:
    for said in claims(chain, act):
        yield line(7, "exemption_claimed", [said.index], department=said.source,
                   official=official_of(said))  # fmt: skip
