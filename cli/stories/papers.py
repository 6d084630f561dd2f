"""The papers of a share: assessed, asked, answered, granted; at its end stored, ended, disposed of.

Whoever asks and whoever answers has the head of his sharing office countersign. The
usual papers are dated by the place that a grant has in the catalogue, and so that what
was agreed to is shared within the twenty working days of article 22; what goes another
way is told by its story, with the same calls.

Source: decree 809, articles 12 to 16, 20 to 22, 27 and 29.
"""

from collections.abc import Sequence
from typing import Any, Final

from cli.stories.catalogue import GRANTS, ITEMS, Item, grant
from cli.stories.departments import department_id, ref
from cli.stories.line import DAY_MS, At, Line, at
from cli.stories.officials import desk_of, head_of
from cli.stories.script import Members, Script, evidence, sharing_law

_MINUTE_MS: Final = 60_000
SAFEGUARDS: Final = ("access_control", "audit_log", "minimisation")
_PLACES: Final = {pair: number for number, pair in enumerate(GRANTS)}


def _usually(number: int, day: int, seconds: int, minutes: int = 0) -> str:
    """Return the time of the *number*-th of its kind on a day, a quarter of an hour apart."""
    within = 9 * 60 + number * 15 + minutes
    return f"{day} {within // 60:02}:{within % 60:02}:{seconds:02}"


def paper(item: str, consumer: str, kind: str) -> str:
    """Return the number of a paper of that share; all of one share end alike."""
    return f"{kind}-{GRANTS[item, consumer].partition('-')[2]}"


