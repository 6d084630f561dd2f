"""One administrative act, and all that is said on its way: shares, uses, consent, feedback.

A case gathers lines in the order in which they are told and links each to those
on which it relies: receipt to delivery, use to receipt, countersigning to uses,
feedback to what it answers.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from cli.stories.catalogue import ITEMS, Item, grant
from cli.stories.departments import department_id, ref
from cli.stories.line import Line, at, voice

Members = Mapping[str, Any]


class Case:
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
        self.lines: list[Line] = []
        self._story, self._name, self._consumer = story, name, consumer
        self._act = ref(consumer, act)
        self._about = {"act": self._act, "matter": ref(consumer, matter)}
        self._numbers = act
        self._purpose = purpose
        self._law = list(law)
        self._use_kind = use_kind
        self._uses: dict[str, tuple[str, str, str]] = {}  # suffix: line, item's ref, use's ref

    def share(
        self,
        item: str,
        sender: tuple[str, str],
        receiver: tuple[str, str],
        user: tuple[str, str],
        *,
        suffix: str = "",
        sent: Members | None = None,
        received: Members | None = None,
        used: Members | None = None,
        relies_on: Sequence[str] = (),
    ) -> None:
        """Tell of one delivery, its receipt and the use of what came.

        Args:
            item: of the catalogue.
            sender, receiver, user: each a voice and a time.
            suffix: tells a second delivery of the same item from the first.
            sent, received, used: members that differ from the usual.
            relies_on: names of lines that the delivery answers.
        """
        thing, tag = ITEMS[item], f"{item.replace('_', '-')}{suffix}"
        about = f"item/{thing.ref}"
        refs = {
            **self._about,
            "delivery": ref(thing.provider, f"JF-{self._numbers}-{tag}"),
            "grant": grant(item, self._consumer),
            "item": thing.ref,
        }
        outgoing = self._outgoing(thing) | dict(sent or {})
        incoming = _incoming(thing, outgoing) | dict(received or {})
        first = self._say(f"{tag}-sent", "delivery.sent", sender, about, refs, outgoing, relies_on)
        second = self._say(
            f"{tag}-received", "delivery.received", receiver, about, refs, incoming, (first,)
        )
        self._use(item, tag, user, refs, used or {}, (second,))

    def _outgoing(self, thing: Item) -> dict[str, Any]:
        return {
            "channel": "api",
            "consumer": department_id(self._consumer),
            "direction": "lateral",
            "fields": list(thing.fields),
            "records": 1,
        }

    def use_without_grant(self, item: str, user: tuple[str, str], used: Members) -> str:
        """Tell of a use for which there is neither a grant nor a delivery."""
        refs = {**self._about, "item": ITEMS[item].ref}
        return self._use(item, item.replace("_", "-"), user, refs, used, ())

    def _use(
        self,
        item: str,
        tag: str,
        user: tuple[str, str],
        refs: dict[str, str],
        used: Members,
        parents: Sequence[str],
    ) -> str:
        use = ref(self._consumer, f"SY-{self._numbers}-{tag}")
        code, purpose = self._purpose
        members = {
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
        line = self._say(
            f"{tag}-used",
            "use.recorded",
            user,
            f"act/{self._act}",
            {**refs, "use": use},
            members,
            parents,
        )
        self._uses[tag] = (line, ITEMS[item].ref, use)
        return line

    def countersign(
        self,
        name: str,
        speaker: tuple[str, str],
        over: Sequence[str],
        *,
        decision: str = "agree",
        reason: str,
        also: Sequence[str] = (),
        **common: str,
    ) -> str:
        """Tell of a second official's word on the uses *over*, by item and suffix."""
        parents = [self._uses[tag][0] for tag in over]
        members = {"decision": decision, "reason": reason, **common}
        return self._say(
            name,
            "statement.countersigned",
            speaker,
            f"act/{self._act}",
            self._about,
            members,
            (*parents, *also),
        )

    def effect(
        self,
        speaker: tuple[str, str],
        over: Sequence[str],
        members: Members,
        *,
        relies_on: Sequence[str],
    ) -> str:
        """Tell of what the data was good for, to the credit of each who provided it."""
        uses = [self._uses[tag] for tag in over]
        refs = {**self._about, "feedback": ref(self._consumer, f"FK-{self._numbers}-effect")}
        credited = [{"item": item, "use": use} for _, item, use in uses]
        return self._say(
            "effect",
            "feedback.effect",
            speaker,
            f"act/{self._act}",
            refs,
            {"contributions": credited, **members},
            (*(line for line, _, _ in uses), *relies_on),
        )

    def defect(self, speaker: tuple[str, str], over: str, members: Members) -> str:
        """Tell of what was wrong with the data of one use."""
        line, item, use = self._uses[over]
        refs = {
            "act": self._act,
            "feedback": ref(self._consumer, f"FK-{self._numbers}-{over}"),
            "item": item,
            "use": use,
        }
        return self._say(
            f"{over}-defect", "feedback.quality", speaker, f"item/{item}", refs, members, (line,)
        )

    def _say(
        self,
        name: str,
        kind: str,
        speaker: tuple[str, str],
        subject: str,
        refs: Mapping[str, str],
        members: Members,
        parents: Sequence[str],
    ) -> str:
        who, when = speaker
        line = Line(
            name=f"{self._name}-{name}",
            kind=kind,
            voice=voice(who),
            time=at(when),
            subject=subject,
            refs=refs,
            data=members,
            parents=tuple(parents),
            story=self._story,
            act=self._act,
        )
        self.lines.append(line)
        return line.name


def _incoming(thing: Item, outgoing: Members) -> dict[str, Any]:
    """Return what a receipt says that takes everything as it was sent."""
    same = {name: outgoing[name] for name in ("content_sha256", "records") if name in outgoing}
    return {"provider": department_id(thing.provider), "result": "accepted", **same}


def content_digest(label: str) -> str:
    """Return a digest for a file that exists in the story alone."""
    return hashlib.sha256(f"zelian demo file: {label}".encode()).hexdigest()
