"""Judge who spoke: fold the registry in order and ask it as of each index.

The rules are those by which the ledger admitted (``ledger.access.speak``,
``ledger.admission.checks.judge``); there are none of its own here. An entry's
``recorded_at`` stands for the clock that the ledger had.

A registry event that must not have been admitted is a finding and has no effect,
so that what rests on it is found too. Once a statement is missing, a key or post
that is not known may have been in it: what depends on that is incomplete, not
failed.

Source: spec 8.
"""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from crypto.chain import REGISTRY_TYPES, chain_names
from crypto.errors import CryptoError
from crypto.notation import parse_time
from crypto.statement import Statement, read_statement
from ledger.access.citations import citations_of
from ledger.access.speak import Speaking, check_keys, check_role
from ledger.admission.checks import Examined, examine, judge
from ledger.errors import Refused
from ledger.registry.state import Registry
from ledger.verification.cited import CITATIONS, Cited, count, unjudged
from ledger.verification.continuity import Problem
from ledger.verification.messages import Outcome
from ledger.verification.report import FAILED, INCOMPLETE, Verdict
from ledger.verification.source import Span
from ledger.verification.span_work import SIGNATURES, STATEMENTS

SPEAKERS = "speakers"

ERASED = "zelian.statement.erased.v1"

# What the registry answered; the others are about the statement itself.
_OF_THE_REGISTRY = frozenset(
    {"unknown_key", "revoked_key", "unknown_reference", "out_of_role", "conflict"}
)
# Without a key that counts there is no signature to verify.
_BEFORE_SIGNATURES = frozenset({"unknown_key", "revoked_key"})
_MAY_BE_MISSING = frozenset({"unknown_key", "unknown_reference", "out_of_role"})


class Aimed(NamedTuple):
    """A withholding or erasure, entry *at*, allowed only to who spoke its target."""

    at: int
    target: bytes
    source: str


class Judged(NamedTuple):
    """A finding with its verdict."""

    problem: Problem
    verdict: Verdict


class Speakers:
    """The registry of one ledger, growing as its entries come.

    Args:
        keys_file: where public keys are written for the workers.
    """

    def __init__(self, keys_file: Path) -> None:
        self.registry = Registry()
        self.keys_size = 0
        self.judged = 0
        self.verified = 0  # statements whose signatures were verified here, less those undone
        self.cited = Cited()
        self.aimed: list[Aimed] = []
        self.erased: dict[bytes, int] = {}  # statement digest: entry that erased it
        self.lacking_from: int | None = None  # the first index without a statement
        self._keys_file = keys_file
        self._keys_written = 0
        self._recorded_at = ""
        keys_file.touch()

    def take(self, span: Span, outcome: Outcome, before: str) -> list[Judged]:
        """Judge a span's statements; *before* is the last T that was read before it."""
        found: list[Judged] = []
        if outcome.lacking and self.lacking_from is None:
            self.lacking_from = outcome.lacking[0][0]
        for index, recorded_at, verified in outcome.special:
            found += self._take_special(span, index, recorded_at or before, verified)
        for voice, indexes in outcome.voices:
            found += self._take_voice(voice, indexes, before)
        self._write_keys()
        return found

    # One by one

    def _take_special(
        self, span: Span, index: int, recorded_at: str, verified: bool
    ) -> list[Judged]:
        assert span.envelopes is not None
        envelope = span.envelopes[index - span.start]
        assert envelope is not None
        statement = read_statement(envelope)
        names = chain_names(statement.event)
        unknown = () if verified else tuple(statement.signers)
        examined = Examined(statement, names, None, None, unknown, None)
        if unknown and self.registry.opening() is None:
            # Before entry 0 is folded there is no registry to be asked for an origin.
            examined = examine(statement, statement.ledger, {})
        asked: list[str] = []

        def source_of(digest: str) -> str | None:
            asked.append(digest)
            return statement.source  # decided at the end, when all entries are known

        try:
            now_ms = parse_time(recorded_at)
            judge(examined, self.registry, index, recorded_at, now_ms, source_of)
        except Refused as refusal:
            self.verified += (refusal.code not in _BEFORE_SIGNATURES) - verified
            self.cited += Cited(len(statement.data.get("cites", ())))
            return [self._finding(index, refusal)]
        self.verified += not verified
        self.judged += 1
        self.aimed += [Aimed(index, bytes.fromhex(digest), statement.source) for digest in asked]
        if statement.type == ERASED:
            self.erased.setdefault(bytes.fromhex(statement.data["target"]), index)
        return [*self._cited(index, statement), *self._fold(index, recorded_at, statement)]

    def _cited(self, index: int, statement: Statement) -> list[Judged]:
        citations = citations_of(statement.event, self.registry, index)
        self.cited += count(citations)
        return [
            Judged((CITATIONS, one.index, one.en, one.zh), one.verdict)
            for one in unjudged(index, citations)
        ]

    def _fold(self, index: int, recorded_at: str, statement: Statement) -> list[Judged]:
        if statement.type not in REGISTRY_TYPES:
            return []
        self._recorded_at = max(self._recorded_at, recorded_at)
        try:
            self.registry.apply(index, self._recorded_at, statement.event)
        except (ValueError, LookupError, CryptoError) as error:
            en, zh = f"it cannot be folded: {error}", f"无法并入登记簿：{error}"
            return [self._finding(index, Refused("conflict", en, zh))]
        return []

    # Many alike

    def _take_voice(self, voice: Speaking, indexes: Sequence[int], before: str) -> list[Judged]:
        """Judge once what was said alike, at one T and between two registry events."""
        kind, source, official, tier, signers, recorded_at = voice
        event = {"type": kind, "source": source, "data": {"signers": list(signers)}}
        if official is not None:
            event["official"] = official
        if tier is not None:
            event["tier"] = tier
        statement = Statement(b"", b"", b"", event, ())
        self.judged += len(indexes)
        try:
            check_keys(statement, self.registry, indexes[0])
            check_role(statement, self.registry, indexes[0], recorded_at or before)
        except Refused as refusal:
            self.judged -= len(indexes)
            self.verified -= len(indexes) * (refusal.code in _BEFORE_SIGNATURES)
            return [self._finding(index, refusal) for index in indexes]
        return []

    def _finding(self, index: int, refusal: Refused) -> Judged:
        check = STATEMENTS
        verdict: Verdict = FAILED
        if refusal.code == "bad_signature":
            check = SIGNATURES
        elif refusal.code in _OF_THE_REGISTRY:
            check = SPEAKERS
            if refusal.code in _MAY_BE_MISSING and self._may_lack(index):
                verdict = INCOMPLETE
        en, zh = f"entry {index}: {refusal.en}", f"第 {index} 条：{refusal.zh}"
        return Judged((check, index, en, zh), verdict)

    def _may_lack(self, index: int) -> bool:
        return self.lacking_from is not None and self.lacking_from < index

    # For the workers

    def _write_keys(self) -> None:
        """Write the keys that were enrolled since; a worker reads up to ``keys_size``."""
        keys = list(islice(self.registry.public_keys.values(), self._keys_written, None))
        if not keys:
            return
        records = b"".join(bytes([len(key.spki)]) + key.spki for key in keys)
        with self._keys_file.open("ab") as file:
            file.write(records)
        self._keys_written += len(keys)
        self.keys_size += len(records)
