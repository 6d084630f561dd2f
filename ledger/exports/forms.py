"""The forms in which a bundle's answer is given to other programs.

export(raw, form) -> bytes
"""

from collections.abc import Callable, Mapping
from typing import Final

from ledger.exports.object_log import object_log
from ledger.exports.provenance import prov_json, prov_n
from ledger.exports.rows import rows_csv, rows_manifest
from ledger.exports.taken import Taken, taken_from

FORMS: Final[Mapping[str, Callable[[Taken], bytes]]] = {
    "prov-json": lambda taken: prov_json(taken).encode(),
    "prov-n": lambda taken: prov_n(taken).encode(),
    "ocel": object_log,
    "csv": lambda taken: rows_csv(taken).encode(),
    "manifest": rows_manifest,
}


def export(raw: bytes, form: str) -> bytes:
    """Return the answer of a bundle in one of :data:`FORMS`; the same bundle gives the same.

    Args:
        raw: the zip file.

    Raises:
        CryptoError: it is no bundle, or holds a statement that no ledger admits.
    """
    return FORMS[form](taken_from(raw))
