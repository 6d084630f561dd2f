"""marshmallow schemas of the file of a grant, for the description of the API only."""

from marshmallow import INCLUDE, Schema, fields

from api.wording_schema import WordingSchema


class GapSchema(Schema):
    """What is not recorded, and since when it lacks."""

    code = fields.String(required=True)
    label = fields.Nested(WordingSchema, required=True)
    since = fields.String(required=True, metadata={"description": "T from which on it lacks"})
    about = fields.String(metadata={"description": "the thing it is about; else the grant"})
    entry = fields.Integer(metadata={"description": "of the statement that it ought to follow"})
    obligation = fields.String(metadata={"description": "the clock that ran"})


class FileLineSchema(Schema):
    """One statement of the file; ``data`` is as its type has it."""

    class Meta:
        unknown = INCLUDE

    index = fields.Integer(required=True)
    digest = fields.String(required=True)
    leaf_hash = fields.String(required=True)
    proof = fields.String(metadata={"description": "tlog-proof text, where it is asked for"})


class FilePartSchema(Schema):
    """One of the five kinds of records of article 29."""

    name = fields.String(required=True)
    label = fields.Nested(WordingSchema, required=True)
    state = fields.String(required=True)
    state_label = fields.Nested(WordingSchema, required=True)
    gaps = fields.List(fields.Nested(GapSchema), required=True)
    lines = fields.List(fields.Nested(FileLineSchema), required=True)


class RecordedSchema(Schema):
    """How many of the kinds that apply by now are there without a gap."""

    of = fields.Integer(required=True)
    present = fields.Integer(required=True)


class RetentionSchema(Schema):
    """How long the records are kept, at least; other laws prevail."""

    years = fields.Integer(required=True)
    basis = fields.String(required=True)
    law = fields.String(required=True, allow_none=True)
    article = fields.String(required=True, allow_none=True)
    starts = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "T of the closing, if it is closed"},
    )
    until = fields.String(required=True, allow_none=True)


class GrantFileSchema(Schema):
    """The record that article 29 of decree 809 demands, of one grant."""

    as_of = fields.Integer(required=True)
    at = fields.String(required=True)
    checkpoint = fields.String(required=True, allow_none=True)
    complete = fields.Boolean(required=True)
    departments = fields.Dict(
        required=True, metadata={"description": "by id, what those in it are called"}
    )
    grant = fields.Dict(required=True)
    lacking = fields.List(fields.String(), required=True)
    parts = fields.List(fields.Nested(FilePartSchema), required=True)
    projected = fields.Integer(required=True)
    recorded = fields.Nested(RecordedSchema, required=True)
    retention = fields.Nested(RetentionSchema, required=True)
    scope = fields.List(
        fields.Dict(), required=True, metadata={"description": "its terms, version by version"}
    )
