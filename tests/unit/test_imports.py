"""Imports run one way: the arrows of docs/architecture.md, read from the source."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ("crypto", "ledger", "api", "cli", "app", "migrations", "witness")
OURS = (*SOURCE, "tests", "benchmarks", "drills")

# What each part may import of ours; a part is the longest prefix that is listed.
PURE = {"crypto", "ledger.errors", "ledger.processes"}
ARROWS = {
    "crypto": {"crypto"},
    "ledger.errors": set(),
    "ledger.exchange": set(),
    "ledger.processes": set(),
    "ledger.settings": {"ledger.errors"},
    "ledger.events": PURE | {"ledger.events"},
    "ledger.registry": PURE | {"ledger.events", "ledger.registry"},
    "ledger.access": PURE | {"ledger.events", "ledger.registry", "ledger.access"},
    "ledger.sharing": PURE
    | {"ledger.events", "ledger.registry", "ledger.access", "ledger.sharing"},
    "ledger.supervision": PURE
    | {
        "ledger.events",
        "ledger.registry",
        "ledger.access",
        "ledger.sharing",
        "ledger.supervision",
    },
    "ledger.responsibility": PURE
    | {
        "ledger.events",
        "ledger.registry",
        "ledger.access",
        "ledger.sharing",
        "ledger.responsibility",
    },
    "ledger.reconciliation": PURE | {"ledger.reconciliation"},
    "ledger.evidence": PURE
    | {
        "ledger.events",
        "ledger.registry",
        "ledger.access",
        "ledger.sharing",
        "ledger.responsibility",
        "ledger.evidence",
    },
    "ledger.evidence_page": PURE | {"ledger.events", "ledger.evidence", "ledger.evidence_page"},
    "ledger.store": {"ledger.errors", "ledger.store"},
    "ledger.log": PURE | {"ledger.store", "ledger.log"},
    "ledger.witnessing": PURE
    | {"ledger.exchange", "ledger.store", "ledger.log", "ledger.witnessing"},
    "ledger.projections": PURE
    | {
        "ledger.events",
        "ledger.registry",
        "ledger.access",
        "ledger.sharing",
        "ledger.store",
        "ledger.supervision",
        "ledger.projections",
    },
    "ledger.admission": PURE
    | {"ledger.events", "ledger.registry", "ledger.access", "ledger.log", "ledger.admission"},
    "ledger.verification": PURE
    | {
        "ledger.events",
        "ledger.registry",
        "ledger.access",
        "ledger.admission.checks",
        "ledger.evidence",
        "ledger.evidence_page",
        "ledger.exports",
        "ledger.verification",
    },
    "ledger.csv_table": set(),
    "ledger.exports": PURE
    | {
        "ledger.csv_table",
        "ledger.events",
        "ledger.registry",
        "ledger.access",
        "ledger.sharing",
        "ledger.admission.checks",
        "ledger.evidence",
        "ledger.exports",
    },
    "ledger": {"crypto", "ledger"},  # what stands beside the folders joins them
    "migrations": {"ledger.store", "migrations"},
    "api": {"crypto", "ledger", "api"},
    "app": {"api", "ledger", "app"},
    "witness": {"crypto", "witness"},
    "cli": {"crypto", "ledger", "witness", "api.serving", "cli"},
    "cli.verify": {
        "crypto",
        "ledger.errors",
        "ledger.exports",
        "ledger.verification",
        "cli",
    },
}
PURE_PARTS = (
    "crypto",
    "ledger.events",
    "ledger.registry",
    "ledger.access",
    "ledger.sharing",
    "ledger.supervision",
    "ledger.responsibility",
    "ledger.reconciliation",
    "ledger.evidence",
    "ledger.exports",
)
UNCLEAN = {
    "flask",
    "sqlalchemy",
    "socket",
    "urllib",
    "time",
    "subprocess",
    "sqlite3",
    "psycopg",
    "os",
    "pathlib",
    "random",
    "requests",
}


def modules() -> list[tuple[str, Path]]:
    files = [ROOT / "app.py"]
    for top in ("crypto", "ledger", "api", "cli", "migrations", "witness"):
        files += sorted((ROOT / top).rglob("*.py"))
    return [(_name(path), path) for path in files]


def _name(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path, top_only: bool) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_only else ast.walk(tree)
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: say the whole name"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _part(name: str) -> str:
    listed = [part for part in ARROWS if name == part or name.startswith(f"{part}.")]
    return max(listed, key=len)


def _allowed(imported: str, part: str) -> bool:
    return any(imported == a or imported.startswith(f"{a}.") for a in ARROWS[part])


@pytest.mark.parametrize(("name", "path"), modules())
def test_imports_follow_the_arrows(name: str, path: Path) -> None:
    part = _part(name)
    lazily = part == "cli.verify"  # it may look a home up inside a function
    ours = {i for i in _imports(path, top_only=lazily) if i.split(".")[0] in OURS}
    assert {i for i in ours if not _allowed(i, part)} == set()


@pytest.mark.parametrize(("name", "path"), [m for m in modules() if m[0].startswith(PURE_PARTS)])
def test_pure_parts_touch_nothing(name: str, path: Path) -> None:
    assert {i.split(".")[0] for i in _imports(path, top_only=False)} & UNCLEAN == set()


def test_only_three_parts_speak_sql() -> None:
    for name, path in modules():
        if "sqlalchemy" in {i.split(".")[0] for i in _imports(path, top_only=False)}:
            assert name.startswith(
                (
                    "ledger.store",
                    "ledger.log",
                    "ledger.projections",
                    "ledger.witnessing",
                    "ledger.scrubbing",
                )
            ) or (
                (name.count(".") == 1 and name.startswith("ledger."))
                or name.startswith("migrations")
            ), f"{name} imports sqlalchemy"
