"""What people meet who open the page: what they trust, words, keys, paper, poor browsers."""

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from crypto.archive import read_archive, write_archive
from crypto.canonical import write_canonical
from crypto.merkle import leaf_hash
from crypto.note import ED25519, format_vkey, vkey_of
from crypto.policy import format_policy, parse_policy
from crypto.statement import sign_statement
from ledger.access.sight import EVERYTHING
from ledger.evidence.bundle import PAGE
from ledger.evidence.question import Question
from ledger.evidence_maker import Made, make_evidence
from ledger.verification.bundle_check import bundle_report
from tests.integration.evidence.browser import Reader, chromium
from tests.integration.evidence.conftest import Case, begin
from tests.integration.evidence.test_log_keys import signed_falsely
from tests.integration.evidence.test_page_verdicts import payloads_of
from tests.world import GA, seed

ITEM = Question("item", f"{GA}/I-1")
COMMAND = "zelian verify bundle FILE --policy POLICY --identity "
TICK = "✔"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """As the module's neighbours have it, and a use that rests on a delivery."""
    case = begin(tmp_path_factory.mktemp("story") / "home")
    world = case.world
    given = sign_statement(world.delivery(9), [world.li])
    case.ledger.submit(given)
    use = world.use(9)
    use["data"]["refs"]["delivery"] = f"{GA}/D-9"
    use["data"]["parents"] = [sha256(given).hexdigest()]
    world.submit(use, world.zhang)
    again = world.use(10)
    again["data"]["refs"]["delivery"] = f"{GA}/D-9"
    world.submit(again, world.zhang)
    case.ledger.catch_up()
    yield case
    case.world.close()


@pytest.fixture(scope="module")
def told(story: Case) -> Made:
    return make_evidence(story.ledger, EVERYTHING, ITEM, None, "MZ")


