"""Who may say what, in words: roles, groups of roles, voices.

A role is a kind of department, seen from what it may say; the registrar, which
is no department, is one too. A type names its roles from these; the registry
decides, elsewhere, which role a statement's source has.

Source: spec 8 and 9; decree 809, articles 2, 3 and 43.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

# ``both``: an official signs, or the department's system attests or speaks.
# ``signed``: an official's own key only. ``system``: the department's system, and no official.
# ``registrar``: the registrar's threshold, without an official.
Voice = Literal["both", "signed", "system", "registrar"]

REGISTRAR = "registrar"

ROLE_OF_KIND: Mapping[str, str] = MappingProxyType(
    {
        "gov": "department",
        "authorised_org": "department",
        "party_organ": "department",
        "grassroots_org": "department",
        "sharing_authority": "sharing_authority",
        "people_government": "people_government",
        "audit": "audit",
        "supervisory": "supervisory",
        "procuratorate": "procuratorate",
        "court": "court",
        "staffing_office": "staffing_office",
        "cyberspace": "cyberspace",
        "secrecy": "secrecy",
        "npc": "npc",
        "cppcc": "cppcc",
        "association": "social",
        "enterprise": "social",
        "platform_operator": "platform_operator",
        "ledger_operator": "ledger_operator",
    }
)

ROLES = (REGISTRAR, *dict.fromkeys(ROLE_OF_KIND.values()))

_DELIBERATING = frozenset({"npc", "cppcc"})
PLATFORM = frozenset({"platform_operator"})
LEDGER = frozenset({"ledger_operator"})
SOCIAL = frozenset({"social"})
BY_REGISTRAR = frozenset({REGISTRAR})

# Bodies that share, ask, decide and answer.
BODIES = frozenset(ROLES) - _DELIBERATING - SOCIAL - PLATFORM - LEDGER - BY_REGISTRAR
# SPEC: spec 9.2, whatever a source says of shares, uses and feedback is recorded. The ledger
# itself says nothing but what its service records of its own doings (design, roles).
ANYONE = frozenset(ROLES) - LEDGER
LISTENING = BODIES | _DELIBERATING
AUTHORITY = frozenset({"sharing_authority", "people_government"})
INSPECTORS = frozenset({"audit", "supervisory", "procuratorate"})
# Sanction, appointing body, government and court: never the sharing authority; audit refers.
COMPETENT = frozenset(
    {
        "department",
        "people_government",
        "supervisory",
        "procuratorate",
        "court",
        "staffing_office",
    }
)
STAFFING = frozenset({"staffing_office"})
GOVERNMENT = frozenset({"people_government"})
NPC = frozenset({"npc"})
OPINION_GIVERS = _DELIBERATING
AUDIT = frozenset({"audit"})
COURT = frozenset({"court"})
