// Departments, posts and keys as far as the bundle shows them, and who could say what.
// The rule is the ledger's own at admission; statements are judged and folded in order,
// so that the state is always that of the entries before.

import { fromBase64, sha256Hex, toBase64 } from "./bytes.js";
import { own } from "./json.js";
import { readPublicKey } from "./keys.js";
import { LOG_KEY, readVkey } from "./note.js";
import { APPOINTED, ENROLLED, OPENED, REGISTERED, RELEASED, REVOKED, signedBytes } from "./statement.js";
import { roleOf, typeOf } from "./types.js";

export const REGISTRAR = "registrar";

/** The first rule of admission that a statement breaks; code as the ledger answers it. */
export class Refused extends Error {
  constructor(code, en, zh) {
    super(en);
    this.code = code;
    this.en = en;
    this.zh = zh;
  }
}

export class Registry {
  constructor() {
    this.opening = null;
    this.departments = new Map([[REGISTRAR, { id: REGISTRAR, kind: null, name: { zh: "登记机关", en: "Registrar" }, at: -1 }]]);
    this.appointments = new Map();
    this.keys = new Map();
  }

  /** Take in a registry event that was judged. */
  async apply(index, { type, data, event }) {
    if (type === OPENED) await this.open(index, data, event);
    if (type === REGISTERED) this.departments.set(data.department, { id: data.department, kind: data.kind, name: data.name, at: index });
    if (type === APPOINTED) this.appointments.set(data.appointment, { ...data, ends: own(data, "ends"), at: index });
    if (type === RELEASED) {
      const post = this.appointments.get(data.appointment);
      post.ends = post.ends === null || data.ends < post.ends ? data.ends : post.ends;
    }
    if (type === ENROLLED) await this.enrol(index, data.public_key, data.department, own(data, "holder"), own(data, "expires"));
    if (type === REVOKED) Object.assign(this.keys.get(data.keyid), { revoked: index, since: own(data, "since") });
  }

  async open(index, data, event) {
    const log = await readVkey(data.log_key);
    const head = Uint8Array.from([0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0]);
    const logKeyId = await sha256Hex(Uint8Array.from([...head, ...log.raw]));
    this.opening = { origin: event.ledger, logKey: data.log_key, logKeyId, threshold: data.registrar_threshold };
    for (const key of data.registrar_keys) await this.enrol(index, key, REGISTRAR, null, null);
  }

  async enrol(index, spki, department, holder, expires) {
    const key = await readPublicKey(fromBase64(spki));
    this.keys.set(key.id, { ...key, department, holder, expires, enrolled: index, revoked: null });
  }

  postsOf(department, official) {
    return [...this.appointments.values()].filter((post) => post.department === department && post.appointee === official);
  }

  heldBy(department, official, at) {
    return this.postsOf(department, official).filter((post) => post.starts <= at && (post.ends === null || at < post.ends));
  }

  liveRegistrars(at) {
    return [...this.keys.values()].filter((key) => key.department === REGISTRAR && isLive(key, at)).map((key) => key.id);
  }
}

function isLive(key, at) {
  return key.revoked === null && (key.expires === null || at < key.expires);
}

/** Return the public keys, as base64, that an event brings into the ledger. */
export function broughtKeys({ type, data }) {
  if (type === ENROLLED) return [data.public_key];
  return type === OPENED && Array.isArray(data.registrar_keys) ? data.registrar_keys : [];
}

/** What entry 0 must say of the log's key and origin; throws where it does not. */
export async function checkOpening({ data, event }) {
  const log = await readVkey(data.log_key);
  if (data.origin !== event.ledger || log.name !== event.ledger || log.algorithm !== LOG_KEY) {
    throw new Refused("schema", "its origin and log key are not the ledger's", "origin 或 log_key 与账本不符");
  }
}

/**
 * Throw Refused unless this could be said, by these keys, at this index.
 * sourceOf(digest) gives who spoke the target of an order, or null.
 */
