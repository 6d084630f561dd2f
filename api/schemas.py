"""marshmallow schemas of what the API says and takes: for its description only.

Nothing is loaded or dumped through them. A test holds real answers against them,
so that they stay true.
"""

from marshmallow import INCLUDE, RAISE, Schema, fields, validate

from api.claim_schemas import AnswersSchema, ClaimCodeSchema
from api.grant_file_schemas import GrantFileSchema
from api.problem_kinds import KINDS
from api.report_schemas import PeriodReportSchema
from api.wording_schema import WordingSchema

# Patterns are ECMA 262's, as JSON Schema wants: there ``$`` is the very end.
HEX_32 = "^[0-9a-f]{64}$"
HEX_16 = "^[0-9a-f]{32}$"


def _text(about: str, **more: object) -> fields.String:
    return fields.String(required=True, metadata={"description": about, **more})


def _number(about: str, **more: object) -> fields.Integer:
    return fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=0),
        metadata={"description": about, **more},
    )


def _digest(about: str) -> fields.String:
    return _text(about, pattern=HEX_32)


class _Closed(Schema):
    """A schema that lists every member there is."""

    class Meta:
        unknown = RAISE


def _cursor() -> fields.String:
    return fields.String(
        required=True, allow_none=True, metadata={"description": "cursor of the page after"}
    )


class ProblemSchema(Schema):
    """An RFC 9457 problem document."""

    class Meta:
        unknown = INCLUDE

    code = fields.String(
        required=True,
        validate=validate.OneOf(list(KINDS)),
        metadata={"description": "stable code; the page at `type` says what it means"},
    )
    detail = _text("what is wrong, where, and what to do, in the language asked for")
    instance = fields.String(metadata={"description": "URN of this one answer, also in the log"})
    pointer = fields.String(
        metadata={
            "description": "JSON pointer to the member at fault: of the event, or of the envelope "
            "for `malformed` and `bad_signature`"
        }
    )
    status = _number("the HTTP status", example=422)
    title = _text("short name of the code, in the language asked for")
    type = _text("address of the page about the code")
    index = fields.Integer(metadata={"description": "`conflict`: the entry in the way"})
    parameter = fields.String(metadata={"description": "`bad_parameter`: which one"})
    reason = fields.String(metadata={"description": "`read_only`, `not_ready`: why, a stable word"})


class SignatureSchema(_Closed):
    """One signature of a statement."""

    keyid = _digest("SHA-256 of the signing key's SubjectPublicKeyInfo, hex")
    sig = _text("the signature, base64")


class StatementSchema(_Closed):
    """A DSSE envelope in canonical JSON (RFC 8785), signed over PAE of its payload."""

    payload = _text("the event in canonical JSON, base64")
    payloadType = fields.String(
        required=True, validate=validate.Equal("application/vnd.zelian.event.v1+json")
    )
    signatures = fields.List(
        fields.Nested(SignatureSchema), required=True, validate=validate.Length(1, 8)
    )


class CertificateSchema(StatementSchema):
    """A certificate of removal: an envelope as a statement is, of another payload type."""

    payload = _text("what it certifies in canonical JSON, base64")
    payloadType = fields.String(
        required=True, validate=validate.Equal("application/vnd.zelian.removal.v1+json")
    )


class NamedChainSchema(_Closed):
    """One chain that the entry continues: its name, and the salt from which its id follows."""

    name = _text("chain name, such as `act/D/A-1`")
    salt = _text("16 bytes, hex", pattern=HEX_16)


class CompactReceiptSchema(_Closed):
    """A receipt of a batch without its proof, under the batch's one checkpoint."""

    chains = fields.List(fields.Nested(NamedChainSchema), required=True)
    header = _text("the entry's header, canonical JSON as text: the leaf of the tree")


class ReceiptSchema(CompactReceiptSchema):
    """The answer to an accepted statement (spec 6), canonical JSON; keep it."""

    proof = _text("a C2SP tlog-proof: inclusion path and signed checkpoint")


class BatchLineSchema(_Closed):
    """One line of a batch's answer: a receipt or a problem, or last a checkpoint."""

    status = fields.Integer(metadata={"description": "as if the line had been posted alone"})
    receipt = fields.Nested(ReceiptSchema, metadata={"description": "200, 201"})
    problem = fields.Nested(ProblemSchema, metadata={"description": "all else"})
    checkpoint = fields.String(
        metadata={"description": "last line of `receipts=compact`: covers every receipt before it"}
    )


