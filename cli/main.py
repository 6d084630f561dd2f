"""``zelian``: the commands, each in a module of its own that is imported when it is asked for.

Here errors become one line on stderr and an exit code: no expected error ever
shows a traceback, and a fault of the program never ends with a code that a
verdict has.
"""

import os
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

from cli.command import LazyGroup, SpokenOption, take_options
from cli.failures import DONE, FAULT, INTERRUPTED, NOT_ALLOWED, REFUSED, Failure, as_failure
from cli.invocation import SENDING
from cli.output import report_failure, talk
from cli.speech import Words, speak
from cli.usage import usage_failure
from crypto.errors import CryptoError
from ledger.errors import LedgerError

COMMANDS = {
    "init": ("cli.init:init", Words("Make a ledger.", "新建账本。")),
    "serve": ("cli.serve:serve", Words("Serve a ledger over HTTP.", "通过 HTTP 提供账本服务。")),
    "demo": ("cli.demo:demo", Words("Fill a ledger with invented stories.", "写入演示故事。")),
    "doctor": ("cli.doctor:doctor", Words("Look over settings and home.", "检查设置与主目录。")),
    "key": ("cli.key:key", Words("Make, show, list, enrol, revoke keys.", "密钥的生成与登记。")),
    "department": (
        "cli.registry_commands:department",
        Words("Register, list and show departments.", "部门的登记与查看。"),
    ),
    "official": (
        "cli.registry_commands:official",
        Words("Appoint, release and show officials.", "公务人员的任职、离任与查看。"),
    ),
    "login": ("cli.login:login", Words("Sign in to a server.", "登录服务器。")),
    "logout": ("cli.login:logout", Words("End the session on a server.", "结束服务器上的会话。")),
    "roles": ("cli.roles:roles", Words("Print who says and who reads what.", "列出各角色的权限。")),
    "event": ("cli.event:event", Words("Event types and templates.", "事件类型与模板。")),
    "sign": ("cli.sign:sign", Words("Sign an event.", "签署事件。")),
    "submit": (
        "cli.submit:submit",
        Words("Send statements and keep their receipts.", "提交陈述并保存回执。"),
    ),
    "refresh": (
        "cli.refresh:refresh",
        Words("Bring cosignatures into kept receipts.", "为已保存的回执补入联署。"),
    ),
    "import": (
        "cli.import_:import_",
        Words("Log an event log from a file.", "从文件导入事件日志。"),
    ),
    "log": ("cli.log:log", Words("List entries, newest first.", "列出条目，最新在前。")),
    "show": ("cli.show:show", Words("Show one entry.", "查看一个条目。")),
    "chain": (
        "cli.chain:chain",
        Words("Show a chain and check that it is complete.", "查看一条链并检查是否完整。"),
    ),
    "items": ("cli.things:items", Words("List or show catalogue items.", "目录条目的查看。")),
    "requests": ("cli.things:requests", Words("List or show requests.", "共享申请的查看。")),
    "grants": ("cli.things:grants", Words("List or show grants.", "共享授权的查看。")),
    "agreements": ("cli.things:agreements", Words("List or show agreements.", "共享协议的查看。")),
    "deliveries": ("cli.things:deliveries", Words("List or show deliveries.", "数据交付的查看。")),
    "uses": ("cli.things:uses", Words("List or show uses.", "使用记录的查看。")),
    "corrections": (
        "cli.things:corrections",
        Words("List or show corrections.", "校核纠错的查看。"),
    ),
    "disputes": ("cli.things:disputes", Words("List or show disputes.", "共享争议的查看。")),
    "determinations": (
        "cli.things:determinations",
        Words("List or show determinations.", "责任认定的查看。"),
    ),
    "trace": (
        "cli.trace:trace",
        Words("Who answers for an act.", "追溯一项行政行为的责任。"),
    ),
    "impact": (
        "cli.impact:impact",
        Words("What relied on an item.", "查看依据某目录条目作出的行为。"),
    ),
    "rules": ("cli.rules:rules", Words("Print the rules that find.", "列出各项规则。")),
    "findings": (
        "cli.findings:findings",
        Words("List what is to be checked.", "列出待核事项。"),
    ),
    "obligations": (
        "cli.obligations:obligations",
        Words("What is due and what is overdue.", "期限事项与逾期事项。"),
    ),
    "file": (
        "cli.file:file",
        Words("Show the file of a grant (article 29).", "查看授权的使用记录档案（第二十九条）。"),
    ),
    "report": (
        "cli.report:report",
        Words("Report on a period, without a name.", "按期间出具统计报告（不含姓名）。"),
    ),
    "reconcile": (
        "cli.reconcile:reconcile",
        Words("Compare a platform's counts with the ledger.", "将平台统计与账本对账。"),
    ),
    "sample": (
        "cli.sample:sample",
        Words("Draw a repeatable audit sample.", "抽取可重现的审计样本。"),
    ),
    "certificate": (
        "cli.certificate:certificate",
        Words("Certify a withholding or an erasure.", "出具停止提供或删除的证书。"),
    ),
    "evidence": (
        "cli.evidence:evidence",
        Words("Make an evidence bundle to take away.", "制作可带走的证据包。"),
    ),
    "timestamps": (
        "cli.timestamps:timestamps",
        Words("List time-stamps of the log's head.", "列出日志头的时间戳。"),
    ),
    "watch": (
        "cli.watch:watch",
        Words("Watch a log from outside.", "从外部监视日志。"),
    ),
    "export": (
        "cli.export:export_",
        Words("Give a bundle's answer to other programs.", "导出证据包的内容。"),
    ),
    "verify": ("cli.verify:verify", Words("Verify offline.", "离线验证。")),
    "unseal": ("cli.unseal:unseal", Words("Unseal a sealed reading.", "启封密封的查阅记录。")),
    "fsck": ("cli.upkeep:fsck", Words("Check the whole ledger.", "检查整个账本。")),
    "backup": (
        "cli.backup:backup",
        Words("Save the ledger while it is served.", "备份账本（可在运行中）。"),
    ),
    "restore": (
        "cli.restore:restore",
        Words("Bring a backup back, verified.", "恢复备份并验证。"),
    ),
    "rebuild": (
        "cli.upkeep:rebuild",
        Words("Derive tiles and projections anew.", "重新生成瓦片与派生表。"),
    ),
    "witness": ("cli.witness:witness", Words("Run a witness of logs.", "运行日志的见证者。")),
    "peer": (
        "cli.peer:peer",
        Words(
            "Witness another ledger and be witnessed by it; cite its statements.",
            "与另一账本互为见证，援引其陈述。",
        ),
    ),
    "bench": ("cli.bench:bench", Words("Measure speed.", "测量速度。")),
    "completion": (
        "cli.completion:completion",
        Words("Print the shell's completion script.", "输出命令补全脚本。"),
    ),
}

