"""marshmallow schemas of the report on a period, for the description of the API only."""

from marshmallow import Schema, fields

from api.wording_schema import WordingSchema


class ReportedTypeSchema(Schema):
    """How many statements of one type were recorded."""

    type = fields.String(required=True)
    label = fields.Nested(WordingSchema, required=True)
    family = fields.Nested(WordingSchema, required=True)
    count = fields.Integer(required=True)
    entries_sha256 = fields.String(required=True)


class ReportedClockSchema(Schema):
    """What became of the obligations of one kind that fell due."""

    clock = fields.String(required=True)
    kind = fields.String(required=True)
    label = fields.Nested(WordingSchema, required=True)
    count = fields.Integer(required=True)
    in_time = fields.Integer(required=True)
    late = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    open = fields.Integer(required=True)
    obligations_sha256 = fields.String(required=True)


class ReportedRuleSchema(Schema):
    """What one rule found."""

    rule = fields.String(required=True)
    label = fields.Nested(WordingSchema, required=True)
    basis = fields.String(required=True)
    severity = fields.String(required=True)
    citations = fields.List(fields.String(), required=True)
    count = fields.Integer(required=True)
    explained = fields.Integer(required=True)
    confirmed = fields.Integer(required=True)
    cleared = fields.Integer(required=True)
    withdrawn = fields.Integer(required=True)
    findings_sha256 = fields.String(required=True)


class PeriodReportSchema(Schema):
    """The report on a period: counts without a name, each with the hash of what was counted."""

    as_of = fields.Integer(required=True)
    at = fields.String(required=True)
    checkpoint = fields.String(required=True)
    entries = fields.Dict(required=True)
    findings = fields.List(fields.Nested(ReportedRuleSchema), required=True)
    method = fields.Nested(WordingSchema, required=True)
    origin = fields.String(required=True)
    period = fields.Dict(required=True)
    statements = fields.List(fields.Nested(ReportedTypeSchema), required=True)
    timeliness = fields.List(fields.Nested(ReportedClockSchema), required=True)