class AbsentSchema(_Closed):
    """Why there is no statement in the answer."""

    detail = _text("in the language asked for")
    reason = fields.String(
        required=True,
        validate=validate.OneOf(["not_allowed", "missing", "withheld", "erased"]),
    )
    by = fields.Integer(
        metadata={"description": "index of the entry that ordered it; where one did", "minimum": 0}
    )


class EntrySchema(_Closed):
    """One entry. Statement and event stand in it only for those who may read them."""

    index = _number("counts entries from 0")
    header = _text("canonical JSON as text, byte for byte what was hashed")
    leaf_hash = _digest("SHA-256(0x00 || header), hex")
    statement = fields.String(metadata={"description": "the envelope as text, as it was signed"})
    event = fields.Dict(metadata={"description": "the statement's payload, for convenience"})
    said = fields.String(
        validate=validate.OneOf(["signed", "attested", "system"]),
        metadata={
            "description": "`signed` by the official's own key, `attested` by a system of his "
            "department in his name, or said by a `system`, or registrar, with no official"
        },
    )
    absent = fields.Nested(AbsentSchema)


class EntryListSchema(_Closed):
    """One page of a list that is fixed at a tree size."""

    as_of = _number("tree size that every page of this list is taken at")
    entries = fields.List(fields.Nested(EntrySchema), required=True)
    next = _cursor()
    projected = fields.Integer(
        metadata={"description": "to a search: how many entries can be searched by now"}
    )


class LinkSchema(_Closed):
    """How an entry continues a chain."""

    prev = _digest("leaf hash of the chain's entry before, hex; zeros for the first")
    seq = _number("counts the chain's entries from 0")


class ChainEntrySchema(EntrySchema):
    """One entry of a chain."""

    link = fields.Nested(LinkSchema, required=True)


class ChainSchema(_Closed):
    """One page of a chain, which is whole from its first entry on."""

    name = _text("chain name, such as `act/D/A-1`")
    salt = _text("16 bytes, hex", pattern=HEX_16)
    id = _digest("SHA-256 over salt and name, hex: the chain's id in headers")
    length = _number("entries of the chain below `as_of`")
    as_of = _number("tree size that every page is taken at")
    projected = _number("how many entries can be looked up by now")
    entries = fields.List(fields.Nested(ChainEntrySchema), required=True)
    next = _cursor()


class DepartmentSchema(_Closed):
    """A department as the registry holds it."""

    department = _text("its id")
    name = fields.Dict(required=True, metadata={"description": "`zh` and, where given, `en`"})
    kind = fields.String(metadata={"description": "absent for the registrar"})
    region = fields.String(metadata={"description": "division code, six digits"})
    level = fields.String()
    registered_at = fields.Integer(metadata={"description": "index of the entry"})


class DepartmentListSchema(_Closed):
    """One page of the departments."""

    as_of = _number("tree size that the registry is asked at")
    departments = fields.List(fields.Nested(DepartmentSchema), required=True)
    next = _cursor()


class PostSchema(_Closed):
    """A post of an official."""

    official = _text("pseudonym")
    department = _text("id of the department")
    appointment = _text("id of the appointment")
    post = _text("what the post is called")
    unit = fields.String()
    tiers = fields.List(fields.String(), required=True)
    duty = fields.String()
    acting = fields.Boolean(required=True)
    starts = _text("T")
    ends = fields.String(metadata={"description": "T; absent: open"})
    appointed_at = _number("index of the entry")
    released_at = fields.Integer(metadata={"description": "index of the latest release"})


class OfficialListSchema(_Closed):
    """One page of the posts of officials."""

    as_of = _number("tree size that the registry is asked at")
    officials = fields.List(fields.Nested(PostSchema), required=True)
    next = _cursor()


class KeySchema(_Closed):
    """A key, with what became of it."""

    keyid = _digest("SHA-256 of the key's SubjectPublicKeyInfo, hex")
    public_key = _text("SubjectPublicKeyInfo, base64")
    department = _text("id of the department that it speaks for")
    holder = fields.String(metadata={"description": "official; absent: a system's key"})
    enrolled_at = _number("index of the entry")
    expires = fields.String(metadata={"description": "T"})
    revoked_at = fields.Integer(metadata={"description": "index of the entry"})
    reason = fields.String(metadata={"description": "of the revocation"})
    since = fields.String(metadata={"description": "T; later entries of the key are in doubt"})


