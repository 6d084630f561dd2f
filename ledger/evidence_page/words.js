// What the page says, in both languages, and how values are written for people.

import { isObject } from "./json.js";

export const WORDS = {
  title: ["Evidence bundle", "证据包"],
  about: ["This page holds the bundle and checks it here, without any network. It is a convenience: only a verifier obtained elsewhere counts.",
    "本页内含证据包，并在此处离线检查。本页仅供方便：只有另行取得的验证程序才算数。"],
  basis: ["By your policy", "依您的信任策略"],
  trust: ["What you trust", "您所信任的"],
  trust_hint: ["Take neither from whoever gave you this page.", "两项均不应取自交给您本页的人。"],
  policy: ["Trust policy (log key, witnesses, quorum)", "信任策略（日志密钥、见证者、法定数）"],
  policy_file: ["or open a policy file", "或打开策略文件"],
  identity: ["Ledger identity: leaf hash of entry 0, 64 hex digits", "账本标识：第 0 条的叶散列，64 位十六进制"],
  identity_bad: ["The identity is 64 lower-case hex digits.", "账本标识应为 64 位小写十六进制数字。"],
  bundle_file: ["Check another bundle (zip) on this page", "在本页检查另一个证据包（zip）"],
  check: ["Check", "检查"],
  checking: ["Checking …", "正在检查……"],
  language: ["Language", "语言"],
  checks: ["Checks", "检查项"],
  made: ["made", "已查"],
  of: ["of", "／"],
  result: ["Result", "结果"],
  what: ["Check", "检查项"],
  details: ["Found", "发现"],
  uncounted: ["does not count", "不计入"],
  more: ["more", "处未列"],
  facts: ["What the bundle is about", "本包所涉"],
  ledger: ["Ledger", "账本"],
  question: ["Question", "问题"],
  size: ["Size of the log", "账本大小"],
  root: ["Root of the tree", "树根"],
  leaf: ["Leaf hash", "叶散列"],
  asker: ["Asked by, as claimed", "据称由谁提出"],
  cosigned: ["Cosigned by", "联署"],
  nobody: ["nobody known", "无已知者"],
  holder_of_home: ["the holder of the ledger's home", "账本主目录持有者"],
  answer: ["Entries that answer", "所问条目"],
  support: ["Entries that speak for keys and posts", "用以证明密钥与职务的条目"],
  entry: ["Entry", "第"],
  graph: ["Graph of the statements", "陈述关系图"],
  graph_hint: ["Columns are departments, entries run downwards. A full line: the actor's signature binds that it relied on the other. A dashed line: both only name the same thing.",
    "每列一个部门，条目自上而下。实线：行为人的签名确认其依据另一陈述。虚线：两者仅提及同一事物。"],
  graph_large: ["Too many entries to draw; they are listed.", "条目过多，不作图，仅列表。"],
  graph_none: ["No statement that can be drawn.", "没有可绘制的陈述。"],
  relies: ["relies on, bound by signature", "依据（签名确认）"],
  suggests: ["names the same thing as", "提及同一事物"],
  alone: ["no link to the others", "与其他条目无关联"],
  outside: ["a statement that is not in the bundle", "不在包内的陈述"],
  unchecked_list: ["What this page did not check", "本页未检查的内容"],
  recorded: ["Recorded", "记录时间"],
  claimed: ["Happened, as claimed", "所称发生时间"],
  department: ["Department", "部门"],
  official: ["Official", "人员"],
  tier: ["Tier", "层级"],
  type: ["Statement", "陈述"],
  subject: ["Subject", "主题"],
  voice: ["Voice", "作出方式"],
  voice_signed: ["signed by the official", "公务人员本人签名"],
  voice_attested: ["attested by the department's system", "部门系统代为证明"],
  voice_system: ["said by a system", "由系统作出"],
  voice_unknown: ["not known here", "此处不明"],
  parents: ["Relies on", "依据"],
  cites: ["Cites another ledger", "援引其他账本"],
  cites_unchecked: ["this page verifies no receipts of other ledgers: `zelian verify bundle` does", "本网页不验证其他账本的回执：请用 `zelian verify bundle`"],
  peer: ["the registrar had registered a policy of that ledger by entry", "登记机关此前已登记该账本的策略，见第"],
  no_peer: ["no policy of that ledger is shown as registered", "未示出该账本的已登记策略"],
  policy_names: ["your policy names that ledger, and was not applied to it", "您的信任策略列有该账本，但未据以检查"],
  policy_names_not: ["your policy does not name that ledger", "您的信任策略未列该账本"],
  not_checked: ["not checked", "未检查"],
  data: ["Content", "内容"],
  raw: ["Signed bytes", "签名字节"],
  absent_erased: ["Erased by entry", "已依令删除，见第"],
  absent_withheld: ["Withheld; ordered by entry", "停止提供，见第"],
  absent_none: ["Not in the bundle, without an order", "不在包内，且无命令"],
  header_only: ["Header only: what it says is not in the bundle", "仅有记录头：内容不在包内"],
  hidden: ["Not shown: it does not verify", "不予显示：未通过验证"],
  unpinned: ["Content as signed; whose keys these are was not checked", "内容如签名所载；密钥归属未经检查"],
  command: ["The same at a shell, with a program obtained elsewhere", "请另行取得程序，在命令行作同样检查"],
  cannot: ["Could not check here: this browser lacks WebCrypto with Ed25519 (it needs a recent browser; open the file itself, or over HTTPS).",
    "无法在此检查：此浏览器没有带 Ed25519 的 WebCrypto（请使用较新的浏览器，直接打开文件或经 HTTPS 打开）。"],
  broken: ["Could not check here: the page met an error of its own.", "无法在此检查：本页自身出错。"],
  print: ["Print", "打印"],
};