ABOUT = Words(
    "Zelian: a ledger of who answers for shared government data.\n\n"
    "Exit codes: 0 done or verified, 1 verification FAILED, 2 usage, 3 not verified and not "
    "failed, 4 unreachable, 5 not allowed, 6 not found, 7 refused.",
    "责链：政务数据共享责任账本。\n\n"
    "退出码：0 完成或验证通过，1 验证失败，2 用法有误，3 未能验证（并非失败），4 无法访问，"
    "5 无权，6 未找到，7 被拒绝。",
)


class Program(LazyGroup):
    """The whole program, which alone decides how it ends."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader that left early ends it well.

        Left to click it would end with 1, the code of a verification that failed.
        """
        try:
            done = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError as error:
            return end_of(error)
        return done

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run one command; exit unless *standalone_mode* is false."""
        speak(None)
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        try:
            code = super().main(
                args, prog_name or "zelian", complete_var, standalone_mode=False, **extra
            )
        except Exception as error:
            code = end_of(error)
        sys.exit(code if type(code) is int else DONE)


def end_of(error: Exception) -> int:
    """Say what *error* means and return the exit code; a fault shows its traceback."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    if isinstance(error, click.UsageError):
        error = usage_failure(error)
    elif isinstance(error, LedgerError | CryptoError):
        error = as_failure(error)
    elif isinstance(error, BrokenPipeError):
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 -- the last flush goes nowhere
        return DONE
    elif isinstance(error, OSError):
        error = _from_system(error)
    if isinstance(error, Failure):
        report_failure(error)
        return error.exit_code
    if isinstance(error, click.Abort):
        talk("zelian: interrupted", "zelian：已中断")
        return INTERRUPTED
    traceback.print_exception(error)
    talk(
        "zelian: a fault of the program; what was acknowledged is safe",
        "zelian：程序内部错误；已确认的内容不受影响",
    )
    return FAULT


def _from_system(error: OSError) -> Failure:
    """Return what the system's *error*, such as a full disk, means for a command."""
    code = NOT_ALLOWED if isinstance(error, PermissionError) else REFUSED
    where = f" ({error.filename})" if error.filename else ""
    said = error.strerror or type(error).__name__
    return Failure(code, f"the system says: {said}{where}", f"系统报告：{said}{where}")


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        try:
            found = version("zelian")
        except PackageNotFoundError:  # run from a bare clone
            found = "unknown"
        click.echo(f"zelian {found}")
        ctx.exit()


def _make() -> Program:
    program = Program(
        "zelian",
        words=ABOUT,
        lazy=COMMANDS,
        params=[
            SpokenOption(
                ["--version"],
                words=Words("Show the version and exit.", "显示版本并退出。"),
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_version,
            )
        ],
        callback=lambda: None,
    )
    take_options(program, SENDING)
    return program


main = _make()