class KeyListSchema(_Closed):
    """One page of the keys."""

    as_of = _number("tree size that the registry is asked at")
    keys = fields.List(fields.Nested(KeySchema), required=True)
    next = _cursor()


class ThingMembersSchema(_Closed):
    """A request, grant, item … as the asker sees it; in views of departments, a department."""

    kind = _text("what it is")
    ref = _text("`<department>/<id>`, or the id of a department")
    state = _text("at the time asked for")
    owner = _text("department that the ref names")
    counterparty = fields.String(metadata={"description": "the other side"})
    item = fields.String(metadata={"description": "item that it is about"})
    opened = fields.Integer(metadata={"description": "index of the entry that opened it"})
    opened_at = fields.String(metadata={"description": "T of that entry"})
    last = fields.Integer(metadata={"description": "index of the last entry about it"})
    due = fields.String(metadata={"description": "T by which something is next expected"})
    unfit = fields.Integer(metadata={"description": "statements that changed nothing"})
    missing_hands = fields.List(fields.String())
    answering = fields.Dict(
        metadata={"description": "who answers by now in the place of the owner or the other side"}
    )
    retention_from = fields.String(metadata={"description": "T from which records are kept on"})


class ThingListSchema(_Closed):
    """One page of things."""

    as_of = _number("tree size that the list is taken at")
    at = _text("T for which what follows from time alone is told")
    projected = _number("entries that can be looked up by now")
    things = fields.List(fields.Nested(ThingMembersSchema), required=True)
    next = _cursor()


class PackSchema(_Closed):
    """The rule pack that switched a rule on."""

    id = _text("of the pack")
    version = _text("of the pack")
    adopted_by = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "entry that adopted it; null: built in, not adopted"},
    )


class FindingStepSchema(_Closed):
    """What became of a finding by one entry; words only where the entry may be read."""

    entry = _number("index")
    at = _text("T at which it was recorded")
    state = _text("of the finding after it")
    type = fields.String()
    by = fields.String()
    word = fields.String()
    reason = fields.String(metadata={"description": "why it changed nothing"})


class FindingMembersSchema(_Closed):
    """What a rule found, to be checked."""

    ref = _text("<department>/<rule>-<entry>")
    rule = _text("id of the rule")
    rule_version = _text("of the rule")
    pack = fields.Nested(PackSchema, required=True)
    department = _text("concerned")
    severity = _text("high, medium or low")
    basis = _text("law, policy, seed or integrity")
    citations = fields.List(fields.String(), required=True)
    state = _text("raised, explained, confirmed, cleared or withdrawn")
    entry = _number("that raised it")
    entries = fields.List(fields.Integer(), required=True)
    raised_at = _text("T")
    visible = _text("T from which it is shown above the department, explained or not")
    facts = fields.Dict(required=True)
    label = fields.Nested(WordingSchema, required=True)
    title = fields.Nested(WordingSchema, required=True)
    message = fields.Nested(WordingSchema, required=True)
    state_label = fields.Nested(WordingSchema, required=True)
    life = fields.List(fields.Nested(FindingStepSchema), required=True)


class IntegritySchema(_Closed):
    """What is wrong with the ledger itself, to be checked."""

    rule = _text("I1 to I8")
    severity = _text("high, medium or low")
    basis = _text("integrity")
    entries = fields.List(fields.Integer(), required=True)
    facts = fields.Dict(required=True)
    label = fields.Nested(WordingSchema, required=True)
    title = fields.Nested(WordingSchema, required=True)
    message = fields.Nested(WordingSchema, required=True)


class FindingListSchema(_Closed):
    """One page of findings."""

    as_of = _number("tree size that the list is taken at")
    at = _text("T for which is told whether the time to explain is over")
    projected = _number("entries that can be looked up by now")
    findings = fields.List(fields.Nested(FindingMembersSchema), required=True)
    integrity = fields.List(
        fields.Nested(IntegritySchema),
        required=True,
        metadata={"description": "what is wrong with the ledger itself this moment"},
    )
    next = _cursor()


