// Trust policies (C2SP tlog-policy): whose signatures the reader counts. Never taken from the bundle.

import { Malformed } from "./bytes.js";
import { LOG_KEY, WITNESS_KEY, cosignedAt, isBy, isSigned, readNote, readVkey, readCheckpoint, sameKey } from "./note.js";

const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/;

/** Return {logs, witnesses: [{name, key}], groups: [{name, threshold, members}], quorum}. */
export async function readPolicy(text) {
  const policy = { logs: [], witnesses: [], groups: [], quorum: null, taken: new Set() };
  const lines = text.split("\n");
  for (const [at, line] of lines.entries()) {
    const items = line.replace(/^[ \t]+|[ \t]+$/g, "").split(/[ \t]+/);
    if (CONTROL.test(line)) fail(at, "holds a control character", "含有控制字符");
    if (items[0] === "" || items[0].startsWith("#")) continue;
    await readLine(policy, at, items[0], items.slice(1));
  }
  if (policy.quorum === null) fail(lines.length - 1, "is reached without a quorum line", "之前没有 quorum 行");
  return policy;
}

async function readLine(policy, at, word, items) {
  if (word === "log" && [1, 2].includes(items.length)) {
    policy.logs.push(await keyOf(policy.logs, at, items[0], LOG_KEY));
  } else if (word === "witness" && [2, 3].includes(items.length)) {
    define(policy, at, items[0]);
    const keys = policy.witnesses.map((witness) => witness.key);
    policy.witnesses.push({ name: items[0], key: await keyOf(keys, at, items[1], WITNESS_KEY) });
  } else if (word === "group" && items.length > 2) {
    readGroup(policy, at, items);
  } else if (word === "quorum" && items.length === 1 && policy.quorum === null) {
    if (items[0] !== "none") known(policy, at, items[0]);
    policy.quorum = items[0];
  } else {
    fail(at, "is no log, witness, group or quorum line", "不是 log、witness、group 或 quorum 行");
  }
}

function readGroup(policy, at, [name, how, ...members]) {
  for (const member of members) {
    known(policy, at, member);
    if (policy.taken.has(member)) fail(at, `makes ${member} a member again`, `重复列入成员 ${member}`);
    policy.taken.add(member);
  }
  define(policy, at, name);
  const count = { all: String(members.length), any: "1" }[how] ?? how;
  if (!/^[1-9][0-9]{0,5}$/.test(count) || Number(count) > members.length) {
    fail(at, "needs all, any or a number of its members", "应为 all、any 或不超过成员数的数");
  }
  policy.groups.push({ name, threshold: Number(count), members });
}

async function keyOf(others, at, text, algorithm) {
  let key = null;
  try {
    key = await readVkey(text);
  } catch (error) {
    fail(at, `has a bad key: ${error.en}`, `的密钥有误：${error.zh}`);
  }
  if (key.algorithm !== algorithm) fail(at, "has a key of another type", "的密钥类型不符");
  if (others.some((other) => sameKey(other, key))) fail(at, "repeats a key", "重复了密钥");
  return key;
}

function names(policy) {
  return [...policy.witnesses, ...policy.groups].map((one) => one.name);
}

function define(policy, at, name) {
  if (name === "none" || names(policy).includes(name)) fail(at, `defines ${name} again`, `重复定义 ${name}`);
}

function known(policy, at, name) {
  if (!names(policy).includes(name)) fail(at, `names ${name}, which no earlier line defines`, `所用名称 ${name} 前文未定义`);
}

function fail(at, en, zh) {
  throw new Malformed(`the policy's line ${at + 1} ${en}`, `信任策略第 ${at + 1} 行${zh}`);
}

/** Return the checkpoint that a note states, or null. */
export function statedBy(note) {
  try {
    return readCheckpoint(readNote(note).text);
  } catch {
    return null;
  }
}

/** Return {log, cosigners, signature: [verdict, en, zh], witnesses: [verdict, en, zh]}. */
export async function openUnder(noteText, policy) {
  const unsigned = ["not_checked", "the log's signature was not verified", "日志签名未获验证"];
  const nothing = (verdict, en, zh) => ({ log: null, cosigners: [], signature: [verdict, en, zh], witnesses: unsigned });
  if (policy === null) return nothing("not_checked", "no trust policy was given", "未提供信任策略");
  let note, checkpoint;
  try {
    note = readNote(noteText);
    checkpoint = readCheckpoint(note.text);
  } catch (error) {
    return nothing("failed", error.en, error.zh);
  }
  const bad = (key) => nothing("failed", `a signature by ${key.name} does not verify`, `${key.name} 的签名未通过验证`);
  const signers = [];
  for (const [line, key] of linesOf(note, policy.logs)) {
    if (!(await isSigned(note.text, line, key))) return bad(key);
    signers.push(key);
  }
  const cosigners = new Map();
  for (const [line, key] of linesOf(note, policy.witnesses.map((one) => one.key))) {
    const time = await cosignedAt(note.text, line, key);
    if (time === null) return bad(key);
    const name = policy.witnesses.find((one) => one.key === key).name;
    if (!cosigners.has(name)) cosigners.set(name, time);
  }
  const log = signers.find((key) => key.name === checkpoint.origin);
  if (log === undefined) {
    return nothing("untrusted", `the checkpoint of ${checkpoint.origin} is not signed by any log key of the policy`,
      `${checkpoint.origin} 的检查点没有策略中任何日志密钥的签名`);
  }
  const signature = ["verified", `by ${log.name}+${log.id}`, `密钥 ${log.name}+${log.id}`];
  return { log, cosigners: [...cosigners], signature, witnesses: witnessed(policy, [...cosigners.keys()]) };
}

function linesOf(note, keys) {
  const pairs = note.signatures.map((line) => [line, keys.find((key) => isBy(line, key))]);
  return pairs.filter(([, key]) => key !== undefined);
}

function witnessed(policy, cosigners) {
  const [en, zh] = [`${cosigners.length} known witnesses cosigned`, `${cosigners.length} 个已知见证者联署`];
  if (policy.quorum === "none") return ["verified", `${en}; the policy asks for none`, `${zh}；策略不要求见证`];
  const present = new Set(cosigners);
  for (const group of policy.groups) {
    if (group.members.filter((member) => present.has(member)).length >= group.threshold) present.add(group.name);
  }
  return present.has(policy.quorum)
    ? ["verified", en, zh]
    : ["incomplete", `${en}, which does not meet the quorum ${policy.quorum}`, `${zh}，未达到法定数 ${policy.quorum}`];
}