@pytest.fixture(scope="module")
def file(told: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_bytes(read_archive(told.raw)[PAGE])
    return path


@pytest.fixture
def reader(browser: Browser, file: Path) -> Iterator[Reader]:
    opened = Reader(browser, file)
    yield opened
    assert opened.requests == []
    assert opened.errors == []
    opened.close()


def trusted(reader: Reader, case: Case) -> None:
    shown = reader.trust(format_policy(case.policy), case.identity.hex())
    assert shown.verdict == "verified"


# What the reader trusts


def test_nothing_is_verified_before_the_reader_says_what_he_trusts(reader: Reader) -> None:
    assert reader.page.get_attribute("#verdict", "data-verdict") == "not_checked"
    assert TICK not in reader.page.inner_text("#verdict")
    assert reader.page.get_attribute("#verdict", "role") == "status"
    assert reader.page.input_value("#policy") == reader.page.input_value("#identity") == ""


def test_under_his_policy_and_identity_all_of_it_is_verified(reader: Reader, story: Case) -> None:
    trusted(reader, story)
    assert reader.page.inner_text("#verdict .badge") == f"{TICK} 已验证"
    assert "经办人 (handler)" in reader.page.inner_text("#answer")
    assert reader.page.inner_text("#command") == COMMAND + story.identity.hex()


def test_without_one_of_the_two_it_is_not_checked(reader: Reader, story: Case) -> None:
    no_identity = reader.trust(format_policy(story.policy), "")
    assert (no_identity.verdict, no_identity.checks["speakers"]) == ("not_checked", "not_checked")
    no_policy = reader.trust("", story.identity.hex())
    assert (no_policy.verdict, no_policy.checks["log_signature"]) == ("not_checked", "not_checked")


def test_under_another_policy_it_is_untrusted(reader: Reader, story: Case) -> None:
    other = f"log {format_vkey(vkey_of('other.example/log', ED25519, seed(97)))}\nquorum none\n"
    shown = reader.trust(other, story.identity.hex())
    assert (shown.verdict, shown.checks["log_signature"]) == ("untrusted", "untrusted")


def test_another_key_for_the_same_ledger_is_not_trusted_and_accuses_nobody(
    reader: Reader, story: Case, told: Made
) -> None:
    """Entry 0, which the reader pins, names the log's own: nothing was altered."""
    own = story.policy.logs[0].key
    other = f"log {format_vkey(vkey_of(own.name, ED25519, seed(97)))}\nquorum none\n"
    shown = reader.trust(other, story.identity.hex())
    assert (shown.checks["log_signature"], shown.checks["opening"]) == ("untrusted", "untrusted")
    assert shown.verdict == "untrusted"
    report = bundle_report(told.raw, parse_policy(other), story.identity)
    assert report.check("opening").verdict == report.verdict == "untrusted"


def test_a_false_signature_of_a_key_that_is_trusted_has_failed(
    reader: Reader, story: Case, told: Made
) -> None:
    trusted(reader, story)
    shown = reader.open(signed_falsely(told.raw))
    assert (shown.checks["log_signature"], shown.verdict) == ("failed", "failed")


def test_of_another_ledger_it_is_false_and_nothing_is_shown(reader: Reader, story: Case) -> None:
    shown = reader.trust(format_policy(story.policy), "00" * 32)
    assert (shown.verdict, shown.payloads) == ("failed", {})


def test_what_is_no_policy_or_identity_is_said_and_counts_for_nothing(
    reader: Reader, story: Case
) -> None:
    shown = reader.trust("log nobody\n", story.identity.hex()[:-1])
    assert shown.verdict == "not_checked"
    assert "信任策略第 1 行" in reader.page.inner_text("#problem")
    assert "账本标识应为" in reader.page.inner_text("#problem")
    missing = f"{format_policy(story.policy)}quorum none\n"
    assert reader.trust(missing, story.identity.hex()).verdict == "not_checked"


def test_a_policy_is_opened_from_a_file_as_it_lies_there(
    reader: Reader, story: Case, tmp_path: Path
) -> None:
    own = tmp_path / "policy"
    own.write_text(format_policy(story.policy), encoding="utf-8")
    reader.page.fill("#identity", story.identity.hex())
    reader.page.set_input_files("#policy_file", own)
    reader.page.wait_for_selector('#verdict[data-verdict="verified"]')


# What is shown


def test_every_text_of_an_entry_is_in_its_signed_bytes(
    reader: Reader, story: Case, told: Made
) -> None:
    trusted(reader, story)
    signed = payloads_of(told.raw)
    texts = reader.page.evaluate(
        """() => [...document.querySelectorAll("[data-shown=true]")].map((block) => [
          Number(block.dataset.entry), [...block.querySelectorAll("dl:nth-of-type(2) dd")]
            .map((cell) => cell.textContent)])"""
    )
    assert {index for index, _ in texts} == set(signed)
    for index, cells in texts:
        data = json.loads(signed[index])["data"]
        assert sorted(cells) == sorted(_leaves({**data, "parents": []})), index


def _leaves(value: object) -> list[str]:
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in _leaves(one)]
    if isinstance(value, list):
        return [leaf for one in value for leaf in _leaves(one)]
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def test_the_graph_tells_what_a_signature_binds_from_what_names_suggest(
    reader: Reader, story: Case, told: Made
) -> None:
    trusted(reader, story)
    last = told.size - 1
    assert reader.page.locator("svg path.bound").count() == 1
    assert reader.page.locator("svg path.suggested").count() == 1
    items = reader.page.locator("#graph li")
    assert f"依据（签名确认）: {last - 2}" in items.filter(has_text=f"{last - 1} ·").inner_text()
    assert f"提及同一事物: {last - 1}" in items.filter(has_text=f"{last} ·").inner_text()
    columns = reader.page.locator("svg text.column").all_text_contents()
    assert columns == ["云岭省民政厅", "云岭省公安厅"]


def test_what_does_not_verify_is_not_shown_and_not_drawn(
    reader: Reader, story: Case, told: Made
) -> None:
    trusted(reader, story)
    members = dict(read_archive(told.raw))
    index = told.size - 2
    other = members[f"entries/{told.size - 1}.statement"]
    shown = reader.open(
        write_archive(with_manifest_of(members, f"entries/{index}.statement", other))
    )
    assert shown.verdict == "failed"
    assert index not in shown.payloads
    assert "不予显示" in reader.page.inner_text(f"#entry-{index}")
    assert f"{index} · ✘ 不予显示：未通过验证" in reader.page.inner_text("#graph ol")
    drawn = reader.page.locator("svg rect.node").count()
    assert drawn == reader.page.locator("#graph li:not(.missing)").count() > 0


