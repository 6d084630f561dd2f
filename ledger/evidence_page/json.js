// Canonical JSON (RFC 8785) within the limits of the formats: read, written anew, compared.

import { Malformed, fromUtf8 } from "./bytes.js";

const MAX_LEVELS = 16;
const LONE_SURROGATE = /[\ud800-\udfff]/u;
const ASCII = /^[\x00-\x7f]*$/;

/** Return the value that these bytes write, if this is the only way to write it. */
export function readCanonical(bytes) {
  const text = fromUtf8(bytes);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Malformed("it is not JSON", "不是 JSON");
  }
  checkLimits(value, 1);
  if (writeCanonical(value) !== text) {
    throw new Malformed("it is not canonical JSON (RFC 8785)", "不是规范 JSON（RFC 8785）");
  }
  return value;
}

/** Return the one text of a value that was read, or is made of such values. */
export function writeCanonical(value) {
  if (Array.isArray(value)) return `[${value.map(writeCanonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${writeCanonical(value[name])}`).join(",")}}`;
}

export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function has(value, name) {
  return Object.prototype.hasOwnProperty.call(value, name);
}

/** Return an own member, or null where there is none. */
export function own(value, name) {
  return has(value, name) ? value[name] : null;
}

export function hasExactly(value, names) {
  return isObject(value) && Object.keys(value).sort().join() === [...names].sort().join();
}

function checkLimits(value, level) {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new Malformed("a number is no integer within 2^53 - 1", "数字不是 2^53 - 1 以内的整数");
  }
  if (typeof value === "string" && LONE_SURROGATE.test(value)) {
    throw new Malformed("a text holds half a character", "文本含有不完整的字符");
  }
  if (typeof value !== "object" || value === null) return;
  if (level > MAX_LEVELS) throw new Malformed("it has more than 16 levels", "超过 16 层");
  for (const name of Object.keys(value)) {
    if (!ASCII.test(name)) throw new Malformed("a member name is not ASCII", "有成员名不是 ASCII");
    checkLimits(value[name], level + 1);
  }
}
