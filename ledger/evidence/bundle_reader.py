"""Read an evidence bundle strictly: nothing but what spec 7 lists, in its one form.

Nothing is verified here but the manifest's hashes, which anybody can make again.

Source: spec 7.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NoReturn

from crypto.canonical import MAX_INTEGER, read_canonical
from crypto.errors import CryptoError, Malformed, Mismatch
from crypto.notation import check_hex32, check_origin, read_hex
from crypto.tiles import parse_bundle
from ledger.evidence import bundle as form
from ledger.evidence.bundle import Absent, ChainShown, Contents, EntryShown, Manifest, entry_name
from ledger.evidence.question import is_chain_name, read_question

Members = Mapping[str, bytes]

MAX_ASKER = 200  # characters
_ALWAYS = (form.MANIFEST, form.CHECKPOINT, form.CHAINS, form.REPORT, form.README)
_OPTIONAL = (form.TAIL, form.PAGE)
_UNLISTED = (form.MANIFEST, form.PAGE)
_MANIFEST = frozenset({"asker", "members", "origin", "question", "size", "v"})
_ABSENT = frozenset({"by", "index", "reason"})


def read_manifest(members: Members) -> Manifest:
    """Return the manifest; every member is listed in it, and nothing else.

    Raises:
        Malformed: a member is missing, unlisted, or of no name that a bundle has.
        Mismatch: a member is not the one that the manifest lists.
    """
    for name in _ALWAYS:
        if name not in members:
            _refuse(f"{name} is missing", f"缺少 {name}", name)
    for name in members:
        if name not in (*_ALWAYS, *_OPTIONAL) and form.ENTRY_NAME.fullmatch(name) is None:
            _refuse(f"{name} is no member of a bundle", f"{name} 不是证据包的成员", name)
    manifest = _manifest(_object(members, form.MANIFEST, _MANIFEST))
    listed, present = set(manifest.members), set(members) - set(_UNLISTED)
    for name in sorted(listed ^ present):
        _refuse(
            f"{name} is {'missing' if name in listed else 'not in the manifest'}",
            f"{'缺少' if name in listed else '清单未列'} {name}",
            name,
        )
    for name, digest in manifest.members.items():
        if sha256(members[name]).hexdigest() != digest:
            raise Mismatch(
                f"{name} is not the one that the manifest lists",
                f"{name} 与清单所列不符",
                f"/members/{name}",
            )
    return manifest


def read_contents(members: Members, manifest: Manifest) -> Contents:
    """Return what the members hold.

    Raises:
        Malformed: one of them is not in its form, or lacks a part.
    """
    tail = members.get(form.TAIL)
    if tail is not None and manifest.question.chain is None:
        _refuse("no chain is asked for, so there is no tail", "未问及链，不应有尾部", form.TAIL)
    return Contents(
        manifest.question,
        manifest.origin,
        manifest.size,
        _text(members[form.CHECKPOINT], form.CHECKPOINT),
        _entries(members),
        _chains(members),
        None if tail is None else tuple(parse_bundle(tail)),
    )


def _manifest(value: dict[str, Any]) -> Manifest:
    asker: Any = value.get("asker")
    members: Any = value.get("members")
    size: Any = value.get("size")
    if asker is not None and (type(asker) is not str or not 0 < len(asker) <= MAX_ASKER):
        _refuse("/asker is null or a name", "/asker 应为 null 或名称", form.MANIFEST)
    if type(members) is not dict:
        _refuse("/members is an object", "/members 应为对象", form.MANIFEST)
    for name, digest in members.items():
        check_hex32(digest, f"/members/{name}")
    if not _is_number(size) or value.get("v") != 1 or type(value["v"]) is not int:
        _refuse("/size is a number and /v is 1", "/size 应为数字，/v 应为 1", form.MANIFEST)
    origin = check_origin(value.get("origin"), "/origin")
    return Manifest(asker, members, origin, read_question(value.get("question")), size)


def _entries(members: Members) -> tuple[EntryShown, ...]:
    matches = (form.ENTRY_NAME.fullmatch(name) for name in members)
    indexes = {int(found[1]) for found in matches if found is not None}
    return tuple(_entry(members, index) for index in sorted(indexes))


def _entry(members: Members, index: int) -> EntryShown:
    header, statement, proof, absent = (
        members.get(entry_name(index, part))
        for part in (form.HEADER, form.STATEMENT, form.PROOF, form.ABSENT)
    )
    if index > MAX_INTEGER or header is None or proof is None:
        _refuse(
            f"entry {index} has a header and a proof", f"第 {index} 条应有记录头与证明", "entries"
        )
    if (statement is None) == (absent is None):
        _refuse(
            f"entry {index} has a statement, or says why not",
            f"第 {index} 条应有陈述，或说明缺少的原因",
            "entries",
        )
    text = _text(proof, entry_name(index, form.PROOF))
    why = None if absent is None else _absent(members, index)
    return EntryShown(index, header, text, statement, why)


def _absent(members: Members, index: int) -> Absent:
    name = entry_name(index, form.ABSENT)
    value = _object(members, name, _ABSENT)
    by, reason = value.get("by"), value.get("reason")
    if value.get("index") != index or type(value["index"]) is not int:
        _refuse("/index is that of its entry", "/index 应为该条序号", name)
    if reason not in (form.WITHHELD, form.ERASED) or not (by is None or _is_number(by)):
        _refuse("/reason is withheld or erased, /by an index or null", "/reason 或 /by 有误", name)
    return Absent(by, reason)


def _chains(members: Members) -> tuple[ChainShown, ...]:
    value: Any = _json(members, form.CHAINS)
    if type(value) is not list:
        _refuse("it is a list", "应为数组", form.CHAINS)
    chains = tuple(map(_chain, value))
    names = [chain.name for chain in chains]
    if names != sorted(set(names)):
        _refuse("names ascend, none twice", "链名须升序且不重复", form.CHAINS)
    return chains


def _chain(value: Any) -> ChainShown:
    if type(value) is not dict or set(value) != {"entries", "id", "name", "salt"}:
        _refuse(
            "a chain has entries, id, name and salt", "链应有 entries、id、name、salt", form.CHAINS
        )
    name, entries = value["name"], value["entries"]
    if type(name) is not str or not is_chain_name(name):
        _refuse("no chain has such a name", "没有这样的链名", form.CHAINS)
    if type(entries) is not list or not all(map(_is_number, entries)):
        _refuse("entries are indexes", "entries 应为序号", form.CHAINS)
    if entries != sorted(set(entries)):
        _refuse("entries ascend, none twice", "entries 须升序且不重复", form.CHAINS)
    salt, chain_id = read_hex(value["salt"], "/salt", 16), read_hex(value["id"], "/id", 32)
    return ChainShown(name, salt, chain_id, tuple(entries))


def _object(members: Members, name: str, has: frozenset[str]) -> dict[str, Any]:
    value = _json(members, name)
    if type(value) is not dict or value.keys() != has:
        named = ", ".join(sorted(has))
        _refuse(f"it is an object of {named}", f"应为由 {named} 组成的对象", name)
    return value


def _json(members: Members, name: str) -> Any:
    try:
        return read_canonical(members[name])
    except CryptoError as error:
        _refuse(error.en, error.zh, name)


def _text(raw: bytes, name: str) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        _refuse("it is no UTF-8", "不是 UTF-8", name)


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_INTEGER


def _refuse(en: str, zh: str, name: str) -> NoReturn:
    raise Malformed(f"{name}: {en}", f"{name}：{zh}", f"/{name}")
