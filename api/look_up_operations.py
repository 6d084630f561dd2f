"""What the operations that look up chains and the registry take and answer."""

from api import examples
from api.operation_parts import Doc, answer, json, operation, path, query
from api.operations import NEXT, PAGING, READING, REASON, TAGGED, UNCHANGED, WAIT_FOR
from ledger.access.chain_sight import KINDS

_SIGNED_IN = ("not_signed_in", "not_allowed")
_OF_DEPARTMENT = query("department", "of this department alone", {"type": "string"})


def _listed(name: str, schema: str, example: object) -> dict[str, Doc]:
    return {"200": answer(name, json(schema, example), {**NEXT, **TAGGED}), **UNCHANGED}


CHAIN = operation(
    "getChain",
    "Show a chain, whole, from its first entry on, in pages.",
    _listed("one page, oldest first", "Chain", examples.CHAIN),
    (*READING, "not_found", "not_projected", "read_only"),
    (
        path("kind", "what the chain is of", {"type": "string", "enum": [*KINDS]}),
        path(
            "name",
            "`<department>/<id>` of an act, grant or item, slash unescaped; id of a department "
            "or official",
            {"type": "string", "examples": ["yunling-gat/hukou"]},
        ),
        *PAGING,
        WAIT_FOR,
        REASON,
    ),
    description=(
        "The chain's id is SHA-256 over its salt and name, `seq` has no gap, each `prev` is the "
        "leaf hash of the entry before: check it, and prove the last entry's inclusion. A chain "
        "is shown whole or, to whom some of it is closed, like one that does not exist."
    ),
)

DEPARTMENTS = operation(
    "listDepartments",
    "List the departments that are registered.",
    _listed("in the order of registration", "DepartmentList", examples.DEPARTMENT_LIST),
    (*_SIGNED_IN, "read_only"),
    (_OF_DEPARTMENT, *PAGING),
)
OFFICIALS = operation(
    "listOfficials",
    "List the posts that officials were ever given.",
    _listed("in the order of appointment", "OfficialList", examples.OFFICIAL_LIST),
    (*_SIGNED_IN, "read_only"),
    (_OF_DEPARTMENT, *PAGING),
)
KEYS = operation(
    "listKeys",
    "List the keys that were ever enrolled, those revoked too.",
    _listed("in the order of enrolment", "KeyList", examples.KEY_LIST),
    (*_SIGNED_IN, "read_only"),
    (_OF_DEPARTMENT, *PAGING),
)
