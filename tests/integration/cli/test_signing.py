"""Signing: what is filled in, said and refused, and several signers in several places."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from cli.drafting import uuid7
from crypto.errors import BadSignature
from crypto.keys import PrivateKey
from crypto.statement import read_partial, read_statement, verify_signatures
from tests.integration.cli.conftest import ORIGIN, Zelian


def test_what_is_absent_is_filled_in_and_said(demo: Zelian) -> None:
    """Id, time, ledger, signers; the signature verifies; nothing else is on stdout."""
    result = demo("sign", "-", "--key", demo.key, stdin=json.dumps(demo.event()))
    statement = read_statement(result.stdout.strip().encode())
    key = PrivateKey.from_pem(demo.key.read_bytes())
    verify_signatures(statement, {key.key_id: key.public})
    assert statement.ledger == ORIGIN
    assert UUID(statement.id).version == 7
    assert statement.signers == [key.key_id]
    for name in ("id", "time", "ledger", "data.signers"):
        assert name in result.stderr


def test_what_is_there_is_kept(demo: Zelian) -> None:
    """An id, a time and a ledger that somebody wrote are signed as they are."""
    given = {"id": "my-1", "time": "2026-01-01T00:00:00.000Z", "ledger": "other.example"}
    statement = read_statement(demo.signed(1, **given).strip().encode())
    assert {name: statement.event[name] for name in given} == given


def test_the_signer_is_told_in_plain_words(demo: Zelian) -> None:
    """In the language spoken; what a text hides from the eye is shown."""
    event = json.dumps(demo.event(data={"purpose": "低保"}))
    chinese = demo.chinese("sign", "--help")
    assert "签署" in chinese.stdout
    args = ["sign", _file(demo, event), "--key", demo.key]
    assert "You sign" in demo(*args).stderr
    said = demo.chinese(*args).stderr
    for word in ("你将签署", "使用记录", "MZ", "zhang (handler)", "item/GA/household", "低保"):
        assert word in said


def _file(demo: Zelian, text: str) -> Path:
    path = demo.home / "event.json"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "zelian.no.such.v1"}, "/type"),
        ({"subject": "act/GA/other"}, "/subject"),
        ({"data": {"reliance": "much"}}, "/data/reliance"),
        ({"data": {"extra": 1}}, "/data/extra"),
        ({"data": {"records": 1.5}}, "1.5"),
        ({"tier": "boss"}, "/tier"),
        ({"extra": 1}, "/extra"),
        ({"data": {"purpose": "电话 13800138000"}}, "/data/purpose"),
        ({"data": {"purpose": "a\u202eb"}}, "/data/purpose"),
    ],
)
def test_what_the_ledger_would_refuse_is_not_signed(
    demo: Zelian, change: dict[str, Any], said: str
) -> None:
    """Exit code 7, no statement, and the member at fault is named."""
    result = demo("sign", "-", "--key", demo.key, stdin=json.dumps(demo.event(**change)))
    assert result.exit_code == 7, result.stderr
    assert result.stdout == ""
    if said != "1.5":
        assert said in result.stderr
    assert "\u202e" not in result.output


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a":1,"a":2}', "[" * 100_000, "\xff"])
def test_what_is_no_event_is_a_usage_error(demo: Zelian, text: str) -> None:
    """Also a member that stands twice: which of the two would be signed?"""
    result = demo("sign", "-", "--key", demo.key, stdin=text.encode("latin-1"))
    assert result.exit_code == 2
    assert result.stdout == ""


def test_a_ledger_must_be_known(zelian: Zelian, demo: Zelian, tmp_path: Path) -> None:
    """Without a home the event or ``--ledger`` names it."""
    elsewhere = Zelian(tmp_path / "nowhere")
    event = json.dumps(demo.event())
    assert elsewhere("sign", "-", "--key", demo.key, stdin=event).exit_code == 2
    made = elsewhere.ok("sign", "-", "--key", demo.key, "--ledger", "x.example", stdin=event)
    assert read_statement(made.strip().encode()).ledger == "x.example"


def test_two_keys_sign_at_once_or_apart(demo: Zelian, tmp_path: Path) -> None:
    """Together, one after another, and each alone with the parts put together: the same bytes."""
    other = tmp_path / "other.pem"
    demo.ok("key", "new", other)
    ids = [PrivateKey.from_pem(path.read_bytes()).key_id for path in (demo.key, other)]
    fixed: dict[str, Any] = {"id": "e-1", "time": "2026-01-01T00:00:00.000Z", "ledger": ORIGIN}
    event = json.dumps(demo.event(**fixed))
    together = demo.ok("sign", "-", "--key", demo.key, "--key", other, stdin=event)

    first = demo("sign", "-", "--key", demo.key, "--partial", "--signers", ids[1], stdin=event)
    assert first.exit_code == 0
    assert ids[1] in first.stderr
    assert len(read_partial(first.stdout.strip().encode())[1]) == 1
    assert demo.ok("sign", "-", "--key", other, stdin=first.stdout) == together

    second = demo.ok("sign", "-", "--key", other, "--partial", "--signers", ids[0], stdin=event)
    paths = [tmp_path / "one", tmp_path / "two"]
    for path, text in zip(paths, (first.stdout, second), strict=True):
        path.write_text(text)
    assert demo.ok("sign", *paths) == together


def test_a_part_is_not_mistaken_for_the_whole(demo: Zelian) -> None:
    """Missing signatures must be asked for; a partial statement is not submitted."""
    event = json.dumps(demo.event())
    assert demo("sign", "-", "--key", demo.key, "--signers", "00" * 32, stdin=event).exit_code == 2
    asked = ["--partial", "--signers", "00" * 32]
    part = demo.ok("sign", "-", "--key", demo.key, *asked, stdin=event)
    refused = demo("submit", "-", stdin=part)
    assert refused.exit_code == 7
    assert "malformed /signatures" in refused.stderr


def test_a_stranger_does_not_sign(demo: Zelian, tmp_path: Path) -> None:
    """A key that is not among the signers is refused, and nothing is said as if it had signed."""
    stranger = tmp_path / "stranger.pem"
    demo.ok("key", "new", stranger)
    begun = demo.signed()
    signers = json.dumps(demo.event(data={"signers": ["00" * 32]}))
    for stdin in (begun, signers):
        result = demo("sign", "-", "--key", stranger, stdin=stdin)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr.count("\n") == 1
        assert "is not among" in result.stderr


def test_what_would_stay_unsigned_is_refused_before_a_word(demo: Zelian) -> None:
    """As above, where another's signature would be missing."""
    key_id = PrivateKey.from_pem(demo.key.read_bytes()).key_id
    event = json.dumps(demo.event(data={"signers": sorted([key_id, "00" * 32])}))
    result = demo("sign", "-", "--key", demo.key, stdin=event)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)


