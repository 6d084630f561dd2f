"""marshmallow schemas of a trace and of an impact, for the description of the API only."""

from typing import Any

from marshmallow import INCLUDE, Schema, fields

from api.wording_schema import WordingSchema


class BecauseSchema(WordingSchema):
    """Why a line stands there: a step of the algorithm, or the row of a matrix."""

    code = fields.String(required=True)


class TraceLineSchema(Schema):
    """One line; what it says beside these hangs on ``what``."""

    class Meta:
        unknown = INCLUDE

    what = fields.String(required=True)
    label = fields.Nested(WordingSchema, required=True)
    because = fields.Nested(BecauseSchema, required=True)
    entries = fields.List(
        fields.Integer(),
        required=True,
        metadata={"description": "indexes on which it rests, ascending, never none"},
    )
    department = fields.String()
    official = fields.String()
    tier = fields.String()


class BranchSchema(Schema):
    """One share that fed the act, from its use upwards."""

    use = fields.String(required=True)
    item = fields.String()
    provider = fields.String()
    reliance = fields.String()
    lines = fields.List(fields.Nested(TraceLineSchema), required=True)


class DefectSchema(Schema):
    """What a matrix has examined for a defect; without one in force, roles only."""

    defect = fields.String(required=True)
    item = fields.String(metadata={"description": "the one that was named as defective"})
    matrix = fields.Dict(required=True, allow_none=True)
    uses = fields.List(fields.String(), metadata={"description": "the uses in question"})
    lines = fields.List(fields.Nested(TraceLineSchema), required=True)


def _lines() -> Any:
    return fields.List(fields.Nested(TraceLineSchema), required=True)


class ResponsibilitySchema(Schema):
    """Who answers for an act, in which role, and what speaks for each: never a verdict."""

    act = fields.Dict(required=True)
    as_of = fields.Integer(required=True)
    at = fields.String(required=True, metadata={"description": "T of the last entry"})
    beside = _lines()
    branches = fields.List(fields.Nested(BranchSchema), required=True)
    credit = _lines()
    departments = fields.Dict(
        required=True, metadata={"description": "by id, what those in it are called"}
    )
    defect = fields.Nested(DefectSchema)
    determinations = _lines()
    evidence = _lines()
    exemption = _lines()
    outward = _lines()
    people = _lines()


class ImpactSchema(Schema):
    """What relied on an item, on one version of it or on one delivery."""

    as_of = fields.Integer(required=True)
    asked = fields.Dict(required=True)
    at = fields.String(required=True)
    counts = fields.Dict(required=True)
    derived = _lines()
    told = _lines()
    untold = _lines()
    unused = _lines()
    uses = _lines()
