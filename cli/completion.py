"""``zelian completion``: the script by which a shell completes commands and options."""

import click
from click.shell_completion import get_completion_class

from cli.command import command
from cli.invocation import LANG


@command(
    "Print the shell's completion script.\n\n"
    'For bash: eval "$(zelian completion bash)" in ~/.bashrc.',
    '输出命令补全脚本。\n\nbash：在 ~/.bashrc 中加入 eval "$(zelian completion bash)"。',
    options=(LANG,),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the shell's completion script."""
    kind = get_completion_class(shell)
    if kind is None:
        raise LookupError(shell)
    root = click.get_current_context().find_root().command
    # The script as such: click would first ask the shell for its version.
    script = kind(root, {}, "zelian", "_ZELIAN_COMPLETE")
    click.echo(script.source_template % script.source_vars())
