"""marshmallow schemas of obligations, for the description of the API only."""

from marshmallow import fields

from api.finding_schemas import PackSchema
from api.schema_parts import Closed, number, page_of, text, told
from api.wording_schema import WordingSchema

AT = "T at which they are told"


class PeriodSchema(Closed):
    """How long a period is, and by whose word."""

    value = fields.Integer()
    unit = fields.String()
    unit_label = fields.Nested(WordingSchema)
    basis = text("law, policy, agreed (between the parties) or stated (by a statement)")
    basis_label = fields.Nested(WordingSchema, required=True)
    law = fields.String()
    article = fields.String()
    pack = fields.Nested(PackSchema)


class OfficeSchema(Closed):
    """Which office of the department owes it."""

    kind = text("sharing_office, business, intake, authority or service")
    label = fields.Nested(WordingSchema, required=True)


class OwingPostSchema(Closed):
    """Who in that office answers for it."""

    tier = text("of the post")
    label = fields.Nested(WordingSchema, required=True)


class ClockStepSchema(Closed):
    """What one entry did to an obligation; dates alone where the entry may not be read."""

    entry = number("index")
    at = text("T at which it was recorded")
    what = text("reckoned, extended, fulfilled, cancelled, missed, reopened, noted or assessed")
    label = fields.Nested(WordingSchema, required=True)
    due = fields.String(metadata={"description": "T until which it is owed from here on"})
    was = fields.String(metadata={"description": "T until which it was owed before"})
    soon = fields.String(metadata={"description": "T from which it is due soon"})
    missing = fields.String(metadata={"description": "calendar for want of which none is known"})
    interpretation = fields.Boolean(metadata={"description": "rules were taken by analogy"})
    stopped = fields.Boolean()
    why = fields.String()
    why_label = fields.Nested(WordingSchema)
    asked = fields.Integer(metadata={"description": "working days of an extension"})
    counted = fields.Integer(metadata={"description": "of these, those that count"})
    reason = fields.String(metadata={"description": "why others do not"})
    on = fields.String(metadata={"description": "T that counts for what met or cancelled it"})
    by = fields.String()
    to = fields.String()
    good_reason = fields.String()
    replacement = fields.String()


class ObligationMembersSchema(Closed):
    """What is owed, by whom, until when."""

    ref = text("<department>/<clock>-<entry>")
    rule = text("id of the clock, as O1")
    kind = text("which of the clocks of that id")
    label = fields.Nested(WordingSchema, required=True)
    state = text("as it was known at the T that was asked for")
    state_label = fields.Nested(WordingSchema, required=True)
    department = text("that owes it")
    answering = fields.String(
        metadata={"description": "department that answers in its place by that T: its successor"}
    )
    answering_among = fields.List(
        fields.String(), metadata={"description": "successors of which none is told to go on"}
    )
    answering_by = fields.List(
        fields.Integer(), metadata={"description": "entries of the successions that say so"}
    )
    office = fields.Nested(OfficeSchema, required=True)
    unit = fields.String()
    post = fields.Nested(OwingPostSchema, required=True)
    to = fields.String(metadata={"description": "department to which it is owed"})
    thing = text("kind and name of what it is about")
    item = fields.String()
    region = fields.String(metadata={"description": "division whose working days count"})
    entry = number("that started it")
    started_at = text("T at which that was recorded")
    since = text("T from which the period runs")
    due = fields.String(metadata={"description": "T; absent where it is not known"})
    due_day = fields.String(metadata={"description": "the day of that T in China"})
    missing_calendar = fields.String()
    late = fields.Boolean(required=True)
    ended_at = fields.String()
    stopped = fields.Boolean()
    excused = fields.Boolean()
    claimed = fields.Boolean(
        metadata={"description": "met in time as its statement says, and recorded afterwards"}
    )
    good_reason_matters = fields.Boolean(required=True)
    period = fields.Nested(PeriodSchema, required=True)
    pack = fields.Nested(PackSchema, required=True)
    facts = fields.Dict(required=True)
    history = fields.List(fields.Nested(ClockStepSchema), required=True)


ObligationListSchema = page_of(
    "obligations",
    "One page of obligations.",
    ObligationMembersSchema,
    **told(AT),
    service=fields.List(
        fields.Nested(ObligationMembersSchema),
        required=True,
        metadata={"description": "what the service owes itself (O12), while entries wait for it"},
    ),
)


class ObligationSchema(Closed):
    """One obligation."""

    as_of = number("tree size that the answer is taken at")
    at = text("T at which it is told")
    projected = number("entries that can be looked up by now")
    obligation = fields.Nested(ObligationMembersSchema, required=True)
