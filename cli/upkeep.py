"""``zelian fsck`` and ``zelian rebuild``: check the whole ledger, derive anew what is derived.

``fsck`` changes nothing and may run beside a server; ``rebuild`` writes tiles and
projections, so it takes the home's lock.
"""

import click

from cli.command import command, option
from cli.door import require_ledger
from cli.home_door import opened
from cli.invocation import HOME, LANG, LOCAL, settings
from cli.output import progress, talk
from cli.report_text import print_report
from ledger.derived_check import check_derived
from ledger.fsck import Fsck
from ledger.integrity import of_report
from ledger.verification.report import Report


@command(
    "Check every row, hash, signature and tile of the ledger.\n\n"
    "Exits 1 where anything is wrong, and names the first bad index.",
    "检查账本的每一行、哈希、签名与瓦片。\n\n有误时退出码为 1，并指出首个出错的序号。",
    options=LOCAL,
)
@option(
    "--derived",
    is_flag=True,
    en="Also derive every table anew and compare; as long as a rebuild.",
    zh="另将各派生表重新生成并比对；耗时与重建相当。",
)
def fsck(derived: bool) -> None:
    """Check every row, hash, signature and tile of the ledger."""
    require_ledger()
    with opened(settings(), writes=False) as ledger:
        size = ledger.state().size
        with progress("checking", "检查中", size) as told:
            report = Fsck(ledger.parts).run(told)
        if derived:
            with progress("deriving", "派生中", size) as told:
                own = check_derived(ledger.parts, told)
            report = Report("home", (*report.checks, own), report.facts)
    click.get_current_context().exit(print_report(report, of_report(report)))


@command(
    "Derive tiles and projections anew from the entries.",
    "依据条目重新生成瓦片与派生表。",
    options=(HOME, LANG),
)
def rebuild() -> None:
    """Derive tiles and projections anew from the entries."""
    require_ledger()
    with opened(settings(), writes=True) as ledger:
        size = ledger.state().size
        with progress("rebuilding", "重建中", size) as told:
            ledger.rebuild(told)
    talk(f"rebuilt from {size} entries", f"已依据 {size} 条条目重建")
