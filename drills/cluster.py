"""etcd and three PostgreSQL nodes under Patroni, all on loopback and in one folder.

One etcd stands for what are three in earnest: it is not what is failed here. Each node is
an agent (Patroni) and its PostgreSQL; commits wait for a synchronous standby, and where
there is none they wait for one to come back (``synchronous_mode_strict``).

Patroni speaks etcd's second interface (v2) here. Through the third, its release 3.0.2, which
Debian 12 has, overwrites the leader's key whoever has it by then, once it goes on after a
hang (Patroni's changes 2689 and 2783 mend it): the former leader leads again, and what the
next one acknowledged meanwhile is rewound.
"""

import json
import secrets
import shutil
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from drills.errors import DrillError
from drills.programs import Programs, Running, family, kill, run

NODES = 3
PATIENCE_S = 120.0
LOOPBACK = "127.0.0.1"
LEDGER = "zelian"  # the ledger's role and database


@dataclass(frozen=True, slots=True)
class Timing:
    """Patroni's settings in seconds: ``loop_wait + 2 * retry_timeout`` is at most ``ttl``."""

    ttl: int = 20
    loop_wait: int = 5
    retry_timeout: int = 7


@dataclass(slots=True)
class Node:
    """One agent with its PostgreSQL."""

    name: str
    folder: Path
    port: int
    agent_port: int
    agent: Running | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def processes(self) -> list[psutil.Process]:
        """The agent, and the server, which is no child of the agent's."""
        found = family(self.agent.process.pid) if self.agent else []
        with suppress(OSError, ValueError, IndexError):
            found += family(int((self.data / "postmaster.pid").read_text().split()[0]))
        return found


