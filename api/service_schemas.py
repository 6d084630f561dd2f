"""marshmallow schemas of sessions, refusals and health, for the API's description only."""

from marshmallow import fields, validate

from api.schema_parts import Closed, hex_digest, number, text


class ChallengeSchema(Closed):
    """What a sign-in is made over."""

    nonce = text("32 bytes, base64; it serves once, within five minutes")


class SessionSchema(Closed):
    """Who is signed in."""

    department = text("department id")
    expires = text("when the session ends at the latest, a T")
    official = fields.String(
        required=True, allow_none=True, metadata={"description": "null for a system"}
    )
    role = text("what the department is, seen from what it may read")
    whole_ledger = fields.Boolean(
        required=True, metadata={"description": "whether an authorisation opens every statement"}
    )


class BegunSchema(SessionSchema):
    """A session that has just begun."""

    token = text("to be sent as `Authorization: Bearer`; the service does not keep it")


class RefusalSchema(Closed):
    """One refused submission of a known key. What was sent is not kept."""

    code = text("the code of the refusal")
    digest = hex_digest("SHA-256 of what was sent, hex")
    keyid = hex_digest("a known key that it named; with `bad_signature` anybody can have named it")
    number = number("counts refusals from 1")
    refused_at = text("when, a T")


class RefusalListSchema(Closed):
    """One page of refusals, newest first."""

    next = fields.Integer(
        required=True, allow_none=True, metadata={"description": "`before` of the page after"}
    )
    refusals = fields.List(fields.Nested(RefusalSchema), required=True)


class HealthSchema(Closed):
    """The process answers."""

    status = fields.String(required=True, validate=validate.Equal("alive"))


class ReadySchema(Closed):
    """The service takes statements and everything has caught up."""

    status = fields.String(required=True, validate=validate.Equal("ready"))
    size = number("entries committed")
    published_size = number("entries under the published checkpoint")
    registry_size = number("entries that the registry has folded")
    projected_size = number("entries that the projections follow")
