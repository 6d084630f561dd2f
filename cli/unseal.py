"""``zelian unseal``: log in clear a reading that was recorded under a seal.

The salt and what was sealed lie in the home alone, so this works on the home.
"""

import click

from cli.command import command, option
from cli.home_door import opened
from cli.invocation import LOCAL, settings
from cli.output import talk


@command(
    "Unseal a reading that was recorded under a seal.\n\n"
    "DIGEST is that of the sealing statement; `zelian show` prints it. What was read, by whom "
    "and why is then logged for those whom it concerns, with the document that lifts the seal.",
    "启封一条密封的查阅记录。\n\n"
    "DIGEST 为密封陈述的摘要，可用 `zelian show` 查看。"
    "启封后，查阅的内容、机关与理由连同启封文号一并记入，供相关部门查看。",
    options=LOCAL,
)
@click.argument("digest", metavar="DIGEST")
@option(
    "--approval",
    metavar="TEXT",
    required=True,
    en="Number of the document that lifts the seal.",
    zh="批准启封的文号。",
)
def unseal(digest: str, approval: str) -> None:
    """Unseal a reading."""
    with opened(settings(), writes=True) as ledger:
        ledger.unseal(digest, approval)
        ledger.catch_up()
    talk("unsealed and logged", "已启封并记入")
