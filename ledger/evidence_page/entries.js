// Each entry by itself: header, place in the tree, statement.

import { Malformed, fromBase64, toHex } from "./bytes.js";
import { has, own } from "./json.js";
import { readPublicKey } from "./keys.js";
import { follows, readHeader } from "./header.js";
import { Refused, ascendById, broughtKeys, checkOpening } from "./registry.js";
import { APPOINTED, OPENED, chainNames, readStatement } from "./statement.js";
import { isIncluded, leafHash, readProof } from "./tree.js";
import { fits, typeOf } from "./types.js";

const MAX_AHEAD_MS = 300_000;

/**
 * Check headers, inclusion and statements. What was found sound is left in work.known, by
 * index; what could be read at all, in its member `read`, from which the report follows.
 */
export async function checkEntries(work) {
  const { contents, tallies } = work;
  const stated = contents.entries.filter((entry) => entry.statement !== null).length;
  for (const name of ["headers", "inclusion"]) tallies[name].of = contents.entries.length;
  for (const name of ["digests", "statements", "signatures", "speakers", "unique", "chain_names"]) tallies[name].of = stated;
  tallies.statements.remark("rules between members and forbidden numbers are not looked at here", "各成员之间的规则与禁止号码不在此处检查");
  for (const shown of contents.entries) {
    const known = { shown, leaf: await leafHash(shown.header), header: null, statement: null, names: null, signed: false, read: { header: null, statement: null } };
    work.known.set(shown.index, known);
    checkHeader(work, known);
    await checkInclusion(work, known);
    if (shown.statement !== null) await checkStatement(work, known);
  }
  checkNeighbours(work);
  checkIds(work);
}

function checkHeader({ tallies }, known) {
  const index = known.shown.index;
  let header;
  try {
    known.read.header = header = readHeader(known.shown.header);
  } catch (error) {
    tallies.headers.find(index, error.en, error.zh);
    return;
  }
  if (header.index !== index) {
    tallies.headers.find(index, `its header states ${header.index}`, `记录头的序号为 ${header.index}`);
    return;
  }
  tallies.headers.done += 1;
  known.header = header;
}

async function checkInclusion({ tallies, contents, checkpoint }, known) {
  const index = known.shown.index;
  let proof;
  try {
    proof = readProof(known.shown.proof);
  } catch (error) {
    tallies.inclusion.find(index, error.en, error.zh);
    return;
  }
  if (proof.checkpoint !== contents.checkpoint || proof.index !== index) {
    tallies.inclusion.find(index, "its proof ends in another checkpoint, or is of another entry", "其证明的末尾不是包内检查点，或属于另一条");
  } else if (!(await isIncluded(known.leaf, index, checkpoint.size, proof.path, checkpoint.root))) {
    tallies.inclusion.find(index, "its proof does not lead to the checkpoint's root", "其证明得不到检查点的根");
  } else {
    tallies.inclusion.done += 1;
  }
}

/** Links and times, wherever two entries that are shown follow one another. */
function checkNeighbours({ known, tallies }) {
  let last = null;
  for (const one of known.values()) {
    if (one.header !== null && last !== null) {
      const next = one.header.index === last.header.index + 1;
      const before = { index: one.header.index - 1, leaf: next ? toHex(last.leaf) : null, recorded_at: last.header.recorded_at };
      for (const [en, zh] of follows(before, one.header)) tallies.headers.find(one.header.index, en, zh);
    }
    last = one.header === null ? null : one;
  }
}

/** One statement for one source and id. */
function checkIds({ known, tallies: { unique } }) {
  const seen = new Map();
  for (const [index, { statement }] of known) {
    if (statement === null) continue;
    const id = `${statement.source} ${statement.event.id}`;
    if (!seen.has(id)) seen.set(id, index);
    unique.done += 1;
    if (seen.get(id) !== index) unique.find(index, `its source and id are those of entry ${seen.get(id)}`, `其 source 与 id 和第 ${seen.get(id)} 条相同`);
  }
}

async function checkStatement({ tallies, contents }, known) {
  const { header, shown: { index } } = known;
  let statement;
  try {
    known.read.statement = statement = await readStatement(known.shown.statement);
  } catch (error) {
    tallies.statements.find(index, error.en, error.zh);
    return;
  }
  if (header === null) return;
  tallies.digests.done += 1;
  if (statement.digest !== header.statement) {
    tallies.digests.find(index, "its statement is not the one that its header records", "其陈述并非记录头所记");
    return;
  }
  known.statement = statement;
  try {
    await checkContent(statement, contents.origin);
    checkTimes(statement, header.recorded_at);
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Malformed)) throw error;
    tallies.statements.find(index, error.en, error.zh);
    return;
  }
  known.names = chainNames(statement);
  tallies.statements.done += 1;
}

async function checkContent(statement, origin) {
  const { event, data, type } = statement;
  const kind = typeOf(type);
  const schema = (holds, en, zh) => {
    if (!holds) throw new Refused("schema", en, zh);
  };
  schema(event.ledger === origin, `it is said to ledger ${event.ledger}`, `该陈述是对账本 ${event.ledger} 作出的`);
  schema(kind !== null, "its type is not in the closed list", "类型不在事件类型清单内");
  for (const text of broughtKeys(statement)) await readPublicKey(fromBase64(text));
  schema(fits(kind.data, data), `its data is not that of ${type}`, `data 不符合 ${type} 的格式`);
  schema(chainNames(statement).includes(event.subject), "its subject is none of its chains", "subject 不是其自身的链名");
  if (type === APPOINTED) schema(!has(data, "ends") || data.starts < data.ends, "it ends before it starts", "ends 早于 starts");
  if (type === OPENED) {
    schema(data.registrar_threshold <= data.registrar_keys.length && (await ascendById(data.registrar_keys)), "its registrar keys are not in their order", "登记机关密钥次序或数目有误");
    await checkOpening(statement);
  }
}

function checkTimes({ event }, recordedAt) {
  const latest = new Date(Date.parse(recordedAt) + MAX_AHEAD_MS).toISOString();
  if (event.time > latest) throw new Refused("from_the_future", "its time lies after its record", "time 晚于记录时间");
  const notafter = own(event, "notafter");
  if (notafter !== null && recordedAt > notafter) throw new Refused("lapsed", "it was recorded after its notafter", "记录时间晚于 notafter");
}
