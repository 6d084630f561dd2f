"""Receipts: what the ledger answers to a statement, and what a client makes of it.

A receipt names the entry's chains with their salts, shows its header and proves
it in a tree. :func:`verify_receipt` recomputes all that can be: nothing that the
server says is taken for true but the checkpoint, and that only as far as the
caller's way of opening it goes.

Sizes: a salt is 16 bytes; a receipt at most 2,000,000.

Source: spec 6, spec 3 and spec 4.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import orjson

from crypto.canonical import JsonValue, read_canonical
from crypto.chain import SALT_SIZE, chain_id, chain_names
from crypto.checkpoint import Checkpoint
from crypto.errors import Malformed, Mismatch, TooLarge
from crypto.header import MAX_CHAINS, ZERO, Header, first_prev, parse_header
from crypto.inclusion import verify_inclusion
from crypto.merkle import leaf_hash
from crypto.notation import read_hex, write_b64
from crypto.note import MAX_NOTE
from crypto.statement import Statement, read_statement
from crypto.tlog_proof import PROOF_HEAD, parse_tlog_proof

MAX_RECEIPT = 2 * MAX_NOTE  # bytes; the checkpoint is the one part without a tight limit

Chain = tuple[str, bytes]

PROOF_HEAD_ESCAPED = PROOF_HEAD.replace("\n", "\\n")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt holds; nothing is verified.

    Args:
        chains: name and salt of each chain of the entry, in the header's order.
        header: the entry's header, as it is hashed.
        proof: the text of a proof file.
    """

    chains: tuple[Chain, ...]
    header: bytes
    proof: str


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """What a receipt proves, as far as its checkpoint was trusted.

    Args:
        header: the entry that records the statement.
        checkpoint: the tree in which it stands.
        names: the names of its chains, in the header's order.
    """

    header: Header
    checkpoint: Checkpoint
    names: tuple[str, ...]


def format_receipt(receipt: Receipt) -> bytes:
    """Return the receipt in canonical JSON."""
    return _write({**_members(receipt.chains, receipt.header), "proof": receipt.proof})


def format_compact(chains: Sequence[Chain], header: bytes) -> bytes:
    """Return a receipt without its proof, as a batch answers on request."""
    return _write(_members(chains, header))


def _write(members: dict[str, JsonValue]) -> bytes:
    """Canonical without a second look: names are ours and ASCII, values are texts."""
    return orjson.dumps(members, option=orjson.OPT_SORT_KEYS)


def _members(chains: Sequence[Chain], header: bytes) -> dict[str, JsonValue]:
    named: list[JsonValue] = [{"name": name, "salt": salt.hex()} for name, salt in chains]
    return {"chains": named, "header": header.decode("ascii")}


class ReceiptWriter:
    """Writes the receipts of one batch: what neighbours share is written once.

    The bytes are those of :func:`format_receipt` and :func:`format_compact`. A
    header holds nothing that JSON escapes but quotation marks.
    """

    def __init__(self) -> None:
        self._digests: dict[bytes, str] = {}
        self._notes: dict[str, str] = {}

    def full(
        self, chains: Sequence[Chain], header: bytes, path: Sequence[bytes], index: int, note: str
    ) -> bytes:
        """Return the receipt of entry *index*, whose *path* leads to the root in *note*."""
        digests, written = self._digests, []
        for digest in path:
            line = digests.get(digest)
            if line is None:
                line = digests[digest] = write_b64(digest) + "\\n"
            written.append(line)
        head = f"{PROOF_HEAD_ESCAPED}{index}\\n{''.join(written)}\\n"
        return f'{_opened(chains, header)},"proof":"{head}{self._escaped(note)}"}}'.encode()

    def compact(self, chains: Sequence[Chain], header: bytes) -> bytes:
        """Return the receipt without its proof."""
        return f"{_opened(chains, header)}}}".encode()

    def _escaped(self, note: str) -> str:
        text = self._notes.get(note)
        if text is None:
            text = self._notes[note] = orjson.dumps(note).decode()[1:-1]
        return text


