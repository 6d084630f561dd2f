"""The log's tables, and triggers that keep the log append-only.

A migration never changes a row of the log: there is no downgrade.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INDEX = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DIGEST = sa.LargeBinary(32)
APPEND_ONLY = ("entries", "statements", "statement_ids", "checkpoints")
NEVER_DELETED = ("chain_heads", "head")


def upgrade() -> None:
    create_log()
    guard = guard_sqlite if op.get_bind().dialect.name == "sqlite" else guard_postgresql
    guard()


def create_log() -> None:
    op.create_table(
        "entries",
        sa.Column("index", INDEX, primary_key=True, autoincrement=False),
        sa.Column("header", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "statements",
        sa.Column("index", INDEX, primary_key=True, autoincrement=False),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "statement_ids",
        sa.Column("source", sa.String(64), primary_key=True),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("index", INDEX, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "chain_heads",
        sa.Column("chain", DIGEST, primary_key=True),
        sa.Column("length", INDEX, nullable=False),
        sa.Column("leaf", DIGEST, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "head",
        sa.Column(
            "row", sa.Integer, sa.CheckConstraint("row = 1"), primary_key=True, autoincrement=False
        ),
        sa.Column("size", INDEX, nullable=False),
        sa.Column("leaf", DIGEST, nullable=False),
        sa.Column("edge", sa.LargeBinary, nullable=False),
        sa.Column("recorded_at", sa.String(24), nullable=False),
        sa.Column("registry_size", INDEX, nullable=False),
        sa.Column("checkpoints", INDEX, nullable=False),
    )
    op.create_table(
        "checkpoints",
        sa.Column("size", INDEX, primary_key=True, autoincrement=False),
        sa.Column("number", INDEX, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )


def guard_sqlite() -> None:
    for table in APPEND_ONLY:
        _sqlite_trigger(table, "UPDATE")
    for table in (*APPEND_ONLY, *NEVER_DELETED):
        _sqlite_trigger(table, "DELETE")


def _sqlite_trigger(table: str, verb: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION zelian_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        _postgresql_trigger(table, "UPDATE OR DELETE OR TRUNCATE")
    for table in NEVER_DELETED:
        _postgresql_trigger(table, "DELETE OR TRUNCATE")


def _postgresql_trigger(table: str, verbs: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE {verbs} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION zelian_append_only()"
    )
