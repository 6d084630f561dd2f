"""marshmallow schemas of requests, grants and the rest, for the description of the API only."""

from marshmallow import fields, validate

from api.schema_parts import Closed, cursor, number, page_of, text, told
from api.wording_schema import WordingSchema

AT = "T for which what follows from time alone is told"


class ThingMembersSchema(Closed):
    """A request, grant, item … as the asker sees it; in views of departments, a department."""

    kind = text("what it is")
    ref = text("`<department>/<id>`, or the id of a department")
    state = text("at the time asked for")
    state_label = fields.Nested(
        WordingSchema, metadata={"description": "the same in words; views of departments have none"}
    )
    owner = text("department that the ref names")
    counterparty = fields.String(metadata={"description": "the other side"})
    item = fields.String(metadata={"description": "item that it is about"})
    opened = fields.Integer(metadata={"description": "index of the entry that opened it"})
    opened_at = fields.String(metadata={"description": "T of that entry"})
    last = fields.Integer(metadata={"description": "index of the last entry about it"})
    due = fields.String(metadata={"description": "T by which something is next expected"})
    unfit = fields.Integer(metadata={"description": "statements that changed nothing"})
    missing_hands = fields.List(fields.String())
    answering = fields.Dict(
        metadata={"description": "who answers by now in the place of the owner or the other side"}
    )
    retention_from = fields.String(metadata={"description": "T from which records are kept on"})


ThingListSchema = page_of("things", "One page of things.", ThingMembersSchema, **told(AT))


class StepSchema(Closed):
    """A statement in a thing's history."""

    index = number("of its entry")
    recorded_at = text("T")
    type = text("of the event")
    department = text("who spoke")
    official = fields.String()
    tier = fields.String()
    said = fields.String(required=True, validate=validate.OneOf(["signed", "attested", "system"]))
    fits = fields.Boolean(required=True)
    reason = fields.String(metadata={"description": "why it does not fit"})
    state = fields.String(metadata={"description": "after it; absent: not opened yet"})
    corrected = fields.List(
        fields.Dict(), metadata={"description": "corrections of it by whoever spoke it"}
    )
    countersigned = fields.List(
        fields.Dict(), metadata={"description": "who countersigned it, and whether he agrees"}
    )


class ThingSchema(Closed):
    """One thing, with a page of its history."""

    as_of = number("tree size that the answer is taken at")
    at = text(AT)
    projected = number("entries that can be looked up by now")
    thing = fields.Nested(ThingMembersSchema, required=True)
    details = fields.Dict(required=True, metadata={"description": "what its kind has of its own"})
    history = fields.List(fields.Nested(StepSchema), required=True)
    next = cursor()
