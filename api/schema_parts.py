"""What the schemas of the API's description are made of. Nothing is loaded through them."""

from typing import Any

from marshmallow import RAISE, Schema, fields, validate

# Patterns are ECMA 262's, as JSON Schema wants: there ``$`` is the very end.
HEX_32 = "^[0-9a-f]{64}$"
HEX_16 = "^[0-9a-f]{32}$"


class Closed(Schema):
    """A schema that lists every member there is."""

    class Meta:
        unknown = RAISE


def text(about: str, **more: object) -> fields.String:
    return fields.String(required=True, metadata={"description": about, **more})


def number(about: str, **more: object) -> fields.Integer:
    return fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=0),
        metadata={"description": about, **more},
    )


def hex_digest(about: str) -> fields.String:
    return text(about, pattern=HEX_32)


def cursor() -> fields.String:
    return fields.String(
        required=True, allow_none=True, metadata={"description": "cursor of the page after"}
    )


def page_of(name: str, about: str, item: type[Schema], **beside: fields.Field[Any]) -> type[Schema]:
    """Return the schema of one page of a list that is fixed at a tree size.

    Args:
        name: of the member that holds the items.
        about: what the page is.
        beside: what stands in it besides the items, ``as_of`` and ``next``.
    """
    members: dict[str, object] = {
        "as_of": number("tree size that the list is taken at"),
        name: fields.List(fields.Nested(item), required=True),
        "next": cursor(),
        **beside,
    }
    title = item.__name__.removesuffix("Schema").removesuffix("Members")
    return type(f"{title}ListSchema", (Closed,), {"__doc__": about, **members})


def told(about: str) -> dict[str, fields.Field[Any]]:
    """Return what stands beside what follows from projections, and from a time."""
    return {"at": text(about), "projected": number("entries that can be looked up by now")}
