"""``zelian certificate``: the service's signed word that a statement was withheld or erased."""

import click

from cli.command import command
from cli.door import require_ledger
from cli.failures import usage
from cli.invocation import ANYWHERE, here, settings
from cli.output import data_bytes
from crypto.notation import HEX32


@command(
    "Certify that a statement was withheld or erased.\n\n"
    "DIGEST is the statement's. The certificate goes to stdout; "
    "`zelian verify certificate` verifies it offline.",
    "证明某一陈述已停止提供或已删除。\n\n"
    "DIGEST 为陈述摘要。证书输出到标准输出，可用 `zelian verify certificate` 离线验证。",
    options=ANYWHERE,
)
@click.argument("digest", metavar="DIGEST")
def certificate(digest: str) -> None:
    """Certify that a statement was withheld or erased."""
    if not HEX32.fullmatch(digest):
        raise usage(
            f"{digest!r} is no digest of 64 hex digits", f"{digest!r} 不是 64 位十六进制摘要"
        )
    data_bytes(_certificate(digest))


def _certificate(digest: str) -> bytes:
    server = here().server
    if server is not None:
        from cli.client import Client

        return Client(server).certificate(digest)
    require_ledger()
    from cli.home_door import opened

    with opened(settings(), writes=False) as ledger:
        return ledger.certificate(digest)