class FindingSchema(_Closed):
    """One finding."""

    as_of = _number("tree size that the answer is taken at")
    at = _text("T for which is told whether the time to explain is over")
    projected = _number("entries that can be looked up by now")
    finding = fields.Nested(FindingMembersSchema, required=True)


class PeriodSchema(_Closed):
    """How long a period is, and by whose word."""

    value = fields.Integer()
    unit = fields.String()
    unit_label = fields.Nested(WordingSchema)
    basis = _text("law, policy, agreed (between the parties) or stated (by a statement)")
    basis_label = fields.Nested(WordingSchema, required=True)
    law = fields.String()
    article = fields.String()
    pack = fields.Nested(PackSchema)


class OfficeSchema(_Closed):
    """Which office of the department owes it."""

    kind = _text("sharing_office, business, intake, authority or service")
    label = fields.Nested(WordingSchema, required=True)


class OwingPostSchema(_Closed):
    """Who in that office answers for it."""

    tier = _text("of the post")
    label = fields.Nested(WordingSchema, required=True)


class ClockStepSchema(_Closed):
    """What one entry did to an obligation; dates alone where the entry may not be read."""

    entry = _number("index")
    at = _text("T at which it was recorded")
    what = _text("reckoned, extended, fulfilled, cancelled, reopened, noted or assessed")
    label = fields.Nested(WordingSchema, required=True)
    due = fields.String(metadata={"description": "T until which it is owed from here on"})
    soon = fields.String(metadata={"description": "T from which it is due soon"})
    missing = fields.String(metadata={"description": "calendar for want of which none is known"})
    interpretation = fields.Boolean(metadata={"description": "rules were taken by analogy"})
    stopped = fields.Boolean()
    why = fields.String()
    why_label = fields.Nested(WordingSchema)
    asked = fields.Integer(metadata={"description": "working days of an extension"})
    counted = fields.Integer(metadata={"description": "of these, those that count"})
    reason = fields.String(metadata={"description": "why others do not"})
    on = fields.String(metadata={"description": "T that counts for what met or cancelled it"})
    by = fields.String()
    to = fields.String()
    good_reason = fields.String()
    replacement = fields.String()


class ObligationMembersSchema(_Closed):
    """What is owed, by whom, until when."""

    ref = _text("<department>/<clock>-<entry>")
    rule = _text("id of the clock, as O1")
    kind = _text("which of the clocks of that id")
    label = fields.Nested(WordingSchema, required=True)
    state = _text("as it was known at the T that was asked for")
    state_label = fields.Nested(WordingSchema, required=True)
    department = _text("that owes it")
    office = fields.Nested(OfficeSchema, required=True)
    unit = fields.String()
    post = fields.Nested(OwingPostSchema, required=True)
    to = fields.String(metadata={"description": "department to which it is owed"})
    thing = _text("kind and name of what it is about")
    item = fields.String()
    region = fields.String(metadata={"description": "division whose working days count"})
    entry = _number("that started it")
    started_at = _text("T at which that was recorded")
    since = _text("T from which the period runs")
    due = fields.String(metadata={"description": "T; absent where it is not known"})
    due_day = fields.String(metadata={"description": "the day of that T in China"})
    missing_calendar = fields.String()
    late = fields.Boolean(required=True)
    ended_at = fields.String()
    stopped = fields.Boolean()
    excused = fields.Boolean()
    claimed = fields.Boolean(
        metadata={"description": "met in time as its statement says, and recorded afterwards"}
    )
    good_reason_matters = fields.Boolean(required=True)
    period = fields.Nested(PeriodSchema, required=True)
    pack = fields.Nested(PackSchema, required=True)
    facts = fields.Dict(required=True)
    history = fields.List(fields.Nested(ClockStepSchema), required=True)


class ObligationListSchema(_Closed):
    """One page of obligations."""

    as_of = _number("tree size that the list is taken at")
    at = _text("T at which they are told")
    projected = _number("entries that can be looked up by now")
    obligations = fields.List(fields.Nested(ObligationMembersSchema), required=True)
    next = _cursor()


class ObligationSchema(_Closed):
    """One obligation."""

    as_of = _number("tree size that the answer is taken at")
    at = _text("T at which it is told")
    projected = _number("entries that can be looked up by now")
    obligation = fields.Nested(ObligationMembersSchema, required=True)


