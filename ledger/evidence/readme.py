"""The page of a bundle that people open first: what it is and how to verify it.

It follows from the other members, so that a verifier can compare it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from crypto.canonical import write_canonical
from ledger.evidence.bundle import Contents

_WHAT = """\
Zelian evidence bundle, format zelian/1
责链证据包，格式 zelian/1

Ledger 账本      {origin}
Size 大小        {size}
Question 问题    {question}
Entries 条目     {asked} asked for, {others} for keys and posts
                 所问 {asked} 条，另有 {others} 条用以证明密钥与职务

Verify it with a program obtained elsewhere, under a trust policy of your own:
请用另行取得的程序，按您自己的信任策略验证：

    zelian verify bundle FILE --policy POLICY --identity HEX

POLICY names the log key and witnesses that you trust; HEX is the leaf hash of the
ledger's entry 0. Take neither from whoever gave you this bundle. Nothing in here
counts as evidence before that: not this page, and not report.json.
POLICY 列出您信任的日志密钥与见证者；HEX 为该账本第 0 条的叶哈希。两者都不应取自
交给您此证据包的人。验证之前，包内任何内容（包括本页与 report.json）均不足为凭。

"""
_MEMBERS = """\
manifest.json            what is in here; unsigned   成员清单（未签名）
checkpoint               the log's signed head   日志签名的检查点
entries/N.header         entry N as it is hashed into the log   第 N 条的记录头
entries/N.statement      what was said and signed, a DSSE envelope   已签名的陈述
entries/N.absent.json    or why it is not here   或不在此处的原因
entries/N.tlog-proof     that entry N is under the checkpoint   收录证明
chains.json              names and salts of the chains shown   所示各链的名称与盐值
report.json              what follows from the statements   由陈述推导的报告
report.html              shows and checks all this in a browser; left out above 16 MiB
                         在浏览器中显示并检查以上内容；超过 16 MiB 时不附
"""
_TAIL = "tail.headers             every later header: nothing was left out   其后全部记录头\n"
_NO_TAIL = """
There is no tail.headers: entries after the last one shown were not ruled out.
没有 tail.headers：未排除所示最后一条之后另有条目。
"""

# For those who write the same in another language: ``what`` has names in braces.
TEXTS: Mapping[str, str] = MappingProxyType(
    {"what": _WHAT, "members": _MEMBERS, "tail": _TAIL, "no_tail": _NO_TAIL}
)


def readme_of(contents: Contents) -> bytes:
    """Return ``README.txt``, UTF-8."""
    question, asked = contents.question, len(contents.asked())
    text = question.chain or (
        f"entry {question.entries[0]}"
        if question.kind == "entry"
        else f"query {write_canonical(question.text).decode()}"
    )
    lines = _WHAT.format(
        origin=contents.origin,
        size=contents.size,
        question=text,
        asked=asked,
        others=len(contents.entries) - asked,
    )
    tail = _TAIL if contents.tail is not None else ""
    missing = _NO_TAIL if contents.tail is None and question.chain is not None else ""
    return (lines + _MEMBERS + tail + missing).encode()