def _opened(chains: Sequence[Chain], header: bytes) -> str:
    """The members before the proof, without the closing brace."""
    listed = ",".join([_chain_text(name, salt) for name, salt in chains])
    escaped = header.decode("ascii").replace('"', '\\"')
    return f'{{"chains":[{listed}],"header":"{escaped}"'


@lru_cache(65_536)
def _chain_text(name: str, salt: bytes) -> str:
    return _write({"name": name, "salt": salt.hex()}).decode()


def parse_receipt(raw: bytes) -> Receipt:
    """Return the receipt that *raw* writes; nothing in it is verified.

    Raises:
        TooLarge: over 2,000,000 bytes.
        Malformed: not canonical JSON, or other members than a receipt has.
    """
    if len(raw) > MAX_RECEIPT:
        raise TooLarge(
            f"a receipt has at most {MAX_RECEIPT} bytes, this has {len(raw)}",
            f"回执至多 {MAX_RECEIPT} 字节，此处为 {len(raw)} 字节",
        )
    value = read_canonical(raw)
    if not isinstance(value, dict) or value.keys() != {"chains", "header", "proof"}:
        raise _malformed(
            "its members are chains, header and proof", "成员应为 chains、header、proof"
        )
    chains, header, proof = value["chains"], value["header"], value["proof"]
    if type(header) is not str or not header.isascii():
        raise _malformed("the header must be its text", "header 应为其文本", "/header")
    if type(proof) is not str:
        raise _malformed("the proof must be its text", "proof 应为其文本", "/proof")
    return Receipt(_read_chains(chains), header.encode(), proof)


def _read_chains(value: JsonValue) -> tuple[Chain, ...]:
    """Return names and salts; whether they are the entry's is judged later."""
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_CHAINS:
        raise _malformed(
            f"it lists 1 to {MAX_CHAINS} chains", f"应列出 1 至 {MAX_CHAINS} 条链", "/chains"
        )
    return tuple(_read_chain(item, f"/chains/{at}") for at, item in enumerate(value))


def _read_chain(item: JsonValue, pointer: str) -> Chain:
    if not isinstance(item, dict) or item.keys() != {"name", "salt"}:
        raise _malformed("a chain has a name and a salt", "每条链有 name 和 salt", pointer)
    name, salt = item["name"], item["salt"]
    if type(name) is not str:
        raise _malformed("a chain's name is a text", "链的 name 应为文本", f"{pointer}/name")
    return name, read_hex(salt, f"{pointer}/salt", SALT_SIZE)


def verify_receipt(
    raw: bytes, envelope: bytes, open_note: Callable[[str], Checkpoint]
) -> VerifiedReceipt:
    """Return what a receipt proves of the statement *envelope*.

    Recomputed: the statement's digest, the names of its chains, their ids, the leaf
    and its inclusion; that the entry stands in the ledger to which the statement was
    said. The statement's own signatures are not judged: that needs the registry.

    Args:
        raw: the receipt.
        envelope: the statement, as it was sent.
        open_note: verifies the checkpoint's note and returns it; what it raises
            goes to the caller.

    Raises:
        TooLarge, Malformed: the receipt or the statement breaks its form.
        Mismatch: something does not follow from the statement or from the header.
    """
    receipt = parse_receipt(raw)
    statement = read_statement(envelope)
    header = _header_of(receipt, statement.digest)
    _check_names(receipt.chains, statement)
    return _verify_recorded(receipt, header, statement.event["ledger"], open_note)


