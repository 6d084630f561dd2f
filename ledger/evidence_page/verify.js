// Verify a bundle: every check that there is, also those not made. Nothing in it is believed.

import { Malformed, fromBase64, fromUtf8, sameBytes, toHex, utf8 } from "./bytes.js";
import { askedOf, readBundle } from "./bundle.js";
import { checkChains, checkTail } from "./chains.js";
import { checkDerived } from "./derived.js";
import { checkEntries } from "./entries.js";
import { checkPeople } from "./people.js";
import { openUnder, statedBy } from "./policy.js";
import { newTallies, worst } from "./tally.js";
import { readArchive } from "./zip.js";

const EMBEDDED = /<script type="application\/zip;base64" id="bundle">([A-Za-z0-9+/=]*)<\/script>/g;

const MAX_PAGE = 16 * 1024 * 1024;

/**
 * Return {verdict, tallies, work}; work is null where the file is no bundle.
 *
 * raw: the zip file; policy: as readPolicy gives it, or null; identity: the leaf hash of
 * entry 0 in hex, or null: both are the reader's own. pageAround: gives the page that holds
 * a bundle in base64; null where the bundle is that of the page itself.
 */
export async function verifyBundle(raw, policy, identity, pageAround) {
  const tallies = newTallies();
  let work = null;
  try {
    work = await readWork(raw, tallies);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    tallies.form.of = 1;
    tallies.form.find(-1, error.en, error.zh);
    for (const tally of Object.values(tallies)) if (tally.name !== "form") tally.limit("not_checked", "the bundle cannot be read", "无法读取该证据包");
    return { verdict: "failed", tallies, work };
  }
  const published = await openUnder(work.contents.checkpoint, policy);
  for (const [name, [verdict, en, zh]] of [["log_signature", published.signature], ["witnesses", published.witnesses]]) {
    tallies[name].of = 1;
    tallies[name].done = verdict === "not_checked" ? 0 : 1;
    if (verdict === "verified") tallies[name].remark(en, zh);
    else tallies[name].limit(verdict, en, zh);
  }
  work.cosigners = published.cosigners;
  work.trusted = policy === null ? [] : policy.logs.map((log) => log.name);
  await checkEntries(work);
  await checkChains(work);
  await checkTail(work);
  await checkPeople(work);
  closeIdentity(work, identity);
  closeOpening(work, published.log, policy?.logs.find((log) => log.name === work.contents.origin) ?? null);
  checkQuestion(work);
  await checkDerived(work);
  closePage(work, pageAround);
  noteSound(work);
  const counted = Object.values(tallies).filter((tally) => tally.counts);
  return { verdict: worst(counted.map((tally) => tally.verdict)), tallies, work };
}

/** Mark the entries whose statement may be shown: signed, and nothing false was found about them. */
function noteSound(work) {
  const { known, tallies } = work;
  work.byDigest = new Map();
  const found = new Map();
  for (const { index, verdict } of Object.values(tallies).flatMap((tally) => tally.findings)) {
    found.set(index, worst([found.get(index) ?? "verified", verdict]));
  }
  const believed = tallies.identity.verdict !== "failed";
  for (const [index, one] of known) {
    one.verdict = found.get(index) ?? "verified";
    one.sound = one.signed && believed && one.verdict !== "failed";
    if (one.sound) work.byDigest.set(one.statement.digest, index);
  }
}

async function readWork(raw, tallies) {
  const members = readArchive(raw);
  const { manifest, contents } = await readBundle(members);
  const checkpoint = statedBy(contents.checkpoint);
  if (checkpoint === null || checkpoint.origin !== manifest.origin || checkpoint.size !== manifest.size) {
    throw new Malformed("the checkpoint is not of the origin and size that the manifest states", "检查点的账本名或大小与清单不符");
  }
  tallies.form.of = tallies.form.done = members.size;
  return { members, manifest, contents, checkpoint, tallies, known: new Map(), whole: new Map(), cosigners: [] };
}

