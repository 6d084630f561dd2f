"""Options that every command has which prints a list."""

import click

from cli.command import Decorated, option

LIMIT = 50  # rows of a list, where nothing else is said


def limit(function: Decorated) -> Decorated:
    """Add how many rows are printed."""
    return option(
        "--limit",
        "-n",
        type=click.IntRange(min=1),
        default=LIMIT,
        show_default=True,
        en="How many.",
        zh="条数。",
    )(function)


def as_of_size(function: Decorated) -> Decorated:
    """Add the tree size that is looked at."""
    return option(
        "--as-of",
        type=click.IntRange(min=0),
        metavar="SIZE",
        en="As the ledger was when it had SIZE entries.",
        zh="账本有 SIZE 条时的情形。",
    )(function)


def as_csv(function: Decorated) -> Decorated:
    """Add that a table is printed."""
    return option("--csv", "as_csv", is_flag=True, en="Print CSV.", zh="以 CSV 输出。")(function)
