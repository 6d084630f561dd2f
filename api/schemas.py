"""Every marshmallow schema that the API's description names: what it says and takes.

Nothing is loaded or dumped through them. A test holds real answers against them,
so that they stay true.
"""

from marshmallow import Schema

from api.claim_schemas import AnswersSchema, ClaimCodeSchema
from api.entry_schemas import (
    BatchLineSchema,
    CertificateSchema,
    ChainSchema,
    CompactReceiptSchema,
    ConsistencySchema,
    EntryListSchema,
    EntrySchema,
    ProblemSchema,
    ReceiptSchema,
    StatementSchema,
)
from api.finding_schemas import FindingListSchema, FindingSchema
from api.grant_file_schemas import GrantFileSchema
from api.obligation_schemas import ObligationListSchema, ObligationSchema
from api.registry_schemas import DepartmentListSchema, KeyListSchema, OfficialListSchema
from api.report_schemas import PeriodReportSchema
from api.service_schemas import (
    BegunSchema,
    ChallengeSchema,
    HealthSchema,
    ReadySchema,
    RefusalListSchema,
    SessionSchema,
)
from api.thing_schemas import ThingListSchema, ThingSchema
from api.trace_schemas import ImpactSchema, ResponsibilitySchema

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
    "Responsibility": ResponsibilitySchema,
    "Impact": ImpactSchema,
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