function closeIdentity({ known, tallies }, identity) {
  const tally = tallies.identity;
  tally.of = 1;
  if (identity === null) {
    tally.limit("not_checked", "no identity was given to pin", "未提供可比对的账本标识");
    for (const name of ["signatures", "speakers"]) {
      tallies[name].limit("not_checked", "keys count only if entry 0 is pinned: give the ledger's identity", "只有核对了第 0 条，密钥才算数：请提供账本标识");
    }
  } else if (known.has(0)) {
    tally.done = 1;
    const leaf = toHex(known.get(0).leaf);
    if (leaf !== identity) tally.find(0, `it hashes to ${leaf}, and the ledger you mean begins with ${identity}`, `其散列为 ${leaf}，而您所指的账本以 ${identity} 开头`);
  }
}

/** signer: the reader's log key that signed, or null; known: the one by which he knows this log. */
function closeOpening({ registry, checkpoint, tallies: { opening } }, signer, known) {
  opening.of = 1;
  const said = registry.opening;
  const log = signer ?? known;
  if (said === null) {
    opening.limit("not_checked", "entry 0's statement was not read", "未能读到第 0 条的陈述");
  } else if (log === null) {
    opening.limit("not_checked", "no trusted checkpoint is at hand", "没有可信的检查点");
  } else {
    opening.done = 1;
    if (said.origin === checkpoint.origin && said.logKey === log.text) return;
    // Of a key that did not sign it says only that this is not the log which the reader trusts.
    const contradicts = signer !== null || said.origin !== checkpoint.origin;
    opening.find(0, `it names ${said.origin} and the log key ${said.logKey}, and your policy ${log.text}`,
      `写明 ${said.origin} 及日志密钥 ${said.logKey}，而您的策略中为 ${log.text}`, contradicts ? "failed" : "untrusted");
  }
}

function checkQuestion({ contents, known, tallies: { question } }) {
  const asked = askedOf(contents);
  question.of = asked.length;
  for (const index of asked) {
    if (known.has(index)) question.done += 1;
    else question.lack(index, "it is not in the bundle", "不在包内");
  }
  const { chain, kind } = contents.asks;
  if (chain !== null && asked.length === 0) question.lack(-1, `${chain} is not in it`, `包内没有 ${chain}`);
  if (kind === "query") question.limit("not_checked", "whether other entries match cannot be told", "无法判断是否另有条目符合");
}

/** Close the checks of what a bundle need not hold, or this page cannot say of itself. */
function closePage({ contents, members, tallies: { tail, page } }, pageAround) {
  if (contents.asks.chain === null) tail.leave("no chain was asked for", "未问及链");
  if (pageAround === null) {
    page.leave("a page cannot vouch for itself: only a verifier obtained elsewhere counts", "网页不能为自身作证：只有另行取得的验证程序才算数");
    return;
  }
  const held = members.get("report.html");
  if (held === undefined && pageAround("").length + sizeOf(members) * 4 / 3 > MAX_PAGE) {
    page.leave("left out: it would be over 16 MiB", "未附：将超过 16 MiB");
    return;
  }
  page.of = 1;
  const inside = held === undefined ? null : embeddedIn(held, members);
  if (held === undefined) page.lack(-1, "report.html is missing", "缺少 report.html");
  else if (inside === null) page.find(-1, "it does not hold the other members of this bundle", "其中所含并非本包的其余成员");
  else if (!sameBytes(held, utf8(pageAround(inside)))) {
    page.find(-1, "it is not the page that this version of the program makes: what it shows is not known", "并非本程序此版本所制页面：所示内容不明", "untrusted");
  } else page.done = 1;
}

function sizeOf(members) {
  return [...members].reduce((sum, [name, body]) => sum + body.length + 2 * name.length + 76, 22);
}

/** Return the base64 of the bundle that a page holds, or null: it is another, or none. */
function embeddedIn(held, members) {
  try {
    const found = [...fromUtf8(held).matchAll(EMBEDDED)];
    const inside = readArchive(fromBase64(found[0][1]));
    const rest = [...members].filter(([name]) => name !== "report.html");
    const same = inside.size === rest.length && rest.every(([name, body]) => inside.has(name) && sameBytes(inside.get(name), body));
    return found.length === 1 && same ? found[0][1] : null;
  } catch {
    return null;
  }
}
