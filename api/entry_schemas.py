"""marshmallow schemas of statements, receipts, entries, chains, for the description only."""

from marshmallow import INCLUDE, Schema, fields, validate

from api.finding_schemas import FindingMembersSchema
from api.problem_kinds import KINDS
from api.schema_parts import HEX_16, Closed, cursor, hex_digest, number, page_of, text


class ProblemSchema(Schema):
    """An RFC 9457 problem document."""

    class Meta:
        unknown = INCLUDE

    code = fields.String(
        required=True,
        validate=validate.OneOf(list(KINDS)),
        metadata={"description": "stable code; the page at `type` says what it means"},
    )
    detail = text("what is wrong, where, and what to do, in the language asked for")
    instance = fields.String(metadata={"description": "URN of this one answer, also in the log"})
    pointer = fields.String(
        metadata={
            "description": "JSON pointer to the member at fault: of the event, or of the envelope "
            "for `malformed` and `bad_signature`"
        }
    )
    status = number("the HTTP status", example=422)
    title = text("short name of the code, in the language asked for")
    type = text("address of the page about the code")
    index = fields.Integer(metadata={"description": "`conflict`: the entry in the way"})
    note = fields.String(
        metadata={"description": "a refused statement that is authentic: the log's signed note"}
    )
    parameter = fields.String(metadata={"description": "`bad_parameter`: which one"})
    reason = fields.String(metadata={"description": "`read_only`, `not_ready`: why, a stable word"})


class SignatureSchema(Closed):
    """One signature of a statement."""

    keyid = hex_digest("SHA-256 of the signing key's SubjectPublicKeyInfo, hex")
    sig = text("the signature, base64")


class StatementSchema(Closed):
    """A DSSE envelope in canonical JSON (RFC 8785), signed over PAE of its payload."""

    payload = text("the event in canonical JSON, base64")
    payloadType = fields.String(
        required=True, validate=validate.Equal("application/vnd.zelian.event.v1+json")
    )
    signatures = fields.List(
        fields.Nested(SignatureSchema), required=True, validate=validate.Length(1, 8)
    )


class CertificateSchema(StatementSchema):
    """A certificate of removal: an envelope as a statement is, of another payload type."""

    payload = text("what it certifies in canonical JSON, base64")
    payloadType = fields.String(
        required=True, validate=validate.Equal("application/vnd.zelian.removal.v1+json")
    )


class NamedChainSchema(Closed):
    """One chain that the entry continues: its name, and the salt from which its id follows."""

    name = text("chain name, such as `act/D/A-1`")
    salt = text("16 bytes, hex", pattern=HEX_16)


class CompactReceiptSchema(Closed):
    """A receipt of a batch without its proof, under the batch's one checkpoint."""

    chains = fields.List(fields.Nested(NamedChainSchema), required=True)
    header = text("the entry's header, canonical JSON as text: the leaf of the tree")


class ReceiptSchema(CompactReceiptSchema):
    """The answer to an accepted statement (spec 6), canonical JSON; keep it."""

    proof = text("a C2SP tlog-proof: inclusion path and signed checkpoint")


class BatchLineSchema(Closed):
    """One line of a batch's answer: a receipt or a problem, or last a checkpoint."""

    status = fields.Integer(metadata={"description": "as if the line had been posted alone"})
    receipt = fields.Nested(ReceiptSchema, metadata={"description": "200, 201"})
    problem = fields.Nested(ProblemSchema, metadata={"description": "all else"})
    checkpoint = fields.String(
        metadata={"description": "last line of `receipts=compact`: covers every receipt before it"}
    )


class AbsentSchema(Closed):
    """Why there is no statement in the answer."""

    detail = text("in the language asked for")
    reason = fields.String(
        required=True,
        validate=validate.OneOf(["not_allowed", "missing", "withheld", "erased"]),
    )
    by = fields.Integer(
        metadata={"description": "index of the entry that ordered it; where one did", "minimum": 0}
    )


