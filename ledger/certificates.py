"""Make certificates of removal: the service's signed word that a statement is shown to nobody.

A certificate holds nothing that is confidential but who ordered it, on whose
decision and on which ground, so that everybody may have it.

Source: spec 3 (erasure).
"""

from crypto.header import statement_of
from crypto.notation import format_time
from crypto.removal import Removal, Shown, sign_removal
from crypto.statement import read_statement
from ledger.errors import LedgerError, NotFound
from ledger.parts import Parts
from ledger.store.engine import reading
from ledger.store.removal_rows import RemovalRow, Removed, removals_between, removed_of


def certificate_of(parts: Parts, digest: str, index: int) -> bytes:
    """Return the certificate of the statement of this digest, entry *index*.

    Raises:
        NotFound: no order removed it.
        LedgerError: the service's key is missing or not enrolled.
    """
    with reading(parts.engine) as connection:
        rows = removals_between(connection, index, index + 1)
        removed = removed_of(rows).get(index)
        if removed is None:
            raise _not_removed(digest, rows)
        order = parts.rows.envelope(connection, removed.by)
    if order is None or statement_of(parts.reader.header(index)).hex() != digest:
        raise _not_removed(digest, [])
    return _sign(parts, index, removed, order)


def _sign(parts: Parts, index: int, removed: Removed, order: bytes) -> bytes:
    key = parts.home.read_key(parts.home.service_key)
    record = parts.judge.registry.key(key.key_id)
    if record is None:
        raise LedgerError(
            "keys/service.pem is not enrolled, so nothing that it signs counts: enrol it",
            "keys/service.pem 尚未登记，其签名无效：请先登记",
        )
    note = parts.reader.note_for(max(removed.by, record.enrolled_at))
    said = read_statement(order)
    with reading(parts.engine) as connection:
        enrolment = parts.rows.envelope(connection, record.enrolled_at)
    removal = Removal(
        ledger=parts.log.name,
        kind="erased" if removed.kind == "erased" else "withheld",
        issued_at=format_time(parts.clock()),
        ordered_by=said.source,
        decided_by=said.data["decided_by"],
        ground=said.data["ground"],
        target=_shown(parts, index, note),
        order=_shown(parts, removed.by, note),
        enrolment=_shown(parts, record.enrolled_at, note),
        statement=enrolment or b"",
    )
    return sign_removal(removal, key)


def _shown(parts: Parts, index: int, note: str) -> Shown:
    return Shown(parts.reader.header(index), parts.reader.inclusion_proof(index, note))


def _not_removed(digest: str, rows: list[RemovalRow]) -> NotFound:
    if rows:
        return NotFound(
            f"entry {rows[0].by} orders its removal, and what the registrar said and orders "
            "themselves are never removed: it stands",
            f"第 {rows[0].by} 条命令将其移除，但登记机关的陈述及命令本身不得移除：该陈述仍在",
        )
    return NotFound(
        f"no entry withholds or erases statement {digest[:16]}…: there is nothing to certify",
        f"没有记录停止提供或删除陈述 {digest[:16]}…：无可证明之事",
    )
