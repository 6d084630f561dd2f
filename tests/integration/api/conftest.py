"""A served world: the real ledger on SQLite behind the real application, without a socket.

``served`` is made once a module: its tests add statements and never break the ledger.
``fresh`` is a test's own, to be broken.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.application import build_app
from crypto.keys import PrivateKey
from crypto.statement import sign_statement
from ledger.service import Ledger
from ledger.settings import Settings
from tests.signing_in import sign_in
from tests.world import ORIGIN, World

POST = "/api/v1/statements"
BATCH = "/api/v1/statements/batch"
JSON = "application/json"
NDJSON = "application/x-ndjson"


@dataclass
class ServedWorld:
    """A world, its application, and a client in which an official of MZ is signed in."""

    world: World
    app: Flask
    client: FlaskClient

    @property
    def ledger(self) -> Ledger:
        assert self.world.ledger is not None
        return self.world.ledger

    def post(self, raw: bytes, **options: Any) -> TestResponse:
        return self.client.post(POST, data=raw, **{"content_type": JSON, **options})

    def batch(self, raw: bytes, query: str = "", **options: Any) -> TestResponse:
        return self.client.post(BATCH + query, data=raw, **{"content_type": NDJSON, **options})

    def use(self, *keys: PrivateKey, **more: Any) -> bytes:
        """A statement that was not sent yet."""
        return sign_statement(self.world.use(**more), keys or (self.world.zhang,))

    def log(self, count: int) -> None:
        """Log and publish so many uses."""
        assert all(hasattr(a, "receipt") for a in self.ledger.submit_batch(self.uses(count)).lines)
        self.ledger.catch_up()

    def uses(self, count: int) -> list[bytes]:
        return [self.use() for _ in range(count)]


def _serve(home: Path) -> ServedWorld:
    settings = Settings(home, f"sqlite:///{home / 'ledger.db'}", 10, 16, 1)
    world = World(settings).begin()
    assert world.ledger is not None
    world.ledger.catch_up()
    app = build_app(world.ledger)
    client = app.test_client()
    sign_in(client, world.zhang, ORIGIN, world.clock())
    return ServedWorld(world, app, client)


def client_of(served: ServedWorld, key: PrivateKey) -> FlaskClient:
    """A client in which the holder of *key* is signed in."""
    client = served.app.test_client()
    sign_in(client, key, ORIGIN, served.world.clock())
    return client


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedWorld]:
    made = _serve(tmp_path_factory.mktemp("served") / "home")
    yield made
    made.world.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[ServedWorld]:
    made = _serve(tmp_path / "home")
    yield made
    made.world.close()
