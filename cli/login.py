"""``zelian login`` and ``zelian logout``: a session on a server, kept for later commands."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from cli.client import Client
from cli.command import command, option
from cli.failures import usage
from cli.invocation import HOME, JSON, LANG, POLICY, SERVER, here
from cli.output import clean, data, data_json, local_time, talk
from cli.sessions import begin, forget, keep, kept
from ledger.errors import NotSignedIn

_ON_A_SERVER = (HOME, SERVER, POLICY, JSON, LANG)


@command(
    "Sign in to a server with a key.\n\n"
    "The session is kept in your own home, readable by you alone, and used by later commands "
    "with --server. It ends by itself, at once when the key is revoked or you leave your post.",
    "用密钥登录服务器。\n\n"
    "会话保存在您本人的主目录中，仅您可读，供以后带 --server 的命令使用。"
    "会话到时自动结束；密钥被撤销或离任时立即结束。",
    options=_ON_A_SERVER,
)
@option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    en="Your private key file.",
    zh="您的私钥文件。",
)
@option(
    "--print",
    "print_",
    is_flag=True,
    en="Print the token instead of keeping it.",
    zh="输出令牌而不保存。",
)
def login(key_file: Path, print_: bool) -> None:
    """Sign in to a server with a key."""
    client = Client(_server())
    session = begin(client, key_file)
    if print_:
        data_json(session) if here().as_json else data(session["token"])
        return
    keep(client.url, session)
    if here().as_json:
        data_json({name: session[name] for name in ("department", "expires", "official", "role")})
        return
    _tell(session)


def _tell(session: dict[str, Any]) -> None:
    who = "/".join(clean(str(session[n])) for n in ("department", "official") if session[n])
    until = local_time(session["expires"])
    talk(
        f"signed in as {who} ({session['role']}) until {until}",
        f"已以 {who}（{session['role']}）登录，至 {until}",
    )


@command("End the session on a server.", "结束服务器上的会话。", options=_ON_A_SERVER)
def logout() -> None:
    """End the session on a server."""
    client = Client(_server())
    client.token = kept(client.url)
    if client.token is not None:
        with suppress(NotSignedIn):  # it has ended already
            client.end_session()
    forget(client.url)
    talk("signed out", "已退出登录")


def _server() -> str:
    server = here().server
    if server is None:
        raise usage("name the server: --server URL", "请指明服务器：--server 地址")
    return server
