"""What a server can do to a bundle before it hands it out: every member, naively and made to fit.

Naively: the member is changed or dropped, and nothing else. Made to fit: the report, the
README, the manifest and the page are made again from what was changed, as far as it can be
read, by the same code that makes honest ones.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Any, NamedTuple

from crypto.archive import read_archive, write_archive
from crypto.canonical import read_canonical, write_canonical
from crypto.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from crypto.errors import CryptoError
from crypto.header import format_header, parse_header
from crypto.note import parse_note
from crypto.statement import read_statement, sign_statement
from ledger.evidence.bundle import (
    MANIFEST,
    PAGE,
    README,
    REPORT,
    Absent,
    Contents,
    EntryShown,
)
from ledger.evidence.bundle_reader import read_contents, read_manifest
from ledger.evidence.bundle_writer import members_of, with_manifest
from ledger.evidence.question import Question
from ledger.evidence_page.page import page_of, with_page, write_bundle
from tests.world import seed

Members = dict[str, bytes]
STRANGER = seed(99)


class Lie(NamedTuple):
    """What was done, and to which kind of member; the file that came of it."""

    what: str
    fitted: bool
    raw: bytes


def lies(raw: bytes, revocation: int) -> Iterator[Lie]:
    """Yield every lie about the bundle *raw*; *revocation* is the entry that revokes a key."""
    members = read_archive(raw)
    contents = read_contents(members, read_manifest(members))
    for name in members:
        for what, changed in (
            ("altered", altered(members, name)),
            ("dropped", without(members, name)),
        ):
            yield Lie(f"{name} {what}", False, write_archive(changed))
            if name not in (MANIFEST, PAGE, README, REPORT):  # made to fit, these are honest again
                yield Lie(f"{name} {what}", True, write_archive(fitted(changed, contents)))
    for what, lied in _of_contents(contents, revocation):
        kept = (REPORT, README, MANIFEST, PAGE)
        unfitted = members_of(lied) | {name: members[name] for name in kept}
        if unfitted != members:  # what only the manifest states is not changed without it
            yield Lie(what, False, write_archive(unfitted))
        yield Lie(what, True, rewritten(lied))
    for what, changed in _of_manifest(members):
        yield Lie(what, True, write_archive(with_page(changed)))
    for what, page in _of_pages(members[PAGE]):
        yield Lie(what, True, write_archive(members | {PAGE: page}))


def rewritten(contents: Contents) -> bytes:
    """A whole bundle of these contents, as an honest maker would write it."""
    return write_bundle(contents, "MZ")


def altered(members: Members, name: str) -> Members:
    """Change one bit in the middle of a member."""
    body = bytearray(members[name] or b"\0")
    body[len(body) // 2] ^= 1
    return members | {name: bytes(body)}


def without(members: Members, name: str) -> Members:
    return {other: body for other, body in members.items() if other != name}


def fitted(changed: Members, honest: Contents) -> Members:
    """Make report, README and manifest again from what was changed."""
    manifest = with_manifest(honest, "MZ", without(changed, MANIFEST))
    try:
        contents = read_contents(manifest, read_manifest(manifest))
        return with_page(with_manifest(contents, "MZ", members_of(contents)))
    except (CryptoError, KeyError):
        # What cannot be read any more gets a manifest that lists it as it is.
        return with_page(manifest)


# Lies that take some thought


def _of_contents(honest: Contents, revocation: int) -> Iterator[tuple[str, Contents]]:
    asked = honest.asked()
    entries = {entry.index: entry for entry in honest.entries}
    stated = [entry for entry in honest.entries if entry.statement is not None]
    for entry in honest.entries:
        yield "an entry left out", _without(honest, entry.index)
    for entry in stated:
        kind = "statement asked for" if entry.index in asked else "registry statement"
        yield f"a {kind} withheld", _with(honest, _absent(entry))
        yield f"a {kind} said to be erased", _with(honest, _absent(entry, "erased"))
        yield f"a {kind} changed, signed by a stranger", _with(honest, _forged(entry))
        yield f"a {kind} with a stranger's signature", _with(honest, _resigned(entry))
        for change in _headers(entry):
            yield f"a {kind} with another header", _with(honest, change)
    for entry in honest.entries:
        yield (
            "a proof of another entry",
            _with(honest, replace(entry, proof=entries[0 if entry.index else asked[0]].proof)),
        )
        if entry.absent is not None and entry.absent.by is not None:
            yield "an order not named", _with(honest, replace(entry, absent=Absent(None, "erased")))
            other = Absent(asked[0], "erased")
            yield "another order named", _with(honest, replace(entry, absent=other))
    yield "the revocation left out", _without(honest, revocation)
    yield "the revocation withheld", _with(honest, _absent(entries[revocation]))
    yield from _of_chains(honest)
    yield from _of_tails(honest)
    yield from _of_checkpoints(honest)


def _of_chains(honest: Contents) -> Iterator[tuple[str, Contents]]:
    for position, chain in enumerate(honest.chains):
        others = honest.chains[:position], honest.chains[position + 1 :]
        yield "a chain not shown", replace(honest, chains=(*others[0], *others[1]))
        for what, lied in (
            ("another salt", replace(chain, salt=bytes(16))),
            ("another chain id", replace(chain, id=bytes(32))),
            ("a chain cut at its end", replace(chain, entries=chain.entries[:-1])),
            ("a chain without its first", replace(chain, entries=chain.entries[1:])),
            ("a chain with a hole", replace(chain, entries=chain.entries[:1] + chain.entries[2:])),
            ("a chain with no entry", replace(chain, entries=())),
        ):
            yield what, replace(honest, chains=(*others[0], lied, *others[1]))


def _of_tails(honest: Contents) -> Iterator[tuple[str, Contents]]:
    tail = honest.tail
    assert tail is not None
    yield "no tail", replace(honest, tail=None)
    yield "a tail cut at its end", replace(honest, tail=tail[:-1])
    yield "a tail cut at its start", replace(honest, tail=tail[1:])
    yield "a tail with a hole", replace(honest, tail=tail[:1] + tail[2:])
    yield "an empty tail", replace(honest, tail=())
    yield "the last of the chain left out, the tail longer", _shorter(honest)
    for position in range(len(tail)):
        lied = _changed(tail[position])
        run = (*tail[:position], lied, *tail[position + 1 :])
        yield "a header of the tail changed", replace(honest, tail=run)


def _shorter(honest: Contents) -> Contents:
    """Say that the chain ends earlier, with a tail from there."""
    *rest, last = honest.asked()
    headers = {entry.index: entry.header for entry in honest.entries}
    less = _without(honest, last)
    tail = tuple(headers.get(index, headers[last]) for index in range(rest[-1], honest.size))
    return replace(less, tail=tail)


def _of_checkpoints(honest: Contents) -> Iterator[tuple[str, Contents]]:
    stated = parse_checkpoint(parse_note(honest.checkpoint).text)
    note = sign_checkpoint(stated, STRANGER)
    yield "the checkpoint signed by another key", _under(honest, note)
    for what, other in (
        ("another root, signed by a stranger", replace(stated, root=bytes(32))),
        ("another size, signed by a stranger", replace(stated, size=stated.size + 1)),
    ):
        note = sign_checkpoint(Checkpoint(other.origin, other.size, other.root), STRANGER)
        yield what, _under(replace(honest, size=other.size), note)
    lines = honest.checkpoint.replace(str(stated.size), str(stated.size + 1), 1)
    yield (
        "another size under the same signature",
        _under(replace(honest, size=stated.size + 1), lines),
    )
    yield "the size of the manifest alone", replace(honest, size=honest.size - 1)
    yield "another origin", replace(honest, origin="other.example/x")
    yield "another question", replace(honest, question=Question("act", "MZ/A-2"))
    # The registrar's chain is shown too, but only as far as the keys need it.
    chain = Question("chain", "department/registrar")
    yield "a chain asked that is not shown to its end", replace(honest, question=chain)


def _of_manifest(members: Members) -> Iterator[tuple[str, Members]]:
    """The manifest is not signed: only what it lists and states can be compared."""
    value: Any = read_canonical(members[MANIFEST])
    for what, change in (
        ("another question in the manifest", {"question": {"act": "MZ/A-2"}}),
        ("another size in the manifest", {"size": value["size"] + 1}),
        ("another origin in the manifest", {"origin": "other.example/x"}),
        ("a version in the manifest", {"v": 2}),
        ("a member more in the manifest", {"more": 1}),
    ):
        yield what, members | {MANIFEST: write_canonical(value | change)}
    renamed = {"Asker" if name == "asker" else name: said for name, said in value.items()}
    yield "a member of the manifest named otherwise", members | {MANIFEST: write_canonical(renamed)}
    for name, body in (
        (REPORT, members[REPORT].replace(b'"signed"', b'"attested"', 1)),
        (README, members[README] + b"Verified by the court.\n"),
        ("note.txt", b"a member that no bundle has"),
    ):
        changed = members | {name: body}
        listed = {n: sha256(b).hexdigest() for n, b in changed.items()}
        listed = {n: d for n, d in listed.items() if n not in (MANIFEST, PAGE)}
        yield (
            f"{name} written by a liar",
            changed | {MANIFEST: write_canonical(value | {"members": listed})},
        )


def _of_pages(page: bytes) -> Iterator[tuple[str, bytes]]:
    """The page is in no manifest: what it holds is compared, and what it is."""
    yield "report.html written by a liar", b"<p>verified</p>"
    yield "report.html with another script", page.replace(b"verifyBundle", b"believeItAll")
    yield "report.html of another bundle", page_of({"checkpoint": b""})


# Changes of contents


def _with(honest: Contents, entry: EntryShown) -> Contents:
    entries = tuple(entry if one.index == entry.index else one for one in honest.entries)
    return replace(honest, entries=entries)


def _without(honest: Contents, index: int) -> Contents:
    """Leave an entry out, and out of every chain, so that only its absence tells."""
    chains = tuple(
        replace(chain, entries=tuple(one for one in chain.entries if one != index))
        for chain in honest.chains
    )
    entries = tuple(one for one in honest.entries if one.index != index)
    return replace(honest, entries=entries, chains=chains)


def _under(honest: Contents, note: str) -> Contents:
    entries = tuple(
        replace(one, proof=one.proof.replace(honest.checkpoint, note)) for one in honest.entries
    )
    return replace(honest, checkpoint=note, entries=entries)


def _absent(entry: EntryShown, reason: str = "withheld") -> EntryShown:
    return replace(entry, statement=None, absent=Absent(None, reason))


def _forged(entry: EntryShown) -> EntryShown:
    """The event says another time, signed anew, and the header records it."""
    assert entry.statement is not None
    event = read_statement(entry.statement).event
    statement = sign_statement(event | {"time": "2026-01-01T00:00:00.000Z"}, [STRANGER])
    header = _changed(entry.header, statement=sha256(statement).digest())
    return replace(entry, statement=statement, header=header)


def _resigned(entry: EntryShown) -> EntryShown:
    """The signature is another's over the same event; the header records it."""
    assert entry.statement is not None
    value: Any = read_canonical(entry.statement)
    signed: Any = read_canonical(sign_statement(read_statement(entry.statement).event, [STRANGER]))
    value["signatures"][0]["sig"] = signed["signatures"][0]["sig"]
    statement = write_canonical(value)
    header = _changed(entry.header, statement=sha256(statement).digest())
    return replace(entry, statement=statement, header=header)


