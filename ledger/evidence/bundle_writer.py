"""Write the members of an evidence bundle: the same contents and asker, the same bytes.

The page that is made of all of them is added by ``ledger.evidence_page``.

Source: spec 7.
"""

from hashlib import sha256
from typing import Any

from crypto.canonical import write_canonical
from crypto.tiles import format_bundle
from ledger.evidence import bundle as form
from ledger.evidence.bundle import Contents, EntryShown, entry_name
from ledger.evidence.readme import readme_of
from ledger.evidence.report import report_of


def members_of(contents: Contents) -> dict[str, bytes]:
    """Return every member but the manifest, by name."""
    members = {
        form.CHECKPOINT: contents.checkpoint.encode(),
        form.CHAINS: write_canonical(_chains(contents)),
        form.README: readme_of(contents),
        form.REPORT: report_of(contents),
    }
    if contents.tail is not None:
        members[form.TAIL] = format_bundle(contents.tail)
    for entry in contents.entries:
        members |= _entry(entry)
    return members


def with_manifest(
    contents: Contents, asker: str | None, members: dict[str, bytes]
) -> dict[str, bytes]:
    """Return *members* and the manifest that lists them."""
    hashes = {name: sha256(raw).hexdigest() for name, raw in members.items() if name != form.PAGE}
    manifest: dict[str, Any] = {
        "asker": asker,
        "members": hashes,
        "origin": contents.origin,
        "question": contents.question.to_json(),
        "size": contents.size,
        "v": 1,
    }
    return members | {form.MANIFEST: write_canonical(manifest)}


def _chains(contents: Contents) -> Any:
    return [
        {
            "entries": list(chain.entries),
            "id": chain.id.hex(),
            "name": chain.name,
            "salt": chain.salt.hex(),
        }
        for chain in contents.chains
    ]


def _entry(entry: EntryShown) -> dict[str, bytes]:
    members = {
        entry_name(entry.index, form.HEADER): entry.header,
        entry_name(entry.index, form.PROOF): entry.proof.encode(),
    }
    if entry.statement is not None:
        members[entry_name(entry.index, form.STATEMENT)] = entry.statement
    if entry.absent is not None:
        absent: dict[str, Any] = {
            "by": entry.absent.by,
            "index": entry.index,
            "reason": entry.absent.reason,
        }
        members[entry_name(entry.index, form.ABSENT)] = write_canonical(absent)
    return members
