"""The page's readers of small texts against Python's: canonical JSON, points, policies, zips."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page

from crypto.archive import read_archive
from crypto.canonical import read_canonical
from crypto.errors import CryptoError
from crypto.keys import read_public_key, require_enrolable
from crypto.note import COSIGNATURE, ED25519, format_vkey, vkey_of
from crypto.policy import parse_policy
from ledger.evidence_page.page import page_of_file
from tests.hostile.zips import hostile_zips, plain, zip_of
from tests.integration.evidence.browser import chromium
from tests.integration.evidence.test_page_verdicts import VECTORS
from tests.world import seed

HOOK = """
globalThis.accepts = async (module, reader, value) => {
  try {
    await modules[module][reader](Array.isArray(value) ? Uint8Array.from(value) : value);
    return true;
  } catch (error) {
    if (error instanceof module_bytes.Malformed) return false;
    throw error;
  }
};
globalThis.bytes = (base64) => Array.from(atob(base64), (one) => one.charCodeAt(0));
const modules = { json: module_json, keys: module_keys, policy: module_policy, zip: module_zip };
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page's own modules, as far as its readers go, where a test can call them."""
    whole = page_of_file(b"").decode()
    [script] = re.findall(r'<script type="module">(.*?)</script>', whole, re.DOTALL)
    readers = script[: script.index("const module_tree")]
    file = tmp_path_factory.mktemp("readers") / "readers.html"
    file.write_text(f'<script type="module">{readers}{HOOK}</script>', encoding="utf-8")
    with chromium() as browser:
        opened = browser.new_page()
        opened.goto(file.as_uri())
        yield opened


def accepted(read: Callable[[bytes], object], value: bytes) -> bool:
    try:
        read(value)
    except CryptoError:
        return False
    return True


TEXTS = [
    b"{}", b"[]", b"null", b'"\xe4\xba\x91"',
    b'{"a":1,"b":[true,null,"x"]}', b'{"__proto__":{"a":1}}',
    b'{"b":1,"a":2}', b'{"a":1,"a":1}', b'{"a": 1}', b"1.0", b"1e3", b"-0", b"0", b"-1", b"01",
    b"9007199254740991", b"9007199254740992", b"9007199254740993", b"-9007199254740992", b"1E400",
    b'"\\u0041"', b'"\\n"', b'"\\u000a"', b'"\\u001f"', b'"\\u001F"', b'"\x7f"', b'"\\/"', b'"/"',
    b'"\\ud800"', b'"\xed\xa0\x80"', b'"\xf0\x9f\x98\x80"', b'"\\ud83d\\ude00"', b"\xef\xbb\xbf{}",
    b"\xff", b"NaN", b"Infinity", b"{", b"", b" {}", b"{}\n", b'{"\xe4\xba\x91":1}', b'{"":1}',
    b'"\xe2\x80\xa8"', b"[1,]", b"tru", b"'a'", b'"\x00"', b'"\xc0\x80"',
    *(b"[" * n + b"]" * n for n in (15, 16, 17, 18, 500)),
    *(b'{"a":' * n + b"{}" + b"}" * n for n in (15, 16)),
]  # fmt: skip


def test_json_is_read_alike(page: Page) -> None:
    differing = [
        text
        for text in TEXTS
        if page.evaluate("(raw) => accepts('json', 'readCanonical', raw)", list(text))
        != accepted(read_canonical, text)
    ]
    assert differing == []
    assert sum(accepted(read_canonical, text) for text in TEXTS) > 15


def test_keys_that_bind_nobody_are_refused_alike(page: Page) -> None:
    def read(spki: bytes) -> object:
        return require_enrolable(read_public_key(spki))

    weak = [bytes.fromhex(one["spki"]) for one in VECTORS["weak_keys"]]
    sound = seed(7).public.spki
    off_curve = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004") + bytes(64)
    others = [sound, sound[:-1], sound + b"\0", b"\x31" + sound[1:], off_curve, b""]
    for spki in (*weak, *others):
        told = page.evaluate("(raw) => accepts('keys', 'readPublicKey', raw)", list(spki))
        assert told is accepted(read, spki), spki.hex()
    assert not any(accepted(read, spki) for spki in weak)


def _policies() -> list[str]:
    log = format_vkey(vkey_of("log.example/a", ED25519, seed(70)))
    ours = [format_vkey(vkey_of(f"w.example/{n}", COSIGNATURE, seed(71 + n))) for n in range(3)]
    three = "".join(f"witness w{n} {key}\n" for n, key in enumerate(ours))
    weak = "log.example/a+00000000+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    return [
        f"log {log}\nquorum none\n",
        f"\t# said by us\n\nlog {log} https://log.example\nquorum none\n",
        f"log {log}\n{three}group g 2 w0 w1 w2\nquorum g\n",
        f"log {log}\n{three}group g all w0 w1\ngroup h any g w2\nquorum h\n",
        f"log {log}\n{three}quorum w1\n",
        "quorum none\n",
        f"log {log}\n",
        f"log {log}\nquorum none\nquorum none\n",
        f"log {log}\nlog {log}\nquorum none\n",
        f"log {log} a b\nquorum none\n",
        f"log {ours[0]}\nquorum none\n",
        f"witness w {log}\nquorum none\n",
        f"log {log[:-2]}==\nquorum none\n",
        f"log {log.replace('+', '-', 1)}\nquorum none\n",
        f"log {log.replace('log.example', 'log.exampl3')}\nquorum none\n",
        f"log {weak}\nquorum none\n",
        f"log {log}\n{three}group g 4 w0 w1 w2\nquorum g\n",
        f"log {log}\n{three}group g 0 w0 w1 w2\nquorum g\n",
        f"log {log}\n{three}group g any w0 w0\nquorum g\n",
        f"log {log}\n{three}group g any w0\ngroup h any w0\nquorum h\n",
        f"log {log}\n{three}group w0 any w1\nquorum w0\n",
        f"log {log}\n{three}group none any w1\nquorum none\n",
        f"log {log}\n{three}group g any\nquorum g\n",
        f"log {log}\n{three}{three}quorum w0\n",
        f"log {log}\nquorum w9\n",
        f"log {log}\nquorum none\x0b\n",
        f"log {log}\ncosign none\n",
        "",
    ]


def test_policies_are_read_alike(page: Page) -> None:
    found = []
    for text in _policies():
        told = page.evaluate("(text) => accepts('policy', 'readPolicy', text)", text)
        assert told is accepted(parse_policy, text.encode()), text
        found.append(told)
    assert (found[:5], any(found[6:])) == ([True] * 5, False)


ZIPS = {"a": b"first", "b/c": b"", "d": b"last, and longer"}


def test_zips_are_read_alike(page: Page) -> None:
    def taken(raw: bytes) -> object:
        code = "(raw) => accepts('zip', 'readArchive', bytes(raw))"
        return page.evaluate(code, b64encode(raw).decode())

    sound = [zip_of([]), zip_of(plain(ZIPS)), zip_of(plain(ZIPS | {"x" * 255: b""}))]
    sound += [zip_of([replace(one, external=0o100644 << 16 | 0x21)]) for one in plain(ZIPS)]
    assert [(taken(raw), accepted(read_archive, raw)) for raw in sound] == [(True, True)] * 6
    assert [what for what, raw in hostile_zips(ZIPS) if taken(raw)] == []
