// What a bundle holds, read strictly: nothing but what the format lists.

import { Malformed, fromHex, fromUtf8, isCount, sha256Hex } from "./bytes.js";
import { has, hasExactly, isObject, readCanonical, writeCanonical } from "./json.js";
import { isText } from "./types.js";

const ALWAYS = ["manifest.json", "checkpoint", "chains.json", "report.json", "README.txt"];
const OPTIONAL = ["tail.headers", "report.html"];
const ENTRY = /^entries\/(0|[1-9][0-9]{0,15})\.(header|statement|tlog-proof|absent\.json)$/;
const KINDS = ["act", "grant", "item", "chain", "entry", "query"];
const THINGS = ["act", "grant", "item"];
const CHAIN_KINDS = { act: "REF", grant: "REF", item: "REF", department: "DEPARTMENT_ID", official: "ID", registry: "DEPARTMENT_ID" };

/** Return {manifest, contents}: all that the members hold, nothing of it verified. */
export async function readBundle(members) {
  const manifest = await readManifest(members);
  const tail = members.get("tail.headers");
  if (tail !== undefined && manifest.asks.chain === null) refuse("tail.headers", "no chain is asked for", "未问及链");
  const contents = {
    asks: manifest.asks, origin: manifest.origin, size: manifest.size,
    checkpoint: textOf(members, "checkpoint"), entries: entriesOf(members), chains: chainsOf(members),
    tail: tail === undefined ? null : headersOf(tail),
  };
  return { manifest, contents };
}

/** Return the indexes of the entries that answer the question, ascending. */
export function askedOf(contents) {
  if (contents.asks.chain === null) return contents.asks.entries;
  return contents.chains.find((chain) => chain.name === contents.asks.chain)?.entries ?? [];
}

async function readManifest(members) {
  for (const name of ALWAYS) if (!members.has(name)) refuse(name, "it is missing", "缺少该成员");
  for (const name of members.keys()) {
    if (![...ALWAYS, ...OPTIONAL].includes(name) && !ENTRY.test(name)) refuse(name, "no bundle has such a member", "不是证据包的成员");
  }
  const value = jsonOf(members, "manifest.json");
  if (!hasExactly(value, ["asker", "members", "origin", "question", "size", "v"])) refuse("manifest.json", "its members are others", "成员不符");
  const asker = value.asker;
  const named = asker === null || (typeof asker === "string" && [...asker].length > 0 && [...asker].length <= 200);
  if (!named || !isObject(value.members) || value.v !== 1 || !isCount(value.size) || !isText("ORIGIN", value.origin)) {
    refuse("manifest.json", "a member is not in its form", "成员格式有误");
  }
  await checkListed(members, value.members);
  return { ...value, asks: readQuestion(value.question) };
}

async function checkListed(members, listed) {
  const present = [...members.keys()].filter((name) => !["manifest.json", "report.html"].includes(name));
  if (present.sort().join() !== Object.keys(listed).sort().join()) {
    refuse("manifest.json", "it does not list the members that are here", "所列成员与实际不符");
  }
  for (const name of present) {
    if ((await sha256Hex(members.get(name))) !== listed[name]) refuse(name, "it is not the one that the manifest lists", "与清单所列不符");
  }
}

/** Return {kind, text, entries, chain}: what is asked; chain is null where no chain is. */
function readQuestion(value) {
  const kinds = isObject(value) ? KINDS.filter((kind) => has(value, kind)) : [];
  const kind = kinds.length === 1 ? kinds[0] : null;
  const said = kind === null ? null : value[kind];
  if (kind === "entry" && hasExactly(value, ["entry"]) && isCount(said)) return { kind, text: "", entries: [said], chain: null };
  if (kind === "query" && hasExactly(value, ["query", "entries"]) && typeof said === "string" && [...said].length <= 2000 && isAscending(value.entries)) {
    return { kind, text: said, entries: value.entries, chain: null };
  }
  const chain = THINGS.includes(kind) ? `${kind}/${said}` : said;
  if (["entry", "query", null].includes(kind) || typeof said !== "string" || !hasExactly(value, [kind]) || !isChainName(chain)) {
    refuse("manifest.json", "its question is none", "问题格式有误");
  }
  return { kind, text: said, entries: [], chain };
}

