"""What to fetch for a question: searches that follow from what was fetched so far.

The caller asks, fetches, and asks again until nothing new is wanted. Every search is
bounded by the chain of the act, never by the ledger: of what grows without end, such as
the uses of a grant, only what the act's own shares name is asked for.

Source: domain, 4.6, steps 1 and 2.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.access.terms import owner_of
from ledger.responsibility.branches import Branch, acting, branches_of, decided
from ledger.responsibility.chain import Chain
from ledger.responsibility.precautions import covers


@dataclass(frozen=True, slots=True, order=True)
class Search:
    """Entries that have all of these terms.

    Attributes:
        terms: as :mod:`ledger.access.terms` has them, ascending.
        newest: only the newest.
        below: index below which they lie; None: any.
    """

    terms: tuple[str, ...]
    newest: bool = False
    below: int | None = None


def wanted(chain: Chain, act: str) -> list[Search]:
    """Return the searches that a trace of *act* needs, given what is there already."""
    branches = branches_of(chain, act)
    found = {
        _search(f"act/{act}"),
        _search("type/succession.recorded"),
        _search("type/stage.assigned"),
        *_of_act(chain, act),
    }
    departments = set(acting(chain, act, branches))
    for branch in branches:
        found.update(_of_branch(chain, branch, act))
        if branch.provider is not None:
            departments.add(branch.provider)
    for department in departments:
        found.add(_search("family/bodies", f"reader/{department}"))
        found.add(_search("type/entrustment.recorded", f"department/{department}"))
    return sorted(found, key=lambda one: (one.terms, one.newest, one.below or 0))


def _search(*terms: str, newest: bool = False, below: int | None = None) -> Search:
    return Search(tuple(sorted(terms)), newest, below)


def _of_act(chain: Chain, act: str) -> Iterator[Search]:
    for said in chain.about("act", act):
        for kind in ("feedback", "correction", "complaint", "determination", "assessment"):
            if kind in said.refs:
                yield _search(f"{kind}/{said.refs[kind]}")
    decision = decided(chain, act)
    if decision is not None and "matter" in decision.refs:
        yield _search(
            f"matter/{decision.refs['matter']}", "type/linkage.assessed",
            f"department/{owner_of(act)}", newest=True, below=decision.index,
        )  # fmt: skip


def _of_branch(chain: Chain, branch: Branch, act: str) -> Iterator[Search]:
    yield _search(f"use/{branch.use_ref}")
    for said in chain.about("use", branch.use_ref):
        for kind in ("delivery", "feedback", "correction", "determination"):
            if kind in said.refs:
                yield _search(f"{kind}/{said.refs[kind]}")
    yield from _of_grant(chain, branch)
    if branch.item is not None:
        yield _search(
            f"item/{branch.item}", "family/corrections", f"reader/{owner_of(act)}"
        )  # fmt: skip
        yield from _of_item(chain, branch.item, branch)


def _of_grant(chain: Chain, branch: Branch) -> Iterator[Search]:
    named = branch.use or branch.sent
    grant = None if named is None else named.refs.get("grant")
    if grant is None:
        return
    for kind in ("family/grants", "family/protection", "type/statement.countersigned"):
        yield _search(f"grant/{grant}", kind)
    for said in chain.about("grant", grant, "grant.issued", "grant.amended"):
        for kind in ("request", "agreement", "assessment"):
            if kind in said.refs:
                yield _search(f"{kind}/{said.refs[kind]}")
    yield from _before(chain, branch, grant)


def _before(chain: Chain, branch: Branch, grant: str) -> Iterator[Search]:
    """Yield what was done about risks; where it is younger than the grant, whether a delivery
    under that grant came before it: nothing is delivered under one that is not there yet."""
    issued = chain.first("grant", grant, "grant.issued")
    for said in chain.of("assessment.recorded"):
        if not covers(said, branch):
            continue
        ref = said.refs["assessment"]
        yield _search(f"assessment/{ref}")
        for one in (said, *chain.about("assessment", ref, "mitigation.recorded")):
            if issued is None or one.index > issued.index:
                yield _search(
                    f"grant/{grant}", "type/delivery.sent", newest=True, below=one.index
                )  # fmt: skip


def _of_item(chain: Chain, item: str, branch: Branch) -> Iterator[Search]:
    """Yield what the catalogue says of an item, and of those from which it was derived."""
    followed: set[str] = set()
    waiting = [item]
    while waiting:
        name = waiting.pop()
        if name in followed:
            continue
        followed.add(name)
        for kind in ("published", "amended", "reviewed"):
            yield _search(f"item/{name}", f"type/item.{kind}")
        if branch.use is not None:
            yield _search(
                f"item/{name}", "type/collection.recorded", newest=True,
                below=branch.use.index,
            )  # fmt: skip
        for said in chain.about("item", name, "item.published", "item.amended"):
            waiting += [one["item"] for one in said.data.get("derived_from", ())]
