// Puts the page to work: what the reader trusts comes in, a verdict goes out.

import { fromBase64, fromHex } from "./bytes.js";
import { holdersOf } from "./derived.js";
import { FORMATS } from "./formats.js";
import { canVerify } from "./keys.js";
import { readPolicy } from "./policy.js";
import { verifyBundle } from "./verify.js";
import { badge, el, headline, runningFoot, sections, speaker } from "./view.js";

const state = { language: /^en\b/i.test(navigator.language) ? 0 : 1, policy: "", identity: "", result: null, holders: null, raw: null, opened: false, turn: 0 };
const at = (id) => document.getElementById(id);

async function begin() {
  if (globalThis.crypto?.subtle === undefined || !(await canVerify())) {
    cannot("cannot");
    return;
  }
  state.raw = fromBase64(at("bundle").textContent);
  drawForm();
  await check();
}

function cannot(key) {
  const status = at("verdict");
  status.dataset.verdict = "could_not_check";
  status.replaceChildren(...[0, 1].map((language) => el("p", {}, `○ ${speaker(language)(key)}`)));
}

/** Draw what the reader fills in, and the switch of languages. */
function drawForm() {
  const word = speaker(state.language);
  document.documentElement.lang = state.language === 0 ? "en" : "zh-CN";
  document.title = word("title");
  at("title").textContent = word("title");
  at("about").textContent = word("about");
  at("languages").replaceChildren(...["English", "中文"].map((name, language) => languageButton(name, language)));
  at("languages").setAttribute("aria-label", word("language"));
  at("form").replaceChildren(
    el("h2", {}, word("trust")), el("p", {}, word("trust_hint")),
    field("policy", word, el("textarea", { id: "policy", rows: 4, spellcheck: "false" })),
    field("policy_file", word, el("input", { id: "policy_file", type: "file" })),
    field("identity", word, el("input", { id: "identity", type: "text", autocomplete: "off", spellcheck: "false", maxlength: 64 })),
    field("bundle_file", word, el("input", { id: "bundle_file", type: "file" })),
    el("p", { id: "problem", role: "alert" }),
    el("p", {}, el("button", { id: "check", type: "submit" }, word("check")), " ", el("button", { id: "print", type: "button" }, word("print"))),
  );
  at("policy").value = state.policy;
  at("identity").value = state.identity;
  at("policy_file").addEventListener("change", (event) => run(() => openPolicy(event)));
  at("bundle_file").addEventListener("change", (event) => run(() => openBundle(event)));
  at("print").addEventListener("click", () => window.print());
  at("command_label").textContent = word("command");
}

function languageButton(name, language) {
  const button = el("button", { type: "button", "aria-pressed": state.language === language, lang: language === 0 ? "en" : "zh-CN" }, name);
  button.addEventListener("click", () => {
    keep();
    state.language = language;
    drawForm();
    show();
    at("languages").children[language].focus();
  });
  return button;
}

function field(key, word, input) {
  return el("p", {}, el("label", { for: key }, word(key)), input);
}

function keep() {
  state.policy = at("policy").value;
  state.identity = at("identity").value.trim();
}

async function openPolicy(event) {
  const [file] = event.target.files;
  if (file === undefined) return;
  at("policy").value = new TextDecoder().decode(await file.arrayBuffer());
  await check();
}

async function openBundle(event) {
  const [file] = event.target.files;
  if (file === undefined) return;
  Object.assign(state, { raw: new Uint8Array(await file.arrayBuffer()), opened: true });
  await check();
}

/** Return this very page, as it was written, around another bundle. */
function pageAround(bundle) {
  const parts = {
    policy: document.querySelector("meta[http-equiv]").content,
    style: document.querySelector("style").textContent,
    script: document.querySelector("script[type=module]").textContent,
    bundle,
  };
  return FORMATS.template.replace(/\{(policy|style|script|bundle)\}/g, (_, name) => parts[name]);
}

/** Verify what is at hand; a verdict stands only once all of it is through. */
async function check() {
  keep();
  state.turn += 1;
  const turn = state.turn;
  state.result = null;
  show();
  const [policy, identity] = [await givenPolicy(), givenIdentity()];
  const result = await verifyBundle(state.raw, policy, identity, state.opened ? pageAround : null);
  const holders = result.work === null ? new Map() : await holdersOf([...result.work.known.values()]);
  if (turn !== state.turn) return;
  Object.assign(state, { result, holders });
  show();
}

async function givenPolicy() {
  at("problem").textContent = "";
  if (state.policy.trim() === "") return null;
  try {
    return await readPolicy(state.policy);
  } catch (error) {
    at("problem").textContent = speaker(state.language).of(error);
    return null;
  }
}

function givenIdentity() {
  if (state.identity === "") return null;
  try {
    fromHex(state.identity, 32);
    return state.identity;
  } catch {
    at("problem").textContent += ` ${speaker(state.language)("identity_bad")}`;
    return null;
  }
}

function show() {
  const word = speaker(state.language);
  const [status, { result }] = [at("verdict"), state];
  at("command").textContent = `zelian verify bundle FILE --policy POLICY --identity ${state.identity || "HEX"}`;
  if (result === null) {
    status.dataset.verdict = "checking";
    status.replaceChildren(word("checking"));
    at("report").replaceChildren();
    return;
  }
  at("report").replaceChildren(...sections(result, state.holders, word));
  at("running").replaceChildren(...runningFoot(result, word));
  status.replaceChildren(...headline(result, word));
  status.dataset.verdict = result.verdict;
  status.dataset.turn = String(state.turn);
}

async function run(work) {
  try {
    await work();
  } catch {
    cannot("broken");
    at("report").replaceChildren(badge("not_checked", speaker(state.language)));
  }
}

at("form").addEventListener("submit", (event) => {
  event.preventDefault();
  run(check);
});
run(begin);
