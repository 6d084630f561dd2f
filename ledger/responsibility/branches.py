"""The shares that fed an act: each use, and what stands behind it, found by names.

A branch is a use that a decision cites, that names the act itself, or that was bound to it
later. Where the use itself is not to be read, what cites it still names its item.

Source: domain, 4.6, steps 1 and 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.access.terms import owner_of
from ledger.responsibility.chain import Chain, time_of
from ledger.sharing.machine import Said

DECISIONS = ("act.decided", "act.revised")
_DELIVERING = ("delivery.received", "delivery.sent")
OWN = ("act.opened", *DECISIONS, "act.revoked", "act.reexamined")


@dataclass(slots=True)
class Branch:
    """One use, and the statements behind it that are on record.

    Attributes:
        cited: decisions that cite it, each with its piece of evidence.
        tied: statements that tie it to the act.
        item: ref of the item; None: nothing names it.
    """

    use_ref: str
    cited: list[tuple[Said, Mapping[str, Any]]] = field(default_factory=list)
    tied: list[Said] = field(default_factory=list)
    use: Said | None = None
    item: str | None = None
    receipt: Said | None = None
    sent: Said | None = None
    grant: Said | None = None
    reply: Said | None = None
    request: Said | None = None
    entry: Said | None = None  # of the catalogue

    @property
    def provider(self) -> str | None:
        """Who provides the data: by the catalogue, by the delivery, or by the item's name."""
        if self.entry is not None:
            provider: str = self.entry.data["provider"]
            return provider
        if self.sent is not None:
            sender: str = self.sent.data.get("on_behalf_of", self.sent.source)
            return sender
        return None if self.item is None else owner_of(self.item)

    @property
    def rests(self) -> list[int]:
        """Entries that tie the use to the act."""
        return [one.index for one in (*(said for said, _ in self.cited), *self.tied)]

    @property
    def reliance(self) -> str | None:
        """How much hung on it, by the newest word."""
        for said, piece in reversed(self.cited):
            if "reliance" in piece and said is not None:
                return str(piece["reliance"])
        words = [one.data["reliance"] for one in self.tied if "reliance" in one.data]
        return words[-1] if words else None

    @property
    def said(self) -> list[Said]:
        """The statements of the branch itself, from the use upwards."""
        hops = (
            self.use, self.receipt, self.sent, self.grant, self.reply, self.request, self.entry,
        )  # fmt: skip
        return [one for one in hops if one is not None]


def branches_of(chain: Chain, act: str) -> list[Branch]:
    """Return the branches of an act, in the order in which they were tied to it."""
    found: dict[str, Branch] = {}
    for said in chain.about("act", act, *DECISIONS, "use.recorded", "use.bound"):
        if said.type in DECISIONS:
            for piece in said.data["evidence"]:
                if "use" in piece:
                    branch = found.setdefault(piece["use"], Branch(piece["use"]))
                    branch.cited.append((said, piece))
        else:
            found.setdefault(said.refs["use"], Branch(said.refs["use"])).tied.append(said)
    for branch in found.values():
        _fill(chain, branch)
    return sorted(found.values(), key=lambda one: (min(one.rests), one.use_ref))


def _fill(chain: Chain, branch: Branch) -> None:
    branch.use = chain.first("use", branch.use_ref, "use.recorded")
    refs = branch.use.refs if branch.use is not None else {}
    cited = (piece["item"] for _, piece in branch.cited if "item" in piece)
    branch.item = refs.get("item") or next(cited, None)
    delivery = refs.get("delivery") or _bound(branch, "delivery") or _relied_on(chain, branch.use)
    branch.receipt = chain.first("delivery", delivery, "delivery.received")
    branch.sent = chain.first("delivery", delivery, "delivery.sent")
    grant = refs.get("grant") or _bound(branch, "grant") or _of(branch.sent, "grant")
    until = branch.use.index if branch.use is not None else chain.size
    branch.grant = _newest(chain.about("grant", grant, "grant.issued", "grant.amended"), until)
    request = _of(chain.first("grant", grant, "grant.issued"), "request")
    branch.request = chain.first("request", request, "request.made")
    branch.reply = _newest(chain.about("request", request, "request.replied"), until)
    branch.entry = entry_of(chain, branch.item, until)


def entry_of(chain: Chain, item: str | None, until: int) -> Said | None:
    """Return what the catalogue said of an item before the entry *until*, or first said of it."""
    said = chain.about("item", item, "item.published", "item.amended")
    return _newest(said, until) or (said[0] if said else None)


def decided(chain: Chain, act: str) -> Said | None:
    """Return the first decision of an act that is to be read."""
    return chain.first("act", act, *DECISIONS)


def acting(chain: Chain, act: str, branches: list[Branch]) -> list[str]:
    """Return the departments that act, the one that the act's name names first."""
    joint = [
        name
        for said in chain.about("act", act, *OWN)
        for name in (said.source, *said.data.get("joint_with", ()))
    ]
    users = [one.use.source for one in branches if one.use is not None]
    return list(dict.fromkeys((owner_of(act), *joint, *users)))


def happened(said: Said) -> str:
    """Return the T at which a share was made or used, as its speaker claims."""
    return time_of(said)


def _relied_on(chain: Chain, use: Said | None) -> str | None:
    """Return the delivery that a use names by its parents alone."""
    parents = () if use is None else use.data["parents"]
    known = [chain.by_digest[one] for one in parents if one in chain.by_digest]
    found = [one.refs["delivery"] for one in known if one.type in _DELIVERING]
    return found[0] if found else None


def _bound(branch: Branch, name: str) -> str | None:
    return next((one.refs[name] for one in branch.tied if name in one.refs), None)


def _of(said: Said | None, name: str) -> str | None:
    return None if said is None else said.refs.get(name)


def _newest(said: list[Said], until: int) -> Said | None:
    before = [one for one in said if one.index < until]
    return before[-1] if before else None
