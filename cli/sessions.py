"""Sign in to a server with a key, and keep the session's token for later commands.

The sign-in is built here, over the origin that the trust policy names: nothing that
a server hands over is signed. A token lies in the user's own home, mode 0600, in a
file for each server; it is never printed unless that is asked for.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from cli.client import Client
from cli.failures import UNREACHABLE, Failure
from cli.invocation import here
from cli.keyfiles import read_private_key
from cli.receipts import trust_policy
from crypto.errors import CryptoError
from crypto.notation import format_time, read_b64
from crypto.signin import CLIENT_NONCE_SIZE, MAX_AHEAD_MS, sign_in
from ledger.errors import LedgerError
from ledger.home import read_private
from ledger.log.clock import system_clock

AHEAD_MS = MAX_AHEAD_MS // 2  # so that clocks may differ by as much


def begin(client: Client, key_file: Path) -> dict[str, Any]:
    """Sign the holder of a key in; return the session with its token."""
    key, origin = read_private_key(key_file), _configured_origin()
    try:
        nonce = read_b64(client.challenge())
        expires = format_time(system_clock() + AHEAD_MS)
        raw = sign_in(key, origin, nonce, secrets.token_bytes(CLIENT_NONCE_SIZE), expires)
    except CryptoError:
        raise Failure(
            UNREACHABLE,
            f"{client.url} gives no nonce as a Zelian ledger does: correct --server",
            f"{client.url} 未给出责链账本应有的随机数：请更正 --server",
        ) from None
    return client.begin_session(raw)


def _configured_origin() -> str:
    """Return the origin that the policy trusts, never one that a server claims."""
    logs = trust_policy().logs
    if not logs:
        raise Failure(UNREACHABLE, "the trust policy names no log", "信任策略未写明日志")
    return logs[0].key.name


def _file_of(url: str) -> Path:
    name = hashlib.sha256(url.encode()).hexdigest()[:16]
    return Path.home() / ".zelian" / f"session-{name}"


def keep(url: str, session: dict[str, Any]) -> Path:
    """Put the session where later commands find it; return the file."""
    file = _file_of(url)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    aside = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as writer:
        json.dump({"expires": session["expires"], "token": session["token"], "url": url}, writer)
    aside.replace(file)
    return file


def kept(url: str) -> str | None:
    """Return the token of a session that was kept and has not run out."""
    file = _file_of(url)
    if not file.exists():
        return None
    try:
        session = json.loads(read_private(file))
        if session["url"] != url or session["expires"] <= format_time(system_clock()):
            return None
        token: str = session["token"]
    except (LedgerError, ValueError, LookupError, TypeError):
        return None
    return token


def forget(url: str) -> None:
    """Remove what is kept of a session."""
    _file_of(url).unlink(missing_ok=True)


@contextmanager
def signed_in(url: str) -> Iterator[Client]:
    """Give a client of *url*: signed in by ``--key``, else by a session that was kept.

    A session that was begun for one command ends with it.
    """
    client = Client(url, reason=here().reason)
    key = here().key
    if key is None:
        client.token = kept(client.url)
        key = here().spare_key if client.token is None else None
    if key is None:
        yield client
        return
    client.token = str(begin(client, key)["token"])
    try:
        yield client
    finally:
        with suppress(Failure, LedgerError):
            client.end_session()
