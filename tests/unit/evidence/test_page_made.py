"""The page by itself: its bytes, its policy, and that nothing in it comes from elsewhere."""

import re
from hashlib import sha256
from pathlib import Path

from crypto.notation import write_b64
from ledger.evidence.bundle import PAGE
from ledger.evidence_page import page as made
from ledger.evidence_page.page import (
    MODULES,
    embedded,
    holds,
    is_ours,
    page_of,
    page_of_file,
    with_page,
)

MEMBERS = {"checkpoint": b"one\n", "entries/0.header": b'{"</script>":0}'}
FOLDER = Path(made.__file__).parent


def test_the_same_members_give_the_same_bytes_and_are_found_again() -> None:
    page = page_of(MEMBERS)
    assert page == page_of(MEMBERS | {PAGE: b"an older page"})
    assert embedded(page) == MEMBERS
    assert with_page(MEMBERS) == MEMBERS | {PAGE: page}
    assert holds(page, MEMBERS)
    assert not holds(page, MEMBERS | {"more": b""})
    assert not holds(page + page, MEMBERS)


def test_any_change_makes_it_another_s() -> None:
    page = page_of_file(b"any file")
    assert is_ours(page)
    for at in range(0, len(page), 997):
        if not page.find(b'id="bundle">') < at < page.find(b"</script>"):
            assert not is_ours(page[:at] + b"\0" + page[at + 1 :])
    assert not is_ours(page.replace(b"</script>", b"<p>verified</p></script>", 1))


def test_too_large_a_page_is_left_out() -> None:
    large = {"tail.headers": bytes(13 * 1024 * 1024)}
    assert with_page(large) == large


def test_the_policy_allows_the_script_and_style_that_are_there_and_nothing_else() -> None:
    page = page_of(MEMBERS).decode()
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    [script] = re.findall(r'<script type="module">(.*?)</script>', page, re.DOTALL)
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert policy.split("; ") == [
        "default-src 'none'",
        f"script-src 'sha256-{_digest(script)}'",
        f"style-src 'sha256-{_digest(style)}'",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]


def _digest(text: str) -> str:
    return write_b64(sha256(text.encode()).digest())


def test_nothing_is_fetched_and_no_text_becomes_markup() -> None:
    page = page_of(MEMBERS).decode()
    assert re.findall(r'\b(?:src|srcset|data|poster)="', page) == []
    assert (
        re.findall(r"\burl\((?!#)|@import|\bfetch\(|XMLHttpRequest|WebSocket|\beval\(", page) == []
    )
    assert re.findall(r"innerHTML|outerHTML|insertAdjacent|document\.write|DOMParser", page) == []
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)", page) == []


def test_every_module_is_in_it_once_and_behind_what_it_imports() -> None:
    files = {path.stem for path in FOLDER.glob("*.js")}
    assert files | {"formats"} == set(MODULES)
    assert len(MODULES) == len(set(MODULES))
    for path in FOLDER.glob("*.js"):
        for imported in re.findall(r'from "\./([a-z]+)\.js"', path.read_text(encoding="utf-8")):
            assert MODULES.index(imported) < MODULES.index(path.stem), path.name


def test_no_module_brings_or_takes_what_nobody_uses() -> None:
    sources = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.js")}
    taken: dict[str, set[str]] = {"formats": {"FORMATS"}}
    for name, source in sources.items():
        body = re.sub(r"^import .*?;$", "", source, flags=re.M | re.DOTALL)
        for names, origin in re.findall(
            r'^import \{([^}]*)\} from "\./([a-z]+)\.js";', source, re.M
        ):
            for one in filter(None, map(str.strip, names.split(","))):
                taken.setdefault(origin, set()).add(one)
                assert re.search(rf"\b{one}\b", body), f"{name} does not use {one}"
    for name, source in sources.items():
        exported = set(
            re.findall(r"^export (?:async )?(?:function|class|const) (\w+)", source, re.M)
        )
        assert exported == taken.get(name, set()), name