class Papers(Script):
    """The papers of one story's shares.

    Args:
        story: its name.
        purpose: what the data is used for: a code and a text.
        law: on which the requests rest.
        matter: the code of the service matter 政务服务事项.
    """

    def __init__(
        self, story: str, purpose: tuple[str, str], law: Sequence[Members], matter: str
    ) -> None:
        super().__init__(story, "papers")
        self._code, self._purpose = purpose
        self._law, self._matter = list(law), matter

    def usual(self, *shares: tuple[str, str], **granted: Any) -> None:
        """Tell of shares, by item and consumer, that went their usual way.

        Args:
            granted: members that the grants have beside the usual.
        """
        for item, consumer in shares:
            number = _PLACES[item, consumer]
            self.assess(item, consumer, _usually(number, -18, 17))
            self.ask(item, consumer, _usually(number, -14, 11), _usually(number, -14, 13, 80))
            self.answer(item, consumer, _usually(number, -13, 19), _usually(number, -13, 23, 80))
            self.issue(item, consumer, _usually(number, -12, 29), **granted)

    def assess(
        self,
        item: str,
        consumer: str,
        when: str,
        *,
        told: str | None = None,
        refs: Members | None = None,
        **members: Any,
    ) -> str:
        """Tell of the assessment before a share, made by who asks for it."""
        said = {
            "conclusion": "with_measures",
            "kind": "pia" if ITEMS[item].personal != "none" else "risk",
            "risks": [
                {"controllable": "controllable", "foreseeable": "foreseeable", "id": "R1",
                 "kind": "stale_data"},
                {"controllable": "controllable", "foreseeable": "foreseeable", "id": "R2",
                 "kind": "misuse"},
            ],
            "stage": "before_sharing",
            **members,
        }  # fmt: skip
        named = {"assessment": self.assessment(item, consumer), "item": ITEMS[item].ref}
        return self.say(
            f"{item}-{consumer}-assessed", "assessment.recorded", (desk_of(consumer), when), said,
            refs=named | dict(refs or {}), told=told,
        )  # fmt: skip

    def assessment(self, item: str, consumer: str) -> str:
        """Return the reference of the assessment of a share."""
        return ref(consumer, paper(item, consumer, "PG"))

    def request(self, item: str, consumer: str) -> str:
        """Return the reference of the request for a share."""
        return ref(consumer, paper(item, consumer, "SS"))

    def ask(
        self, item: str, consumer: str, when: str, agreed: str, *, assessed: bool = True
    ) -> str:
        """Tell of a request, and of the consent of the head of the office that makes it."""
        thing = ITEMS[item]
        members = {
            "expected_benefits": [{"kind": "materials_saved"}],
            "legal_basis": self._law,
            "matter_codes": [self._matter],
            "provider": department_id(thing.provider),
            "safeguards": list(SAFEGUARDS),
            "scope": self.scope(thing),
            "use_scenario": self._purpose,
        }
        refs = {"item": thing.ref, "request": self.request(item, consumer)}
        papers = {"assessment": self.assessment(item, consumer)} if assessed else {}
        asked = self.say(
            f"{item}-{consumer}-asked", "request.made", (desk_of(consumer), when), members,
            refs=refs | papers,
            after=[f"papers-{item}-{consumer}-assessed"] if assessed else [],
        )  # fmt: skip
        return self.consent(f"{item}-{consumer}-asked", consumer, agreed, refs, asked)

    def answer(self, item: str, consumer: str, when: str, agreed: str, **members: Any) -> str:
        """Tell of the reply, and of the consent of the head of the office that gives it."""
        thing = ITEMS[item]
        refs = {"item": thing.ref, "request": self.request(item, consumer)}
        said = {
            "consumer": department_id(consumer),
            "decision": "agree",
            "sharing_attribute": thing.attribute,
            **members,
        }
        replied = self.say(
            f"{item}-{consumer}-answered", "request.replied", (desk_of(thing.provider), when), said,
            refs=refs, after=[f"papers-{item}-{consumer}-asked"],
        )  # fmt: skip
        return self.consent(f"{item}-{consumer}-answered", thing.provider, agreed, refs, replied)

    def consent(
        self, name: str, department: str, when: str, refs: Members, over: str, **members: Any
    ) -> str:
        """Tell that the head of a department's sharing office consents to the line *over*."""
        said = {"decision": "agree", **members}
        speaker = (head_of(department), when)
        kind = "statement.countersigned"
        return self.say(f"{name}-consent", kind, speaker, said, refs=refs, after=(over,))

    def issue(
        self,
        item: str,
        consumer: str,
        when: str,
        *,
        refs: Members | None = None,
        after: Sequence[str] | None = None,
        until: str = "345 00:00:00",
        **members: Any,
    ) -> str:
        """Tell of the grant, which the head of the provider's sharing office signs."""
        thing = ITEMS[item]
        papers = {"assessment": self.assessment(item, consumer),
                  "request": self.request(item, consumer)} if refs is None else refs  # fmt: skip
        said = {
            "consumer": department_id(consumer),
            "expected_benefits": [{"kind": "materials_saved"}],
            "feedback_days": 30,
            "matter_codes": [self._matter],
            "safeguards": list(SAFEGUARDS),
            "scope": self.scope(thing, until=until),
            **members,
        }
        return self.say(
            f"{item}-{consumer}-granted", "grant.issued", (head_of(thing.provider), when), said,
            refs={"grant": grant(item, consumer), "item": thing.ref, **papers},
            after=[f"papers-{item}-{consumer}-answered-consent"] if after is None else after,
        )  # fmt: skip

    def scope(self, thing: Item, *, until: str = "345 00:00:00", **more: Any) -> dict[str, Any]:
        """Return what a grant of *thing* covers."""
        return {
            "channels": ["api", "batch", "file", "shared_platform"],
            "fields": list(thing.fields),
            "from": at("-11 00:00:00"),
            "granularity": "subject",
            "purpose_codes": [self._code],
            "to": at(until),
            **more,
        }

    def close(
        self,
        item: str,
        consumer: str,
        speaker: str,
        days: tuple[str, str | None, str, str, str],
        *,
        reason: str = "purpose_achieved",
        records: int = 1,
    ) -> None:
        """Tell how a share ends: what is stored, the grant's end, and what becomes of the data.

        Args:
            speaker: who stores and disposes of the data.
            days: when each is told: stored, ended (None: it has run out), asked for, done,
                accepted.
        """
        thing = ITEMS[item]
        stored, ended, required, done, accepted = days
        refs = {"grant": grant(item, consumer), "item": thing.ref}
        disposal = refs | {"disposal": ref(thing.provider, paper(item, consumer, "CZ"))}
        head = head_of(thing.provider)
        name = f"{item}-{consumer}"
        provider, user = department_id(thing.provider), department_id(consumer)
        first = self.say(f"{name}-stored", "storage.recorded", (speaker, stored), {
            "as_of": at(stored), "copies": 1, "encryption": "all",
            "locations": ["government_cloud"], "provider": provider, "records": records,
            "stored": "stored",
        }, refs=refs)  # fmt: skip
        over = first
        if ended is not None:
            over = self.say(f"{name}-ended", "grant.terminated", (head, ended), {
                "consumer": user, "effective": at(ended), "reason": reason,
            }, refs=refs, after=(first,))  # fmt: skip
        third = self.say(f"{name}-required", "disposal.required", (head, required), {
            "consumer": user, "due": _later(required, 10), "method": "destroy",
            "proofs": ["certificate", "deletion_log"],
            "reason": reason if reason in _REASONS else "terminated",
        }, refs=disposal, after=(over,))  # fmt: skip
        fourth = self.say(f"{name}-disposed", "disposal.done", (speaker, done), {
            "completed_at": at(done), "contractor_copies": "none", "copies": 1,
            "method": "destroy", "proof_sha256": evidence("log", name)[0]["sha256"],
            "proofs": ["certificate", "deletion_log"], "provider": provider,
            "records": records, "residual_copies": 0,
        }, refs=disposal, after=(third,))  # fmt: skip
        self.say(f"{name}-accepted", "disposal.accepted", (head, accepted), {
            "checked_by": "documents", "consumer": user, "result": "accepted",
        }, refs=disposal, after=(fourth,))  # fmt: skip


