"""One administrative act, and all that is said on its way: shares, uses, consent, feedback.

A case gathers lines in the order in which they are told and links each to those
on which it relies: receipt to delivery, use to receipt, countersigning to uses,
feedback to what it answers.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from cli.stories.catalogue import ITEMS, Item, grant
from cli.stories.departments import department_id, ref
from cli.stories.script import Members, Script, Speaker


class Use(NamedTuple):
    """A use that was told: its line, its item and its own reference, and how it was relied on."""

    line: str
    item: str
    ref: str
    reliance: str
    granted: bool
    verified: bool


class Case(Script):
    """The lines of one act.

    Args:
        story: the story's name.
        name: of the case, unique among all; ids begin with it.
        consumer: what the stories call the department that acts.
        act: the act's number.
        matter: the number of the service matter 政务服务事项.
        purpose: what the data is used for: a code and a text.
        law: names of the acts of law on which the use rests.
        use_kind: as in ``use.recorded``.
    """

    def __init__(
        self,
        story: str,
        name: str,
        consumer: str,
        act: str,
        matter: str,
        purpose: tuple[str, str],
        law: Sequence[Members],
        use_kind: str = "act",
    ) -> None:
        super().__init__(story, name)
        self._consumer, self._matter = consumer, matter
        self.act = ref(consumer, act)
        self.about = {"act": self.act, "matter": ref(consumer, matter)}
        self._numbers = act
        self._purpose = purpose
        self._law = list(law)
        self._use_kind = use_kind
        self._uses: dict[str, Use] = {}  # by item and suffix

    def open(self, speaker: Speaker, kind: str, begun_by: str = "application") -> str:
        """Tell that the act was begun."""
        members = {"act_kind": kind, "begun_by": begun_by, "matter_code": self._matter}
        return self.tell("opened", "act.opened", speaker, members)

    def share(
        self,
        item: str,
        sender: Speaker,
        receiver: Speaker,
        user: Speaker,
        *,
        suffix: str = "",
        sent: Members | None = None,
        received: Members | None = None,
        used: Members | None = None,
        relies_on: Sequence[str] = (),
        bound: Speaker | None = None,
        granted: bool = True,
        told: str | None = None,
    ) -> str:
        """Tell of one delivery, its receipt and the use of what came; return the use's line.

        Args:
            item: of the catalogue.
            sender, receiver, user: each a voice and a time.
            suffix: tells a second delivery of the same item from the first.
            sent, received, used: members that differ from the usual.
            relies_on: names of lines that the delivery answers.
            bound: who binds the use to the act later, and when; None: the use itself names it.
            granted: whether a grant stands behind it.
            told: when the use is told to the ledger, where that is later than it was made.
        """
        thing, tag = ITEMS[item], f"{item.replace('_', '-')}{suffix}"
        about = f"item/{thing.ref}"
        refs = {
            **(self.about if bound is None else {}),
            "delivery": ref(thing.provider, f"JF-{self._numbers}-{tag}"),
            **({"grant": grant(item, self._consumer)} if granted else {}),
            "item": thing.ref,
        }
        outgoing = self._outgoing(thing) | dict(sent or {})
        incoming = _incoming(thing, outgoing) | dict(received or {})
        first = self.tell(f"{tag}-sent", "delivery.sent", sender, outgoing, refs, relies_on, about)
        second = self.tell(
            f"{tag}-received", "delivery.received", receiver, incoming, refs, (first,), about
        )
        line = self._use(item, tag, user, refs, used or {}, (second,), told)
        if bound is not None:
            use = self._uses[tag]
            members = {"matter_code": self._matter, "reliance": use.reliance}
            named = {**refs, **self.about, "use": use.ref}
            self.tell(f"{tag}-bound", "use.bound", bound, members, named, (line,))
        return line

    def _outgoing(self, thing: Item) -> dict[str, Any]:
        return {
            "channel": "api",
            "consumer": department_id(self._consumer),
            "direction": "lateral",
            "fields": list(thing.fields),
            "records": 1,
        }

    def use_without_grant(self, item: str, user: Speaker, used: Members) -> str:
        """Tell of a use for which there is neither a grant nor a delivery."""
        refs = {**self.about, "item": ITEMS[item].ref}
        return self._use(item, item.replace("_", "-"), user, refs, used, ())

    def _use(
        self,
        item: str,
        tag: str,
        user: Speaker,
        refs: dict[str, str],
        used: Members,
        parents: Sequence[str],
        told: str | None = None,
    ) -> str:
        use = ref(self._consumer, f"SY-{self._numbers}-{tag}")
        code, purpose = self._purpose
        members: dict[str, Any] = {
            "fields": list(ITEMS[item].fields),
            "legal_basis": self._law,
            "purpose": purpose,
            "purpose_code": code,
            "records": 1,
            "reliance": "supporting",
            "use_kind": self._use_kind,
            "verification": "matched",
            **used,
        }
        about = f"act/{refs['act']}" if "act" in refs else f"item/{refs['item']}"
        line = self.tell(
            f"{tag}-used", "use.recorded", user, members, {**refs, "use": use}, parents, about, told
        )
        self._uses[tag] = Use(
            line, ITEMS[item].ref, use, members["reliance"], "grant" in refs,
            members["verification"] in ("matched", "subject_confirmed"),
        )  # fmt: skip
        return line

    def use(self, tag: str) -> Use:
        """Return the use of an item and suffix."""
        return self._uses[tag]

    def countersign(
        self,
        name: str,
        speaker: Speaker,
        over: Sequence[str],
        *,
        decision: str = "agree",
        reason: str,
        also: Sequence[str] = (),
        **common: str,
    ) -> str:
        """Tell of a second official's word on the uses *over*, by item and suffix."""
        parents = [self._uses[tag].line for tag in over]
        members = {"decision": decision, "reason": reason, **common}
        kind = "statement.countersigned"
        return self.tell(name, kind, speaker, members, after=(*parents, *also))

    def decide(
        self,
        speaker: Speaker,
        kind: str,
        outcome: str,
        number: str,
        over: Sequence[str],
        *,
        own: Sequence[str] = (),
        also: Sequence[str] = (),
        **members: Any,
    ) -> str:
        """Tell of the decision and its evidence.

        Args:
            over: the uses that it rests on, by item and suffix.
            own: officials who found facts themselves.
        """
        said = {
            "act_kind": kind,
            "decision_no": number,
            "evidence": self.evidence(over, own),
            "legal_basis": self._law,
            "matter_code": self._matter,
            "outcome": outcome,
            **members,
        }
        parents = [*(self._uses[tag].line for tag in over), *also]
        return self.tell("decided", "act.decided", speaker, said, after=parents)

    def evidence(self, over: Sequence[str], own: Sequence[str] = ()) -> list[dict[str, Any]]:
        """Return the evidence list of a decision: what was shared, then what was found."""
        shared = [
            {
                "item": use.item,
                "lawful": use.granted,
                "reliance": use.reliance,
                "source": "shared",
                "use": use.ref,
                "verified": use.verified,
            }
            for use in (self._uses[tag] for tag in over)
        ]
        found = [
            {"evidence_no": f"ZJ-{self._numbers}-{n}", "official": who, "reliance": "supporting",
             "source": "own_investigation", "verified": True}
            for n, who in enumerate(own, 1)
        ]  # fmt: skip
        return [*shared, *found]

    def effect(
        self,
        speaker: Speaker,
        over: Sequence[str],
        members: Members,
        *,
        relies_on: Sequence[str],
        acknowledged: Sequence[Speaker] = (),
    ) -> str:
        """Tell of what the data was good for, to the credit of each who provided it.

        Args:
            acknowledged: those providers who take note of it, and when.
        """
        uses = [self._uses[tag] for tag in over]
        feedback = {"feedback": ref(self._consumer, f"FK-{self._numbers}-effect")}
        said = {"contributions": [{"item": one.item, "use": one.ref} for one in uses], **members}
        parents = (*(one.line for one in uses), *relies_on)
        refs = {**self.about, **feedback}
        effect = self.tell("effect", "feedback.effect", speaker, said, refs, parents)
        for who, when in acknowledged:
            self.tell(
                f"acknowledged-{who}",
                "feedback.acknowledged",
                (who, when),
                {"consumer": department_id(self._consumer), "decision": "accepted"},
                refs,
                (effect,),
            )
        return effect

    def defect(self, speaker: Speaker, over: str, members: Members) -> str:
        """Tell of what was wrong with the data of one use."""
        use = self._uses[over]
        refs = {
            "act": self.act,
            "feedback": ref(self._consumer, f"FK-{self._numbers}-{over}"),
            "item": use.item,
            "use": use.ref,
        }
        about = f"item/{use.item}"
        kind = "feedback.quality"
        return self.tell(f"{over}-defect", kind, speaker, members, refs, (use.line,), about)

    def tell(
        self,
        name: str,
        kind: str,
        speaker: Speaker,
        members: Members,
        refs: Members | None = None,
        after: Iterable[str] = (),
        about: str | None = None,
        told: str | None = None,
    ) -> str:
        """Add a line of this act's."""
        named = self.about if refs is None else refs
        return self.say(
            name, kind, speaker, members, refs=named, after=after, about=about, act=self.act,
            told=told,
        )  # fmt: skip


def _incoming(thing: Item, outgoing: Members) -> dict[str, Any]:
    """Return what a receipt says that takes everything as it was sent."""
    same = {name: outgoing[name] for name in ("content_sha256", "records") if name in outgoing}
    return {"provider": department_id(thing.provider), "result": "accepted", **same}