// In Chinese; in English the signed word says it.
const TIERS = {
  handler: "经办人", reviewer: "审核人", approver: "批准人", office_head: "共享工作机构负责人", unit_head: "内设机构负责人",
  leader_in_charge: "分管领导", principal_leader: "主要领导",
};

/** Return a tier as people read it, with the signed word. */
export function tierText(tier, language) {
  return language === 0 ? tier : `${TIERS[tier]} (${tier})`;
}

export const VERDICT_WORDS = {
  verified: ["✔", "verified", "已验证"],
  not_checked: ["○", "not checked", "未检查"],
  incomplete: ["◐", "incomplete", "不完整"],
  untrusted: ["⚠", "untrusted", "不受信任"],
  failed: ["✘", "FAILED", "失败"],
};

export const HEADLINES = {
  verified: ["Everything that was signed is as it was signed, logged and complete, under your policy.", "在您的信任策略下：签名、收录与完整性均已验证。"],
  not_checked: ["Nothing found wrong, but not all was checked: see the list.", "未发现问题，但并非全部已检查：见下表。"],
  incomplete: ["Something that is needed is missing: see the list.", "缺少必要内容：见下表。"],
  untrusted: ["Nothing found false, but it rests on a key or a page that you have no reason to trust: see the list.", "未发现不实，但所依据的密钥或网页不在您的信任之列：见下表。"],
  failed: ["Something was altered or is false: see the list. Do not rely on this bundle.", "内容被改动或不实：见下表。请勿采信本证据包。"],
};

export const UNCHECKED = [
  ["whether what was said is true, and whether all that happened was said", "所述是否属实、所发生的是否均已陈述"],
  ["when it was said, beyond the operator's record and the witnesses' times", "运行方记录与见证时间之外的作出时间"],
  ["rules between several members of a statement's data, and forbidden numbers in its texts: the ledger's at admission",
    "陈述数据中各成员之间的规则及文本中的禁止号码：由账本在准入时检查"],
  ["receipts of other ledgers that statements cite", "陈述所援引的其他账本的回执"],
  ["who asked for this bundle: a claim", "谁索取本包：仅为声称"],
  ["this page itself: whoever gave it could have given another", "本页自身：提供者也可能提供另一个页面"],
  ["that key ids belong to persons outside of the ledger", "密钥标识与账本之外的人是否对应"],
];

/** Return a time as people read it, with its offset; the signed text is beside it. */
export function localTime(text) {
  const moved = new Date(Date.parse(text) + 8 * 3_600_000).toISOString();
  return `${moved.slice(0, 10)} ${moved.slice(11, 19)} +08:00 (${text})`;
}

/** Return a JSON value as rows [path, text], every leaf once. */
export function rowsOf(value, path) {
  if (Array.isArray(value)) return value.length === 0 ? [[path, "[]"]] : value.flatMap((one, at) => rowsOf(one, `${path}[${at}]`));
  if (isObject(value)) {
    const names = Object.keys(value);
    return names.length === 0 ? [[path, "{}"]] : names.flatMap((name) => rowsOf(value[name], path === "" ? name : `${path}.${name}`));
  }
  return [[path, String(value)]];
}
