"""A ledger, a witness in its policy and a watcher of its files, in one folder."""

from contextlib import closing
from itertools import count
from pathlib import Path

from werkzeug.test import Client

from crypto.note import format_vkey
from crypto.policy import Policy, parse_policy
from ledger.exchange import Answer
from ledger.home import Home
from ledger.log.tile_store import TileStore
from ledger.service import Ledger
from ledger.settings import Settings
from ledger.watching.watcher import Limits, Watcher
from ledger.witnessing.ask import Asker
from tests.faults.held import opened
from tests.witnessing import seed
from tests.world import World
from witness.application import build_witness
from witness.store import Store, create_store
from witness.witness import Witness

NAME = "eye.example/w"
URL = "http://127.0.0.1:9"  # never called: the witness is asked in this process


class Within(Asker):
    """Asks a witness's own application, without a socket."""

    def __init__(self, witness: Witness) -> None:
        super().__init__(URL)
        self._client = Client(build_witness(witness))

    def _exchange(self, method: str, path: str, body: bytes | None) -> Answer:
        answer = self._client.open(path, method=method, data=body)
        return Answer(answer.status_code, answer.get_data())


class Site:
    """What lies in *folder*, opened.

    Args:
        url: of the ledger's database; else it is a file of the home.
    """

    def __init__(self, folder: Path, url: str | None = None, checkers: int = 1) -> None:
        home = folder / "home"
        settings = Settings(home, url or f"sqlite:///{home / 'ledger.db'}", 10, 64, checkers)
        self.folder, self.world = folder, World(settings)

    def make(self) -> None:
        """Make the ledger, its cast and the witness, which the policy names."""
        self.world.begin()
        self.world.close()
        create_store(self.folder / "witness.db")
        file = Home(self.world.settings.home).trust_policy
        with closing(Store(self.folder / "witness.db")) as store:
            key = Witness(NAME, seed(NAME), {}, store, lambda: 0).vkey
        text = file.read_text().replace("quorum none\n", "")
        file.write_text(f"{text}witness w {format_vkey(key)} {URL}\nquorum w\n")

    def open(self, first_id: int = 1_000_000) -> "Site":
        """Open the ledger, the witness's memory and the watcher."""
        policy = self.policy
        self.store = Store(self.folder / "witness.db")
        own = policy.logs[0].key
        self.witness = Witness(NAME, seed(NAME), {own.name: [own]}, self.store, self.seconds)
        self.world.ids = count(first_id)
        self.watcher = Watcher(
            self.folder / "copy",
            policy,
            TileStore(self.world.settings.home / "tiles").get,
            lambda _, origin: self.asked(origin),
            self.world.clock,
            Limits(),
        )
        self.start()
        return self

    @property
    def policy(self) -> Policy:
        return parse_policy((self.folder / "home" / "trust-policy").read_bytes())

    def asked(self, origin: str) -> bytes | None:
        """What the witness publishes."""
        answer = Within(self.witness).checkpoint(origin)
        return answer.body if answer.status == 200 else None

    def seconds(self) -> int:
        return self.world.clock.now_ms // 1000

    def start(self) -> Ledger:
        """Open the ledger, and let it ask its witness."""
        ledger = self.world.open()
        witnessing = ledger.parts.witnessing
        witnessing._pause_s = 0.0
        witnessing._asked[0].eye._asker = Within(self.witness)
        witnessing.start(lambda: None, ledger._suspect)
        return ledger

    def restart(self) -> None:
        self.world.close()
        self.start()

    def settle(self) -> None:
        """Publish and project what is committed, as the background does."""
        parts = opened(self.world).parts
        parts.publisher._attempt()
        parts.runner._attempt()

    def close(self) -> None:
        self.world.close()
        self.watcher.close()
        self.store.close()
