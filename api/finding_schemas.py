"""marshmallow schemas of findings, for the description of the API only."""

from marshmallow import fields

from api.schema_parts import Closed, number, page_of, text, told
from api.wording_schema import WordingSchema

AT = "T for which is told whether the time to explain is over"


class PackSchema(Closed):
    """The rule pack that switched a rule on."""

    id = text("of the pack")
    version = text("of the pack")
    adopted_by = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "entry that adopted it; null: built in, not adopted"},
    )


class FindingStepSchema(Closed):
    """What became of a finding by one entry; words only where the entry may be read."""

    entry = number("index")
    at = text("T at which it was recorded")
    state = text("of the finding after it")
    type = fields.String()
    by = fields.String()
    word = fields.String()
    reason = fields.String(metadata={"description": "why it changed nothing"})


class FindingMembersSchema(Closed):
    """What a rule found, to be checked."""

    ref = text("<department>/<rule>-<entry>")
    rule = text("id of the rule")
    rule_version = text("of the rule")
    pack = fields.Nested(PackSchema, required=True)
    department = text("concerned")
    severity = text("high, medium or low")
    basis = text("law, policy, seed or integrity")
    citations = fields.List(fields.String(), required=True)
    state = text("raised, explained, confirmed, cleared or withdrawn")
    entry = number("that raised it")
    entries = fields.List(fields.Integer(), required=True)
    raised_at = text("T")
    visible = text("T from which it is shown above the department, explained or not")
    facts = fields.Dict(required=True)
    label = fields.Nested(WordingSchema, required=True)
    title = fields.Nested(WordingSchema, required=True)
    message = fields.Nested(WordingSchema, required=True)
    state_label = fields.Nested(WordingSchema, required=True)
    life = fields.List(fields.Nested(FindingStepSchema), required=True)


class IntegritySchema(Closed):
    """What is wrong with the ledger itself, to be checked."""

    rule = text("I1 to I8")
    severity = text("high, medium or low")
    basis = text("integrity")
    entries = fields.List(fields.Integer(), required=True)
    facts = fields.Dict(required=True)
    label = fields.Nested(WordingSchema, required=True)
    title = fields.Nested(WordingSchema, required=True)
    message = fields.Nested(WordingSchema, required=True)


FindingListSchema = page_of(
    "findings",
    "One page of findings.",
    FindingMembersSchema,
    **told(AT),
    integrity=fields.List(
        fields.Nested(IntegritySchema),
        required=True,
        metadata={"description": "what is wrong with the ledger itself this moment"},
    ),
)


class FindingSchema(Closed):
    """One finding."""

    as_of = number("tree size that the answer is taken at")
    at = text(AT)
    projected = number("entries that can be looked up by now")
    finding = fields.Nested(FindingMembersSchema, required=True)
