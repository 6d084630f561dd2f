"""Answer whoever holds a claim code, and nobody else: by the code alone, in so many tries.

A code is looked up by its digest among the terms of statements, so that no code is
kept or compared anywhere; a code that is wrong and one that nothing was ever said of
are one thing. Of what was withheld or erased no term is left: that a code once opened
it is kept beside the log, as a digest of a digest that tells nothing to who has no code.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

import orjson

from crypto.header import parse_header
from crypto.statement import read_statement
from ledger.access.sessions import Attempts
from ledger.access.sight import Sight
from ledger.access.terms import claim_term
from ledger.errors import NotFound, TooMany
from ledger.log.failures import telling_of_the_database
from ledger.projections.lists import ENTRIES
from ledger.projections.query import Query
from ledger.sharing.complaints import CLAIM, Claimed, Members, claim_of, told
from ledger.store.engine import reading, writing
from ledger.store.removal_rows import is_blank
from ledger.store.service_rows import ServiceRows

if TYPE_CHECKING:
    from ledger.entries import Entry
    from ledger.service import Ledger

MANY = 200  # statements of one code
MAX_CODE = 256  # characters; a longer one was given to nobody

_reads = telling_of_the_database(reading=True)


class Answers:
    """Tells holders of claim codes what one open ledger says to them.

    Args:
        limit: tries a minute, of one peer.
    """

    def __init__(self, ledger: "Ledger", limit: int) -> None:
        self._ledger, self._rows = ledger, ServiceRows()
        self._tried = Attempts(limit)

    @_reads
    def opened_by(self, code: str, peer: str) -> Members:
        """Return what *code* opens: ``as_of``, ``complaints``, ``removed``.

        Raises:
            NotFound: it opens nothing.
            TooMany: *peer* tried too often within a minute.
        """
        if not self._tried.admit(peer, self._ledger.parts.clock()):
            raise TooMany(
                "too many codes were tried within a minute: wait a minute and try again",
                "一分钟内查询次数过多：请一分钟后再试",
            )
        size = self._ledger.look_up.projected(ENTRIES)
        code = code.strip()
        found = self._claimed(claim_of(code), size) if 0 < len(code) <= MAX_CODE else []
        if not found:
            raise _nothing()
        return {"as_of": size, **self._with_names(told(found), size)}

    def _claimed(self, claim: str, size: int) -> list[Claimed]:
        term = claim_term(claim)
        sight = Sight(frozenset({term}))
        found = set(self._ledger.look_up.find(sight, Query(frozenset({term})), size, None, MANY))
        with reading(self._ledger.desk.engine) as connection:
            found.update(self._rows.removed_claims(connection, _kept(claim)))
        entries = self._ledger.entries_of(sorted(found))
        return [
            _claimed(one)
            for one in entries
            if one.removed is not None or self._ledger.shows(sight, one)
        ]

    def _with_names(self, members: Members, size: int) -> Members:
        """Put id and name of a department in the place of its id."""
        registry = self._ledger.look_up.registry(size)
        for complaint in members["complaints"]:
            for said in (complaint["received"], *complaint["answers"]):
                for name in ("department", "referred_to") if said else ():
                    if name in said:
                        known = registry.department(said[name])
                        zh = known.name_zh if known else None
                        en = known.name_en if known else None
                        said[name] = {"id": said[name], "zh": zh, "en": en}
        return members

    def note_removed(self, indexes: Sequence[int]) -> None:
        """Keep which codes opened these entries, whose statements are about to go."""
        parts, rows = self._ledger.parts, []
        with reading(parts.engine) as connection:
            for index in indexes:
                envelope = parts.rows.envelope(connection, index)
                if envelope is None or is_blank(envelope):
                    continue
                claim = read_statement(envelope).data.get(CLAIM)
                if claim is not None:
                    rows.append((_kept(claim), index))
        if rows:
            with writing(self._ledger.desk.engine) as connection:
                self._rows.add_removed_claims(connection, rows)


def _claimed(entry: "Entry") -> Claimed:
    header = parse_header(entry.header)
    removed = entry.removed
    return Claimed(
        entry.index,
        header.recorded_at,
        header.statement.hex(),
        entry.event,
        removed.kind if removed else None,
        removed.by if removed else None,
    )


def _kept(claim: str) -> bytes:
    return sha256(b"zelian/claim/v1\n" + bytes.fromhex(claim)).digest()


def _nothing() -> NotFound:
    return NotFound(
        "nothing is found by this code: compare it with the one that you were given, letter by"
        " letter",
        "未找到此查询码对应的内容：请逐字核对您收到的查询码",
    )


def read_code(raw: bytes) -> str | None:
    """Return the code in ``{"code":…}``; None where that is not what *raw* is."""
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    code = found.get("code") if isinstance(found, dict) and set(found) == {"code"} else None
    return code if isinstance(code, str) else None
