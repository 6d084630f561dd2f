"""Read a mapping's TOML, with what it takes from the mapping that it is based on.

A mapping that differs from another in a few keys need not say all of it again: the keys
of ``based_on`` hold where it has none of its own, table by table. Only a file beside
it may be named, and one that is based on none: so the whole lies in two files.
"""

import tomllib
from collections.abc import Callable, Mapping
from typing import Any

from cli.failures import Failure, usage

MAX_MAPPING = 1_000_000  # bytes
BASED_ON = "based_on"

ReadBeside = Callable[[str], bytes]


def parse_toml(raw: bytes, file: str) -> dict[str, Any]:
    """Return the tables that *raw* writes.

    Raises:
        Failure: it is no TOML, or too long.
    """
    try:
        if len(raw) > MAX_MAPPING:
            raise ValueError(f"more than {MAX_MAPPING} bytes")
        return tomllib.loads(raw.decode())
    # TOMLDecodeError and UnicodeDecodeError are among them; lists in lists go as deep as they like.
    except (ValueError, RecursionError) as error:
        raise usage(f"{file} is not TOML: {error}", f"{file} 不是 TOML：{error}") from None


def read_whole(raw: bytes, file: str, beside: ReadBeside | None) -> dict[str, Any]:
    """Return the tables of *raw* and, where it has none, those of its basis.

    Args:
        beside: reads a file beside it by its name; None: there is nowhere to look.

    Raises:
        Failure: one of the two is no TOML, or the basis is not as it must be.
    """
    own = parse_toml(raw, file)
    if BASED_ON not in own:
        return own
    name = own.pop(BASED_ON)
    if type(name) is not str or not name or "/" in name or "\\" in name or beside is None:
        raise _wrong(file, "must name a file beside it", "应为同一目录中的文件名")
    basis = parse_toml(beside(name), name)
    if BASED_ON in basis:
        raise _wrong(file, f"{name} is based on another itself", f"{name} 本身又以其他文件为基础")
    return merged(own, basis)


def merged(own: Mapping[str, Any], basis: Mapping[str, Any]) -> dict[str, Any]:
    """Return *basis* with the keys of *own* in place of its own, table by table."""
    found = dict(basis)
    for name, value in own.items():
        below = basis.get(name)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            found[name] = merged(value, below)
        else:
            found[name] = value
    return found


def _wrong(file: str, en: str, zh: str) -> Failure:
    return usage(f"{file}: {BASED_ON}: {en}", f"{file}：{BASED_ON}：{zh}")
