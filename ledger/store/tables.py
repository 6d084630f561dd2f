"""The tables of the log and of its projections: names, types, keys, nothing else.

The log is ``entries``, ``statements``, ``statement_ids``, ``chain_heads``,
``head``, ``checkpoints`` and ``removals``; it carries no secondary index but what
correctness needs. ``log_digests``, ``terms``, ``postings``, ``posting_blocks``, ``frequent_terms``,
``things``, ``thing_steps``, ``successions`` and ``projection_heads`` are projections:
they can be dropped and replayed, so no migration makes them.

Digests, chain ids and leaf hashes are 32 raw bytes. ``index`` counts entries
from 0, ``size`` is how many entries a tree holds.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

# SQLite aliases the row id only for a column typed INTEGER.
Index64 = BigInteger().with_variant(Integer(), "sqlite")

entries = Table(
    "entries",
    metadata,
    Column("index", Index64, primary_key=True, autoincrement=False),
    Column("header", LargeBinary, nullable=False),
)

statements = Table(
    "statements",
    metadata,
    Column("index", Index64, primary_key=True, autoincrement=False),
    Column("envelope", LargeBinary, nullable=False),
)

# (source, id) is unique for ever, also after an erasure (spec 3).
statement_ids = Table(
    "statement_ids",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("digest", LargeBinary(32), nullable=False),
    Column("index", Index64, nullable=False),
    sqlite_with_rowid=False,
)

chain_heads = Table(
    "chain_heads",
    metadata,
    Column("chain", LargeBinary(32), primary_key=True),
    Column("length", Index64, nullable=False),
    Column("leaf", LargeBinary(32), nullable=False),
    sqlite_with_rowid=False,
)

# One row, for ever: the state that the next entry continues.
head = Table(
    "head",
    metadata,
    Column("row", Integer, CheckConstraint("row = 1"), primary_key=True, autoincrement=False),
    Column("size", Index64, nullable=False),
    Column(
        "leaf", LargeBinary(32), nullable=False
    ),  # of entry size - 1; spec 3's first `prev` at 0
    Column("edge", LargeBinary, nullable=False),  # perfect subtrees, largest first, 32 bytes each
    Column("recorded_at", String(24), nullable=False),  # of entry size - 1; "" at size 0
    Column("registry_size", Index64, nullable=False),  # index + 1 of the last registry entry
    Column("checkpoints", Index64, nullable=False),  # how many are stored
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", Index64, primary_key=True, autoincrement=False),
    Column("number", Index64, nullable=False),  # 0, 1, 2 …: a row taken away leaves a gap
    Column("note", Text, nullable=False),
)

# Which entry ordered that a statement be withheld or erased; "kept": an order that is recorded
# and never carried out. By the statement first, which is how it is asked for.
removals = Table(
    "removals",
    metadata,
    Column("index", Index64, primary_key=True, autoincrement=False),
    Column("by", Index64, primary_key=True, autoincrement=False),
    Column("kind", String(8), nullable=False),
    sqlite_with_rowid=False,
)

# What witnesses cosigned: the key as a policy writes it, and its time, in seconds since 1970.
cosignatures = Table(
    "cosignatures",
    metadata,
    Column("witness", String(320), primary_key=True),
    Column("size", Index64, primary_key=True, autoincrement=False),
    Column("time_s", Index64, primary_key=True, autoincrement=False),
    Column("line", Text, nullable=False),
    sqlite_with_rowid=False,
)

LOG_TABLES = (entries, statements, statement_ids, chain_heads, head, checkpoints, removals)
APPEND_ONLY_TABLES = (entries, statements, statement_ids, checkpoints, removals)

projection_metadata = MetaData()

log_digests = Table(
    "log_digests",
    projection_metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("index", Index64, nullable=False),
    sqlite_with_rowid=False,
)

# Names that statements are found by, numbered in the order of their first use.
terms = Table(
    "terms",
    projection_metadata,
    Column("id", Index64, primary_key=True, autoincrement=False),
    Column("name", String(256), nullable=False, unique=True),
    Column("count", Index64, nullable=False),
)

postings = Table(
    "postings",
    projection_metadata,
    Column("term", Index64, primary_key=True),
    Column("index", Index64, primary_key=True),
    sqlite_with_rowid=False,
)

# The same once more, for each whole block of entries and each term that many of them have.
posting_blocks = Table(
    "posting_blocks",
    projection_metadata,
    Column("term", Index64, primary_key=True),
    Column("block", Index64, primary_key=True),
    Column("bits", LargeBinary, nullable=False),  # the first entry is the lowest bit of the first
)

# The terms that may have such a row.
frequent_terms = Table(
    "frequent_terms",
    projection_metadata,
    Column("term", Index64, primary_key=True, autoincrement=False),
)

# What each request, grant, use … has come to: ``thing`` is its kind and ref, ``grant/GA/G-1``.
things = Table(
    "things",
    projection_metadata,
    Column("thing", String(256), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(32), nullable=False),  # after entry ``last``
    Column("owner", String(64), nullable=False),
    Column("counterparty", String(64)),
    Column("item", String(256)),
    Column("opened", Index64),  # the entry that opened it; none: nothing did
    Column("last", Index64, nullable=False),
    Column("due", String(24)),
    # Terms of sights that each statement about it has, apart by spaces: who sees all of it.
    Column("seen_by", Text, nullable=False),
    Column("body", Text, nullable=False),  # JSON
    Index("things_by_opening", "kind", "opened"),
    Index("things_by_item", "item"),
)

# Each statement that touches a thing; ``reason``: why it does not fit.
thing_steps = Table(
    "thing_steps",
    projection_metadata,
    Column("thing", String(256), primary_key=True),
    Column("index", Index64, primary_key=True),
    Column("state", String(32), nullable=False),
    Column("reason", String(32)),
    sqlite_with_rowid=False,
)

# Which body went on for which: few, and read as a whole.
successions = Table(
    "successions",
    projection_metadata,
    Column("index", Index64, primary_key=True, autoincrement=False),
    Column("recorded_at", String(24), nullable=False),
    Column("data", Text, nullable=False),  # JSON
)

# What supervision keeps between entries: bodies of things with rules' notes, and memories.
watched = Table(
    "watched",
    projection_metadata,
    Column("name", String(512), primary_key=True),
    Column("body", Text, nullable=False),  # JSON
)

# What the rules found; ``ref`` is <department>/<rule>-<entry>.
findings = Table(
    "findings",
    projection_metadata,
    Column("ref", String(256), primary_key=True),
    Column("rule", String(16), nullable=False),
    Column("entry", Index64, nullable=False),
    Column("place", Index64, nullable=False),  # among all: 1,000 times its entry, and its number
    Column("department", String(64), nullable=False),
    Column("state", String(16), nullable=False),  # after all entries taken in
    Column("severity", String(16), nullable=False),
    Column("basis", String(16), nullable=False),
    Column("visible", String(24), nullable=False),  # from when on above, explained or not
    Column("body", Text, nullable=False),  # JSON
    Index("findings_by_place", "place"),
)

# What is owed until when, as the clocks keep it.
obligations = Table(
    "obligations",
    projection_metadata,
    Column("ref", String(256), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("department", String(64), nullable=False),
    Column("entry", Index64, nullable=False),  # that started it
    Column("due", String(24)),
    Column("open", Index64, nullable=False),  # 1: neither fulfilled nor cancelled
    Column("body", Text, nullable=False),  # JSON
    Index("obligations_by_entry", "entry"),
)

projection_heads = Table(
    "projection_heads",
    projection_metadata,
    Column("projection", String(64), primary_key=True),
    Column("size", Index64, nullable=False),
)
