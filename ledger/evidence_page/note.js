// Signed notes, checkpoints and cosignatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature).

import { Malformed, concat, fromBase64, sameBytes, sha256, toHex, utf8 } from "./bytes.js";
import { ed25519Verifier } from "./keys.js";

export const LOG_KEY = 1;
export const WITNESS_KEY = 4;

const MAX_NOTE = 1_000_000;
const CONTROL = /[\x00-\x09\x0b-\x1f]/;
const VKEY = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/;
const ORIGIN = /^[!-*,-~]{1,255}$/;
const NUMBER = /^(?:0|[1-9][0-9]{0,18})$/;

/** Return {name, id, algorithm, text, verify} of a note key. */
export async function readVkey(text) {
  const found = VKEY.exec(text);
  if (found === null) throw new Malformed("no note key", "不是验证密钥");
  const packed = fromBase64(found[3]);
  checkName(found[1]);
  const algorithm = packed[0];
  if (![LOG_KEY, WITNESS_KEY].includes(algorithm) || packed.length !== 33) {
    throw new Malformed("the key is of no type used here", "密钥类型不在此处使用");
  }
  const id = toHex((await sha256(concat(utf8(`${found[1]}\n`), packed))).subarray(0, 4));
  if (id !== found[2]) throw new Malformed("the key id is not the key's", "密钥标识与密钥不符");
  const raw = packed.subarray(1);
  return { name: found[1], id, algorithm, text, raw, verify: await ed25519Verifier(raw) };
}

/** Return {text, signatures: [{name, id, signature}]}; nothing is verified. */
export function readNote(raw) {
  if (utf8(raw).length > MAX_NOTE || CONTROL.test(raw)) refuse();
  const at = raw.lastIndexOf("\n\n");
  if (at < 0) refuse();
  const lines = raw.slice(at + 2).split("\n");
  if (lines.pop() !== "" || lines.length < 1 || lines.length > 100) refuse();
  return { text: raw.slice(0, at + 1), signatures: lines.map(readLine) };
}

function readLine(line) {
  const [dash, name, encoded, ...more] = line.split(" ");
  if (dash !== "—" || encoded === undefined || more.length > 0) refuse();
  checkName(name);
  const packed = fromBase64(encoded);
  if (packed.length <= 4) refuse();
  return { name, id: toHex(packed.subarray(0, 4)), signature: packed.subarray(4) };
}

function checkName(name) {
  if (name === "" || /[+\s\u0085]/u.test(name) || CONTROL.test(name) || utf8(name).length > 255) refuse();
}

function refuse() {
  throw new Malformed("this is not a signed note", "这不是签名文本（note）");
}

/** Return {origin, size, root} that a note's text states. */
export function readCheckpoint(text) {
  const lines = text.split("\n");
  if (lines.length !== 4 || lines[3] !== "" || !ORIGIN.test(lines[0])) {
    throw new Malformed("a checkpoint is three lines: origin, size, root", "检查点应为三行：账本名、大小、根");
  }
  const root = fromBase64(lines[2]);
  if (root.length !== 32) throw new Malformed("a root has 32 bytes", "根应为 32 字节");
  return { origin: lines[0], size: readNumber(lines[1]), root };
}

export function readNumber(text) {
  const value = Number(text);
  if (!NUMBER.test(text) || !Number.isSafeInteger(value)) {
    throw new Malformed("no size or index in decimal", "不是十进制的大小或序号");
  }
  return value;
}

/** Whether a line claims to be by a key. */
export function isBy(line, key) {
  return line.name === key.name && line.id === key.id;
}

export async function isSigned(text, line, key) {
  return key.verify(line.signature, utf8(text));
}

/** Return the time in seconds (a BigInt) at which a witness cosigned, or null: it did not. */
export async function cosignedAt(text, line, key) {
  if (line.signature.length !== 72) return null;
  const time = BigInt(`0x${toHex(line.signature.subarray(0, 8))}`);
  const message = utf8(`cosignature/v1\ntime ${time}\n${text}`);
  return time < 2n ** 63n && (await key.verify(line.signature.subarray(8), message)) ? time : null;
}

export function sameKey(left, right) {
  return sameBytes(left.raw, right.raw);
}