def test_parts_of_different_events_are_not_put_together(demo: Zelian, tmp_path: Path) -> None:
    """One event, however many files."""
    paths = [tmp_path / "one", tmp_path / "two"]
    for number, path in enumerate(paths):
        path.write_text(demo.signed(number))
    assert demo("sign", *paths).exit_code == 2


def test_signing_needs_a_key(demo: Zelian) -> None:
    """And one that exists."""
    event = json.dumps(demo.event())
    assert demo("sign", "-", stdin=event).exit_code == 2
    assert demo("sign", "-", "--key", demo.home / "none.pem", stdin=event).exit_code == 6


def test_a_changed_event_does_not_verify(demo: Zelian) -> None:
    """What is signed is the payload's bytes, all of them."""
    statement = read_statement(demo.signed().strip().encode())
    other = read_statement(demo.signed(2).strip().encode())
    key = PrivateKey.from_pem(demo.key.read_bytes())
    mixed = type(statement)(
        statement.envelope, statement.digest, other.payload, other.event, statement.signatures
    )
    with pytest.raises(BadSignature):
        verify_signatures(mixed, {key.key_id: key.public})


def test_ids_are_uuid7() -> None:
    """RFC 9562: time first, version 7, variant 10, the rest as given."""
    made = uuid7(0x017F22E279B0, (0xCC3 << 62) | 0x18C4DC0C0C07398F)
    assert str(made) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


def test_types_and_templates(zelian: Zelian, demo: Zelian) -> None:
    """Every type is listed and has a template; short names do; the home names the ledger."""
    listed = zelian.json("event", "types")
    assert "使用记录" in zelian.chinese("event", "types").stdout
    for kind in listed:
        assert zelian.json("event", "template", kind["name"])["type"] == kind["name"]
    event = json.loads(demo.ok("event", "template", "use.recorded", "--source", "MZ"))
    assert (event["ledger"], event["source"]) == (ORIGIN, "/departments/MZ")
    assert zelian("event", "template", "no.such").exit_code == 7
    assert zelian("event", "template", "use.recorded", "--source", "a/b").exit_code == 2