def _headers(entry: EntryShown) -> Iterator[EntryShown]:
    header = parse_header(entry.header)
    links = tuple(replace_link(link, prev=bytes(31) + b"\1") for link in header.chains)
    for change in (
        {"recorded_at": "2026-01-01T00:00:00.000Z"},
        {"prev": bytes(32)},
        {"statement": bytes(32)},
        {"chains": links},
        {"chains": header.chains[:1]},
    ):
        if change.get("chains") != header.chains:
            yield replace(entry, header=_changed(entry.header, **change))


def replace_link(link: Any, **change: Any) -> Any:
    return type(link)(**{n: getattr(link, n) for n in link.__struct_fields__} | change)


def _changed(raw: bytes, **change: Any) -> bytes:
    header = parse_header(raw)
    change = change or {"recorded_at": "2026-01-01T00:00:00.000Z"}
    return format_header(replace_link(header, **change))


def table(found: list[tuple[Lie, str]]) -> list[str]:
    """Print the verdicts by what was done; entries are told by their kind."""
    rows: dict[str, dict[bool, set[str]]] = {}
    for lie, verdict in found:
        what = re.sub(r"entries/[0-9]+", "entries/N", lie.what)
        rows.setdefault(what, {}).setdefault(lie.fitted, set()).add(verdict)
    return [
        f"{what:58} {_said(by.get(False)):28} {_said(by.get(True))}" for what, by in rows.items()
    ]


def _said(verdicts: set[str] | None) -> str:
    return "-" if verdicts is None else ", ".join(sorted(verdicts))
