// The closed list of event types, as this page was built with it (FORMATS), and what fits it.
// Rules that hold across several members are the ledger's at admission; here they are looked
// at for registry events alone, since others decide nothing that this page shows.

import { fromBase64 } from "./bytes.js";
import { has, isObject, writeCanonical } from "./json.js";
import { FORMATS } from "./formats.js";

const PATTERNS = FORMATS.patterns.map((source) => new RegExp(source, "u"));

/** Whether a value is a text of one of the notations: ID, DEPARTMENT_ID, REF, SOURCE, TIME, ORIGIN. */
export function isText(notation, value) {
  return typeof value === "string" && PATTERNS[FORMATS.notations[notation]].test(value);
}

/** Return {en, zh, voice, speakers, by_author, data} of a type, or null: it is not listed. */
export function typeOf(name) {
  return has(FORMATS.types, name) ? FORMATS.types[name] : null;
}

/** Return the role of a kind of department. */
export function roleOf(kind) {
  return FORMATS.roles[kind];
}

/** Whether a value is of a kind. */
export function fits(kind, value) {
  const [name, ...rest] = kind;
  return FITS[name](value, ...rest);
}

const FITS = {
  text: (value, pattern) => typeof value === "string" && PATTERNS[pattern].test(value),
  base64: (value) => isBase64(value),
  integer: (value, least, most) => Number.isSafeInteger(value) && value >= least && value <= most,
  boolean: (value) => typeof value === "boolean",
  choice: (value, words) => typeof value === "string" && words.includes(value),
  list: fitsList,
  object: fitsObject,
};

function isBase64(value) {
  try {
    return fromBase64(value) !== null;
  } catch {
    return false;
  }
}

function fitsList(value, item, least, most, ascending) {
  if (!Array.isArray(value) || value.length < least || value.length > most) return false;
  if (!value.every((one) => fits(item, one))) return false;
  if (ascending) return value.every((one, at) => at === 0 || value[at - 1] < one);
  return new Set(value.map(writeCanonical)).size === value.length;
}

function fitsObject(value, members) {
  if (!isObject(value)) return false;
  const listed = Object.entries(members);
  return Object.keys(value).every((name) => has(members, name))
    && listed.every(([name, [optional, kind]]) => (has(value, name) ? fits(kind, value[name]) : optional));
}
