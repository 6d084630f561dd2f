"""Say in both languages what click found wrong with a command line.

click speaks English only. The kinds of mistake that people make are put into
words here; a rare kind keeps click's own.
"""

import click

from cli.failures import USAGE, Failure


def usage_failure(error: click.UsageError) -> Failure:
    """Return *error* as a failure in one line, with the way to the help."""
    path = error.ctx.command_path if error.ctx else "zelian"
    return Failure(
        USAGE,
        f"{error.format_message().rstrip('.')}: see `{path} --help`",
        f"{_in_chinese(error)}：见 `{path} --help`",
    )


def _in_chinese(error: click.UsageError) -> str:
    if isinstance(error, click.MissingParameter):
        return f"缺少 {_hint(error)}"
    if isinstance(error, click.BadParameter):
        return f"{_hint(error)} 的值无效（{error.message.rstrip('.')}）"
    if isinstance(error, click.NoSuchOption):
        return f"没有选项 {error.option_name}"
    if isinstance(error, click.NoSuchCommand):
        return f"没有命令 {error.command_name}"
    return f"用法有误（{error.format_message().rstrip('.')}）"


def _hint(error: click.BadParameter) -> str:
    if error.param is not None:
        return error.param.get_error_hint(error.ctx)
    return str(error.param_hint or "参数")
