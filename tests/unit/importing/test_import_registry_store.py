"""Registry statements are kept as they are, whole or not, those of other ledgers too."""

from pathlib import Path

import pytest

from cli.failures import Failure
from cli.importing.registry_store import RegistryStore
from cli.signing import ToSign
from crypto.statement import prepare_event, sign_payload
from ledger.opening import registrar_event
from tests.world import ORIGIN, seed

OTHER = "other.example/log"


def part(id_: str, origin: str = ORIGIN, signed: bool = True) -> ToSign:
    data = {"department": "permits", "kind": "gov", "name": {"zh": "许可"}}
    event = registrar_event(origin, "department.registered", "department/permits", data, id_, 0)
    payload = prepare_event(event, [seed(1).key_id])
    return ToSign(payload, (sign_payload(payload, seed(1)),) if signed else ())


def test_what_is_kept_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "imports" / "registry.ndjson"
    RegistryStore(path, ORIGIN).keep([part("a"), part("b", signed=False)])
    store = RegistryStore(path, ORIGIN)
    assert store.get("a") == part("a")
    assert store.get("b") == part("b", signed=False)
    assert store.get("c") is None


def test_a_signature_more_takes_the_place(tmp_path: Path) -> None:
    path = tmp_path / "registry.ndjson"
    RegistryStore(path, ORIGIN).keep([part("a", signed=False)])
    RegistryStore(path, ORIGIN).keep([part("a")])
    assert path.read_bytes() == part("a").envelope() + b"\n"


def test_other_ledgers_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "registry.ndjson"
    RegistryStore(path, OTHER).keep([part("a", OTHER)])
    store = RegistryStore(path, ORIGIN)
    assert store.get("a") is None
    store.keep([part("a")])
    store.forget(["a"])
    assert RegistryStore(path, ORIGIN).get("a") is None
    assert RegistryStore(path, OTHER).get("a") == part("a", OTHER)


@pytest.mark.parametrize("line", [b"", b"{}", b"x"])
def test_a_spoilt_line_is_named(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "registry.ndjson"
    path.write_bytes(part("a").envelope() + b"\n" + line + b"\n")
    with pytest.raises(Failure, match="line 2: no statement of this import"):
        RegistryStore(path, ORIGIN)
