"""What was withheld or erased, and the one change of a statement that this allows.

A statement may be overwritten by as many zero bytes where an order to erase it is
recorded; every other change, and every deletion, stays refused. Orders that were
logged before there was this table are recorded now; opening the ledger carries
them out.
"""

import json
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INDEX = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SPAN = 1_000  # statements read at a time
ORDERS = {"zelian.statement.withheld.v1": "withheld", "zelian.statement.erased.v1": "erased"}


def upgrade() -> None:
    op.create_table(
        "removals",
        sa.Column("index", INDEX, primary_key=True, autoincrement=False),
        sa.Column("by", INDEX, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    record_earlier(connection)
    guard = guard_sqlite if connection.dialect.name == "sqlite" else guard_postgresql
    guard()


def record_earlier(connection: sa.Connection) -> None:
    """Record the orders that are in the log already."""
    add = sa.text('INSERT INTO removals ("index", "by", kind) VALUES (:index, :by, :kind)')
    for by, kind, target in list(earlier_orders(connection)):
        row = connection.execute(
            sa.text('SELECT "index", source FROM statement_ids WHERE digest = :digest'),
            {"digest": target},
        ).first()
        if row is not None and row[0] < by:
            kept = row[1] == "registrar" or is_order(connection, row[0])
            values = {"index": row[0], "by": by, "kind": "kept" if kept else kind}
            connection.execute(add, values)


def earlier_orders(connection: sa.Connection) -> Iterator[tuple[int, str, bytes]]:
    """Yield (index, kind, target) of every order."""
    query = sa.text(
        'SELECT "index", envelope FROM statements WHERE "index" > :above '
        'ORDER BY "index" LIMIT :span'
    )
    above = -1
    while rows := connection.execute(query, {"above": above, "span": SPAN}).all():
        for index, envelope in rows:
            event = event_of(envelope)
            if event.get("type") in ORDERS:
                yield index, ORDERS[event["type"]], bytes.fromhex(event["data"]["target"])
        above = rows[-1][0]


def is_order(connection: sa.Connection, index: int) -> bool:
    query = sa.text('SELECT envelope FROM statements WHERE "index" = :index')
    envelope = connection.execute(query, {"index": index}).scalar()
    return envelope is not None and event_of(envelope).get("type") in ORDERS


def event_of(envelope: bytes) -> dict[str, Any]:
    """The event of a statement; {} where it cannot be read, which is for fsck to say."""
    try:
        event = json.loads(b64decode(json.loads(envelope)["payload"]))
    except (ValueError, TypeError, KeyError):
        return {}
    return event if isinstance(event, dict) else {}


def guard_sqlite() -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER removals_no_{verb.lower()} BEFORE {verb} ON removals "
            "BEGIN SELECT RAISE(ABORT, 'removals is append-only'); END"
        )
    op.execute("DROP TRIGGER statements_no_update")
    op.execute(
        "CREATE TRIGGER statements_no_update BEFORE UPDATE ON statements "
        'WHEN NEW."index" <> OLD."index" '
        "OR NEW.envelope IS NOT zeroblob(length(OLD.envelope)) "
        'OR NOT EXISTS (SELECT 1 FROM removals WHERE "index" = OLD."index" AND kind = \'erased\') '
        "BEGIN SELECT RAISE(ABORT, 'statements is append-only'); END"
    )


def guard_postgresql() -> None:
    op.execute(
        "CREATE TRIGGER removals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON removals "
        "FOR EACH STATEMENT EXECUTE FUNCTION zelian_append_only()"
    )
    op.execute(
        "CREATE FUNCTION zelian_only_blanked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        'IF NEW."index" = OLD."index" '
        "AND NEW.envelope = decode(repeat('00', octet_length(OLD.envelope)), 'hex') "
        'AND EXISTS (SELECT 1 FROM removals WHERE "index" = OLD."index" AND kind = \'erased\') '
        "THEN RETURN NEW; END IF; "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    op.execute("DROP TRIGGER statements_append_only ON statements")
    op.execute(
        "CREATE TRIGGER statements_append_only BEFORE DELETE OR TRUNCATE ON statements "
        "FOR EACH STATEMENT EXECUTE FUNCTION zelian_append_only()"
    )
    op.execute(
        "CREATE TRIGGER statements_only_blanked BEFORE UPDATE ON statements "
        "FOR EACH ROW EXECUTE FUNCTION zelian_only_blanked()"
    )
