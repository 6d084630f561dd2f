// What follows from the statements of a bundle: README.txt and report.json. Nothing that this
// page shows is taken from either.

import { fromBase64, fromUtf8, sha256Hex } from "./bytes.js";
import { askedOf, questionText, questionValue } from "./bundle.js";
import { FORMATS } from "./formats.js";
import { own, readCanonical, writeCanonical, has } from "./json.js";
import { ENROLLED } from "./statement.js";

/** Compare both with what follows from the rest. */
export async function checkDerived({ contents, known, members, tallies: { report } }) {
  report.of = 2;
  const wrong = (name) => report.find(-1, `${name} is not what follows from the rest`, `${name} 与其余内容所得不符`);
  if (fromUtf8(members.get("README.txt")) !== readmeOf(contents)) wrong("README.txt");
  report.done += 1;
  const entries = [...known.values()].map(({ shown, read }) => ({ shown, ...read }));
  if (entries.some((one) => one.header === null || (one.shown.statement !== null && one.statement === null))) return;
  const expected = await reportOf(contents, entries);
  let found;
  try {
    found = readCanonical(members.get("report.json"));
  } catch {
    found = null;
  }
  report.done += 1;
  if (found === null || writeCanonical(found) !== writeCanonical(expected)) wrong("report.json");
}

function readmeOf(contents) {
  const asked = askedOf(contents).length;
  const filled = { origin: contents.origin, size: contents.size, question: questionText(contents.asks), asked, others: contents.entries.length - asked };
  const { what, members, tail, no_tail: noTail } = FORMATS.readme;
  const lines = what.replace(/\{([a-z]+)\}/g, (_, name) => String(filled[name]));
  const about = contents.tail !== null ? tail : contents.asks.chain !== null ? noTail : "";
  return lines + members + about;
}

async function reportOf(contents, known) {
  const holders = await holdersOf(known);
  const asked = new Set(askedOf(contents));
  return {
    chains: contents.chains.map((chain) => chainOf(chain, contents)),
    entries: known.map((one) => entryOf(one, asked.has(one.shown.index), holders, contents)),
    origin: contents.origin,
    question: questionValue(contents.asks),
    size: contents.size,
    v: 1,
  };
}

/** Who holds each key whose enrolment is shown; null: a system. */
export async function holdersOf(known) {
  const holders = new Map();
  for (const { statement } of known) {
    if (statement?.type !== ENROLLED || typeof statement.data.public_key !== "string") continue;
    holders.set(await sha256Hex(fromBase64(statement.data.public_key)), own(statement.data, "holder"));
  }
  return holders;
}

function chainOf(chain, contents) {
  const asked = chain.name === contents.asks.chain;
  const complete = asked && contents.tail !== null ? contents.size : (chain.entries.at(-1) ?? -1) + 1;
  return { asked, complete_to: complete, id: chain.id, length: chain.entries.length, name: chain.name };
}

function entryOf({ shown, header, statement }, asked, holders, contents) {
  const places = new Map(header.chains.map((link) => [link.id, link.seq]));
  return {
    absent: shown.absent === null ? null : { by: shown.absent.by, reason: shown.absent.reason },
    asked,
    chains: contents.chains.filter((chain) => places.has(chain.id)).map((chain) => ({ name: chain.name, seq: places.get(chain.id) })),
    index: shown.index,
    recorded_at: header.recorded_at,
    said: statement === null ? null : saidOf(statement, holders),
    statement: header.statement,
  };
}

function saidOf(statement, holders) {
  const { event, data } = statement;
  const said = {
    department: statement.source, id: event.id, parents: data.parents, refs: data.refs, signers: statement.signers,
    subject: event.subject, time: event.time, type: event.type, voice: voiceOf(statement, holders),
  };
  for (const name of ["official", "tier", "notafter"]) if (has(event, name)) said[name] = event[name];
  if (has(data, "document")) said.document = data.document;
  return said;
}

/** Signed by the official, attested by the department's system, said by a system, or unknown. */
export function voiceOf({ official, signers }, holders) {
  if (official === null) return "system";
  if (signers.some((id) => !holders.has(id))) return "unknown";
  return holders.get(signers[0]) === null ? "attested" : "signed";
}
