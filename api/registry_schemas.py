"""marshmallow schemas of the registry, for the description of the API only."""

from marshmallow import fields

from api.schema_parts import Closed, hex_digest, number, page_of, text


class DepartmentSchema(Closed):
    """A department as the registry holds it."""

    department = text("its id")
    name = fields.Dict(required=True, metadata={"description": "`zh` and, where given, `en`"})
    kind = fields.String(metadata={"description": "absent for the registrar"})
    region = fields.String(metadata={"description": "division code, six digits"})
    level = fields.String()
    registered_at = fields.Integer(metadata={"description": "index of the entry"})


DepartmentListSchema = page_of("departments", "One page of the departments.", DepartmentSchema)


class PostSchema(Closed):
    """A post of an official."""

    official = text("pseudonym")
    department = text("id of the department")
    appointment = text("id of the appointment")
    post = text("what the post is called")
    unit = fields.String()
    tiers = fields.List(fields.String(), required=True)
    duty = fields.String()
    acting = fields.Boolean(required=True)
    starts = text("T")
    ends = fields.String(metadata={"description": "T; absent: open"})
    appointed_at = number("index of the entry")
    released_at = fields.Integer(metadata={"description": "index of the latest release"})


OfficialListSchema = page_of("officials", "One page of the posts of officials.", PostSchema)


class KeySchema(Closed):
    """A key, with what became of it."""

    keyid = hex_digest("SHA-256 of the key's SubjectPublicKeyInfo, hex")
    public_key = text("SubjectPublicKeyInfo, base64")
    department = text("id of the department that it speaks for")
    holder = fields.String(metadata={"description": "official; absent: a system's key"})
    enrolled_at = number("index of the entry")
    expires = fields.String(metadata={"description": "T"})
    revoked_at = fields.Integer(metadata={"description": "index of the entry"})
    reason = fields.String(metadata={"description": "of the revocation"})
    since = fields.String(metadata={"description": "T; later entries of the key are in doubt"})


KeyListSchema = page_of("keys", "One page of the keys.", KeySchema)