export async function judge(statement, registry, index, at, sourceOf) {
  const brought = new Map();
  for (const text of broughtKeys(statement)) {
    const key = await readPublicKey(fromBase64(text));
    brought.set(key.id, key);
  }
  const fresh = statement.type === ENROLLED || (statement.type === OPENED && index === 0) ? new Set(brought.keys()) : new Set();
  checkKeys(statement, registry, fresh);
  await checkSignatures(statement, registry, brought);
  checkReferences(statement, registry);
  checkRole(statement, registry, index, at, fresh, sourceOf);
  await checkConflicts(statement, registry, index, at);
}

function checkKeys({ signers }, registry, fresh) {
  const known = signers.filter((id) => !fresh.has(id));
  const missing = known.find((id) => !registry.keys.has(id));
  if (missing !== undefined) throw new Refused("unknown_key", `no enrolment of key ${missing.slice(0, 12)} is shown`, `未示出密钥 ${missing.slice(0, 12)} 的登记`);
  const revoked = known.map((id) => registry.keys.get(id)).find((key) => key.revoked !== null);
  if (revoked !== undefined) {
    throw new Refused("revoked_key", `key ${revoked.id.slice(0, 12)} was revoked by entry ${revoked.revoked}`, `密钥 ${revoked.id.slice(0, 12)} 已由第 ${revoked.revoked} 条吊销`);
  }
}

async function checkSignatures({ payload, signatures }, registry, brought) {
  const message = signedBytes(payload);
  for (const { keyid, sig } of signatures) {
    const key = brought.get(keyid) ?? registry.keys.get(keyid);
    if (!(await key.verify(sig, message))) {
      throw new Refused("bad_signature", `the signature by key ${keyid.slice(0, 12)} does not verify`, `密钥 ${keyid.slice(0, 12)} 的签名未通过验证`);
    }
  }
}

function checkReferences({ type, data }, registry) {
  if (![APPOINTED, RELEASED, ENROLLED, REVOKED].includes(type)) return;
  const unknown = (en, zh) => {
    throw new Refused("unknown_reference", en, zh);
  };
  if (!registry.departments.has(data.department)) unknown(`no registration of ${data.department} is shown`, `未示出部门 ${data.department} 的登记`);
  const holder = own(data, "holder");
  if (type === RELEASED) {
    const post = registry.appointments.get(data.appointment);
    if (post === undefined || post.appointee !== data.appointee || post.department !== data.department) {
      unknown("the appointment that ends is not shown", "未示出所离任的任职");
    }
  }
  if (type === ENROLLED && holder !== null && (data.department === REGISTRAR || registry.postsOf(data.department, holder).length === 0)) {
    unknown(`no appointment of ${holder} is shown`, `未示出 ${holder} 的任职`);
  }
  if (type === REVOKED) {
    const key = registry.keys.get(data.keyid);
    if (key === undefined || key.department !== data.department || key.holder !== holder) unknown("the key that is revoked is not shown", "未示出所吊销的密钥");
  }
}

function outOfRole(en, zh) {
  throw new Refused("out_of_role", en, zh);
}

function checkRole(statement, registry, index, at, fresh, sourceOf) {
  const kind = typeOf(statement.type);
  if (kind.voice === "registrar") {
    checkRegistrar(statement, registry, index, at, fresh);
    return;
  }
  const { signers, source, official, tier } = statement;
  if (signers.length !== 1) outOfRole("one key signs this type", "此类陈述只由一把密钥签名");
  const key = registry.keys.get(signers[0]);
  if (key.department !== source) outOfRole(`the key belongs to ${key.department}`, `该密钥属于 ${key.department}`);
  if (source === REGISTRAR) checkThreshold(statement, registry, at, fresh);
  if (key.expires !== null && at >= key.expires) outOfRole(`the key expired at ${key.expires}`, `该密钥已于 ${key.expires} 到期`);
  if (key.holder === null) {
    if (tier !== null) outOfRole("a system attests without a tier", "系统代为证明时不得写 tier");
  } else {
    checkPost(registry, source, key.holder, official, tier, at);
  }
  if (kind.voice === "signed" && key.holder === null) outOfRole("an official signs this himself", "须由公务人员本人签名");
  if (kind.voice === "system" && official !== null) outOfRole("only a system says this", "只由系统作出");
  checkCompetence(statement, registry, kind, sourceOf);
}

