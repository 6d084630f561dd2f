// That none of the entries of a chain was left out, from its first to the checkpoint's size.

import { Malformed, sameBytes, toHex } from "./bytes.js";
import { ZERO, chainId, follows, readHeader } from "./header.js";
import { leafHash } from "./tree.js";

/** Check every chain that is shown, and then whose entries they are. */
export async function checkChains(work) {
  const { contents, tallies } = work;
  const places = placesOf(work);
  tallies.chains.of = contents.chains.length;
  for (const chain of contents.chains) {
    if (await isSound(work, chain, places.get(chain.id) ?? new Map())) tallies.chains.done += 1;
  }
  for (const known of work.known.values()) if (known.names !== null) checkNames(work, known);
}

/** How entries continue each chain: a Map by chain id of Maps by index. */
function placesOf({ known }) {
  const found = new Map();
  for (const [index, one] of known) {
    for (const link of one.header?.chains ?? []) {
      if (!found.has(link.id)) found.set(link.id, new Map());
      found.get(link.id).set(index, link);
    }
  }
  return found;
}

async function isSound(work, chain, places) {
  const tally = work.tallies.chains;
  const say = (index, en, zh, verdict) => {
    tally.find(index, `${chain.name}: ${en}`, `${chain.name}：${zh}`, verdict);
    return false;
  };
  if ((await chainId(chain.salt, chain.name)) !== chain.id) return say(-1, "its id does not follow from its name and salt", "其编号与名称、盐值不符");
  let before = ZERO;
  for (const [seq, index] of chain.entries.entries()) {
    const link = places.get(index);
    if (link === undefined || link.seq < seq) return say(index, "is not on the chain there", "不在该链的此处");
    if (link.seq > seq) return say(index, `is number ${link.seq} of the chain: ${link.seq - seq} before it are missing`, `是该链第 ${link.seq} 个：之前缺少 ${link.seq - seq} 个`, "incomplete");
    if (link.prev !== before) return say(index, "does not continue the one before it", "未接续前一条");
    work.whole.set(chain.name, index + 1);
    before = toHex(work.known.get(index).leaf);
  }
  const [listed, asked] = [new Set(chain.entries), chain.name === contentsChain(work)];
  const unlisted = [...places].filter(([index, link]) => !listed.has(index) && (asked || link.seq < listed.size));
  for (const [index] of unlisted) say(index, "is on the chain and not listed", "在该链上而未列出");
  return unlisted.length === 0;
}

function contentsChain({ contents }) {
  return contents.asks.chain;
}

/** The chains of a header are those that its event names, as far as their ids are known. */
function checkNames({ contents, tallies }, known) {
  tallies.chain_names.done += 1;
  const ids = new Set(known.header.chains.map((link) => link.id));
  const shown = contents.chains;
  const named = new Set(shown.filter((chain) => known.names.includes(chain.name)).map((chain) => chain.id));
  const met = new Set(shown.filter((chain) => ids.has(chain.id)).map((chain) => chain.id));
  const same = named.size === met.size && [...named].every((id) => met.has(id));
  if (ids.size !== known.names.length || !same) {
    tallies.chain_names.find(known.shown.index, "its header's chains are not those that its event names", "其记录头的链与事件所指不符");
  }
}

/** No header after the last entry shown is of the chain that was asked for. */
export async function checkTail(work) {
  const { contents, tallies: { tail } } = work;
  const chain = contents.chains.find((one) => one.name === contentsChain(work));
  if (chain === undefined || chain.entries.length === 0) return;
  const last = chain.entries.at(-1);
  tail.of = contents.size - last;
  if (contents.tail === null) {
    const seq = chain.entries.length - 1;
    tail.limit("incomplete", `complete to seq ${seq}, later entries not checked`, `至序号 ${seq} 完整，其后条目未检查`);
  } else if (contents.tail.length !== tail.of) {
    tail.find(last, `the tail has ${contents.tail.length} headers and must have ${tail.of}`, `尾部有 ${contents.tail.length} 个记录头，应为 ${tail.of} 个`);
  } else {
    await checkRun(work, chain.id, contents.tail, last);
  }
}

/** Links, and one proof each of the first and the last, authenticate the run. */
async function checkRun({ known, tallies: { tail } }, id, headers, first) {
  let place = null;
  for (const [at, raw] of headers.entries()) {
    const index = first + at;
    let header;
    try {
      header = readHeader(raw);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      tail.find(index, error.en, error.zh);
      return;
    }
    if (place !== null) {
      for (const [en, zh] of follows(place, header)) tail.find(index, en, zh);
      if (header.chains.some((link) => link.id === id)) tail.find(index, "it is of the chain and left out", "属于该链，被遗漏");
    }
    place = { index: header.index, leaf: toHex(await leafHash(raw)), recorded_at: header.recorded_at };
    tail.done += 1;
  }
  for (const at of [0, headers.length - 1]) {
    const end = known.get(first + at);
    if (end === undefined) tail.lack(first + at, "no proof of it ends the run", "缺少结束该段的证明");
    else if (!sameBytes(end.shown.header, headers[at])) tail.find(first + at, "the tail has another header", "尾部的记录头与之不同");
  }
}
