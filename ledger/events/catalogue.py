"""What there is to be shared: items, their versions, their review, and who keeps the source.

A version is said whole each time, so that the last one said is what holds. Data
that is a state or work secret has no word here: it is no government data to be
shared (decree 809, article 3), and not even its description is taken.

Source: decree 809, articles 12 to 17 and 19; spec 9.
"""

from collections.abc import Mapping
from typing import Any

from ledger.events import terms
from ledger.events.declare import declare
from ledger.events.fields import (
    BilingualName,
    Choice,
    DepartmentId,
    Id,
    Integer,
    Kind,
    ListOf,
    Object,
    Ref,
    Rule,
    Text,
    Time,
)
from ledger.events.parts import needed_when, period
from ledger.events.speakers import AUTHORITY, BODIES, NPC
from ledger.events.terms import ATTRIBUTES, CYCLES, GRANULARITIES, PROVIDER, SHARING_AUTHORITY
from ledger.events.wording import Wording


def _version() -> dict[str, Kind]:
    return {**_nine(), **_around(), **_declared()}


def _nine() -> dict[str, Kind]:
    """SPEC: decree 809, article 13: name, fields, provider, format, update, and so on."""
    field = {
        "name": Text(),
        "type": Choice("text", "number", "date", "code", "image", "geometry", "file", "not_stated"),
    }
    return {
        "item_version": Text(),
        "name": BilingualName(),
        "data_fields": ListOf(Object(field), 1),
        "provider": DepartmentId(),
        "format": Choice(
            "database",
            "spreadsheet",
            "document",
            "image",
            "stream",
            "self_describing",
            "geographic",
            "other",
        ),
        "update_cycle": Choice(*CYCLES),
        "sharing_attribute": Choice(*ATTRIBUTES),
        "channels": ListOf(terms.channel()),
        "conditions": terms.conditions(optional=True),
        "classification": Id(),
        "grade": Choice("general", "important", "core"),
    }


def _around() -> dict[str, Kind]:
    """What article 14 to 16 need to judge the version by."""
    assessed = {"secrecy": Ref(), "personal_information": Ref(optional=True)}
    basis = {
        "level": Choice("law", "administrative_regulation", "state_council_decision", "other"),
        "law": Text(),
        "article": Text(optional=True),
        "document": Text(optional=True),
    }
    return {
        "not_shared": Object(
            {"reason": Text(), "basis": ListOf(Object(basis), 1)},
            optional=True,
        ),
        "personal_data": Choice("none", "general", "sensitive"),
        "secrecy": Choice("none", "aggregation_risk"),
        "assessments": Object(assessed),
    }


def _declared() -> dict[str, Kind]:
    """Core metadata beyond the nine, and what is declared of the data's quality."""
    source = {
        "item": Ref(),
        "item_version": Text(optional=True),
        "step": Choice("joined", "aggregated", "pseudonymised", "computed", "converted", "other"),
    }
    quality = {
        "accuracy_permille": Integer(0, 1000, optional=True),
        "completeness_permille": Integer(0, 1000, optional=True),
        "freshness_hours": Integer(0, optional=True),
    }
    standard = {"id": Text(), "version": Text(optional=True)}
    return {
        "origin": Choice("government", "social"),
        "source_department": DepartmentId(optional=True),
        "derived_from": ListOf(Object(source), optional=True),
        "related_items": ListOf(Ref(), optional=True),
        "summary": Text(optional=True),
        "openness": Choice("open", "conditional", "closed", optional=True),
        "precision": Text(optional=True),
        "depth_months": Integer(0, optional=True),
        "granularity": Choice(*GRANULARITIES, optional=True),
        "quality": Object(quality, optional=True),
        "standard": Object(standard, optional=True),
        "legal_basis": terms.legal_basis(optional=True),
        "matter_codes": ListOf(Id(), optional=True),
        "system": Id(optional=True),
    }


def _lists_scope_and_purpose(data: Mapping[str, Any]) -> bool:
    if data["sharing_attribute"] != "conditional":
        return True
    return {"scope", "purpose"} <= {one["kind"] for one in data.get("conditions", ())}


def _has_a_way(data: Mapping[str, Any]) -> bool:
    return data["sharing_attribute"] == "not_shared" or bool(data["channels"])


def _is_assessed(data: Mapping[str, Any]) -> bool:
    return data["personal_data"] == "none" or "personal_information" in data["assessments"]


VERSION_RULES = (
    Rule(
        "conditions",
        _lists_scope_and_purpose,
        Wording(
            "must list a scope and a purpose where sharing is conditional",
            "有条件共享须列明共享范围和使用用途",
        ),
    ),
    needed_when("not_shared", "sharing_attribute", "not_shared"),
    Rule(
        "channels",
        _has_a_way,
        Wording("must name a channel of what is shared", "可共享的数据须列明共享方式"),
    ),
    Rule(
        "assessments",
        _is_assessed,
        Wording(
            "must have personal_information where there is personal data",
            "涉及个人信息的须填写 personal_information",
        ),
    ),
)

VERSION_PARTIES = ("provider", "source_department", "derived_from.item")
VERSION_MENTIONS = ("assessments.secrecy", "assessments.personal_information", "related_items")

ITEM_PUBLISHED = declare(
    "item.published",
    "catalogue",
    en="Item published",
    zh="目录条目编制",
    speaker=PROVIDER,
    serves=("809:12", "809:13", "809:14", "809:15", "S40", "S41"),
    speakers=BODIES,
    parties=VERSION_PARTIES,
    mentions=VERSION_MENTIONS,
    refs=("item",),
    members=_version(),
    rules=VERSION_RULES,
)

