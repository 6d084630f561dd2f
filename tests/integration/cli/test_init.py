"""Making a ledger: in demo mode, with registrars elsewhere, and after being cut short."""

import json
import shutil
import stat
from pathlib import Path

import pytest

from cli import init as init_module
from crypto.keys import PrivateKey
from crypto.merkle import leaf_hash
from crypto.policy import parse_policy
from crypto.statement import read_partial, read_statement
from tests.integration.cli.conftest import ORIGIN, Zelian


def test_demo_mode_is_whole(zelian: Zelian) -> None:
    """Keys, policy, identity, the service's department and key; the registrar's key is told."""
    result = zelian("init", "--origin", ORIGIN)
    identity = result.stdout.strip()
    assert "demo mode" in result.stderr
    first = zelian.json("show", "0")
    assert identity == leaf_hash(first["header"].encode()).hex()
    assert identity == (zelian.home / "identity").read_text().strip()
    policy = parse_policy((zelian.home / "trust-policy").read_bytes())
    assert (policy.logs[0].key.name, policy.quorum) == (ORIGIN, "none")
    service = PrivateKey.from_pem((zelian.home / "keys/service.pem").read_bytes())
    assert zelian.json("department", "show", "ledger")["keys"] == [service.key_id]
    for name in ("keys/log.pem", "keys/service.pem", "keys/registrar.pem", "chain.secret"):
        assert stat.S_IMODE((zelian.home / name).stat().st_mode) == 0o600
    assert zelian("fsck").exit_code == 0


def test_a_home_takes_one_ledger(demo: Zelian) -> None:
    """A second init is refused and changes no byte of what matters."""
    before = (demo.home / "ledger.db").read_bytes()
    for args in (["--origin", ORIGIN], ["--origin", "other.example"], ["--opened", demo.key]):
        result = demo("init", *args)
        assert result.exit_code == 7
        assert (demo.home / "identity").read_text().strip() in result.stderr
    assert (demo.home / "ledger.db").read_bytes() == before


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["--origin", "with space"],
        ["--origin", ORIGIN, "--threshold", "1"],
        ["--origin", ORIGIN, "stray"],
        ["--origin", ORIGIN, "--registrar", "no key"],
        ["--opened", __file__],
    ],
)
def test_wrong_usage_makes_nothing(zelian: Zelian, args: list[str]) -> None:
    """Exit code 2, and no home."""
    assert zelian("init", *args).exit_code == 2
    assert not (zelian.home / "keys").exists()


