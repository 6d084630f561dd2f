// The closed list of checks, as `zelian verify bundle` makes them, and what each came to.

const VERDICTS = ["verified", "not_checked", "incomplete", "untrusted", "failed"]; // the worst last

const ENTRIES = ["entries", "条"];
const MEMBERS = ["members", "个成员"];

const CHECKS = [
  ["form", "The file is a bundle and its members are those listed", "文件是证据包且成员与清单一致", MEMBERS],
  ["log_signature", "A log that you trust signed the checkpoint", "检查点由您信任的日志签名", ["checkpoints", "个检查点"]],
  ["witnesses", "Enough witnesses cosigned it", "联署的见证者达到法定数", ["checkpoints", "个检查点"]],
  ["question", "What was asked is in it", "所问内容在包内", ENTRIES],
  ["identity", "Entry 0 is that of the ledger you mean", "第 0 条属于您所指的账本", ENTRIES],
  ["opening", "Entry 0 names the checkpoint's origin and log key", "第 0 条写明检查点的账本名与日志密钥", ENTRIES],
  ["inclusion", "Each entry is in the checkpoint's tree", "各条均在检查点的树中", ENTRIES],
  ["headers", "Headers are well formed", "记录头格式正确", ENTRIES],
  ["digests", "Statements are those that the headers record", "陈述与记录头所记一致", ENTRIES],
  ["statements", "Statements are such as the ledger admits", "陈述符合准入规则", ENTRIES],
  ["signatures", "All signatures verify", "全部签名通过验证", ENTRIES],
  ["speakers", "Keys were live, officials in post and in role", "密钥有效，人员在任且合乎职责", ENTRIES],
  ["citations", "Cited receipts of other ledgers hold under a policy that the registrar registered", "所援引的其他账本的回执按登记机关登记的策略成立", ["citations", "处援引"]],
  ["unique", "No source used an id twice in it", "包内同一来源的标识未重复使用", ENTRIES],
  ["chain_names", "Chains are those that the events name", "所接的链即事件所指的链", ENTRIES],
  ["chains", "Chains run from their first entry without gap", "各链自首条起无缺口", ["chains", "条链"]],
  ["tail", "No later entry of the chain is left out", "未遗漏该链其后的条目", ENTRIES],
  ["absences", "What is absent was removed by order", "缺少的陈述系依令移除", ENTRIES],
  ["report", "report.json and README.txt follow from the rest", "report.json 与 README.txt 由其余内容得出", MEMBERS],
  ["page", "report.html shows the same", "report.html 所示相同", MEMBERS],
];

/** One check in the making; `done` and `of` are moved by whoever makes it. */
class Tally {
  constructor([name, en, zh, unit]) {
    Object.assign(this, { name, label: { en, zh }, unit, done: 0, of: 0, counts: true });
    this.findings = [];
    this.limits = [];
    this.remarks = [];
  }

  find(index, en, zh, verdict = "failed") {
    this.findings.push({ index, en, zh, verdict });
  }

  /** Note something needed that is missing. */
  lack(index, en, zh) {
    this.find(index, en, zh, "incomplete");
  }

  /** Say why this cannot come out better than a verdict. */
  limit(verdict, en, zh) {
    this.limits.push({ verdict, en, zh });
  }

  remark(en, zh) {
    this.remarks.push({ en, zh });
  }

  /** List it, and let the whole not depend on it. */
  leave(en, zh) {
    this.limits = [{ verdict: "not_checked", en, zh }];
    this.counts = false;
  }

  get verdict() {
    const verdicts = [...this.findings, ...this.limits].map((one) => one.verdict);
    if (this.limits.length === 0 && this.done < this.of) verdicts.push(this.done === 0 ? "not_checked" : "incomplete");
    return worst(verdicts);
  }

  /** Sentences on what stands in the way of a better verdict, and what is counted apart. */
  get details() {
    const left = this.of - this.done;
    const [en, zh] = this.unit;
    const undone = this.limits.length === 0 && left > 0 ? [{ en: `${left} ${en} not checked`, zh: `${left} ${zh}未检查` }] : [];
    return [...this.limits, ...undone, ...this.remarks];
  }
}

export function newTallies() {
  return Object.fromEntries(CHECKS.map((check) => [check[0], new Tally(check)]));
}

export function worst(verdicts) {
  return VERDICTS[Math.max(0, ...verdicts.map((verdict) => VERDICTS.indexOf(verdict)))];
}