ITEM_AMENDED = declare(
    "item.amended",
    "catalogue",
    en="Item amended",
    zh="目录条目更新",
    speaker=PROVIDER,
    serves=("809:17", "S20"),
    speakers=BODIES,
    parties=(*VERSION_PARTIES, "extension.agreed_by"),
    mentions=VERSION_MENTIONS,
    refs=("item",),
    members={
        **_version(),
        "previous_version": Text(),
        "cause": Choice(
            "law_changed",
            "duty_changed",
            "returned_in_review",
            "attribute",
            "conditions",
            "content",
            "quality",
            "error",
            "other",
        ),
        # The term of article 17 runs from the change, not from this statement.
        "changed_at": Time(optional=True),
        "extension": Object(
            {"agreed_by": DepartmentId(), "working_days": Integer(1, 60)}, optional=True
        ),
    },
    rules=(*VERSION_RULES, needed_when("changed_at", "cause", "law_changed", "duty_changed")),
)

ITEM_WITHDRAWN = declare(
    "item.withdrawn",
    "catalogue",
    en="Item withdrawn",
    zh="目录条目撤下",
    speaker=PROVIDER,
    serves=("809:17",),
    speakers=BODIES,
    parties=("consumers",),
    mentions=("superseded_by",),
    refs=("item",),
    members={
        "item_version": Text(),
        "reason": Choice(
            "law_changed",
            "duty_changed",
            "superseded",
            "no_longer_collected",
            "reclassified",
            "error",
            "other",
        ),
        "effective": Time(),
        "changed_at": Time(optional=True),
        "superseded_by": Ref(optional=True),
        "consumers": ListOf(DepartmentId(), optional=True),
        "legal_basis": terms.legal_basis(optional=True),
    },
    rules=(needed_when("superseded_by", "reason", "superseded"),),
)

ITEM_REVIEWED = declare(
    "item.reviewed",
    "catalogue",
    en="Item reviewed",
    zh="目录条目审核",
    speaker=SHARING_AUTHORITY,
    serves=("809:16", "809:17"),
    speakers=AUTHORITY,
    parties=("provider",),
    refs=("item",),
    members={
        "item_version": Text(),
        "provider": DepartmentId(),
        "decision": Choice("passed", "returned"),
        # The two working days of article 17 run from the receipt.
        "received_at": Time(),
        "announced_at": Time(optional=True),
        "reasons": ListOf(
            Choice(
                "field_missing",
                "assessment_missing",
                "attribute_unfounded",
                "basis_missing",
                "conditions_unfounded",
                "standard",
                "duplicate",
                "source_unclear",
                "other",
            ),
            1,
            optional=True,
        ),
    },
    rules=(needed_when("reasons", "decision", "returned"),),
)

SOURCE_DESIGNATED = declare(
    "source.designated",
    "catalogue",
    en="Source designated",
    zh="数源部门确定",
    speaker=SHARING_AUTHORITY,
    serves=("809:19",),
    speakers=AUTHORITY,
    parties=("source_department", "contributors"),
    # What several collect may have no item yet.
    refs_optional=("item", "matter", "dispute"),
    members={
        "classification": Id(),
        "name": BilingualName(),
        "source_department": DepartmentId(),
        "contributors": ListOf(DepartmentId(), 1),
        "effective": period(),
        "document": Text(),
    },
)

COLLECTION_RECORDED = declare(
    "collection.recorded",
    "catalogue",
    en="Collection recorded",
    zh="数据收集记录",
    speaker=Wording("the department that collects", "收集部门"),
    serves=("809:19", "809:40", "S17"),
    speakers=BODIES,
    # The item, where one is named, is what sharing would have given.
    refs_optional=("item", "request", "act", "matter"),
    members={
        "classification": Id(),
        "fields": terms.fields(1),
        "collected_from": Choice("citizen", "legal_person", "other_organisation", "department"),
        "method": Choice("form", "online", "on_site", "survey", "sensor", "purchase", "not_stated"),
        "sharing": Choice(
            "not_in_catalogue",
            "asked_and_refused",
            "asked_and_pending",
            "unfit",
            "available_not_used",
            "not_checked",
            "not_stated",
        ),
        "records": Integer(0, optional=True),
        "materials": Integer(0, optional=True),
        "matter_code": Id(optional=True),
        "legal_basis": terms.legal_basis(optional=True),
        "period": period(optional=True),
    },
)

LAW_CHANGED = declare(
    "law.changed",
    "catalogue",
    en="Law changed",
    zh="法律政策调整",
    speaker=Wording("whoever makes the change known", "告知调整的机关"),
    serves=("809:17",),
    speakers=BODIES | NPC,
    # Whoever keeps an item that is touched has ten working days.
    parties=("items", "departments"),
    members={
        "instrument": Object(
            {"law": Text(), "article": Text(optional=True), "document": Text(optional=True)}
        ),
        "kind": Choice("law", "administrative_regulation", "state_council_decision", "local_law"),
        "change": Choice("adopted", "amended", "repealed", "interpreted", "suspended"),
        "published_at": Time(optional=True),
        "effective": Time(),
        "items": ListOf(Ref()),
        "departments": ListOf(DepartmentId(), optional=True),
    },
)

CATALOGUE = (
    ITEM_PUBLISHED,
    ITEM_AMENDED,
    ITEM_WITHDRAWN,
    ITEM_REVIEWED,
    SOURCE_DESIGNATED,
    COLLECTION_RECORDED,
    LAW_CHANGED,
)
