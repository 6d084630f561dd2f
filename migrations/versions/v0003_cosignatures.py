"""What witnesses cosigned, and when: never changed, never deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

INDEX = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "cosignatures",
        sa.Column("witness", sa.String(320), primary_key=True),
        sa.Column("size", INDEX, primary_key=True, autoincrement=False),
        sa.Column("time_s", INDEX, primary_key=True, autoincrement=False),
        sa.Column("line", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    guard = guard_sqlite if op.get_bind().dialect.name == "sqlite" else guard_postgresql
    guard()


def guard_sqlite() -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER cosignatures_no_{verb.lower()} BEFORE {verb} ON cosignatures "
            "BEGIN SELECT RAISE(ABORT, 'cosignatures is append-only'); END"
        )


def guard_postgresql() -> None:
    op.execute(
        "CREATE TRIGGER cosignatures_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON cosignatures FOR EACH STATEMENT EXECUTE FUNCTION zelian_append_only()"
    )
