"""Two regional ledgers that cosign each other, and a statement of one that cites the other.

    python examples/two_regions.py [FOLDER]

Makes both ledgers of the invented 云岭省 and a witness of each in FOLDER, which must be
empty (default: one that is thrown away), serves all four on 127.0.0.1, and stops them. Only
cards pass between the two sides: public keys and an address. Ends with 0 if every line held.
"""

import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ZELIAN = [sys.executable, "-c", "from cli.main import main; main(prog_name='zelian')"]
PATIENCE_S = 60


@dataclass(frozen=True)
class Region:
    """One side: its ledger, the witness that it runs for others, and a department."""

    folder: Path
    name: str
    department: str
    title: str
    ledger_port: int
    witness_port: int

    @property
    def home(self) -> Path:
        return self.folder / self.name

    @property
    def eye(self) -> Path:
        return self.folder / f"{self.name}-witness"

    @property
    def card(self) -> Path:
        """What it hands to the other side."""
        return self.folder / f"{self.name}.card"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ledger_port}"


def zelian(*words: object) -> str:
    """Run one command; return what it prints, or end with what it says."""
    done = subprocess.run(
        [*ZELIAN, *map(str, words)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"zelian {' '.join(map(str, words))}\n{done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def running(*words: object) -> Iterator[None]:
    """Run a server for as long as the block lasts."""
    with subprocess.Popen(
        [*ZELIAN, *map(str, words)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield
        finally:
            process.terminate()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def found(region: Region) -> None:
    """Make the ledger and the witness, each with keys that stay in its own folder."""
    zelian("init", "--home", region.home, "--origin", f"{region.name}.yunling.example/2026")
    key = region.folder / f"{region.name}.key"
    place = ("--home", region.home)
    zelian("department", "register", region.department, "--name", region.title, *place)
    zelian("key", "new", key)
    zelian("key", "enrol", "--department", region.department, "--key", key, *place)
    name = f"witness.{region.name}.yunling.example"
    zelian("witness", "init", "--home", region.eye, "--name", name, "--known", own_policy(region))
    address = f"http://127.0.0.1:{region.witness_port}"
    card = zelian("peer", "card", *place, "--witness-home", region.eye, "--url", address)
    region.card.write_text(card, encoding="utf-8")


def own_policy(region: Region) -> Path:
    return region.home / "trust-policy"


def serve(region: Region, stack: ExitStack) -> None:
    port = region.witness_port
    stack.enter_context(running("witness", "run", "--home", region.eye, "--port", port))
    stack.enter_context(running("serve", "--home", region.home, "--port", region.ledger_port))


def cosigned(region: Region) -> Path:
    """Wait until the published checkpoint verifies under the region's policy; return its file."""
    kept = region.folder / f"{region.name}.checkpoint"
    command = ["verify", "checkpoint", kept, "--policy", own_policy(region)]
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{region.url}/log/checkpoint", timeout=5) as answer:
                kept.write_bytes(answer.read())
        except OSError:  # it does not listen yet
            time.sleep(0.2)
            continue
        # A log's own line and the other side's: looked at before a program is started for it.
        if kept.read_text().count("\n\u2014 ") >= 2:
            zelian(*command)
            return kept
        time.sleep(0.2)
    raise SystemExit(f"{region.url} was not cosigned within {PATIENCE_S} seconds")


def say(region: Region, kind: str, data: dict[str, object]) -> str:
    """Sign and log one statement of the region's department; return its index."""
    event = {
        "specversion": "1.0",
        "datacontenttype": "application/json",
        "type": f"zelian.{kind}.v1",
        "source": f"/departments/{region.department}",
        "subject": f"department/{region.department}",
        "data": {"parents": [], **data},
    }
    draft = region.folder / f"{kind}.json"
    draft.write_text(json.dumps(event), encoding="utf-8")
    key = region.folder / f"{region.name}.key"
    signed = region.folder / f"{kind}.statement"
    signed.write_text(zelian("sign", draft, "--key", key, "--home", region.home))
    sent = zelian("submit", signed, "--home", region.home, "--server", region.url, "--single")
    return sent.strip()


def receipt_of(region: Region) -> Path:
    """Return the receipt that the region kept last, once the other side cosigned it."""
    deadline = time.monotonic() + PATIENCE_S
    newest = max((region.home / "receipts").glob("*.json"), key=lambda one: one.stat().st_mtime)
    place = ("--home", str(region.home), "--server", region.url)
    command = [*ZELIAN, "refresh", str(newest), *place]
    while time.monotonic() < deadline:
        if subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0:
            return newest
        time.sleep(0.3)
    raise SystemExit("the receipt was not cosigned in time")


def cite(giver: Region, taker: Region) -> None:
    """The taker's registrar registers the giver; then its department cites what was delivered."""
    item = f"{giver.department}/licences"
    delivery = f"{giver.department}/D-1"
    say(giver, "delivery.sent", {
        "refs": {"item": item, "delivery": delivery}, "consumer": taker.department,
        "channel": "shared_platform",
    })  # fmt: skip
    kept = receipt_of(giver)
    place = ("--home", taker.home, "--server", taker.url)
    witness = (taker.eye / "witness.vkey").read_text().strip()
    zelian("peer", "register", giver.card, "--witness", witness, *place)
    cited = json.loads(zelian("peer", "cite", kept))
    index = say(taker, "use.recorded", {
        "refs": {"item": item, "use": f"{taker.department}/U-1"}, "cites": [cited],
        "purpose_code": "licence-check", "use_kind": "supervision", "reliance": "supporting",
    })  # fmt: skip
    print(zelian("show", index, "--home", taker.home, "--lang", "en"))


def main(folder: Path) -> None:
    """Make both sides, let them cosign each other, and cite."""
    ports = [free_port() for _ in range(4)]
    left = Region(folder, "linjiang", "LJ", "临江市市场监督管理局", ports[0], ports[1])
    right = Region(folder, "beiling", "BL", "北岭市行政审批局", ports[2], ports[3])
    for region in (left, right):
        found(region)
    for own, other in ((left, right), (right, left)):
        zelian("peer", "add", other.card, "--home", own.home, "--witness-home", own.eye)
    with ExitStack() as stack:
        for region in (left, right):
            serve(region, stack)
        for region in (left, right):
            kept = cosigned(region)
            print(kept.read_text())
            policy = own_policy(region)
            print(zelian("verify", "checkpoint", kept, "--policy", policy, "--lang", "en"))
        cite(left, right)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).mkdir(exist_ok=True)
        main(Path(sys.argv[1]).resolve())
    else:
        with tempfile.TemporaryDirectory() as made:
            main(Path(made))
