"""Print: data on stdout, talk on stderr, nothing that a terminal would obey.

What people or servers wrote may hold control characters or marks that turn the
direction of text; every text for people passes :func:`clean`, JSON passes
:func:`json_text`. Only bytes that are ASCII by their format go out as they are.

Times come as T (UTC) and are shown in China's time zone, which has been
UTC+8 without summer time since 1991, with the offset written out.
"""

import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from cli.failures import Failure
from cli.speech import pick

# Control characters, marks of text direction, invisible and line-breaking ones, surrogates.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff]"
)
_FALLBACK = timezone(timedelta(hours=8))


def clean(text: str) -> str:
    """Return *text* with every character that a terminal might obey written as an escape."""
    return _UNSAFE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def json_text(value: Any) -> str:
    """Return *value* as one line of JSON, keys sorted, harmless on a terminal."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    # Outside of strings JSON has none of these, so the escape is JSON's own.
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def data(text: str) -> None:
    """Print one line of what was asked for."""
    click.echo(clean(text))


def data_json(value: Any) -> None:
    """Print what was asked for, as one line of JSON."""
    click.echo(json_text(value))


def data_bytes(raw: bytes) -> None:
    """Print bytes that are ASCII or canonical JSON of checked texts, as they are."""
    click.echo(raw)


def talk(en: str, zh: str) -> None:
    """Say something about the work, in the language spoken; a line feed parts lines."""
    for line in pick(en, zh).split("\n"):
        click.echo(clean(line), err=True)


def report_failure(failure: Failure) -> None:
    """Say in one line what went wrong."""
    talk(f"zelian: {failure.en}", f"zelian：{failure.zh}")


def local_time(utc: str) -> str:
    """Return T *utc* as ``2026-11-23 10:52:17 +08:00``; any other text as it is."""
    try:
        instant = datetime.fromisoformat(utc).astimezone(_zone())
    except ValueError:
        return clean(utc)
    offset = instant.strftime("%z")
    return f"{instant:%Y-%m-%d %H:%M:%S} {offset[:3]}:{offset[3:]}"


def _zone() -> tzinfo:
    try:
        return ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError:  # a machine without time zone data
        return _FALLBACK


def width_of(text: str) -> int:
    """Return how many columns *text* takes on a terminal: Chinese characters take two."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def table(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield *rows* as lines whose columns stand under one another; the last is not padded."""
    cleaned = [[clean(cell) for cell in row] for row in rows]
    if not cleaned:
        return
    widths = [max(map(width_of, column)) for column in zip(*cleaned, strict=True)]
    for row in cleaned:
        padded = [
            cell + " " * (width - width_of(cell))
            for cell, width in zip(row[:-1], widths[:-1], strict=True)
        ]
        yield "  ".join([*padded, row[-1]])


class Progress(Protocol):
    """Tells how far the work has come."""

    def __call__(self, done: int, /) -> None:
        """Say that *done* of the total are done."""


@contextmanager
def progress(en: str, zh: str, total: int | None) -> Iterator[Progress]:
    """Show a bar on stderr while the block runs, if that is a terminal; else nothing."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(pick(en, zh), total=total)
        yield lambda done: bar.update(task, completed=done)
