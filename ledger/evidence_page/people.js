// Who spoke: every statement judged in order, and what is absent.
// A bundle holds a part of the registry only, so it is asked beside the rules that the chain
// on which a key's own statements lie is shown from its first entry on, and that no entry of
// it that is not shown could be a registry statement: each of those continues the
// registrar's chain, whose id is the only one in entry 0's header.

import { Malformed } from "./bytes.js";
import { askedOf } from "./bundle.js";
import { REGISTRAR, Refused, Registry, judge } from "./registry.js";
import { REGISTRY_TYPES } from "./statement.js";

const REGISTRAR_CHAIN = `department/${REGISTRAR}`;
const REGISTRAR_LINKS = 2; // chains of what is said of the registrar itself
const ORDERS = {
  "zelian.statement.erased.v1": ["erased", "withheld"],
  "zelian.statement.withheld.v1": ["withheld"],
};
// What may follow from a statement that the bundle does not show.
const MAY_LACK = ["unknown_key", "unknown_reference"];
const OF_THE_REGISTRY = [...MAY_LACK, "revoked_key", "out_of_role", "conflict"];

/** Judge every statement, in order, and then what is absent; the registry is left in work. */
export async function checkPeople(work) {
  work.registry = new Registry();
  work.orders = new Map();
  const first = idsOf(work.known.get(0));
  work.registrar = first.length === 1 ? first[0] : null;
  work.hidden = new Map(work.contents.chains.map((chain) => [chain.name, firstHidden(work, chain)]));
  for (const [index, known] of work.known) if (known.names !== null) await check(work, index, known);
  checkAbsences(work);
}

function idsOf(known) {
  return known?.header?.chains.map((link) => link.id) ?? [];
}

async function check(work, index, known) {
  const { tallies, registry } = work;
  if (index > 0 && registry.opening === null) {
    tallies.speakers.lack(index, "entry 0 is not shown", "未示出第 0 条");
    return;
  }
  try {
    await judge(known.statement, registry, index, known.header.recorded_at, (digest) => sourceOf(work, digest));
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Malformed)) throw error;
    refused(work, index, known, error);
    return;
  }
  tallies.signatures.done += 1;
  known.signed = true;
  if (REGISTRY_TYPES.includes(known.statement.type)) await registry.apply(index, known.statement);
  tellCitations(tallies.citations, known.statement.data);
  const gaps = gapsOf(work, index, known);
  for (const [en, zh] of gaps) tallies.speakers.lack(index, en, zh);
  if (gaps.length === 0) tallies.speakers.done += 1;
  if (known.statement.type in ORDERS) work.orders.set(index, known.statement);
}

function tellCitations(tally, { cites = [] }) {
  if (cites.length === 0) return;
  tally.of += cites.length;
  tally.limit("not_checked", "this page verifies no receipts of other ledgers: `zelian verify bundle` does",
    "本网页不验证其他账本的回执：请用 `zelian verify bundle`");
}

function refused(work, index, known, { code, en, zh }) {
  const { tallies, registry } = work;
  if (code === "bad_signature") tallies.signatures.find(index, en, zh);
  else if (!OF_THE_REGISTRY.includes(code)) tallies.statements.find(index, en, zh);
  else {
    const open = code === "out_of_role" && (!registry.departments.has(known.statement.source) || gapsOf(work, index, known).length > 0);
    tallies.speakers.find(index, en, zh, MAY_LACK.includes(code) || open ? "incomplete" : "failed");
  }
}

/** What is missing of the chains of the keys that sign: sentences in both languages. */
function gapsOf(work, index, { statement }) {
  const keys = statement.signers.map((id) => work.registry.keys.get(id)).filter((key) => key !== undefined);
  const names = new Set(keys.map((key) => (key.holder === null ? `department/${key.department}` : `official/${key.holder}`)));
  return [...names].sort().map((name) => gapOf(work, index, name)).filter((gap) => gap !== null);
}

function gapOf(work, index, name) {
  if ((work.whole.get(name) ?? 0) <= index) {
    return [`${name} is not shown whole up to it: a revocation or release may be missing`, `未完整示出至此的 ${name}：可能缺少吊销或离任`];
  }
  const hidden = work.hidden.get(name) ?? null;
  if (hidden !== null && hidden < index) {
    return [`entry ${hidden} of ${name} is not shown and may revoke or release`, `${name} 的第 ${hidden} 条未示出，可能是吊销或离任`];
  }
  return null;
}

/** The first entry of a chain that may be a registry statement and is not shown, or null. */
function firstHidden(work, chain) {
  for (const index of chain.entries) {
    const known = work.known.get(index);
    if (known === undefined || known.shown.statement !== null) continue;
    const ids = idsOf(known);
    if (chain.name === REGISTRAR_CHAIN && ids.length !== REGISTRAR_LINKS) continue;
    if (work.registrar === null || ids.includes(work.registrar)) return index;
  }
  return null;
}

// Absence

/** Who spoke a statement: by itself, or by the chains of its header. */
function sourceOf(work, digest) {
  for (const known of work.known.values()) {
    if (known.header?.statement !== digest) continue;
    if (known.statement !== null) return known.statement.source;
    const ids = idsOf(known);
    const found = [...work.registry.departments.values()].find((one) => {
      const chain = ownChain(work, one);
      return chain !== null && ids.includes(chain);
    });
    return found === undefined ? null : found.id;
  }
  return null;
}

/** The chain of a department: what its registration shares with something that it said. */
function ownChain(work, department) {
  const registered = idsOf(work.known.get(department.at));
  for (const known of work.known.values()) {
    if (known.statement?.source !== department.id) continue;
    const shared = idsOf(known).filter((id) => registered.includes(id) && id !== work.registrar);
    if (shared.length === 1) return shared[0];
  }
  return null;
}

function checkAbsences(work) {
  const { known, tallies: { absences }, contents } = work;
  const asked = new Set(askedOf(contents));
  for (const [index, one] of known) {
    const absent = one.shown.absent;
    // What only proves that a chain has no gap needs no statement, but for erased ones.
    if (absent === null || (absent.by === null && !asked.has(index) && absent.reason !== "erased")) continue;
    absences.of += 1;
    if (isOrdered(work, index, one, absent)) absences.done += 1;
    else absences.lack(index, "it is not here, and nothing in the bundle orders that", "不在包内，且包内没有相应命令");
  }
}

function isOrdered({ orders }, index, { header }, { by, reason }) {
  const order = by === null || by <= index ? undefined : orders.get(by);
  return order !== undefined && header !== null && ORDERS[order.type].includes(reason) && order.data.target === header.statement;
}