class ProvenSchema(Closed):
    """Between which times an entry came, as witnesses prove it by the quorum of the policy."""

    after = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "they had cosigned no larger tree by then; null: none did"},
    )
    before = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "they had cosigned a tree with it; null: not yet"},
    )


class StampSchema(Closed):
    """One logged time-stamp of an outside authority (RFC 3161)."""

    at = text("when, by the authority's clock")
    authority = text("its address")
    entry = number("index of the `anchor.recorded` that holds the token")


class StampedSchema(Closed):
    """Between which time-stamps an entry came; each is in the log and can be checked."""

    after = fields.Nested(
        StampSchema,
        required=True,
        allow_none=True,
        metadata={"description": "logged before it, so it was not there earlier; null: none"},
    )
    before = fields.Nested(
        StampSchema,
        required=True,
        allow_none=True,
        metadata={"description": "of a tree with it, so it was there by then; null: not yet"},
    )


class CitationSchema(Closed):
    """A statement of another ledger that the entry cites."""

    ledger = text("origin of that ledger")
    statement = hex_digest("digest of the statement there, hex")
    standing = fields.String(
        required=True,
        validate=validate.OneOf(["verified", "not_checked"]),
        metadata={
            "description": "`verified`: its receipt held, when this entry was admitted, under the "
            "policy that the registrar had registered; `not_checked`: none was registered"
        },
    )
    by = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "the `peer.registered` with that policy; null: none"},
    )


class EntrySchema(Closed):
    """One entry. Statement and event stand in it only for those who may read them."""

    index = number("counts entries from 0")
    header = text("canonical JSON as text, byte for byte what was hashed")
    leaf_hash = hex_digest("SHA-256(0x00 || header), hex")
    statement = fields.String(metadata={"description": "the envelope as text, as it was signed"})
    event = fields.Dict(metadata={"description": "the statement's payload, for convenience"})
    said = fields.String(
        validate=validate.OneOf(["signed", "attested", "system"]),
        metadata={
            "description": "`signed` by the official's own key, `attested` by a system of his "
            "department in his name, or said by a `system`, or registrar, with no official"
        },
    )
    citations = fields.List(
        fields.Nested(CitationSchema),
        metadata={"description": "what it cites of other ledgers, where it does"},
    )
    absent = fields.Nested(AbsentSchema)
    proven = fields.Nested(
        ProvenSchema,
        metadata={"description": "of one entry, where witnesses are asked; by their clocks"},
    )
    stamped = fields.Nested(
        StampedSchema,
        metadata={"description": "of one entry, where heads are time-stamped"},
    )
    findings = fields.List(
        fields.Nested(FindingMembersSchema),
        metadata={
            "description": "of one entry whose statement may be read: what the rules found in it "
            "that the asker is shown; absent until it is judged"
        },
    )


EntryListSchema = page_of(
    "entries",
    "One page of a list that is fixed at a tree size.",
    EntrySchema,
    projected=fields.Integer(
        metadata={"description": "to a search: how many entries can be searched by now"}
    ),
)


class LinkSchema(Closed):
    """How an entry continues a chain."""

    prev = hex_digest("leaf hash of the chain's entry before, hex; zeros for the first")
    seq = number("counts the chain's entries from 0")


class ChainEntrySchema(EntrySchema):
    """One entry of a chain."""

    link = fields.Nested(LinkSchema, required=True)


class ChainSchema(Closed):
    """One page of a chain, which is whole from its first entry on."""

    name = text("chain name, such as `act/D/A-1`")
    salt = text("16 bytes, hex", pattern=HEX_16)
    id = hex_digest("SHA-256 over salt and name, hex: the chain's id in headers")
    length = number("entries of the chain below `as_of`")
    as_of = number("tree size that every page is taken at")
    projected = number("how many entries can be looked up by now")
    entries = fields.List(fields.Nested(ChainEntrySchema), required=True)
    next = cursor()


class ConsistencySchema(Closed):
    """A consistency proof (RFC 9162)."""

    old = number("size of the smaller tree")
    new = number("size of the larger tree")
    proof = fields.List(fields.String(), required=True, metadata={"description": "digests, base64"})
