"""A town's ledger behind the server of ``zelian serve``, on a socket of this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from waitress import wasyncore

from api.application import build_app
from api.serving import listen, server_of
from ledger.settings import Settings
from tests.roles.town import Town
from tests.signing_in import sign_in
from tests.world import ORIGIN

PATIENCE_S = 20.0
# Who reads nothing, what concerns it, and by authorisation with a reason; a body that counts.
ROLES = ("public", "department", "audit")


@dataclass
class Served:
    """A ledger with a statement of every type, its application, and where it listens."""

    town: Town
    app: Flask
    port: int

    def headers(self, role: str) -> dict[str, str]:
        """What somebody of *role* sends; "public" sends nothing."""
        if role == "public":
            return {}
        client = self.app.test_client()
        sign_in(client, self.town.key_of(role), ORIGIN, self.town.world.clock())
        token: str = client.environ_base["HTTP_AUTHORIZATION"]
        return {"Authorization": token, "X-Zelian-Reason": "audit"}


@contextmanager
def served_town(home: Path) -> Iterator[Served]:
    """Serve a town until the end."""
    town = Town(Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1, signins=100_000))
    ledger = town.world.ledger
    assert ledger is not None
    ledger.catch_up()
    app = build_app(ledger)
    with answering(app) as (port, _):
        yield Served(town, app, port)
    town.world.close()


@contextmanager
def answering(app: Any, **changed: int) -> Iterator[tuple[int, Any]]:
    """Run the server of ``zelian serve`` in a thread; yield its port and itself.

    Args:
        changed: attributes of the server's settings that are other than in earnest.
    """
    listener = listen("127.0.0.1", 0)
    server = server_of(app, listener)
    for name, value in changed.items():
        setattr(server.adj, name, value)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], server
    finally:
        channels = dict(server._map)
        server.trigger.pull_trigger(server._map.clear)  # a loop over nothing ends
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
        server.task_dispatcher.shutdown()
        wasyncore.close_all(channels, ignore_all=True)
        listener.close()
