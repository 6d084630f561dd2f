"""What the parts of a run share: a folder, signers, the raw limit, a client, grown ledgers.

Everything lies in one temporary folder. Ledgers are grown once, and only when a
part asks for them.
"""

import os
import shutil
from pathlib import Path

from benchmarks.cast import make_ledger
from benchmarks.client import Client
from benchmarks.errors import BenchError
from benchmarks.filling import fill
from benchmarks.plan import Plan
from benchmarks.raw import RawVerify
from benchmarks.signers import Signers
from benchmarks.timing import say
from ledger.settings import Settings

ENTRY_BYTES = 12_000  # of disk for an entry of the largest ledger: rows, their copy, tiles, indexes
DATABASE = "ledger.db"


class Workshop:
    """One run's tools."""

    def __init__(
        self, plan: Plan, folder: Path, signers: Signers, raw: RawVerify, client: Client
    ) -> None:
        self.plan, self.folder = plan, folder
        self.signers, self.raw, self.client = signers, raw, client
        self._grown: dict[int, Settings] = {}
        self._template = self.settings("template")
        make_ledger(self._template)

    def settings(self, name: str) -> Settings:
        """Return the settings of a home in the run's folder; no variable is heeded."""
        return Settings.from_environment({"ZELIAN_HOME": str(self.folder / name)})

    def new_home(self, name: str) -> Settings:
        """Return a home whose ledger holds the cast and nothing else."""
        return self.copy(self._template, name)

    def copy(self, home: Settings, name: str) -> Settings:
        """Copy a home whose ledger is closed, so that nothing of the copying is left to do."""
        copied = self.settings(name)
        shutil.rmtree(copied.home, ignore_errors=True)
        shutil.copytree(home.home, copied.home)
        os.sync()
        return copied

    def grown(self, size: int) -> Settings:
        """Return the ledger of one of the plan's sizes.

        A part may add entries to it, few beside its size.
        """
        if not self._grown:
            self._grow()
        return self._grown[size]

    def _grow(self) -> None:
        sizes = self.plan.sizes
        free = shutil.disk_usage(self.folder).free
        if free < sizes[-1] * ENTRY_BYTES:
            raise BenchError(
                f"a ledger of {sizes[-1]:,} entries and its copies need "
                f"{sizes[-1] * ENTRY_BYTES / 1e9:.0f} GB, and {free / 1e9:.0f} GB are free: "
                "give another --folder"
            )
        growing = self.new_home("growing")
        for size in sizes:
            say(f"filling to {size:,} entries")
            fill(growing, self.signers, size)
            last = size == sizes[-1]
            self._grown[size] = growing if last else self.copy(growing, f"size-{size}")
        os.sync()
