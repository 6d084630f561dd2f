"""A home on which ``zelian import`` runs, and the sample that it imports."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from cli.main import main
from ledger.entries import Entry
from ledger.log.clock import system_clock
from ledger.settings import Settings
from tests.unit.importing.sample import ROWS, csv_text, sample_toml
from tests.world import Clock, World

REGISTRY = 10  # departments, keys and posts of the sample
ALL = {"new": REGISTRY, "there": 0}


class Importing:
    """A ledger on which only ``init`` has run, and the sample's files beside it."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.log = folder / "log.csv"
        self.mapping = folder / "sample.toml"
        self.log.write_text(csv_text(*ROWS), encoding="utf-8")
        self.mapping.write_bytes(sample_toml())
        self.environment = {"ZELIAN_HOME": str(self.home), "ZELIAN_CHECKERS": "1", "LANG": "C"}
        self.settings = Settings.from_environment(self.environment)
        self.world = World(self.settings, Clock(system_clock()))

    def run(self, *options: str) -> Result:
        return CliRunner().invoke(
            main,
            ["import", str(self.log), "--mapping", str(self.mapping), *options],
            env=self.environment,
        )

    def summary(self, *options: str, exit_code: int = 0) -> dict:  # type: ignore[type-arg]
        result = self.run("--json", *options)
        assert result.exit_code == exit_code, result.stderr
        return json.loads(result.stdout)  # type: ignore[no-any-return]

    def entries(self) -> list[Entry]:
        """All that the ledger holds, beyond its opening."""
        ledger = self.world.open(writes=False)
        size = ledger.state().size
        found = ledger.entries(1, size, size, newest_first=False)
        self.world.close()
        return found


def new(summary: dict) -> int:  # type: ignore[type-arg]
    return sum(counts["new"] for counts in summary["types"].values())


def there(summary: dict) -> int:  # type: ignore[type-arg]
    return sum(counts["there"] for counts in summary["types"].values())
