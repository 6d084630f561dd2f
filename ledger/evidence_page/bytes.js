// Bytes and their texts: hex, base64, UTF-8, hashes. Nothing lenient: one value, one way to write it.

/** What is not in its one form. */
export class Malformed extends Error {
  constructor(en, zh) {
    super(en);
    this.en = en;
    this.zh = zh;
  }
}

const HEX_OF = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, "0"));
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function toHex(bytes) {
  let text = "";
  for (const byte of bytes) text += HEX_OF[byte];
  return text;
}

export function fromHex(text, size) {
  if (typeof text !== "string" || text.length !== 2 * size || !/^[0-9a-f]*$/.test(text)) {
    throw new Malformed(`must be ${2 * size} lower-case hex digits`, `应为 ${2 * size} 位小写十六进制数字`);
  }
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at++) bytes[at] = parseInt(text.substr(2 * at, 2), 16);
  return bytes;
}

export function toBase64(bytes) {
  const parts = [];
  for (let at = 0; at < bytes.length; at += 0x6000) {
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + 0x6000))));
  }
  return parts.join("");
}

/** Padded standard base64 that re-encodes to itself. */
export function fromBase64(text) {
  let bytes = null;
  try {
    bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    bytes = null;
  }
  if (typeof text !== "string" || bytes === null || toBase64(bytes) !== text) {
    throw new Malformed("must be padded standard base64", "应为带填充的标准 base64");
  }
  return bytes;
}

export function utf8(text) {
  return ENCODER.encode(text);
}

export function fromUtf8(bytes) {
  try {
    return DECODER.decode(bytes);
  } catch {
    throw new Malformed("it is no UTF-8", "不是 UTF-8");
  }
}

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function sameBytes(left, right) {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** SHA-256 as hex. */
export async function sha256Hex(bytes) {
  return toHex(await sha256(bytes));
}

export function isCount(value) {
  return Number.isSafeInteger(value) && value >= 0;
}
