// Shows what was verified: text nodes only, made from verified bytes, in either language.

import { askedOf, questionText } from "./bundle.js";
import { toHex, fromUtf8 } from "./bytes.js";
import { voiceOf } from "./derived.js";
import { drawGraph, graphOf } from "./graph.js";
import { PEERED } from "./statement.js";
import { typeOf } from "./types.js";
import { HEADLINES, UNCHECKED, VERDICT_WORDS, WORDS, localTime, rowsOf, tierText } from "./words.js";

const MAX_FINDINGS = 20;

/** Return word(key), which says things in one language: 0 English, 1 Chinese. */
export function speaker(language) {
  const word = (key) => WORDS[key][language];
  word.language = language;
  word.of = (both) => (language === 0 ? both.en : both.zh);
  return word;
}

/** Make an element of a name with attributes and children; text stays text. */
export function el(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A verdict as icon and word, never as colour alone. */
export function badge(verdict, word) {
  const [icon, en, zh] = VERDICT_WORDS[verdict];
  return el("span", { class: `badge ${verdict}` }, `${icon} ${word.language === 0 ? en : zh}`);
}

/** The verdict in words: of what question, under whose log key, and where it says what it did not check. */
export function headline({ verdict, tallies, work }, word) {
  const lines = [el("p", {}, badge(verdict, word), " ", el("span", {}, HEADLINES[verdict][word.language]))];
  if (work !== null) {
    lines.push(el("p", {}, `${word("question")}: ${questionText(work.contents.asks)} · ${word("ledger")}: ${work.checkpoint.origin} · ${word("size")}: ${work.checkpoint.size}`));
  }
  const basis = ["log_signature", "witnesses"].flatMap((name) => tallies[name].details.map(word.of));
  if (work !== null) lines.push(el("p", {}, `${word("basis")}: ${basis.join("; ")}`));
  return [...lines, el("p", {}, el("a", { href: "#unchecked" }, word("unchecked_list")))];
}

/** Return all sections of the report, for a page's body. */
export function sections(result, holders, word) {
  const parts = [checksSection(result.tallies, word)];
  const work = result.work;
  if (work !== null) {
    const scene = { work, holders, word, department: (id) => departmentName(work, id, word), pinned: result.tallies.identity.verdict !== "not_checked" };
    const asked = new Set(askedOf(work.contents));
    const [answer, support] = [[], []];
    for (const one of work.known.values()) (asked.has(one.shown.index) ? answer : support).push(one);
    parts.unshift(factsSection(scene));
    parts.push(graphSection(scene), entriesSection(scene, "answer", answer, true), entriesSection(scene, "support", support, false));
  }
  return [...parts, uncheckedSection(word)];
}

function checksSection(tallies, word) {
  const head = el("tr", {}, ...["result", "what", "made", "details"].map((key) => el("th", { scope: "col" }, word(key))));
  const rows = Object.values(tallies).map((tally) => checkRow(tally, word));
  return el("section", { id: "checks" }, el("h2", {}, word("checks")), el("table", {}, el("thead", {}, head), el("tbody", {}, ...rows)));
}

function checkRow(tally, word) {
  const details = tally.details.map((one) => el("p", {}, word.of(one)));
  if (!tally.counts) details.push(el("p", {}, `(${word("uncounted")})`));
  const found = [...tally.findings].sort((a, b) => a.index - b.index);
  const items = found.slice(0, MAX_FINDINGS).map((one) => el("li", { class: one.verdict }, findingText(one, word)));
  if (found.length > MAX_FINDINGS) items.push(el("li", {}, `+${found.length - MAX_FINDINGS} ${word("more")}`));
  return el("tr", { "data-check": tally.name, "data-verdict": tally.verdict, "data-counts": tally.counts },
    el("td", {}, badge(tally.verdict, word)), el("th", { scope: "row" }, word.of(tally.label)),
    el("td", { class: "count" }, `${tally.done} ${word("of")} ${tally.of}`),
    el("td", {}, ...details, items.length > 0 ? el("ul", {}, ...items) : null));
}

function findingText({ index, en, zh }, word) {
  if (index < 0) return word.of({ en, zh });
  return word.language === 0 ? `entry ${index}: ${en}` : `第 ${index} 条：${zh}`;
}

function factsSection({ work, word }) {
  const { contents, checkpoint, manifest, cosigners } = work;
  const times = cosigners.map(([name, seconds]) => `${name} ${new Date(Number(seconds) * 1000).toISOString()}`);
  const first = work.known.get(0);
  return el("section", { id: "facts" }, el("h2", {}, word("facts")), pairs([
    [word("question"), questionText(contents.asks)],
    [word("ledger"), checkpoint.origin],
    [word("size"), String(checkpoint.size)],
    [word("root"), toHex(checkpoint.root)],
    [word("cosigned"), times.join("; ") || word("nobody")],
    [`${word("leaf")} 0`, first === undefined ? "–" : toHex(first.leaf)],
    [word("asker"), manifest.asker ?? word("holder_of_home")],
  ]));
}

function pairs(rows) {
  return el("dl", {}, ...rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

function departmentName(work, id, word) {
  const known = work.registry.departments.get(id);
  const name = known === undefined ? null : (word.language === 0 ? known.name.en ?? known.name.zh : known.name.zh);
  return name === null ? id : `${name} (${id})`;
}

function entriesSection(scene, key, entries, open) {
  const blocks = entries.map((one) => entryBlock(scene, one));
  return el("details", { id: key, class: "entries", ...(open ? { open: "" } : {}) },
    el("summary", {}, el("h2", {}, `${scene.word(key)} (${entries.length})`)), ...blocks);
}

function entryBlock(scene, known) {
  const { word } = scene;
  const index = known.shown.index;
  const stated = known.sound;
  const kind = stated ? typeOf(known.statement.type) : null;
  const name = kind === null ? "" : ` · ${word.language === 0 ? kind.en : kind.zh}`;
  const title = word.language === 0 ? `Entry ${index}${name}` : `第 ${index} 条${name}`;
  return el("article", { id: `entry-${index}`, "data-entry": index, "data-shown": stated },
    el("h3", {}, title), el("p", { class: "hash" }, `${word("leaf")} ${toHex(known.leaf)}`), ...entryBody(scene, known, stated));
}

function entryBody(scene, known, stated) {
  const { word } = scene;
  if (stated) return statementBody(scene, known);
  const recorded = known.header === null ? [] : [el("p", {}, `${word("recorded")} ${localTime(known.header.recorded_at)}`)];
  return [...recorded, el("p", { class: known.shown.statement === null ? "absent" : "failed" }, whyMissing(scene.work, known, word))];
}

/** Why no statement of an entry is shown: false, removed by order, or not here. */
function whyMissing(work, { shown: { index, statement, absent } }, word) {
  if (statement !== null) return `✘ ${word("hidden")}`;
  if (absent.by !== null) return `${word(`absent_${absent.reason}`)} ${absent.by}${word.language === 1 ? " 条" : ""}`;
  const asked = askedOf(work.contents).includes(index);
  return word(asked || absent.reason === "erased" ? "absent_none" : "header_only");
}

function statementBody(scene, { header, statement, verdict }) {
  const { word, holders, department, pinned, work } = scene;
  const { event, data } = statement;
  const rows = [
    [word("type"), statement.type],
    [word("department"), department(statement.source)],
    [word("official"), statement.official ?? "–"],
    [word("tier"), statement.tier === null ? "–" : tierText(statement.tier, word.language)],
    [word("voice"), word(`voice_${voiceOf(statement, holders)}`)],
    [word("claimed"), localTime(event.time)],
    [word("recorded"), localTime(header.recorded_at)],
    [word("subject"), event.subject],
    ...data.parents.map((parent) => [word("parents"), parentText(work, parent, word)]),
  ];
  const { refs, parents, signers, cites = [], ...own } = data;
  const contents = [...rowsOf(refs, "refs"), ...rowsOf(own, "")].filter(([, value]) => value !== "{}");
  const notes = [pinned ? null : el("p", { class: "not_checked" }, `○ ${word("unpinned")}`), verdict === "verified" ? null : badge(verdict, word)];
  const cited = cites.map((one) => [word("cites"), citation(work, header.index, one, word)]);
  return [...notes, pairs([...rows, ...cited]), pairs([...contents, ...signers.map((id) => ["signer", id])]),
    el("details", { class: "raw" }, el("summary", {}, word("raw")), el("pre", {}, fromUtf8(statement.payload)))].filter((part) => part !== null);
}

/** What is cited of another ledger, and that it was not checked: of whom policies are at hand, no more. */
function citation(work, index, { ledger, statement }, word) {
  const by = registeredBy(work, ledger, index);
  const said = [
    by === null ? word("no_peer") : `${word("peer")} ${by}${word.language === 1 ? " 条" : ""}`,
    word(work.trusted.includes(ledger) ? "policy_names" : "policy_names_not"),
    word("cites_unchecked"),
  ];
  return el("div", { "data-cites": ledger, "data-standing": "not_checked" }, el("code", {}, `${ledger} ${statement}`),
    el("p", { class: "not_checked" }, badge("not_checked", word), ` ${said.join(word.language === 0 ? "; " : "；")}`));
}

/** The entry that registered a policy of another ledger last before *index*, or null: none is shown. */
function registeredBy(work, ledger, index) {
  const found = [...work.known.values()].filter((one) => one.sound && one.shown.index < index
    && one.statement.type === PEERED && one.statement.data.origin === ledger);
  const last = found.sort((a, b) => a.shown.index - b.shown.index).at(-1);
  return last === undefined || (last.statement.data.policy ?? null) === null ? null : last.shown.index;
}

function parentText(work, digest, word) {
  const index = work.byDigest.get(digest);
  if (index === undefined) return `${digest} (${word("outside")})`;
  return word.language === 0 ? `entry ${index}` : `第 ${index} 条`;
}

function graphSection({ work, word, department }) {
  const graph = graphOf(work);
  const drawn = drawGraph(graph, (id) => department(id).replace(` (${id})`, ""), word);
  const missing = graph.nodes.length === 0 ? "graph_none" : "graph_large";
  const drawable = new Map(graph.nodes.map((one) => [one.shown.index, one]));
  const items = askedOf(work.contents).filter((index) => work.known.has(index)).map((index) => (
    drawable.has(index) ? nodeItem(drawable.get(index), graph, department, word) : missingItem(work, index, word)));
  return el("section", { id: "graph" }, el("h2", {}, word("graph")), el("p", {}, word("graph_hint")),
    drawn === null ? el("p", {}, word(missing)) : el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": word("graph") }, drawn), el("ol", {}, ...items));
}

/** What was asked for and cannot be drawn is a finding of its own. */
function missingItem(work, index, word) {
  return el("li", { class: "missing" }, el("a", { href: `#entry-${index}` }, String(index)), ` · ${whyMissing(work, work.known.get(index), word)}`);
}

function nodeItem({ shown: { index }, statement }, graph, department, word) {
  const kind = typeOf(statement.type);
  const ends = (bound) => graph.links.filter((link) => link.from === index && link.bound === bound).map((link) => link.to);
  const [relies, suggests] = [ends(true), ends(false)];
  const said = [];
  if (relies.length > 0) said.push(`${word("relies")}: ${relies.join(", ")}`);
  if (graph.outside.has(index)) said.push(`${word("relies")}: ${word("outside")} (${graph.outside.get(index)})`);
  if (suggests.length > 0) said.push(`${word("suggests")}: ${suggests.join(", ")}`);
  for (const { ledger, statement: digest } of statement.data.cites ?? []) said.push(`${word("cites")}: ${ledger} ${digest.slice(0, 12)} (${word("not_checked")})`);
  if (said.length === 0) said.push(word("alone"));
  const link = el("a", { href: `#entry-${index}` }, `${index} · ${word.language === 0 ? kind.en : kind.zh}`);
  return el("li", {}, link, ` · ${department(statement.source)} · ${statement.official ?? word("voice_system")} · ${said.join("; ")}`);
}

function uncheckedSection(word) {
  const items = UNCHECKED.map((both) => el("li", {}, both[word.language]));
  return el("section", { id: "unchecked" }, el("h2", {}, word("unchecked_list")), el("ul", {}, ...items));
}

/** Fill what is printed at the foot of every page: the checkpoint and leaf hashes. */
export function runningFoot(result, word) {
  const work = result.work;
  if (work === null) return [];
  const { checkpoint, known, contents } = work;
  const leaves = [0, ...askedOf(contents).slice(-1)].filter((index, at, all) => known.has(index) && all.indexOf(index) === at);
  const [, en, zh] = VERDICT_WORDS[result.verdict];
  return [
    el("p", {}, `${checkpoint.origin} · ${word("size")} ${checkpoint.size} · ${word("root")} ${toHex(checkpoint.root)} · ${word.language === 0 ? en : zh}`),
    el("p", {}, leaves.map((index) => `${word("leaf")} ${index} ${toHex(known.get(index).leaf)}`).join(" · ")),
  ];
}
