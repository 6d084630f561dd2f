"""The tables of what the service keeps for itself: sign-ins, refusals, seals, claims of old.

They are no part of the log and prove nothing. No token and no nonce is stored,
only its SHA-256; of a refused statement only who, when, why and its digest.
Times are milliseconds since 1970; digests are 32 raw bytes, key ids hex.
"""

from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table

from ledger.store.tables import Index64

service_metadata = MetaData()

nonces = Table(
    "nonces",
    service_metadata,
    Column("nonce_sha256", LargeBinary(32), primary_key=True),
    Column("given_ms", Index64, nullable=False),
    sqlite_with_rowid=False,
)

sessions = Table(
    "sessions",
    service_metadata,
    Column("token_sha256", LargeBinary(32), primary_key=True),
    Column("key_id", String(64), nullable=False),
    Column("started_ms", Index64, nullable=False),
    Column("ends_ms", Index64, nullable=False),
    sqlite_with_rowid=False,
)

refusals = Table(
    "refusals",
    service_metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("refused_ms", Index64, nullable=False),
    Column("key_id", String(64), nullable=False),
    Column("code", String(32), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
)

# What lies under the seal of an access.sealed, until it is unsealed: salt and canonical JSON.
seals = Table(
    "seals",
    service_metadata,
    Column("commitment", String(64), primary_key=True),
    Column("salt", LargeBinary(32), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# Which entry a claim code opened that is withheld or erased: SHA-256 over the claim's digest.
removed_claims = Table(
    "removed_claims",
    service_metadata,
    Column("claim", LargeBinary(32), primary_key=True),
    Column("index", Index64, primary_key=True),
    sqlite_with_rowid=False,
)