function checkPost(registry, source, holder, official, tier, at) {
  if (official !== holder) outOfRole(`the key is held by ${holder}`, `该密钥由 ${holder} 持有`);
  const posts = registry.heldBy(source, holder, at);
  if (posts.length === 0) outOfRole(`${holder} is not in post in ${source} at ${at}`, `${holder} 在 ${at} 不在 ${source} 任职`);
  if (tier !== null && !posts.some((post) => post.tiers.includes(tier))) outOfRole(`${holder} does not hold the tier ${tier}`, `${holder} 不具有 ${tier} 层级`);
}

function checkCompetence({ source, data }, registry, kind, sourceOf) {
  const known = registry.departments.get(source);
  const role = source === REGISTRAR ? REGISTRAR : known === undefined ? null : roleOf(known.kind);
  if (kind.speakers.includes(role)) return;
  if (!kind.by_author) outOfRole(`${source} is a ${role} here and may not say this`, `${source} 的角色 ${role} 不得作此陈述`);
  if (sourceOf(data.target) !== source) outOfRole(`${source} may not decide this`, `${source} 无权作此决定`);
}

function checkRegistrar(statement, registry, index, at, fresh) {
  if (statement.source !== REGISTRAR || statement.official !== null) outOfRole("only the registrar says this", "此类陈述只能由登记机关作出");
  if (statement.type === OPENED && index === 0) {
    const same = fresh.size === statement.signers.length && statement.signers.every((id) => fresh.has(id));
    if (!same) outOfRole("exactly the registrar keys of entry 0 sign it", "须由且仅由所列登记机关密钥签名");
  } else {
    checkThreshold(statement, registry, at, fresh);
  }
}

function checkThreshold(statement, registry, at, fresh) {
  const { signers, type, data } = statement;
  const live = registry.liveRegistrars(at);
  const holders = signers.filter((id) => {
    const key = registry.keys.get(id);
    return type === ENROLLED && key !== undefined && key.department === data.department && key.holder === own(data, "holder") && isLive(key, at);
  });
  const stranger = signers.find((id) => !live.includes(id) && !fresh.has(id) && !holders.includes(id));
  if (stranger !== undefined) outOfRole(`key ${stranger.slice(0, 12)} is no live registrar key`, `密钥 ${stranger.slice(0, 12)} 不是登记机关的有效密钥`);
  if ([...fresh].some((id) => !signers.includes(id))) outOfRole("the new key must sign too", "新密钥也须签名");
  const signing = signers.filter((id) => live.includes(id));
  if (live.length === 0 || signing.length < registry.opening.threshold) outOfRole("fewer registrars sign than must", "登记机关签名数不足");
}

async function checkConflicts({ type, data }, registry, index, at) {
  const conflict = (en, zh) => {
    throw new Refused("conflict", en, zh);
  };
  if (type === OPENED && index > 0) conflict("a ledger is opened once", "账本只开启一次");
  if (type === REGISTERED && registry.departments.has(data.department)) conflict("the department is registered already", "该部门已登记");
  if (type === APPOINTED && registry.appointments.has(data.appointment)) conflict("the appointment id was used already", "任职编号已使用");
  if (type === ENROLLED) {
    const id = await sha256Hex(fromBase64(data.public_key));
    if (id === registry.opening?.logKeyId || registry.keys.has(id)) conflict("the key is the log's or was enrolled already", "该密钥为日志密钥或已登记");
  }
  if (type === REVOKED) {
    if (registry.keys.get(data.keyid).revoked !== null) conflict("the key was revoked already", "该密钥已吊销");
    const left = registry.liveRegistrars(at).filter((id) => id !== data.keyid);
    if (left.length < registry.opening.threshold) conflict("too few registrar keys would be left", "登记机关密钥所余不足");
  }
}

/** Whether base64 keys ascend by their ids, as entry 0 lists them. */
export async function ascendById(keys) {
  const ids = [];
  for (const key of keys) ids.push(await sha256Hex(fromBase64(key)));
  return ids.every((id, at) => at === 0 || ids[at - 1] < id) && keys.every((key) => toBase64(fromBase64(key)) === key);
}
