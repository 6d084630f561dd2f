"""Talk to one witness over HTTP; nothing that it says is believed here.

Where the witness stands comes from the trust policy of the home, which the operator
writes.

Units: seconds and bytes.

Source: C2SP tlog-witness.
"""

from hashlib import sha256
from urllib.parse import urlsplit

from ledger.exchange import Answer, Stranger

WITHIN_S = 5.0  # for a whole exchange
MAX_ANSWER = 1_000_000


class Asker:
    """One witness's address; for one thread at a time.

    Args:
        url: the submission prefix, ``http`` or ``https``; also where checkpoints are monitored.
    """

    def __init__(self, url: str, within_s: float = WITHIN_S) -> None:
        self._prefix = urlsplit(url).path.rstrip("/")
        self._stranger = Stranger(url, within_s, MAX_ANSWER)

    def add_checkpoint(self, body: str) -> Answer:
        """Post one request; raise Unanswered."""
        return self._exchange("POST", "/add-checkpoint", body.encode())

    def checkpoint(self, origin: str) -> Answer:
        """Get the checkpoint of *origin* that was cosigned last; raise Unanswered."""
        return self._exchange("GET", f"/{sha256(origin.encode()).hexdigest()}/checkpoint", None)

    def close(self) -> None:
        self._stranger.close()

    def _exchange(self, method: str, path: str, body: bytes | None) -> Answer:
        return self._stranger.ask(method, self._prefix + path, body)
