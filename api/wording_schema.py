"""The marshmallow schema of words in both languages."""

from marshmallow import RAISE, Schema, fields


class WordingSchema(Schema):
    """The same in two languages."""

    class Meta:
        unknown = RAISE

    en = fields.String(required=True, metadata={"description": "English"})
    zh = fields.String(required=True, metadata={"description": "Chinese"})
