// The header of an entry, which is the tree's leaf, and how one entry follows another.

import { Malformed, concat, fromHex, isCount, sha256, toHex, utf8 } from "./bytes.js";
import { hasExactly, readCanonical } from "./json.js";
import { isText } from "./types.js";

export const ZERO = "0".repeat(64);

/** Return {index, prev, recorded_at, statement, chains: [{id, prev, seq}]}; digests are hex. */
export function readHeader(raw) {
  const value = readCanonical(raw);
  const members = ["chains", "index", "prev", "recorded_at", "statement", "v"];
  if (!hasExactly(value, members) || value.v !== 1 || !isCount(value.index)) refuse("it lacks a member", "成员不符");
  if (!isText("TIME", value.recorded_at)) refuse("recorded_at is no time", "recorded_at 不是时间");
  fromHex(value.prev, 32);
  fromHex(value.statement, 32);
  const chains = value.chains;
  if (!Array.isArray(chains) || chains.length < 1 || chains.length > 64) refuse("it continues no chain", "未接续任何链");
  for (const [at, link] of chains.entries()) {
    if (!hasExactly(link, ["id", "prev", "seq"]) || !isCount(link.seq)) refuse("a link lacks a member", "链环成员不符");
    fromHex(link.id, 32);
    fromHex(link.prev, 32);
    if (at > 0 && chains[at - 1].id >= link.id) refuse("chains must ascend", "各链须升序");
  }
  return value;
}

function refuse(en, zh) {
  throw new Malformed(`not a header: ${en}`, `不是条目头：${zh}`);
}

/** What keeps a header from following {index, leaf, recorded_at}; leaf null: not known. */
export function follows(before, header) {
  const found = [];
  if (header.index !== before.index + 1) found.push(["its index does not follow", "序号不连续"]);
  if (before.leaf !== null && header.prev !== before.leaf) {
    found.push(["its prev is not the entry before it", "prev 不是前一条的散列"]);
  }
  if (header.recorded_at < before.recorded_at) found.push(["its time runs back", "记录时间倒退"]);
  return found;
}

/** Return the public id, hex, of the chain of that name under its salt (hex). */
export async function chainId(salt, name) {
  return toHex(await sha256(concat(utf8("zelian/chain/v1\n"), fromHex(salt, 16), utf8(name))));
}
