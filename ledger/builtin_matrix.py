"""Loads the responsibility matrix that ships with the ledger, which nobody has adopted."""

import json
from functools import cache
from importlib import resources

from ledger.responsibility.matrix import Matrix

_FILE = resources.files("ledger.responsibility") / "data" / "matrix-v0.json"


@cache
def built_in_matrix() -> Matrix:
    """Return the matrix that tells roles only, as long as no authority's is in force."""
    read = json.loads(_FILE.read_text("utf-8"))
    rows = {row["defect"]: row for row in read["rows"]}
    return Matrix(read["version"], "built_in", None, "", None, None, rows)