def verify_cited_receipt(
    raw: bytes, digest: bytes, origin: str, open_note: Callable[[str], Checkpoint]
) -> VerifiedReceipt:
    """Return what a receipt proves of a statement of which the digest alone is known.

    As :func:`verify_receipt`, but that the chains are those that the statement names: that
    they have the ids of the header is all that can be told without it.

    Args:
        digest: of the statement, 32 bytes.
        origin: of the ledger to which it was said.

    Raises:
        TooLarge, Malformed: the receipt breaks its form.
        Mismatch: something does not follow from the digest or from the header.
    """
    receipt = parse_receipt(raw)
    return _verify_recorded(receipt, _header_of(receipt, digest), origin, open_note)


def _header_of(receipt: Receipt, digest: bytes) -> Header:
    """Return the header; raise unless it records the statement of this digest."""
    header = parse_header(receipt.header)
    if header.statement != digest:
        raise _mismatch(
            f"the header records statement {header.statement.hex()}, not this one, {digest.hex()}",
            f"记录头所记的陈述是 {header.statement.hex()}，不是本陈述 {digest.hex()}",
            "/header",
        )
    return header


def _verify_recorded(
    receipt: Receipt, header: Header, origin: str, open_note: Callable[[str], Checkpoint]
) -> VerifiedReceipt:
    """Raise unless the entry stands in the tree of a checkpoint of *origin*."""
    names = _check_chains(receipt.chains, header)
    proof = parse_tlog_proof(receipt.proof)
    checkpoint = open_note(proof.checkpoint)
    _check_place(header, proof.index, checkpoint, origin)
    verify_inclusion(
        leaf_hash(receipt.header), header.index, checkpoint.size, proof.path, checkpoint.root
    )
    return VerifiedReceipt(header, checkpoint, names)


def _check_names(chains: tuple[Chain, ...], statement: Statement) -> None:
    """Raise unless these are the chains that the event names, and no others."""
    if tuple(sorted(name for name, _ in chains)) != chain_names(statement.event):
        raise _mismatch(
            "the chains are not those that the statement names",
            "所列的链与陈述所指的链不符",
            "/chains",
        )


def _check_chains(chains: tuple[Chain, ...], header: Header) -> tuple[str, ...]:
    """Return the names; raise unless they and their salts give the ids of the header."""
    names = tuple(name for name, _ in chains)
    if tuple(link.id for link in header.chains) != tuple(
        chain_id(salt, name) for name, salt in chains
    ):
        raise _mismatch(
            "names and salts do not give the chain ids of the header, in its order",
            "由名称和盐值算出的链标识与记录头不符",
            "/chains",
        )
    for name, link in zip(names, header.chains, strict=True):
        if (link.seq == 0) != (link.prev == ZERO):
            raise _mismatch(
                f"in chain {name} entry {link.seq} cannot follow {link.prev.hex()}",
                f"链 {name} 的第 {link.seq} 条不可能接在 {link.prev.hex()} 之后",
                "/header",
            )
    return names


def _check_place(header: Header, index: int, checkpoint: Checkpoint, origin: str) -> None:
    """Raise unless header, proof, checkpoint and statement speak of one place in one ledger."""
    if checkpoint.origin != origin:
        raise _mismatch(
            f"the statement was said to {origin}, and the checkpoint is of {checkpoint.origin}",
            f"陈述提交给 {origin}，而检查点属于 {checkpoint.origin}",
            "/proof",
        )
    if index != header.index:
        raise _mismatch(
            f"the proof is of entry {index}, the header of entry {header.index}",
            f"证明针对第 {index} 条记录，而记录头属于第 {header.index} 条",
            "/proof",
        )
    if header.index == 0 and header.prev != first_prev(checkpoint.origin):
        raise _mismatch(
            f"entry 0 does not begin the ledger {checkpoint.origin}",
            f"第 0 条记录不是账本 {checkpoint.origin} 的开端",
            "/header",
        )


def _malformed(en: str, zh: str, pointer: str = "") -> Malformed:
    return Malformed(f"not a receipt: {en}", f"不是回执：{zh}", pointer)


def _mismatch(en: str, zh: str, pointer: str) -> Mismatch:
    return Mismatch(f"the receipt does not hold: {en}", f"回执不成立：{zh}", pointer)