def with_manifest_of(members: dict[str, bytes], name: str, body: bytes) -> dict[str, bytes]:
    manifest = json.loads(members["manifest.json"])
    manifest["members"][name] = sha256(body).hexdigest()
    return members | {name: body, "manifest.json": write_canonical(manifest)}


def test_what_it_did_not_check_is_said_in_both_languages(reader: Reader) -> None:
    assert reader.page.locator("#unchecked li").count() == 7
    assert "所述是否属实" in reader.page.inner_text("#unchecked")
    reader.page.get_by_role("button", name="English").click()
    assert "whether what was said is true" in reader.page.inner_text("#unchecked")
    assert reader.page.get_attribute("html", "lang") == "en"
    chinese = re.findall("[\u4e00-\u9fff]+", reader.page.inner_text("#checks"))
    assert chinese == []


# Hands and paper


def test_everything_is_done_by_keyboard(reader: Reader, story: Case) -> None:
    page = reader.page
    met = []
    for _ in range(12):
        page.keyboard.press("Tab")
        met.append(page.evaluate("() => document.activeElement.id || document.activeElement.lang"))
    assert [one for one in met if one][:8] == [
        "en", "zh-CN", "policy", "policy_file", "identity", "bundle_file", "check", "print",
    ]  # fmt: skip
    page.focus("#policy")
    page.keyboard.insert_text(format_policy(story.policy))
    page.focus("#identity")
    page.keyboard.insert_text(story.identity.hex())
    page.keyboard.press("Enter")
    page.wait_for_selector('#verdict[data-verdict="verified"]')


def test_every_printed_page_has_leaf_hashes_and_the_checkpoint(
    reader: Reader, story: Case, told: Made, tmp_path: Path
) -> None:
    trusted(reader, story)
    reader.page.locator("#support summary").first.click()
    reader.page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    pages = PdfReader(tmp_path / "page.pdf").pages
    assert len(pages) > 3
    members = read_archive(told.raw)
    leaf = leaf_hash(members[f"entries/{told.size - 1}.header"]).hex()
    root = story.verify(told.raw).facts["checkpoint_root"]
    for number, page in enumerate(pages):
        text = re.sub(r"\s", "", page.extract_text())
        assert story.identity.hex() in text, number
        assert leaf in text, number
        assert str(root) in text, number
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]  # A4


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_is_wider_than_its_window(reader: Reader, story: Case, width: int) -> None:
    reader.page.set_viewport_size({"width": width, "height": 800})
    trusted(reader, story)
    wide = reader.page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= width


# Where nothing can be checked


def test_without_javascript_it_says_so_and_gives_the_command(browser: Browser, file: Path) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(file.as_uri())
    text = page.inner_text("body")
    assert "Could not check here" in text
    assert "无法在此检查" in text
    assert COMMAND + "HEX" in text
    assert TICK not in text
    context.close()


BROKEN = {
    "no WebCrypto": "Object.defineProperty(crypto, 'subtle', {value: undefined});",
    "no Ed25519": """
        const importKey = SubtleCrypto.prototype.importKey;
        SubtleCrypto.prototype.importKey = function (form, key, algorithm, ...more) {
          if (algorithm.name === "Ed25519") throw new DOMException("no", "NotSupportedError");
          return importKey.call(this, form, key, algorithm, ...more);
        };""",
    "an Ed25519 that takes everything": """
        SubtleCrypto.prototype.verify = () => Promise.resolve(true);""",
    "an Ed25519 that takes nothing": """
        SubtleCrypto.prototype.verify = () => Promise.resolve(false);""",
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
def test_where_the_browser_cannot_check_nothing_is_told(
    browser: Browser, file: Path, broken: str
) -> None:
    context = browser.new_context(offline=True)
    context.add_init_script(BROKEN[broken])
    page = context.new_page()
    page.goto(file.as_uri())
    page.wait_for_function(
        "() => document.getElementById('verdict').textContent.includes('recent browser')"
    )
    assert page.get_attribute("#verdict", "data-verdict") == "could_not_check"
    text = page.inner_text("body")
    assert COMMAND + "HEX" in text
    assert TICK not in text
    assert page.locator("article").count() == 0
    context.close()
