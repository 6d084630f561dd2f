// A statement: an event in the one envelope that its signers signed (DSSE v1).

import { Malformed, concat, fromBase64, sha256Hex, utf8 } from "./bytes.js";
import { has, hasExactly, isObject, readCanonical } from "./json.js";
import { isText } from "./types.js";

const PAYLOAD_TYPE = "application/vnd.zelian.event.v1+json";
const REQUIRED = ["data", "datacontenttype", "id", "ledger", "source", "specversion", "subject", "time", "type"];
const OPTIONAL = ["notafter", "official", "tier"];
const TIERS = ["handler", "reviewer", "approver", "office_head", "unit_head", "leader_in_charge", "principal_leader"];
const HEX = /^[0-9a-f]{64}$/;

export const OPENED = "zelian.ledger.opened.v1";
export const REGISTERED = "zelian.department.registered.v1";
export const APPOINTED = "zelian.official.appointed.v1";
export const RELEASED = "zelian.official.released.v1";
export const ENROLLED = "zelian.key.enrolled.v1";
export const REVOKED = "zelian.key.revoked.v1";
export const PEERED = "zelian.peer.registered.v1";
export const REGISTRY_TYPES = [OPENED, REGISTERED, APPOINTED, RELEASED, ENROLLED, REVOKED, PEERED];

/** Return {digest, payload, event, data, source, official, tier, type, signers, signatures}. */
export async function readStatement(raw) {
  if (raw.length > 131_072) refuse("it is too large", "过大");
  const envelope = readCanonical(raw);
  if (!hasExactly(envelope, ["payload", "payloadType", "signatures"])) refuse("it is no envelope", "不是信封");
  const payload = fromBase64(envelope.payload);
  if (payload.length > 49_152 || envelope.payloadType !== PAYLOAD_TYPE || !Array.isArray(envelope.signatures)) {
    refuse("its envelope is of another kind", "信封类型不符");
  }
  const signatures = envelope.signatures.map((one) => {
    if (!hasExactly(one, ["keyid", "sig"])) refuse("a signature lacks a member", "签名成员不符");
    return { keyid: one.keyid, sig: fromBase64(one.sig) };
  });
  const event = readEvent(payload);
  const signers = event.data.signers;
  if (signatures.length !== signers.length || signatures.some((one, at) => one.keyid !== signers[at])) {
    refuse("others sign than its signers", "签名者与 signers 不符");
  }
  const source = event.source.slice("/departments/".length);
  return {
    digest: await sha256Hex(raw), payload, event, data: event.data, source, signers, signatures,
    type: event.type, official: event.official ?? null, tier: event.tier ?? null,
  };
}

function readEvent(payload) {
  const event = readCanonical(payload);
  if (!isObject(event)) refuse("its event is no object", "事件不是对象");
  const names = Object.keys(event);
  const listed = REQUIRED.every((name) => has(event, name)) && names.every((name) => [...REQUIRED, ...OPTIONAL].includes(name));
  if (!listed || (has(event, "tier") && !has(event, "official"))) refuse("its members are not those of an event", "事件成员不符");
  const sound = event.specversion === "1.0" && event.datacontenttype === "application/json"
    && isText("ID", event.id) && isText("SOURCE", event.source) && isText("TIME", event.time)
    && ["ledger", "type", "subject"].every((name) => typeof event[name] === "string")
    && (!has(event, "notafter") || isText("TIME", event.notafter))
    && (!has(event, "official") || isText("ID", event.official))
    && (!has(event, "tier") || TIERS.includes(event.tier));
  if (!sound) refuse("a member of its event is not in its form", "事件成员格式有误");
  const data = event.data;
  if (!isObject(data) || !isObject(data.refs) || !ascends(data.parents, 0, 64) || !ascends(data.signers, 1, 8)) {
    refuse("its refs, parents or signers are not in their form", "refs、parents 或 signers 格式有误");
  }
  return event;
}

function ascends(values, least, most) {
  return Array.isArray(values) && values.length >= least && values.length <= most
    && values.every((value, at) => typeof value === "string" && HEX.test(value) && (at === 0 || values[at - 1] < value));
}

function refuse(en, zh) {
  throw new Malformed(`no statement: ${en}`, `不是陈述：${zh}`);
}

/** Return the bytes that are signed: DSSE's pre-authentication encoding. */
export function signedBytes(payload) {
  return concat(utf8(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `), payload);
}

/** Return the names of the chains that an event joins, sorted. */
export function chainNames({ data, source, official, type }) {
  const names = new Set([`department/${source}`]);
  for (const kind of ["act", "grant", "item"]) if (has(data.refs, kind)) names.add(`${kind}/${data.refs[kind]}`);
  if (official !== null) names.add(`official/${official}`);
  if (REGISTRY_TYPES.includes(type)) {
    if (has(data, "department")) {
      names.add(`registry/${data.department}`);
      names.add(`department/${data.department}`);
    }
    for (const member of ["appointee", "holder"]) if (has(data, member)) names.add(`official/${data[member]}`);
  }
  return [...names].sort();
}
