"""``zelian serve``: the ledger of a home over HTTP.

No registrar's key is opened here; ``python app.py`` does the same.
"""

import click

from cli.command import command, option
from cli.door import require_ledger
from cli.invocation import HOME, LANG, home, settings
from cli.output import talk


@command(
    "Serve a ledger over HTTP, until interrupted.",
    "通过 HTTP 提供账本服务，直至中断。",
    options=(HOME, LANG),
)
@option("--host", default="127.0.0.1", show_default=True, en="Where to listen.", zh="监听地址。")
@option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    en="On which port.",
    zh="监听端口。",
)
@option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    en="Processes; more than one on PostgreSQL only.",
    zh="进程数；仅 PostgreSQL 可大于 1。",
)
def serve(host: str, port: int, workers: int) -> None:
    """Serve a ledger over HTTP."""
    require_ledger()
    if home().demo:
        talk(
            "demo mode: a registrar's key lies in this home; for trials only",
            "演示模式：登记机关密钥存于此主目录；仅供试用",
        )
    from api import serving  # loads the whole service, which no other command needs

    serving.check_workers(settings(), workers)
    talk(f"http://{host}:{port}/", f"http://{host}:{port}/")
    serving.serve(settings(), host, port, workers)
