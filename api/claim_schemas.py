"""marshmallow schemas of what a claim code opens, for the description of the API only."""

from collections.abc import Iterable

from marshmallow import Schema, fields, validate

from ledger.sharing.complaints import DISPOSITIONS, MEASURES, REMOVALS, STATES


def _text(about: str, **more: object) -> fields.String:
    return fields.String(required=True, metadata={"description": about, **more})


def _choice(words: Iterable[str]) -> fields.String:
    return fields.String(required=True, validate=validate.OneOf([*words]))


class ClaimWordsSchema(Schema):
    """Words in both languages."""

    en = fields.String(required=True)
    zh = fields.String(required=True)


class AnsweringBodySchema(Schema):
    """A department, by its id and its names."""

    id = fields.String(required=True)
    zh = fields.String(required=True, allow_none=True)
    en = fields.String(required=True, allow_none=True)


class ClaimedStatementSchema(Schema):
    """One statement: its entry, its digest, when it was recorded, and by which body."""

    index = fields.Integer(required=True)
    recorded_at = _text("T")
    statement = _text("digest of the statement, hex")
    department = fields.Nested(AnsweringBodySchema, required=True)


class ComplaintReceivedSchema(ClaimedStatementSchema):
    """The statement that took the complaint in."""

    kind = fields.String(required=True)
    mode = fields.String(required=True)


class ComplaintAnswerSchema(ClaimedStatementSchema):
    """An answer to the complaint."""

    disposition = _choice(DISPOSITIONS)
    label = fields.Nested(ClaimWordsSchema, required=True)
    answer = _text("in the words of the body that answered")
    measures = fields.List(_choice(MEASURES))
    referred_to = fields.Nested(AnsweringBodySchema)
    legal_basis = fields.List(fields.Dict())


class ComplaintSchema(Schema):
    """One complaint, and where it stands."""

    complaint = _text("its name, `<department>/<id>`")
    state = _choice(STATES)
    label = fields.Nested(ClaimWordsSchema, required=True)
    received = fields.Nested(ComplaintReceivedSchema, required=True, allow_none=True)
    answers = fields.List(fields.Nested(ComplaintAnswerSchema), required=True)


class RemovedStatementSchema(Schema):
    """A statement that the code opened and that is withheld or erased."""

    index = fields.Integer(required=True)
    recorded_at = _text("T")
    statement = _text("digest of the statement, hex")
    removed = _choice(REMOVALS)
    label = fields.Nested(ClaimWordsSchema, required=True)
    by = fields.Integer(required=True, metadata={"description": "index of the order"})


class AnswersSchema(Schema):
    """What a claim code opens."""

    as_of = fields.Integer(required=True)
    complaints = fields.List(fields.Nested(ComplaintSchema), required=True)
    removed = fields.List(fields.Nested(RemovedStatementSchema), required=True)


class ClaimCodeSchema(Schema):
    """A claim code."""

    code = _text("as it was given, at most 256 characters", maxLength=256)
