"""Turn the declaration of an event type into the two checkers that obey it.

One declaration gives the marshmallow schema, which finds the words, and the
compiled checker, which is fast. What the compiled checker refuses is refused,
whatever the schema says; the schema only says why. Who speaks is declared
here for all to read and judged elsewhere, against the registry.

Source: spec 1 (members of ``data``), 6 (row ``schema``), 9.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError
from msgspec import ValidationError as WireError
from msgspec import convert

from crypto.chain import chain_names
from ledger.errors import Refused
from ledger.events.fields import (
    Base64,
    DepartmentId,
    Hex,
    Kind,
    ListOf,
    Object,
    Origin,
    Ref,
    Rule,
    Text,
)
from ledger.events.speakers import ANYONE, BY_REGISTRAR, LEDGER, Voice
from ledger.events.wording import UNLISTED, Wording

# SPEC: spec 1, the names that refs may have.
REF_NAMES = (
    "item", "grant", "act", "matter", "request", "agreement", "delivery", "use", "feedback",
    "correction", "disposal", "dispute", "incident", "complaint", "assessment", "inquiry",
    "finding", "determination",
)  # fmt: skip

MAX_SIGNERS = 8
MAX_CITES = 8


@dataclass(frozen=True, eq=False)
class EventType:
    """One entry of the closed list: what may be said, and who may say it.

    Attributes:
        name: in full, ``zelian.use.recorded.v1``.
        family: the group of types that it stands in, as ``sharing``.
        label_en, label_zh: what people read.
        speaker: the party that says it, in two languages; which of two departments
            that is in a matter is not judged at admission (spec 9.2).
        speakers: the roles that may say it, of ``ledger.events.speakers``.
        voice: by whose key.
        by_author: whether the department that spoke the statement it is about
            (``data.target``) may say it too, whatever its role.
        sealed: whether it joins its source's chain only (spec 4).
        serves: the articles (``809:26``), seed lines (``S55``) or pages (``spec:8``)
            that ask for it.
        parties: paths of the members of ``data``, ``consumer`` or ``contributions.item``,
            that name a counterparty: the department, or the owner of the ref, may read the
            statement, as may its source, ``on_behalf_of`` and the owners of its refs.
        mentions: paths of the other members that name a department: no right comes of them.
        cosigned_by_new_key: whether the key that it enrols signs too.
        refs_required, refs_optional: the names that ``data.refs`` has.
        data: the declaration of ``data``.
    """

    name: str
    family: str
    label_en: str
    label_zh: str
    speaker: Wording
    speakers: frozenset[str]
    voice: Voice
    by_author: bool
    sealed: bool
    serves: tuple[str, ...]
    parties: tuple[str, ...]
    mentions: tuple[str, ...]
    cosigned_by_new_key: bool
    refs_required: frozenset[str]
    refs_optional: frozenset[str]
    data: Object

    @property
    def registrar(self) -> bool:
        """Whether only the registrar says it, by its threshold and without an official."""
        return self.voice == "registrar"

    @property
    def schema(self) -> Schema:
        """The marshmallow schema of ``data``, one object for ever: building one is slow."""
        return self.data.schema

    @property
    def subjects(self) -> Wording:
        """The forms that ``subject`` can have: the chains that such an event may name (spec 4)."""
        members = self.data.members
        chains = ["department/<id of source>"]
        if self.registrar:
            if "department" in members:
                chains += ["department/<data.department>", "registry/<data.department>"]
            holders = (name for name in ("appointee", "holder") if name in members)
            chains += [f"official/<data.{name}>" for name in holders]
        else:
            refs = self.refs_required | self.refs_optional
            chained = (name for name in ("item", "grant", "act") if name in refs)
            chains += ["official/<official>", *(f"{name}/<data.refs.{name}>" for name in chained)]
        return Wording(
            f"one of the event's own chains: {', '.join(chains)}",
            f"本事件自身的链名之一：{'、'.join(chains)}",
        )

    def check(self, event: Mapping[str, Any]) -> tuple[str, ...]:
        """Refuse *event* unless its ``data`` is as declared and its ``subject`` its own.

        Args:
            event: of this type, its top-level members already read (spec 6).

        Returns:
            The event's chain names, of which the subject is one.

        Raises:
            Refused: ``schema``, with a pointer into the event.
        """
        data = event["data"]
        try:
            convert(data, self.data.wire)
            sound = self.data.beyond is None or self.data.beyond(data)
        except WireError:
            sound = False
        if not sound:
            raise self._refusal(data)
        # SPEC: spec 1, ``subject`` is one of the event's own chain names.
        names = chain_names(event)
        if event["subject"] not in names:
            raise _refused("/subject", self.subjects.expected())
        return names

    def _refusal(self, data: Any) -> Refused:
        """Find, with the slow checker, what to say about *data*."""
        pointer, wording = next(
            _complaints(self.schema, data),
            # A property test proves this never said; a refusal must not hang on it.
            ("/data", Wording(f"does not fit {self.name}", f"不符合 {self.name} 的格式")),
        )
        return _refused(pointer, wording)


def _refused(pointer: str, wording: Wording) -> Refused:
    return Refused("schema", f"{pointer} {wording}", f"{pointer} {wording.zh}", pointer)


def _complaints(schema: Schema, data: Any) -> Iterator[tuple[str, Wording]]:
    """Yield what marshmallow finds wrong: a pointer into the event, and a phrase."""
    try:
        schema.load(data)
    except ValidationError as error:
        yield from _walk(error.messages, "/data")


def _walk(messages: Any, pointer: str) -> Iterator[tuple[str, Wording]]:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            # A complaint about a whole object; a member may have that name too.
            whole = name == "_schema" and inner != [UNLISTED]
            yield from _walk(inner, pointer if whole else f"{pointer}/{_escaped(name)}")
    else:
        for wording in messages:
            yield pointer, wording


def _escaped(name: str | int) -> str:
    """Return *name* as a token of a JSON pointer (RFC 6901)."""
    return str(name).replace("~", "~0").replace("/", "~1")


def declare(
    short_name: str,
    family: str,
    *,
    en: str,
    zh: str,
    speaker: Wording,
    members: Mapping[str, Kind],
    refs: Sequence[str] = (),
    refs_optional: Sequence[str] = (),
    parents_least: int = 0,
    rules: Sequence[Rule] = (),
    serves: Sequence[str] = (),
    parties: Sequence[str] = (),
    mentions: Sequence[str] = (),
    speakers: frozenset[str] = ANYONE,
    voice: Voice = "both",
    by_author: bool = False,
    sealed: bool = False,
    cosigned_by_new_key: bool = False,
) -> EventType:
    """Return the event type ``zelian.<short_name>.v1``.

    Args:
        short_name: noun and verb, ``use.recorded``.
        members: the type's own members of ``data``, in the order of a template.
        refs, refs_optional: names of spec 1 that ``data.refs`` must or may have.
        parents_least: how many ``parents`` there must be.
        rules: what must hold across the members of ``data``.
        The others are those of :class:`EventType`.
    """
    named = {name: Ref(optional=name not in refs) for name in (*refs, *refs_optional)}
    return EventType(
        name=f"zelian.{short_name}.v1",
        family=family,
        label_en=en,
        label_zh=zh,
        speaker=speaker,
        speakers=BY_REGISTRAR if voice == "registrar" else speakers,
        voice=voice,
        by_author=by_author,
        sealed=sealed,
        serves=tuple(serves),
        parties=tuple(parties),
        mentions=tuple(mentions),
        cosigned_by_new_key=cosigned_by_new_key,
        refs_required=frozenset(refs),
        refs_optional=frozenset(refs_optional),
        data=Object(
            {
                **_common(Object(named), parents_least),
                **(_citing() if _may_cite(voice, speakers) else {}),
                **members,
            },
            rules,
        ),
    )


def _common(refs: Object, parents_least: int) -> dict[str, Kind]:
    """Return the members of ``data`` that every type has (spec 1); a type's own may narrow them."""
    return {
        "refs": refs,
        "parents": ListOf(Hex(), parents_least, ascending_by=str),
        "signers": ListOf(Hex(), 1, MAX_SIGNERS, ascending_by=str),
        "document": Text(optional=True),
        "platform_ref": Text(optional=True),
        "on_behalf_of": DepartmentId(optional=True),
    }


def _may_cite(voice: Voice, speakers: frozenset[str]) -> bool:
    """Whoever acts by what another ledger holds says so; registrar and service never do."""
    return voice != "registrar" and speakers != LEDGER


def _citing() -> dict[str, Kind]:
    """Return the member that cites statements of other ledgers (spec 6)."""
    cited = {"ledger": Origin(), "statement": Hex(), "receipt": Base64()}
    return {"cites": ListOf(Object(cited), 1, MAX_CITES, optional=True)}