function isChainName(name) {
  const at = name.indexOf("/");
  const kind = name.slice(0, Math.max(at, 0));
  return has(CHAIN_KINDS, kind) && isText(CHAIN_KINDS[kind], name.slice(at + 1));
}

function isAscending(values) {
  return Array.isArray(values) && values.every((value, at) => isCount(value) && (at === 0 || values[at - 1] < value));
}

function entriesOf(members) {
  const indexes = new Set();
  for (const name of members.keys()) {
    const found = ENTRY.exec(name);
    if (found !== null) indexes.add(Number(found[1]));
  }
  return [...indexes].sort((a, b) => a - b).map((index) => entryOf(members, index));
}

function entryOf(members, index) {
  const part = (name) => members.get(`entries/${index}.${name}`) ?? null;
  const [header, statement, absent] = [part("header"), part("statement"), part("absent.json")];
  if (!isCount(index) || header === null || part("tlog-proof") === null || (statement === null) === (absent === null)) {
    refuse(`entries/${index}`, "a header, a proof, and a statement or why there is none", "须有记录头、证明，以及陈述或缺少的原因");
  }
  const proof = textOf(members, `entries/${index}.tlog-proof`);
  return { index, header, proof, statement, absent: absent === null ? null : absentOf(members, index) };
}

function absentOf(members, index) {
  const name = `entries/${index}.absent.json`;
  const value = jsonOf(members, name);
  const sound = hasExactly(value, ["by", "index", "reason"]) && value.index === index
    && ["withheld", "erased"].includes(value.reason) && (value.by === null || isCount(value.by));
  if (!sound) refuse(name, "a member is not in its form", "成员格式有误");
  return value;
}

function chainsOf(members) {
  const value = jsonOf(members, "chains.json");
  if (!Array.isArray(value)) refuse("chains.json", "it is a list", "应为数组");
  for (const [at, chain] of value.entries()) {
    const sound = hasExactly(chain, ["entries", "id", "name", "salt"]) && typeof chain.name === "string"
      && isChainName(chain.name) && isAscending(chain.entries) && (at === 0 || value[at - 1].name < chain.name);
    if (!sound) refuse("chains.json", "a chain is not in its form", "链格式有误");
    fromHex(chain.id, 32);
    fromHex(chain.salt, 16);
  }
  return value;
}

function headersOf(raw) {
  const headers = [];
  for (let at = 0; at < raw.length; ) {
    const length = at + 1 < raw.length ? raw[at] * 256 + raw[at + 1] : raw.length;
    const end = at + 2 + length;
    if (end > raw.length) refuse("tail.headers", "it is cut short", "不完整");
    headers.push(raw.subarray(at + 2, end));
    at = end;
  }
  return headers;
}

function jsonOf(members, name) {
  try {
    return readCanonical(members.get(name));
  } catch (error) {
    return refuse(name, error.en, error.zh);
  }
}

function textOf(members, name) {
  try {
    return fromUtf8(members.get(name));
  } catch (error) {
    return refuse(name, error.en, error.zh);
  }
}

function refuse(name, en, zh) {
  throw new Malformed(`${name}: ${en}`, `${name}：${zh}`);
}

/** Return the JSON value of a question. */
export function questionValue({ kind, text, entries }) {
  if (kind === "entry") return { entry: entries[0] };
  return kind === "query" ? { query: text, entries } : { [kind]: text };
}

/** Return a question as README.txt writes it. */
export function questionText({ kind, text, entries, chain }) {
  if (chain !== null) return chain;
  return kind === "entry" ? `entry ${entries[0]}` : `query ${writeCanonical(text)}`;
}
