"""Who answers for an act: the report of a chain, in nine steps.

    trace(fetched, act, defect) -> members

The report follows from the statements alone: the same ones make the same bytes, in
whatever order they came. It tells answerable roles, what speaks for each and what is to
be checked; it decides nothing.

Source: domain, 4.6.
"""

from collections.abc import Iterable, Iterator, Sequence

from ledger.access.citations import citations_of, cites
from ledger.access.terms import owner_of
from ledger.events.types import EVENT_TYPES
from ledger.responsibility.beside import beside
from ledger.responsibility.bodies import matter_code, operating, outward, outward_data
from ledger.responsibility.branches import OWN, Branch, acting, branches_of
from ledger.responsibility.chain import Chain, Fetched, Members
from ledger.responsibility.climb import climb, findings, hop, terms
from ledger.responsibility.credit import credit
from ledger.responsibility.defects import Scene, concerned, examined
from ledger.responsibility.determined import determinations
from ledger.responsibility.exemption import exemption
from ledger.responsibility.lines import line
from ledger.responsibility.people import people_of, person_lines
from ledger.sharing.machine import Said
from ledger.sharing.words import STATES

# What is about bodies and instruments, not about this chain, has nobody of the chain in it.
_APART = frozenset({"bodies", "packs", "registry"})
# Lines that rest on what somebody said without his having a part in them.
_NOBODY = frozenset({"finding", "operates", "successor", "no_successor", "among"})


def trace(
    fetched: Fetched, act: str, defect: str | None = None, item: str | None = None
) -> Members:
    """Return the report on an act; None of what is said of it being there raises LookupError.

    Args:
        act: its ref.
        defect: a row of the matrix, ``D1`` to ``D14``.
        item: the one that is defective; None: the row is read of the shares in doubt.
    """
    chain = Chain(fetched)
    named = chain.about("act", act)
    if not named:
        raise LookupError(f"{act}: nothing was said of it")
    branches = branches_of(chain, act)
    departments = acting(chain, act, branches)
    rests = [one.index for one in chain.about("act", act, *OWN)] or [one.index for one in named]
    report: Members = {
        "act": _head(chain, act),
        "as_of": chain.size,
        "at": chain.at,
        "beside": beside(chain, act, branches),
        "branches": [_branch(chain, one, act) for one in branches],
        "credit": credit(chain, act, branches),
        "determinations": determinations(chain, rests),
        "evidence": _evidence(chain, act, named),
        "exemption": exemption(chain, act, branches, concerned(chain, branches)),
        "outward": outward(chain, act),
    }
    spoken = _of_the_chain(chain, act, lines_of(report))
    people = people_of(spoken, _sides(chain, departments, branches))
    report["people"] = person_lines(chain, people)
    if defect is not None:
        report["defect"] = examined(Scene(chain, act, branches, people, rests), defect, item)
        _mark(report)
    _tell_citations(chain, lines_of(report))
    return report


def _tell_citations(chain: Chain, lines: Iterable[Members]) -> None:
    """Say of each line how it stands with what its statements cite of other ledgers."""
    citing = {one.index: one.event for one in chain.said if cites(one.event)}
    for one in lines:
        found = [
            {"entry": index, **cited.to_json()}
            for index in one["entries"]
            if index in citing
            for cited in citations_of(citing[index], chain.registry, index)
        ]
        if found:
            one["cites"] = found


def lines_of(report: Members) -> Iterator[Members]:
    """Yield every line of a report."""
    for name in ("outward", "evidence", "people", "beside", "exemption", "determinations",
                 "credit"):  # fmt: skip
        yield from report.get(name, ())
    for branch in report["branches"]:
        yield from branch["lines"]
    yield from report.get("defect", {}).get("lines", ())