_REASONS: Final = ("purpose_achieved", "purpose_impossible", "not_needed", "law_changed")


def _later(when: str, days: int) -> At:
    return At(at(when).offset_ms + days * DAY_MS)


def catalogue() -> list[Line]:
    """Return how every item came into the catalogue, and what the authority found."""
    script = Script(None, "catalogue")
    for number, (name, item) in enumerate(ITEMS.items()):
        refs = {"item": item.ref}
        published = script.say(
            f"{name}-published", "item.published", (head_of(item.owner), _usually(number, -42, 3)),
            _entry(item), refs=refs,
        )  # fmt: skip
        script.say(
            f"{name}-reviewed", "item.reviewed", ("sj-1608", _usually(number, -40, 7)),
            {"decision": "passed", "item_version": _VERSION,
             "provider": department_id(item.provider),
             "received_at": at(_usually(number, -42, 3))},
            refs=refs, after=(published,),
        )  # fmt: skip
    return script.lines


_VERSION: Final = "2026-05"


def _entry(item: Item) -> dict[str, Any]:
    personal = item.personal != "none"
    conditional = item.attribute == "conditional"
    pia = {"personal_information": ref(item.owner, f"PIA-{item.id}")}
    return {
        "assessments": {"secrecy": ref(item.owner, f"BM-{item.id}"), **(pia if personal else {})},
        "channels": ["api", "batch", "file", "shared_platform"],
        "classification": item.id.partition("-")[0],
        "data_fields": [{"name": name, "type": "text"} for name in item.fields],
        "format": "database",
        "grade": "general",
        "item_version": _VERSION,
        "legal_basis": [sharing_law("第十三条")],
        "name": {"zh": item.zh},
        "origin": "government" if item.by is None else "social",
        "personal_data": item.personal,
        "provider": department_id(item.provider),
        "secrecy": "none",
        "sharing_attribute": item.attribute,
        "update_cycle": item.cycle,
        **({"conditions": list(_CONDITIONS)} if conditional else {}),
    }


_CONDITIONS: Final = (
    {"code": "FW-1", "kind": "scope", "text": "限授权书所列信息项"},
    {"code": "YT-1", "kind": "purpose", "text": "限所申请的政务服务与监管事项"},
)