@pytest.mark.parametrize("cut", ["send_one", "_register_service", "note_identity"])
def test_a_demo_init_that_was_cut_short_goes_on(
    zelian: Zelian, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    """Wherever it stopped, the same command finishes, with the same three entries."""

    def stop(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(init_module, cut, stop)
        assert zelian("init", "--origin", ORIGIN).exit_code == 130
    assert zelian("log").exit_code == 6
    other = zelian("init", "--origin", "other.example")
    assert other.exit_code == 7
    assert ORIGIN in other.stderr
    zelian.ok("init", "--origin", ORIGIN)
    assert [entry["index"] for entry in _entries(zelian)] == [2, 1, 0]
    assert zelian("fsck").exit_code == 0


def _entries(zelian: Zelian) -> list[dict[str, object]]:
    return [json.loads(line) for line in zelian.ok("log", "--json").splitlines()]


def test_half_a_home_is_named_and_not_touched(demo: Zelian) -> None:
    """Without trust-policy and identity nobody can tell a lost ledger from a cut-short init."""
    for name in ("trust-policy", "identity"):
        (demo.home / name).unlink()
    before = sorted(demo.home.rglob("*"))
    result = demo("init", "--origin", ORIGIN)
    assert result.exit_code == 7
    assert "keys/log.pem" in result.stderr
    assert "backup" in result.stderr
    assert sorted(demo.home.rglob("*")) == before


class Registrars:
    """Three registrars whose keys lie outside of the home."""

    def __init__(self, zelian: Zelian, folder: Path) -> None:
        self.zelian = zelian
        self.files = [folder / f"registrar-{n}.pem" for n in range(3)]
        self.ids = []
        for path in self.files:
            zelian.ok("key", "new", path)
            self.ids.append(PrivateKey.from_pem(path.read_bytes()).key_id)
        self.by_id = dict(zip(self.ids, self.files, strict=True))

    def begin(self, *more: str) -> str:
        """Return entry 0's event, two of three to sign what follows."""
        first, *rest = (str(path) for path in self.files)
        args = ["--origin", ORIGIN, "--registrar", first, *rest, "--threshold", "2"]
        return self.zelian.ok("init", *args, *more)

    def sign(self, document: str, *files: Path) -> str:
        """Let each registrar sign in turn, each seeing only what the one before handed on."""
        for path in files:
            document = self.zelian.ok("sign", "-", "--key", path, "--partial", stdin=document)
        return document


@pytest.fixture
def registrars(zelian: Zelian, tmp_path: Path) -> Registrars:
    return Registrars(zelian, tmp_path)


def test_registrars_elsewhere_from_beginning_to_end(
    registrars: Registrars, zelian: Zelian, tmp_path: Path
) -> None:
    """Two of three: opened by all, extended by two, refused with one; no key in the home."""
    event = registrars.begin()
    assert json.loads(event)["data"]["signers"] == sorted(registrars.ids)
    assert registrars.begin() == event  # again: the same event, not another one
    assert not (zelian.home / "keys/registrar.pem").exists()
    opened = tmp_path / "opened"

    opened.write_text(registrars.sign(event, *registrars.files[:2]))
    assert zelian("init", "--opened", opened).exit_code == 7  # all of entry 0's keys sign it
    assert not (zelian.home / "identity").exists()

    opened.write_text(registrars.sign(event, *registrars.files))
    chosen = [arg for key_id in registrars.ids[1:] for arg in ("--signer", key_id)]
    result = zelian("init", "--opened", opened, *chosen)
    assert result.exit_code == 0, result.stderr
    assert (zelian.home / "identity").read_text().strip() in result.stderr

    department, enrolment = result.stdout.splitlines()
    assert json.loads(department)["data"]["signers"] == sorted(registrars.ids[1:])
    payload, signatures = read_partial(enrolment.encode())
    service = PrivateKey.from_pem((zelian.home / "keys/service.pem").read_bytes())
    assert [key_id for key_id, _ in signatures] == [service.key_id]
    assert len(json.loads(payload)["data"]["signers"]) == 3
    whole = [registrars.sign(part, *registrars.files[1:]) for part in (department, enrolment)]
    assert zelian.ok("submit", "-", stdin="".join(whole)) == "1\n2\n"

    _register_with_two(registrars, zelian)
    assert zelian("fsck").exit_code == 0
    assert "no registrar's key" in zelian.ok("doctor")


def _register_with_two(registrars: Registrars, zelian: Zelian) -> None:
    """Two keys at hand log at once; one or none prints what is to be signed and exits 7."""
    two = [arg for path in registrars.files[:2] for arg in ("--registrar-key", path)]
    assert zelian.ok("department", "register", "A", "--name", "甲", *two) == "3\n"

    one = zelian("department", "register", "B", "--name", "乙", *two[:2])
    assert one.exit_code == 7
    (missing,) = set(
        json.loads(read_partial(one.stdout.strip().encode())[0])["data"]["signers"]
    ) - {registrars.ids[0]}
    assert missing in one.stderr
    whole = registrars.sign(one.stdout, registrars.by_id[missing])
    assert zelian.ok("submit", "-", stdin=whole) == "4\n"

    none = zelian("department", "register", "C", "--name", "丙")
    assert none.exit_code == 7
    signers = json.loads(none.stdout)["data"]["signers"]
    assert len(signers) == 2
    alone = [registrars.sign(none.stdout, registrars.by_id[key_id]) for key_id in signers]
    parts = []
    for n, document in enumerate(alone):
        parts.append(zelian.home / f"part-{n}")
        parts[-1].write_text(document)
    assert zelian.ok("submit", "-", stdin=zelian.ok("sign", *parts)) == "5\n"


def test_a_threshold_unmet_is_refused(registrars: Registrars, zelian: Zelian) -> None:
    """One registrar's signature alone, made by naming no other signer, does not count."""
    event = registrars.begin()
    (zelian.home / "opened").write_text(registrars.sign(event, *registrars.files))
    department = json.loads(zelian.ok("init", "--opened", zelian.home / "opened").split("\n")[0])
    del department["data"]["signers"]
    alone = zelian.ok("sign", "-", "--key", registrars.files[0], stdin=json.dumps(department))
    assert read_statement(alone.strip().encode()).signers == [registrars.ids[0]]
    refused = zelian("submit", "-", stdin=alone)
    assert refused.exit_code == 7
    assert "out_of_role" in refused.stderr


def test_another_homes_opening_is_refused(
    registrars: Registrars, zelian: Zelian, tmp_path: Path
) -> None:
    """Entry 0 must name this home's log key and secret: else the ledger would never start."""
    event = registrars.begin()
    shutil.rmtree(zelian.home)
    registrars.begin()
    (tmp_path / "opened").write_text(registrars.sign(event, *registrars.files))
    result = zelian("init", "--opened", tmp_path / "opened")
    assert result.exit_code == 7
    assert "/data/log_key" in result.stderr


def test_other_registrars_do_not_take_over(registrars: Registrars, zelian: Zelian) -> None:
    """An unfinished init keeps its registrars; demo mode does not creep in either."""
    registrars.begin()
    other = zelian("init", "--origin", ORIGIN, "--registrar", registrars.files[0])
    assert other.exit_code == 7
    assert zelian("init", "--origin", ORIGIN).exit_code == 7
    assert not (zelian.home / "keys/registrar.pem").exists()


def test_registrars_must_differ_and_suffice(registrars: Registrars, zelian: Zelian) -> None:
    """The same key twice, and a threshold above the number of keys."""
    key = ["--registrar", registrars.files[0]]
    assert zelian("init", "--origin", ORIGIN, *key, *key).exit_code == 2
    assert zelian("init", "--origin", ORIGIN, *key, "--threshold", "2").exit_code == 2
    assert not zelian.home.exists()
