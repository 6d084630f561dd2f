"""Read what an X-Road platform's names are in the ledger: three tables of a mapping.

::

    passed_over = ["…"]  # services that share no data
    [subsystems]   # "<instance>/<class>/<code>[/<subsystem>]" = department id
    [services]     # "<provider>/<service code>[/<version>]" = ref of an item
    [grants]       # "<client> > <service>" = ref of a grant

``zelian import`` and ``zelian reconcile`` read the same file, so that what was recorded
under one name is not looked for under another.
"""

from collections.abc import Callable
from typing import Any

from cli.importing.strict_table import StrictTable
from crypto.errors import Malformed
from crypto.notation import check_department_id, check_ref
from ledger.reconciliation.names import Names

NO_NAMES = Names()
# What else such a file may hold: all that is the import's.
_OF_THE_IMPORT = (
    "mapping", "name", "format", "fields", "expect", "ignore", "constants", "departments",
    "posts", "events", "activities", "opening",
)  # fmt: skip


def read_names(top: StrictTable) -> Names:
    """Return the names that the three tables give; a table that is absent gives none.

    Raises:
        Failure: a name of the ledger is not as it must be; says which key.
    """
    names = Names(
        _table(top, "subsystems", check_department_id),
        _table(top, "services", check_ref),
        _table(top, "grants", check_ref),
        frozenset(top.texts("passed_over", ())),
    )
    for service in names.passed_over & names.services.keys():
        raise top.error("passed_over", f"{service} has an item too", f"{service} 同时有目录条目")
    return names


def read_names_alone(values: dict[str, Any], file: str) -> Names:
    """Return the names of a whole file; what the import reads in it is left to the import."""
    top = StrictTable(values, file)
    names = read_names(top)
    for key in _OF_THE_IMPORT:
        if key in top.names():
            top.anything(key)
    top.close()
    return names


def _table(top: StrictTable, name: str, check: Callable[[object, str], str]) -> dict[str, str]:
    found = top.pairs(name)
    for theirs, ours in found.items():
        try:
            check(ours, "it")
        except Malformed as error:
            raise top.error((name, theirs), error.en, error.zh) from None
    return found