def _head(chain: Chain, act: str) -> Members:
    body = chain.body("act", act)
    found = {
        "decision_no": body.get("decision_no"),
        "department": owner_of(act),
        "kind": body.get("act_kind"),
        "matter_code": matter_code(chain, act),
        "ref": act,
        "state": body["state"] or None,
        "state_label": STATES[body["state"]].both() if body["state"] in STATES else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _evidence(chain: Chain, act: str, named: Sequence[Said]) -> list[Members]:
    """Step 1: what was said of the act itself, and the evidence that no use stands behind."""
    own = chain.about("act", act, *OWN)
    if not own:
        return [line(1, "act_not_stated", [one.index for one in named], ref=act)]
    found = []
    for said in chain.about("act", act, *OWN, "statement.countersigned"):
        kind = EVENT_TYPES[said.event["type"]]
        found.append(
            hop(
                chain, "act", said, None, step=1, type=said.type,
                outcome=said.data.get("outcome"), decision_no=said.data.get("decision_no"),
                decision=said.data.get("decision"),
                of={"en": kind.label_en, "zh": kind.label_zh},
            )
        )  # fmt: skip
        found += _pieces(said)
        found += [*terms(chain, said), *findings(chain, said)]
    return found


def _pieces(said: Said) -> list[Members]:
    found = []
    for piece in said.data.get("evidence", ()):
        if piece.get("source") == "shared" and "use" not in piece:
            found.append(line(1, "shared_without_use", [said.index], ref=piece.get("item")))
        elif "source" in piece and piece["source"] != "shared":
            found.append(
                line(
                    1, "own_evidence", [said.index], source=piece["source"],
                    official=piece.get("official"), department=said.source,
                    evidence_no=piece.get("evidence_no"), grade=piece.get("reliance"),
                    lawful=piece.get("lawful"), verified=piece.get("verified"),
                )
            )  # fmt: skip
    return found


def _branch(chain: Chain, branch: Branch, act: str) -> Members:
    found = {
        "item": branch.item,
        "lines": [
            *outward_data(chain, branch, act), *climb(chain, branch),
            *operating(chain, branch.sent),
        ],
        "provider": branch.provider,
        "reliance": branch.reliance,
        "use": branch.use_ref,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


# Who is in the chain, and on which side


def _of_the_chain(chain: Chain, act: str, lines: Iterable[Members]) -> list[Said]:
    """The statements by which somebody stands in the chain: of the act, or in a line."""
    cited = {entry for one in lines if one["what"] not in _NOBODY for entry in one["entries"]}
    cited |= {one.index for one in chain.about("act", act)}
    return [one for one in chain.said if one.index in cited and _speaks(one)]


def _speaks(said: Said) -> bool:
    """Whether its speaker is one of the chain by it: not by what the service records of itself."""
    return said.role != "ledger_operator" and EVENT_TYPES[said.event["type"]].family not in _APART


def _sides(
    chain: Chain, departments: Sequence[str], branches: Sequence[Branch]
) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {name: {"consumer"} for name in departments}
    for branch in branches:
        if branch.provider is not None:
            found.setdefault(branch.provider, set()).add("provider")
        source = branch.entry.data.get("source_department") if branch.entry is not None else None
        if source is not None:
            found.setdefault(source, set()).add("source_department")
    for said in chain.of("entrustment.recorded"):
        found.setdefault(said.data["contractor"], set()).add("contractor")
    for said in chain.of("linkage.assessed"):
        found.setdefault(said.source, set()).add("joining_body")
    for name, kind in _operators(chain):
        found.setdefault(name, set()).add(kind)
    return {name: frozenset(sides) for name, sides in found.items()}


def _operators(chain: Chain) -> list[tuple[str, str]]:
    bodies = {one["body"] for said in chain.of("stage.assigned") for one in said.data["stages"]}
    known = [(name, chain.registry.department(name, chain.size)) for name in sorted(bodies)]
    return [
        (name, "platform_operator")
        for name, one in known
        if one is not None and one.kind == "platform_operator"
    ]


def _mark(report: Members) -> None:
    """Put what the row says of each person, where it names any, beside what he said."""
    marks: dict[tuple[object, ...], Members] = {}
    for one in report["defect"]["lines"]:
        for who in one.get("who", ()):
            mark = {"because": one["because"], "mark": one["what"]}
            marks.setdefault(_key(who), mark)
    for one in report["people"]:
        if _key(one) in marks and one["what"] != "not_in_post":
            one["mark"] = marks[_key(one)]


def _key(one: Members) -> tuple[object, ...]:
    voice = one.get("voice", one.get("what"))
    return one["department"], one.get("official"), one.get("tier"), voice
