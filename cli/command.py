"""Commands, groups and options that speak both languages.

click fixes help texts when a module is imported; here they are chosen when they
are shown. A group imports a command's module only when that command is asked
for, so that a broken or missing one spoils no other. Nothing here knows what any
command does.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

from cli.speech import Words, pick

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_HEADINGS = {"Options": "选项", "Commands": "命令", "Arguments": "参数"}
_HELP = Words("Show this text and exit.", "显示本说明并退出。")


class SpokenFormatter(click.HelpFormatter):
    """Writes click's own words in the language spoken."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line."""
        super().write_usage(prog, args, prefix or pick("Usage: ", "用法："))

    def write_heading(self, heading: str) -> None:
        """Write a section's heading."""
        spoken = pick(f"{heading}:", f"{_HEADINGS.get(heading, heading)}：")
        self.write(f"{'':>{self.current_indent}}{spoken}\n")


class SpokenContext(click.Context):
    """A context whose help is spoken."""

    formatter_class = SpokenFormatter


class SpokenOption(click.Option):
    """An option with help in both languages."""

    def __init__(self, *args: Any, words: Words, **options: Any) -> None:
        super().__init__(*args, **options)
        self.words = words

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help in the language spoken."""
        self.help = self.words.spoken()
        return super().get_help_record(ctx)


class SpokenCommand(click.Command):
    """A command with help in both languages; the first line is its short help."""

    context_class = SpokenContext

    def __init__(self, *args: Any, words: Words, **options: Any) -> None:
        super().__init__(*args, **options)
        self.words = words

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the language spoken."""
        self.help = self.words.spoken()
        super().format_help_text(ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first line of the help, whole."""
        return self.words.spoken().strip().split("\n", 1)[0]

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return click's own option, in the language spoken."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _HELP.spoken()
        return option


class LazyGroup(SpokenCommand, click.Group):
    """A group that imports a command's module when that command is asked for.

    Args:
        lazy: ``module:attribute`` of each command, by its name, and its short help.
    """

    def __init__(
        self, *args: Any, lazy: Mapping[str, tuple[str, Words]] | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.lazy = dict(lazy or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in their order."""
        return [*self.lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, importing its module if need be."""
        if cmd_name not in self.lazy:
            return super().get_command(ctx, cmd_name)
        place, _ = self.lazy[cmd_name]
        module, _, attribute = place.partition(":")
        try:
            command = getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as error:
            if error.name != module:
                raise
            return None  # this build has no such command
        if not isinstance(command, click.Command):
            raise TypeError(f"{place} is no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        rows = [(name, words.spoken()) for name, (_, words) in self.lazy.items()]
        for name in super().list_commands(ctx):
            command = super().get_command(ctx, name)
            if command is not None and not command.hidden:
                rows.append((name, command.get_short_help_str()))
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


def command(
    en: str,
    zh: str,
    *,
    name: str | None = None,
    options: Sequence[Callable[[Any], Any]] = (),
    cls: type[SpokenCommand] = SpokenCommand,
) -> Callable[[Callable[..., None]], SpokenCommand]:
    """Make a command of a function, with the shared *options* behind its own."""

    shared = tuple(options)

    def make(function: Callable[..., None]) -> SpokenCommand:
        for add in reversed(shared):
            function = add(function)
        made = click.command(name, cls=cls, words=Words(en, zh))(function)
        # What decorates last is shown first; the shared options belong at the end.
        made.params = made.params[len(shared) :] + made.params[: len(shared)]
        return made

    return make


def group(
    en: str, zh: str, *, name: str, options: Sequence[Callable[[Any], Any]] = ()
) -> LazyGroup:
    """Return an empty group that takes *options* too; commands come by ``add_command``."""
    made = LazyGroup(name, words=Words(en, zh))
    take_options(made, options)
    return made


def take_options(taker: click.Command, options: Sequence[Callable[[Any], Any]]) -> None:
    """Put *options*, which are made to decorate functions, before those of *taker*."""
    carrier = lambda: None  # noqa: E731 -- decorators of options want a function
    for add in reversed(options):
        carrier = add(carrier)
    taker.params = [*reversed(getattr(carrier, "__click_params__", [])), *taker.params]


def option(*names: str, en: str, zh: str, **settings: Any) -> Callable[[Decorated], Decorated]:
    """Add an option with help in both languages."""
    return click.option(*names, cls=SpokenOption, words=Words(en, zh), **settings)
