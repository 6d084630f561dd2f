"""Turn the lines of a story into the statements of one ledger.

The same home gives the same bytes in every run: ids are fixed, times count from a
stored start, keys are kept, and both kinds of signatures are deterministic.

Source: spec 1, 2.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from cli.drafting import CONSTANTS
from cli.stories.departments import department_id
from cli.stories.keyring import Keyring
from cli.stories.line import At, Digest, Line, Person
from crypto.notation import format_time, write_b64
from crypto.statement import sign_statement


class Teller:
    """Speaks the lines, in order; each may rely on those that were noted before.

    Args:
        origin: of the ledger to which they are said.
        start_ms: midnight of the stories' first Monday in China, ms since 1970.
        keyring: the keys.
    """

    def __init__(self, origin: str, start_ms: int, keyring: Keyring) -> None:
        self._origin, self._start_ms, self._keyring = origin, start_ms, keyring
        self._digests: dict[str, str] = {}

    def note(self, line: Line, digest: str) -> None:
        """Remember the digest, hex, of the statement that *line* became."""
        self._digests[line.name] = digest

    def statement(self, line: Line) -> bytes:
        """Return the signed statement."""
        keys = [self._keyring.key(name) for name in line.voice.keys]
        return sign_statement(self._event(line), keys)

    def _event(self, line: Line) -> dict[str, Any]:
        data = {
            "parents": sorted(self._digests[name] for name in line.parents),
            "refs": dict(line.refs),
            **self._settled(line.data),
            **self._key_data(line),
        }
        event = {
            **CONSTANTS,
            "data": data,
            "id": line.id,
            "ledger": self._origin,
            "source": source_of(line),
            "subject": line.subject,
            "time": self._time(line.time),
            "type": f"zelian.{line.kind}.v1",
        }
        named = {"official": line.voice.official, "tier": line.voice.tier}
        return event | {name: value for name, value in named.items() if value is not None}

    def _key_data(self, line: Line) -> dict[str, str]:
        if line.about_key is None:
            return {}
        public = self._keyring.key(line.about_key).public
        if line.kind == "key.enrolled":
            return {"public_key": write_b64(public.spki)}
        return {"keyid": public.key_id}

    def _settled(self, value: Any) -> Any:
        """Return *value* with every instant, digest and person in it written out."""
        if isinstance(value, Mapping):
            return {name: self._settled(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._settled(inner) for inner in value]
        if isinstance(value, At):
            return self._time(value)
        if isinstance(value, Digest):
            return self._digests[value.line]
        if isinstance(value, Person):
            secret = self._keyring.person_secret(value.department)
            return hmac.new(secret, value.case.encode(), hashlib.sha256).hexdigest()
        return value

    def _time(self, instant: At) -> str:
        return format_time(self._start_ms + instant.offset_ms)


def source_of(line: Line) -> str:
    """Return the event's ``source``."""
    return f"/departments/{department_id(line.voice.department)}"