class StepSchema(_Closed):
    """A statement in a thing's history."""

    index = _number("of its entry")
    recorded_at = _text("T")
    type = _text("of the event")
    department = _text("who spoke")
    official = fields.String()
    tier = fields.String()
    said = fields.String(required=True, validate=validate.OneOf(["signed", "attested", "system"]))
    fits = fields.Boolean(required=True)
    reason = fields.String(metadata={"description": "why it does not fit"})
    state = fields.String(metadata={"description": "after it; absent: not opened yet"})


class ThingSchema(_Closed):
    """One thing, with a page of its history."""

    as_of = _number("tree size that the answer is taken at")
    at = _text("T for which what follows from time alone is told")
    projected = _number("entries that can be looked up by now")
    thing = fields.Nested(ThingMembersSchema, required=True)
    details = fields.Dict(required=True, metadata={"description": "what its kind has of its own"})
    history = fields.List(fields.Nested(StepSchema), required=True)
    next = _cursor()


class ConsistencySchema(_Closed):
    """A consistency proof (RFC 9162)."""

    old = _number("size of the smaller tree")
    new = _number("size of the larger tree")
    proof = fields.List(fields.String(), required=True, metadata={"description": "digests, base64"})


class ChallengeSchema(_Closed):
    """What a sign-in is made over."""

    nonce = _text("32 bytes, base64; it serves once, within five minutes")


class SessionSchema(_Closed):
    """Who is signed in."""

    department = _text("department id")
    expires = _text("when the session ends at the latest, a T")
    official = fields.String(
        required=True, allow_none=True, metadata={"description": "null for a system"}
    )
    role = _text("what the department is, seen from what it may read")
    whole_ledger = fields.Boolean(
        required=True, metadata={"description": "whether an authorisation opens every statement"}
    )


class BegunSchema(SessionSchema):
    """A session that has just begun."""

    token = _text("to be sent as `Authorization: Bearer`; the service does not keep it")


class RefusalSchema(_Closed):
    """One refused submission of a known key. What was sent is not kept."""

    code = _text("the code of the refusal")
    digest = _digest("SHA-256 of what was sent, hex")
    keyid = _digest("a known key that it named; with `bad_signature` anybody can have named it")
    number = _number("counts refusals from 1")
    refused_at = _text("when, a T")


class RefusalListSchema(_Closed):
    """One page of refusals, newest first."""

    next = fields.Integer(
        required=True, allow_none=True, metadata={"description": "`before` of the page after"}
    )
    refusals = fields.List(fields.Nested(RefusalSchema), required=True)


class HealthSchema(_Closed):
    """The process answers."""

    status = fields.String(required=True, validate=validate.Equal("alive"))


class ReadySchema(_Closed):
    """The service takes statements and everything has caught up."""

    status = fields.String(required=True, validate=validate.Equal("ready"))
    size = _number("entries committed")
    published_size = _number("entries under the published checkpoint")
    registry_size = _number("entries that the registry has folded")
    projected_size = _number("entries that the projections follow")


SCHEMAS: dict[str, type[Schema]] = {
    "Problem": ProblemSchema,
    "Statement": StatementSchema,
    "Certificate": CertificateSchema,
    "Receipt": ReceiptSchema,
    "CompactReceipt": CompactReceiptSchema,
    "BatchLine": BatchLineSchema,
    "Entry": EntrySchema,
    "EntryList": EntryListSchema,
    "Chain": ChainSchema,
    "Thing": ThingSchema,
    "ThingList": ThingListSchema,
    "Finding": FindingSchema,
    "FindingList": FindingListSchema,
    "Obligation": ObligationSchema,
    "ObligationList": ObligationListSchema,
    "GrantFile": GrantFileSchema,
    "PeriodReport": PeriodReportSchema,
    "DepartmentList": DepartmentListSchema,
    "OfficialList": OfficialListSchema,
    "KeyList": KeyListSchema,
    "Answers": AnswersSchema,
    "ClaimCode": ClaimCodeSchema,
    "Consistency": ConsistencySchema,
    "Challenge": ChallengeSchema,
    "Session": SessionSchema,
    "Begun": BegunSchema,
    "RefusalList": RefusalListSchema,
    "Health": HealthSchema,
    "Ready": ReadySchema,
}
