"""Examine the lines of a batch in other processes, a chunk a message.

A signature check costs more than all else together, and a process pool is what
uses every core for it. Workers are started by ``spawn``, hold no ledger, and end
when the process that started them does. What comes back is MessagePack of plain
values, several times cheaper than pickled objects.
"""

import multiprocessing
import os
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import msgspec

from crypto.chain import REGISTRY_TYPES
from crypto.keys import PublicKey, read_public_key
from crypto.statement import Statement
from ledger.admission.checks import (
    LOOKING_BACK,
    Examined,
    doubtful,
    read,
    with_signatures,
    without_signatures,
)
from ledger.errors import Refused
from ledger.processes import begin_worker

CHUNK = 250  # lines a message: four messages a full batch keep two workers busy to the end


class _Refusal(msgspec.Struct, array_like=True, tag="refused"):
    """A ``Refused`` in plain values."""

    code: str
    en: str
    zh: str
    pointer: str
    extra: dict[str, Any]


class _Seen(msgspec.Struct, array_like=True, tag="seen"):
    """An ``Examined`` without the bytes that the asking side has.

    ``event`` is brief where nothing is left to examine: see :func:`_brief`.
    """

    digest: bytes
    payload: bytes
    event: dict[str, Any]
    signatures: tuple[tuple[str, bytes], ...]
    names: tuple[str, ...]
    before_keys: _Refusal | None
    new_keys: _Refusal | None
    unknown: tuple[str, ...]
    after_keys: _Refusal | None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[_Seen | _Refusal]).decode


class CheckPool:
    """Processes that read and examine statements.

    Args:
        origin: of this ledger.
        workers: how many; 0: one a processor.
    """

    def __init__(self, origin: str, workers: int) -> None:
        self._origin = origin
        self._workers = workers or os.cpu_count() or 1
        self._lock = threading.Lock()
        self._executor: ProcessPoolExecutor | None = None

    def examine_all(
        self, lines: Sequence[bytes], keys: Mapping[str, PublicKey]
    ) -> list[Examined | Refused]:
        """Read and examine each line with those of *keys* that it names, in order."""
        try:
            return self._examine_in_pool(lines, keys)
        except BrokenProcessPool:  # a worker was killed; examining changes nothing, so do it again
            self.close()
            return self._examine_in_pool(lines, keys)

    def _examine_in_pool(
        self, lines: Sequence[bytes], keys: Mapping[str, PublicKey]
    ) -> list[Examined | Refused]:
        chunks = [lines[start : start + CHUNK] for start in range(0, len(lines), CHUNK)]
        executor = self._started()
        futures = [
            executor.submit(_examine_chunk, self._origin, chunk, _keys_of(chunk, keys))
            for chunk in chunks
        ]
        answers: list[Examined | Refused] = []
        for chunk, future in zip(chunks, futures, strict=True):
            seen = _decode(future.result())
            answers += [_opened(*pair) for pair in zip(chunk, seen, strict=True)]
        return answers

    def _started(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._executor is None:
                self._executor = ProcessPoolExecutor(
                    self._workers,
                    mp_context=multiprocessing.get_context("spawn"),
                    initializer=begin_worker,
                )
            return self._executor

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            if self._executor is not None:
                self._executor.shutdown(cancel_futures=True)
                self._executor = None


class _Signature(msgspec.Struct):
    keyid: str


class _Signatures(msgspec.Struct):
    signatures: list[_Signature]


_peek = msgspec.json.Decoder(_Signatures).decode


def _keys_of(lines: Sequence[bytes], keys: Mapping[str, PublicKey]) -> dict[str, bytes]:
    """The known keys that the lines name. A key id is its key's hash, so this decides nothing."""
    found: dict[str, bytes] = {}
    for line in lines:
        try:
            named = [signature.keyid for signature in _peek(line).signatures]
        except msgspec.MsgspecError:
            continue  # whoever examines it will say what is wrong
        found.update((key_id, keys[key_id].spki) for key_id in named if key_id in keys)
    return found


def _examine_chunk(origin: str, lines: Sequence[bytes], spkis: Mapping[str, bytes]) -> bytes:
    keys = {key_id: read_public_key(spki) for key_id, spki in spkis.items()}
    looked = [_look(line, origin, keys) for line in lines]
    return _encode([_seen(one, keys) for one in looked])


def _look(line: bytes, origin: str, keys: Mapping[str, PublicKey]) -> Examined | Refused:
    try:
        return without_signatures(read(line), origin, keys)
    except Refused as refusal:
        return refusal


def _seen(looked: Examined | Refused, keys: Mapping[str, PublicKey]) -> _Seen | _Refusal:
    if isinstance(looked, Refused):
        return _flat(looked)
    examined = with_signatures(looked, keys)
    statement = examined.statement
    settled = not doubtful(examined)
    return _Seen(
        statement.digest,
        b"" if settled else statement.payload,
        _brief(statement) if settled else statement.event,
        () if settled else statement.signatures,
        examined.names,
        _flat_or_none(examined.before_keys),
        _flat_or_none(examined.new_keys),
        examined.unknown,
        _flat_or_none(examined.after_keys),
    )


def _brief(statement: Statement) -> dict[str, Any]:
    """The event as far as the judge asks for it: of ordinary ones, no data but who signed.

    Decoding events whole took a tenth of the time of the process that gives out places.
    """
    if statement.type in REGISTRY_TYPES or statement.type in LOOKING_BACK:
        return statement.event
    return statement.event | {"data": {"signers": statement.signers}}


def _opened(line: bytes, seen: _Seen | _Refusal) -> Examined | Refused:
    if isinstance(seen, _Refusal):
        return _refused(seen)
    return Examined(
        Statement(line, seen.digest, seen.payload, seen.event, seen.signatures),
        seen.names,
        _refused_or_none(seen.before_keys),
        _refused_or_none(seen.new_keys),
        seen.unknown,
        _refused_or_none(seen.after_keys),
    )


def _flat(refusal: Refused) -> _Refusal:
    return _Refusal(refusal.code, refusal.en, refusal.zh, refusal.pointer, refusal.extra)


def _flat_or_none(refusal: Refused | None) -> _Refusal | None:
    return None if refusal is None else _flat(refusal)


def _refused(flat: _Refusal) -> Refused:
    return Refused(flat.code, flat.en, flat.zh, flat.pointer, **flat.extra)


def _refused_or_none(flat: _Refusal | None) -> Refused | None:
    return None if flat is None else _refused(flat)
