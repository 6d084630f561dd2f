"""Make ``report.html``: one file that holds a bundle and checks it in a browser.

The page loads nothing: its policy allows the one script and the one style sheet that are
in it, by their hashes, and no connection at all. The script is put together from the
modules beside this file, which were written for it; nothing of it is anybody else's. The
same bundle gives the same bytes.

Source: spec 7 (``report.html``); W3C Content Security Policy 3.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from crypto.archive import read_archive, write_archive
from crypto.errors import CryptoError
from crypto.notation import read_b64, write_b64
from ledger.evidence.bundle import PAGE, Contents
from ledger.evidence.bundle_writer import members_of, with_manifest
from ledger.evidence_page.formats import formats_script

MAX_PAGE: Final = 16 * 1024 * 1024  # bytes; SPEC: spec 7, a larger one is left out

TEMPLATE: Final = "page.html"

# Each after those that it imports.
MODULES: Final = (
    "bytes", "json", "zip", "keys", "note", "policy", "tree", "formats", "types", "header",
    "statement", "bundle", "registry", "tally", "entries", "chains", "people", "derived",
    "verify", "words", "graph", "view", "main",
)  # fmt: skip

_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./([a-z]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:function|class|const|let) ([A-Za-z_]\w*))", re.M)
_EMBEDDED = re.compile(
    rb'<script type="application/zip;base64" id="bundle">([A-Za-z0-9+/=]*)</script>'
)


def write_bundle(contents: Contents, asker: str | None) -> bytes:
    """Return the zip file of these contents, with its page.

    Raises:
        TooLarge: it exceeds what a bundle may hold.
        CryptoError: a header or statement of *contents* cannot be read.
    """
    return write_archive(with_page(with_manifest(contents, asker, members_of(contents))))


def with_page(members: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the members and the page that holds them; without it where it is too large."""
    page = page_of(members)
    rest = {name: body for name, body in members.items() if name != PAGE}
    return rest | {PAGE: page} if len(page) <= MAX_PAGE else rest


def page_of(members: Mapping[str, bytes]) -> bytes:
    """Return ``report.html`` of a bundle; every member but the page itself is in it."""
    rest = {name: body for name, body in members.items() if name != PAGE}
    return page_of_file(write_archive(rest))


def page_of_file(raw: bytes) -> bytes:
    """Return the page that holds the zip file *raw*, whatever that is."""
    head, tail = _frame()
    return b"".join((head, b64encode(raw), tail))


def embedded(page: bytes) -> dict[str, bytes]:
    """Return the members that a page holds.

    Raises:
        CryptoError: it holds none, or more than one bundle.
    """
    found = _EMBEDDED.findall(page)
    return read_archive(read_b64(found[0].decode()) if len(found) == 1 else b"")


def holds(page: bytes, members: Mapping[str, bytes]) -> bool:
    """Whether the page holds all of *members* but itself, byte for byte."""
    try:
        inside = embedded(page)
    except CryptoError:
        return False
    return inside == {name: body for name, body in members.items() if name != PAGE}


def is_ours(page: bytes) -> bool:
    """Whether the page is one that this version makes, of whatever file."""
    head, tail = _frame()
    inside = page.removeprefix(head).removesuffix(tail)
    return page == head + inside + tail and b"<" not in inside


@cache
def _frame() -> tuple[bytes, bytes]:
    """Return what stands before and behind the bundle in every page."""
    script, style = _script(), _source("style.css")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    parts = {"policy": policy, "style": style, "script": script}
    head, tail = _source(TEMPLATE).split("{bundle}")
    return _filled(head, parts), _filled(tail, parts)


def _filled(template: str, parts: Mapping[str, str]) -> bytes:
    filled = re.sub(r"\{(policy|style|script)\}", lambda found: parts[found[1]], template)
    return filled.encode()


def _script() -> str:
    """Return all modules as one script, each in a scope of its own."""
    return "".join(_scoped(name) for name in MODULES)


def _scoped(name: str) -> str:
    source = formats_script(_source(TEMPLATE)) if name == "formats" else _source(f"{name}.js")
    exported = ", ".join(found[2] for found in _EXPORT.finditer(source))
    body = _EXPORT.sub(r"\1", _IMPORT.sub(r"const \1 = module_\2;", source))
    return f"const module_{name} = (() => {{\n{body}return {{ {exported} }};\n}})();\n"


def _hash(text: str) -> str:
    return f"sha256-{write_b64(sha256(text.encode()).digest())}"


def _source(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
