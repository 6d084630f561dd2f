"""What every command may be told: which home, which server, which language, which form.

The shared options may stand before or after the command's name. They are kept
for the one command that runs; nothing is opened here.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from cli.command import option
from cli.failures import usage
from cli.speech import speak
from ledger.errors import LedgerError
from ledger.events.records import GIVEN_REASONS
from ledger.home import Home
from ledger.settings import Settings

_KEY = "zelian.invocation"

Adder = Callable[[Any], Any]


@dataclass(slots=True)
class Invocation:
    """The shared options of the command that runs."""

    home: Path | None = None
    server: str | None = None
    policy: Path | None = None
    key: Path | None = None
    spare_key: Path | None = None  # to sign in with where nothing else is at hand
    reason: str | None = None
    as_json: bool = False


def here() -> Invocation:
    """Return the shared options of the command that runs."""
    found: Invocation = click.get_current_context().meta.setdefault(_KEY, Invocation())
    return found


def settings() -> Settings:
    """Return the settings of the home that is meant.

    Raises:
        Failure: a variable of the environment is not as it must be.
    """
    environment = dict(os.environ)
    if here().home is not None:
        environment["ZELIAN_HOME"] = str(here().home)
    try:
        return Settings.from_environment(environment)
    except LedgerError as error:
        raise usage(error.en, error.zh) from None


def home() -> Home:
    """Return the home that is meant; it may not exist."""
    return Home(settings().home)


def _keep(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def callback(ctx: click.Context, _param: click.Parameter, value: Any) -> None:
        if value:
            setattr(ctx.meta.setdefault(_KEY, Invocation()), name, value)

    return callback


def _speak(_ctx: click.Context, _param: click.Parameter, value: Any) -> None:
    if value:
        speak(value)


HOME: Adder = option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    expose_value=False,
    callback=_keep("home"),
    en="The ledger's folder (default: ZELIAN_HOME, or ./var).",
    zh="账本主目录（默认：ZELIAN_HOME，否则 ./var）。",
)
SERVER: Adder = option(
    "--server",
    metavar="URL",
    expose_value=False,
    callback=_keep("server"),
    en="Work over HTTP on a running ledger instead of on the home.",
    zh="通过 HTTP 访问运行中的账本，而不直接使用主目录。",
)
POLICY: Adder = option(
    "--policy",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    expose_value=False,
    callback=_keep("policy"),
    en="Trust policy to verify with (default: the home's).",
    zh="用于验证的信任策略（默认：主目录中的）。",
)
JSON: Adder = option(
    "--json",
    is_flag=True,
    expose_value=False,
    callback=_keep("as_json"),
    en="Print JSON.",
    zh="以 JSON 输出。",
)
LANG: Adder = option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    expose_value=False,
    is_eager=True,
    callback=_speak,
    en="Language (default: by LC_ALL or LANG).",
    zh="语言（默认：依 LC_ALL 或 LANG）。",
)

KEY: Adder = option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    expose_value=False,
    callback=_keep("key"),
    en="With --server: private key file to sign in with, for this one command.",
    zh="与 --server 并用：仅为本次命令登录所用的私钥文件。",
)
REASON: Adder = option(
    "--reason",
    type=click.Choice(GIVEN_REASONS),
    expose_value=False,
    callback=_keep("reason"),
    en="With --server: why an inspector reads; it is recorded.",
    zh="与 --server 并用：监督机关查阅的理由，将予记录。",
)

LOCAL: tuple[Adder, ...] = (HOME, JSON, LANG)
ANYWHERE: tuple[Adder, ...] = (HOME, SERVER, POLICY, KEY, REASON, JSON, LANG)
SENDING: tuple[Adder, ...] = (HOME, SERVER, POLICY, JSON, LANG)
NOWHERE: tuple[Adder, ...] = (JSON, LANG)
