"""What a client asks of what is derived: things, findings, obligations, files, traces, reports.

Nothing that the server says is believed; lists are read page by page.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from cli.failures import Failure

PAGE = 200  # rows


class DerivedReads:
    """The calls of :class:`cli.door.Door` for what is derived, over whatever gets a path."""

    def _get(self, path: str, **query: Any) -> dict[str, Any]:
        raise NotImplementedError

    def _strange(self, status: int | None = None) -> Failure:
        raise NotImplementedError

    def things(self, plural: str, limit: int, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        """List things page by page."""
        return self._rows(f"/api/v1/{plural}", "things", limit, asked)

    def grant_file(self, ref: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return the file of a grant."""
        query = _given(asked)
        return self._get(f"/api/v1/grants/{quote(ref)}/file", **query)

    def responsibility(self, act: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return the trace of an act."""
        query = _given(asked)
        return self._get(f"/api/v1/acts/{quote(act)}/responsibility", **query)

    def impact(self, item: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return what relied on an item."""
        query = _given(asked)
        return self._get(f"/api/v1/items/{quote(item)}/impact", **query)

    def report(self, period: str, as_of: int | None) -> dict[str, Any]:
        """Return the report on a period."""
        size = {} if as_of is None else {"as_of": as_of}
        return self._get(f"/api/v1/reports/{quote(period)}", **size)

    def findings(self, limit: int, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        """List findings page by page."""
        return self._rows("/api/v1/findings", "findings", limit, asked)

    def _rows(
        self, path: str, member: str, limit: int, asked: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Return up to *limit* of what lies under *member* of each page."""
        found: list[dict[str, Any]] = []
        query = _given(asked)
        while len(found) < limit:
            page = self._get(path, **query, limit=min(limit - len(found), PAGE))
            rows = page.get(member)
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise self._strange()
            found += rows
            if not rows or page.get("next") is None:
                break
            query = query | {"cursor": page["next"]}
            query.pop("as_of", None)
        return found

    def thing(self, plural: str, ref: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return one thing, its history page by page."""
        path = f"/api/v1/{plural}/{quote(ref)}"
        query = _given(asked)
        first = page = self._get(path, **query, limit=PAGE)
        history: list[Any] = []
        while True:
            if not isinstance(page.get("history"), list) or not isinstance(page["thing"], dict):
                raise self._strange()
            history += page["history"]
            if not page["history"] or page.get("next") is None:
                return {"thing": first["thing"], "details": first["details"], "history": history}
            query = query | {"cursor": page["next"]}
            query.pop("as_of", None)
            page = self._get(path, **query, limit=PAGE)

    def obligations(self, limit: int, asked: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
        """List obligations page by page."""
        found: list[dict[str, Any]] = []
        query = _given(asked)
        at = ""
        while True:
            size = min(limit - len(found), PAGE)
            page = self._get("/api/v1/obligations", **query, limit=size)
            rows = page.get("obligations")
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise self._strange()
            found, at = [*found, *rows], at or str(page.get("at"))
            if len(found) >= limit or page.get("next") is None:
                return found, at
            # Every page is of the first one's moment.
            query = query | {"cursor": page["next"]}
            query.pop("as_of", None)

    def obligation(self, ref: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return one obligation with its steps."""
        found = self._get(f"/api/v1/obligations/{quote(ref)}", **asked).get("obligation")
        if not isinstance(found, dict):
            raise self._strange()
        return found


def _given(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that were given."""
    return {name: value for name, value in asked.items() if value is not None}