@dataclass(slots=True)
class Cluster:
    """All of it; ``start`` begins, ``end`` leaves nothing behind."""

    programs: Programs
    folder: Path
    timing: Timing = field(default_factory=Timing)
    nodes: list[Node] = field(default_factory=list)
    _etcd: Running | None = None
    _etcd_port: int = 0
    _passwords: dict[str, str] = field(
        default_factory=lambda: {
            name: secrets.token_hex(16) for name in ("postgres", "replicator", LEDGER)
        }
    )

    def start(self) -> None:
        """Start all; return once a leader has a synchronous standby and the database is made."""
        self.folder.chmod(0o700)
        if self.programs.user:
            shutil.chown(self.folder, self.programs.user, self.programs.user)
        self._start_etcd()
        for number in range(NODES):
            agent_port, port = free_port(), free_port()
            name = f"node-{number + 1}"
            node = Node(name, self.folder / name, port, agent_port)
            self.nodes.append(node)
            self._prepare(node)
            self.start_agent(node)
        self.await_whole()
        self._make_database()

    def end(self) -> None:
        """End every process, however it stands."""
        for node in self.nodes:
            kill(node.processes())
        if self._etcd is not None:
            kill(family(self._etcd.process.pid))

    # What the ledger is told

    def url(self) -> str:
        """The database, wherever its leader is: every node is named."""
        hosts = "&".join(f"host={LOOPBACK}:{node.port}" for node in self.nodes)
        who = f"{LEDGER}:{self._passwords[LEDGER]}"
        return f"postgresql://{who}@/{LEDGER}?{hosts}&target_session_attrs=read-write"

    # What is done to it

    def leader(self) -> Node:
        """The node that has the lock; raise DrillError where there is none for long."""
        found = until("a leader", lambda: self._leader())
        assert isinstance(found, Node)
        return found

    def start_agent(self, node: Node) -> None:
        """Start a node's agent, which starts its PostgreSQL."""
        node.agent = run(
            [self.programs.patroni, node.folder / "patroni.json"],
            node.folder / "patroni.log",
            self.programs.user,
            folder=node.folder,
        )

    def switch_over(self, leader: Node) -> None:
        """Ask for another leader, as before maintenance."""
        body = json.dumps({"leader": leader.name}).encode()
        request = urllib.request.Request(f"{_agent(leader)}/switchover", body, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S):
                return
        except urllib.error.URLError as error:
            raise DrillError(f"no switchover: {error}", f"未能切换：{error}") from None

    def await_whole(self) -> None:
        """Return once every node runs, one leads, and one is its synchronous standby."""
        until("three nodes, one of them a synchronous standby", self._whole)

    def _leader(self) -> Node | None:
        for member in self._members():
            if member["role"] == "leader" and member["state"] == "running":
                return next(node for node in self.nodes if node.name == member["name"])
        return None

    def _whole(self) -> bool:
        members = self._members()
        roles = sorted(member["role"] for member in members)
        states = {member["state"] for member in members}
        return roles == ["leader", "replica", "sync_standby"] and states <= {"running", "streaming"}

    def _members(self) -> list[dict[str, Any]]:
        for node in self.nodes:
            with (
                suppress(OSError, ValueError),
                urllib.request.urlopen(f"{_agent(node)}/cluster", timeout=2) as answer,
            ):
                members: list[dict[str, Any]] = json.loads(answer.read()).get("members", [])
                return members
        return []

    # How it is made

    def _start_etcd(self) -> None:
        self._etcd_port, peers = free_port(), f"http://{LOOPBACK}:{free_port()}"
        clients = f"http://{LOOPBACK}:{self._etcd_port}"
        arguments = {
            "--name": "drill",
            "--data-dir": self.folder / "etcd",
            "--listen-client-urls": clients,
            "--advertise-client-urls": clients,
            "--listen-peer-urls": peers,
            "--initial-advertise-peer-urls": peers,
            "--initial-cluster": f"drill={peers}",
        }
        flat = [part for pair in arguments.items() for part in pair]
        log = self.folder / "etcd.log"
        self._etcd = run(
            [self.programs.etcd, "--enable-v2=true", *flat],
            log,
            self.programs.user,
            folder=self.folder,
        )
        until("etcd", lambda: _listens(self._etcd_port))

    def _prepare(self, node: Node) -> None:
        node.folder.mkdir(mode=0o700)
        config = node.folder / "patroni.json"  # JSON is YAML
        config.write_text(json.dumps(self._settings(node)), encoding="utf-8")
        config.chmod(0o600)
        if self.programs.user:
            for path in (node.folder, config):
                shutil.chown(path, self.programs.user, self.programs.user)

    def _settings(self, node: Node) -> dict[str, Any]:
        return {
            "scope": "drill",
            "name": node.name,
            "restapi": _at(node.agent_port),
            "etcd": {"host": f"{LOOPBACK}:{self._etcd_port}"},
            "bootstrap": {
                "dcs": self._shared_settings(),
                "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
            },
            "postgresql": {
                **_at(node.port),
                "data_dir": str(node.data),
                "bin_dir": str(self.programs.postgresql),
                "pgpass": str(node.folder / "pgpass"),
                "authentication": {
                    "superuser": self._account("postgres"),
                    "replication": self._account("replicator"),
                },
                "pg_hba": [
                    f"host replication replicator {LOOPBACK}/32 scram-sha-256",
                    f"host all all {LOOPBACK}/32 scram-sha-256",
                ],
                "parameters": {"unix_socket_directories": ""},
            },
        }

    def _shared_settings(self) -> dict[str, Any]:
        return {
            "ttl": self.timing.ttl,
            "loop_wait": self.timing.loop_wait,
            "retry_timeout": self.timing.retry_timeout,
            "synchronous_mode": True,
            "synchronous_mode_strict": True,
            "postgresql": {
                "use_pg_rewind": True,
                "remove_data_directory_on_rewind_failure": True,
                "parameters": {
                    "max_connections": 300,
                    "shared_buffers": "32MB",
                    "password_encryption": "scram-sha-256",
                },
            },
        }

    def _account(self, name: str) -> dict[str, str]:
        return {"username": name, "password": self._passwords[name]}

    def _make_database(self) -> None:
        password = self._passwords["postgres"]
        port = self.leader().port
        url = f"postgresql://postgres:{password}@{LOOPBACK}:{port}/postgres"
        with psycopg.connect(url, autocommit=True) as connection:
            name, secret = sql.Identifier(LEDGER), sql.Literal(self._passwords[LEDGER])
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(name, secret))
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))


def _at(port: int) -> dict[str, str]:
    where = f"{LOOPBACK}:{port}"
    return {"listen": where, "connect_address": where}


def _agent(node: Node) -> str:
    return f"http://{LOOPBACK}:{node.agent_port}"


def _listens(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    """A port of loopback that nobody has now."""
    with socket.create_server((LOOPBACK, 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def until(what: str, holds: Callable[[], object], patience_s: float = PATIENCE_S) -> object:
    """Wait for what must come, and return it; raise DrillError where it does not."""
    deadline = time.monotonic() + patience_s
    while not (found := holds()):
        if time.monotonic() > deadline:
            raise DrillError(
                f"waited {patience_s:.0f} seconds in vain for {what}",
                f"等待 {patience_s:.0f} 秒仍未出现：{what}",
            )
        time.sleep(0.1)
    return found
