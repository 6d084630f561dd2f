"""From a use back to the source: each hop with its statement, or as missing.

A hop says how the one below it leads there: bound by the signature of whoever relied on
it, through which entries, or suggested by a name alone. What was derived is followed to
what it was derived from, and never round in a circle.

Source: domain, 4.6, step 2; decree 809, articles 20 to 22, 26 and 29.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from crypto.notation import parse_time
from ledger.events.types import EVENT_TYPES
from ledger.responsibility.branches import OWN, Branch, entry_of, happened
from ledger.responsibility.chain import Chain, Members, official_of, time_of
from ledger.responsibility.lines import line
from ledger.responsibility.words import LINKS
from ledger.sharing.grants import state_at
from ledger.sharing.hands import missing
from ledger.sharing.machine import Body, Said

_DAY_MS = 86_400_000
_GRANT_STEPS = (
    "grant.suspended", "cure.resulted", "grant.resumed", "grant.reviewed", "consultation.held",
    "filing.made", "grant.terminated",
)  # fmt: skip
_IN_FORCE = frozenset({"approved", "ready", "active"})


def climb(chain: Chain, branch: Branch) -> list[Members]:
    """Return the lines of a branch, from the use upwards."""
    return [
        *_use(chain, branch),
        *_delivery(chain, branch),
        *_grant(chain, branch),
        *_request(chain, branch),
        *_item(chain, branch),
        *_errors(chain, branch),
        *_terms_and_findings(chain, branch),
    ]


def hop(
    chain: Chain, what: str, said: Said, below: Said | None, *, step: int = 2, **members: Any
) -> Members:
    """Return the line of one statement, and how *below* leads there."""
    return line(
        step, what, [said.index],
        department=said.source, official=official_of(said), tier=said.event.get("tier"),
        voice=said.voice, time=time_of(said), recorded_at=said.recorded_at,
        link=None if below is None else _link(chain, below, said), **members,
    )  # fmt: skip


def _link(chain: Chain, below: Said, above: Said) -> Members:
    through = chain.binds(below, above)
    kind = "ref" if through is None else "signed"
    found: Members = {"by": below.index, "kind": kind, "label": LINKS[kind].both()}
    if through is not None and through[1:]:
        found["through"] = through[1:]
    return found


def _use(chain: Chain, branch: Branch) -> Iterator[Members]:
    below = branch.cited[-1][0] if branch.cited else None
    if branch.use is None:
        yield line(1, "use_not_found", branch.rests, ref=branch.use_ref)
    else:
        use = branch.use
        yield hop(
            chain, "use", use, below, ref=branch.use_ref, grade=branch.reliance,
            purpose_code=use.data["purpose_code"], verification=use.data.get("verification"),
            state=chain.body("use", branch.use_ref)["state"] or None,
        )  # fmt: skip
        if not branch.cited and chain.of(*_DECIDING):
            yield line(1, "use_not_cited", branch.rests, ref=branch.use_ref)
    for said in chain.about("use", branch.use_ref, "window.recorded"):
        yield hop(chain, "windows", said, branch.use, calls=said.data.get("calls"))


_DECIDING = ("act.decided", "act.revised")


def _delivery(chain: Chain, branch: Branch) -> Iterator[Members]:
    use, receipt, sent = branch.use, branch.receipt, branch.sent
    if receipt is not None:
        ref = receipt.refs["delivery"]
        yield hop(chain, "receipt", receipt, use, ref=ref, result=receipt.data["result"])
        yield from _received(chain, branch, receipt)
    if sent is None:
        if use is not None or receipt is not None:
            yield _missing("delivery", _known(receipt, use), _ref(use, "delivery"))
        return
    if receipt is None:
        yield line(2, "receipt_missing", [sent.index], ref=sent.refs["delivery"])
    yield hop(
        chain, "delivery", sent, receipt or use, ref=sent.refs["delivery"],
        channel=sent.data["channel"], data_as_of=sent.data.get("data_as_of"),
        item_version=sent.data.get("item_version"),
    )  # fmt: skip


def _received(chain: Chain, branch: Branch, receipt: Said) -> Iterator[Members]:
    rests = _known(branch.sent, receipt)
    if receipt.data["result"] == "rejected":
        yield line(2, "receipt_rejected", rests, ref=receipt.refs["delivery"])
    if _same(branch) is False:
        yield line(2, "receipt_differs", rests, ref=receipt.refs["delivery"])


def _same(branch: Branch) -> bool | None:
    """Whether what arrived is what was sent, where both say."""
    both_ends = (branch.sent, branch.receipt)
    digests = [one.data.get("content_sha256") for one in both_ends if one is not None]
    return None if len(digests) < 2 or None in digests else digests[0] == digests[1]


def hashes_equal(branch: Branch) -> bool | None:
    """Whether the digests of the two ends of a delivery are equal; None: not told."""
    return _same(branch)


def _grant(chain: Chain, branch: Branch) -> Iterator[Members]:
    below = branch.sent or branch.use
    ref = _ref(branch.use, "grant") or _ref(branch.sent, "grant")
    if branch.grant is None:
        if below is not None:
            yield _missing("grant", [below.index], ref)
        return
    grant = branch.grant
    ref = grant.refs["grant"]
    yield hop(chain, "grant", grant, below, ref=ref, consumer=grant.data["consumer"])
    yield from _consents(chain, chain.body("grant", ref), grant.source)
    for said in chain.about("grant", ref, *_GRANT_STEPS):
        kind = EVENT_TYPES[said.event["type"]]
        of = {"en": kind.label_en, "zh": kind.label_zh}
        yield hop(chain, "grant_step", said, None, ref=ref, type=said.type, of=of)
    if branch.use is not None:
        yield from _in_force(chain, branch.use, ref)
    emergency = grant.data.get("emergency")
    if emergency is not None:
        yield line(2, "emergency", [grant.index], ref=ref, sunset=emergency["sunset"])
    for said in chain.about("agreement", grant.refs.get("agreement"), "agreement.made",
                            "agreement.amended"):  # fmt: skip
        yield from _agreement(chain, said, grant)


def _in_force(chain: Chain, use: Said, ref: str) -> Iterator[Members]:
    body = chain.body("grant", ref, use.index)
    if body["opened"] is None:
        return
    state = state_at(body, happened(use))
    if state not in _IN_FORCE:
        rests = [use.index, body["opened"], *_why(body)]
        yield line(2, "grant_not_in_force", rests, ref=ref, state=state)


def _why(body: Mapping[str, Any]) -> list[int]:
    """The entries that ended or suspended a grant."""
    found = [body["ending"]["index"]] if "ending" in body else []
    return found + [one["index"] for one in body["suspensions"][-1:]]


def _agreement(chain: Chain, said: Said, grant: Said) -> Iterator[Members]:
    ref = said.refs["agreement"]
    yield hop(chain, "agreement", said, grant, ref=ref)
    clauses = [one["id"] for one in said.data["clauses"] if one["kind"] == "responsibility"]
    if clauses:
        yield line(2, "responsibility_clause", [said.index], ref=ref, clauses=clauses)


def _request(chain: Chain, branch: Branch) -> Iterator[Members]:
    grant = branch.grant
    if grant is None:
        return
    issued = chain.first("grant", grant.refs["grant"], "grant.issued") or grant
    ref = issued.refs.get("request")
    if branch.reply is not None:
        yield hop(
            chain, "reply", branch.reply, issued, ref=ref, decision=branch.reply.data["decision"]
        )
    elif branch.request is not None:
        yield line(2, "reply_missing", [branch.request.index, grant.index], ref=ref)
    if branch.request is None:
        yield _missing("request", [issued.index], ref)
        return
    yield hop(chain, "request", branch.request, branch.reply or issued, ref=ref)
    yield from _consents(chain, chain.body("request", branch.request.refs["request"]), None)


def _consents(chain: Chain, body: Body, speaker: str | None) -> Iterator[Members]:
    """Who agreed beside those who spoke, hand by hand; *speaker* spoke of a grant."""
    opened = body["opened"]
    lacking = missing(body)
    for name in sorted(body.get("hands", {})):
        hand = body["hands"][name]
        if name in lacking:
            if speaker is None:  # a grant that an office's reply stands behind needs no second
                yield line(2, "consent_missing", [opened], department=hand["department"])
        elif hand["index"] != opened and hand["index"] in chain.by_index:
            yield hop(chain, "consent", chain.by_index[hand["index"]], None)


def _item(chain: Chain, branch: Branch) -> Iterator[Members]:
    below = branch.sent or branch.use
    if branch.entry is None:
        yield line(2, "item_missing", branch.rests or _known(below), ref=branch.item)
        return
    yield from _catalogued(chain, branch.entry, below, (branch.item or "",))


def _catalogued(
    chain: Chain, entry: Said, below: Said | None, way: tuple[str, ...]
) -> Iterator[Members]:
    ref, depth = entry.refs["item"], len(way) - 1
    data = entry.data
    yield hop(
        chain, "item", entry, below, ref=ref, item_version=data["item_version"],
        source_department=data.get("source_department"), depth=depth or None,
    )  # fmt: skip
    for said in chain.about("item", ref, "item.reviewed"):
        if said.data["item_version"] == data["item_version"]:
            yield hop(chain, "item_reviewed", said, None, ref=ref,
                      decision=said.data["decision"], depth=depth or None)  # fmt: skip
    for said in chain.about("item", ref, "collection.recorded")[-1:]:
        yield hop(chain, "collected", said, None, ref=ref, depth=depth or None)
    for source in data.get("derived_from", ()):
        yield from _derived(chain, entry, source["item"], source["step"], way)


def _derived(
    chain: Chain, entry: Said, item: str, step: str, way: tuple[str, ...]
) -> Iterator[Members]:
    if item in way:
        yield line(2, "circle", [entry.index], ref=item, way=[*way, item])
        return
    yield line(2, "derived", [entry.index], ref=item, made_by=step, of=way[-1], depth=len(way))
    source = entry_of(chain, item, entry.index)
    if source is None:
        yield line(2, "item_missing", [entry.index], ref=item, depth=len(way))
    else:
        yield from _catalogued(chain, source, entry, (*way, item))


# What went wrong with the data, and who was told


def _errors(chain: Chain, branch: Branch) -> Iterator[Members]:
    refs = {
        said.refs["correction"]
        for said in chain.about("use", branch.use_ref, "correction.requested")
    }
    for ref in sorted(refs):
        for said in chain.about("correction", ref, "correction.requested", "correction.resulted"):
            yield hop(chain, "correction", said, branch.use, ref=ref, type=said.type,
                      defect=said.data.get("defect"), result=said.data.get("result"))  # fmt: skip
    if branch.use is not None:
        yield from _notices(chain, branch, branch.use)


def notices(chain: Chain, branch: Branch) -> list[Said]:
    """Return what the provider told the using department of the version that it used."""
    use = branch.use
    return [
        said
        for said in chain.about("item", branch.item, "notice.issued", "recall.issued")
        if use is not None and use.source in said.data["consumers"] and _is_about(said, branch)
    ]


def _notices(chain: Chain, branch: Branch, use: Said) -> Iterator[Members]:
    heard = chain.about("item", branch.item, "notice.acknowledged")
    for said in notices(chain, branch):
        yield hop(chain, "notice", said, None, type=said.type, due=said.data.get("due"))
        answers = [
            one for one in heard
            if said.digest in one.data["parents"] and use.source in one.stands_for
        ]  # fmt: skip
        for one in answers:
            yield hop(chain, "notice_acknowledged", one, None, outcome=one.data["outcome"])
        if not answers:
            yield line(2, "notice_unanswered", [said.index], department=use.source,
                       days=_days_over(said.data.get("due"), chain.at))  # fmt: skip
        yield from _despite(branch, use, said, answers)


def _despite(branch: Branch, use: Said, notice: Said, answers: list[Said]) -> Iterator[Members]:
    """Yield that the data was used, or decided upon, after its department had been told."""
    after = [("notice_before_use", use)]
    after += [("notice_before_decision", decision) for decision, _ in branch.cited]
    for what, said in after:
        if notice.index < said.index:
            heard = any(one.index < said.index for one in answers)
            rests = [notice.index, said.index]
            yield line(2, what, rests, ref=branch.use_ref, acknowledged=heard)


def _is_about(said: Said, branch: Branch) -> bool:
    """Whether a notice is of the version that was used; one that names none is of all."""
    versions = said.data.get("affected_versions", ())
    used = branch.use.data.get("item_version") if branch.use is not None else None
    if used is None and branch.sent is not None:
        used = branch.sent.data.get("item_version")
    return not versions or used is None or used in versions


# Clocks and findings


def _terms_and_findings(chain: Chain, branch: Branch) -> Iterator[Members]:
    for said in sorted(_told_of(chain, branch), key=lambda one: one.index):
        yield from terms(chain, said)
        yield from findings(chain, said)


def _told_of(chain: Chain, branch: Branch) -> list[Said]:
    told = {one.index: one for one in branch.said}
    told |= {one.index: one for one in chain.about("use", branch.use_ref)}
    grant = None if branch.grant is None else branch.grant.refs["grant"]
    told |= {one.index: one for one in chain.about("grant", grant, *_GRANT_STEPS)}
    for ref in {one.refs["correction"] for one in told.values() if "correction" in one.refs}:
        told |= {one.index: one for one in chain.about("correction", ref)}
    return [one for one in told.values() if one.type not in OWN]  # these have lines of their own


def terms(chain: Chain, said: Said) -> Iterator[Members]:
    """Yield the terms that a statement started and that were not kept, as they stand."""
    for one in chain.obligations(said.index):
        what = _TERMS.get(str(one["state"]))
        if what is not None:
            yield line(
                2, what, [said.index], ref=one["ref"], rule=one["rule"], state=one["state"],
                state_label=one["state_label"], of=one["label"], department=one["department"],
                due=one.get("due"), days=_late(one, chain.at),
                missing_calendar=one.get("missing_calendar"),
            )  # fmt: skip


_TERMS = {
    "overdue": "overdue",
    "overdue_reason_not_assessed": "overdue",
    "fulfilled_late": "fulfilled_late",
    "undetermined": "undetermined_term",
}


def _late(one: Mapping[str, Any], at: str) -> int | None:
    return _days_over(one.get("due"), str(one.get("ended_at") or at))


def _days_over(due: str | None, at: str) -> int | None:
    """Return for how many days, begun ones counted, something has been due; None: it is not."""
    if due is None or at <= due:
        return None
    return -(-(parse_time(at) - parse_time(due)) // _DAY_MS)


def findings(chain: Chain, said: Said) -> Iterator[Members]:
    """Yield what the rules then in force found of a statement: to be checked, no verdict."""
    for one in chain.findings(said.index):
        yield line(
            3, "finding", [said.index, *one["entries"]], ref=one["ref"], rule=one["rule"],
            state=one["state"], state_label=one["state_label"], title=one["title"],
            message=one["message"], department=one["department"], pack=one["pack"],
        )  # fmt: skip


def _missing(kind: str, rests: list[int], ref: str | None) -> Members:
    """Return the line of a hop that is not to be read, or that nothing names."""
    return line(2, f"{kind}_not_named" if ref is None else f"{kind}_missing", rests, ref=ref)


def _known(*said: Said | None) -> list[int]:
    return [one.index for one in said if one is not None]


def _ref(said: Said | None, name: str) -> str | None:
    return None if said is None else said.refs.get(name)
