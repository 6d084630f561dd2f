"""What is said about another statement: a second voice, a correction, a withholding, an erasure.

A withholding or an erasure is itself logged, with its ground and the body that
decided it, so that what is gone has left a trace of who took it away.

Source: spec 9.2.
"""

from ledger.events.declare import REF_NAMES, EventType, declare
from ledger.events.fields import Choice, DepartmentId, Hex, Text
from ledger.events.parts import needed_when, only_when
from ledger.events.speakers import AUTHORITY, COURT
from ledger.events.wording import Wording

# SPEC: spec 9.2, who besides the department that spoke may withhold or erase.
REMOVERS = AUTHORITY | COURT | {"supervisory", "procuratorate", "secrecy", "cyberspace"}

COUNTERSIGNED = declare(
    "statement.countersigned",
    "statement",
    en="Statement countersigned",
    zh="会签",
    speaker=Wording("any party", "任一当事方"),
    serves=("809:20", "S06"),
    refs_optional=REF_NAMES,
    parents_least=1,
    members={
        "decision": Choice("agree", "object"),
        "reason": Text(optional=True),
    },
)


def _removal(short_name: str, *, en: str, zh: str) -> EventType:
    return declare(
        short_name,
        "statement",
        en=en,
        zh=zh,
        speaker=Wording("the department that spoke, or a competent body", "原陈述部门或有权机关"),
        serves=("spec:9",),
        mentions=("decided_by",),
        speakers=REMOVERS,
        by_author=True,
        members={
            "target": Hex(),
            "ground": Choice("pipl_47", "secrecy", "court", "unlawful_content"),
            "decided_by": DepartmentId(),
            "document": Text(),
        },
    )


WITHHELD = _removal("statement.withheld", en="Statement withheld", zh="陈述停止提供")
ERASED = _removal("statement.erased", en="Statement erased", zh="陈述删除")

# Nothing is edited: what is right is a statement of its own, said before this one.
CORRECTED = declare(
    "statement.corrected",
    "statement",
    en="Statement corrected",
    zh="陈述更正",
    speaker=Wording("the department that spoke", "原陈述部门"),
    serves=("spec:9",),
    refs_optional=REF_NAMES,
    members={
        "target": Hex(),
        "effect": Choice("replaced", "void"),
        "replacement": Hex(optional=True),
        "reason": Choice(
            "clerical",
            "wrong_reference",
            "wrong_value",
            "wrong_time",
            "duplicate",
            "not_competent",
            "system_fault",
        ),
        "note": Text(optional=True),
    },
    rules=[
        needed_when("replacement", "effect", "replaced"),
        only_when("replacement", "effect", "replaced"),
    ],
)

STATEMENTS = (COUNTERSIGNED, CORRECTED, WITHHELD, ERASED)
