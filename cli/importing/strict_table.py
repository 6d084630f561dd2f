"""Take values out of a TOML table, and refuse what nobody asked for.

Every error names the file and the key, quoted as TOML wants it, in two languages.
Nothing here knows what a mapping means.

Source: TOML 1.0.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from cli.failures import Failure, usage

_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")
_MISSING: Any = object()


class StrictTable:
    """One table; what is not taken from it before :meth:`close` is an unknown key.

    Args:
        values: the parsed table.
        file: the mapping's name, for errors.
        path: the dotted key of the table, "" for the whole file.
    """

    def __init__(self, values: Mapping[str, Any], file: str, path: str = "") -> None:
        self._values = values
        self._left = dict(values)
        self._file = file
        self._path = path

    def at(self, *names: str) -> str:
        """Return the dotted key of *names*, each within the one before, in this table."""
        quoted = (
            name if _BARE.match(name) else json.dumps(name, ensure_ascii=False) for name in names
        )
        return ".".join([*([self._path] if self._path else []), *quoted])

    def error(self, name: str | tuple[str, ...], en: str, zh: str) -> Failure:
        """Return the failure that says what is wrong with a key; ``()`` is the table itself."""
        key = self.at(*((name,) if isinstance(name, str) else name))
        return usage(f"{self._file}: {key}: {en}", f"{self._file}：{key}：{zh}")

    def again(self) -> "StrictTable":
        """Return the same table with nothing taken."""
        return StrictTable(self._values, self._file, self._path)

    def names(self) -> list[str]:
        """Return the keys that are left, in the order of the file."""
        return list(self._left)

    def text(self, name: str, default: Any = _MISSING) -> Any:
        """Return a text that is not empty, or *default* where the key is absent."""
        value = self._take(name, default)
        if value is not default and (type(value) is not str or not value):
            raise self.error(name, "must be a text", "应为文本")
        return value

    def choice(self, name: str, words: Collection[str], default: Any = _MISSING) -> str:
        """Return one of *words*."""
        value: str = self._take(name, default)
        if value is not default and value not in words:
            listed = sorted(words)
            raise self.error(
                name, f"must be one of {', '.join(listed)}", f"应为以下之一：{'、'.join(listed)}"
            )
        return value

    def flag(self, name: str) -> bool:
        """Return true or false; absent is false."""
        value = self._take(name, False)
        if type(value) is not bool:
            raise self.error(name, "must be true or false", "应为 true 或 false")
        return value

    def texts(self, name: str, default: Sequence[str] = _MISSING) -> tuple[str, ...]:
        """Return a list of texts, none empty, none twice."""
        values = self._take(name, default)
        good = isinstance(values, list | tuple) and all(type(v) is str and v for v in values)
        if not good or len(set(values)) != len(values):
            raise self.error(name, "must be a list of texts, none twice", "应为互不相同的文本列表")
        return tuple(values)

    def table(self, name: str, default: Any = _MISSING) -> "StrictTable":
        """Return a table within this one."""
        value = self._take(name, default)
        if not isinstance(value, Mapping):
            raise self.error(name, "must be a table", "应为表")
        return StrictTable(value, self._file, self.at(name))

    def tables(self, name: str) -> "list[StrictTable] | None":
        """Return a list of tables, or None where the key is absent."""
        values = self._take(name, None)
        if values is None:
            return None
        if not isinstance(values, list) or not all(isinstance(v, Mapping) for v in values):
            raise self.error(name, "must be a list of tables", "应为表的列表")
        return [
            StrictTable(value, self._file, f"{self.at(name)}[{at}]")
            for at, value in enumerate(values)
        ]

    def pairs(self, name: str) -> dict[str, str]:
        """Return a table of texts; absent is empty."""
        inner = self.table(name, {})
        return {key: inner.text(key) for key in inner.names()}

    def anything(self, name: str) -> Any:
        """Return the value of a key whatever it is."""
        return self._take(name, _MISSING)

    def _take(self, name: str, default: Any) -> Any:
        if name in self._left:
            return self._left.pop(name)
        if default is _MISSING:
            raise self.error(name, "is missing", "缺少此项")
        return default

    def close(self) -> None:
        """Refuse what was not taken."""
        for name in self._left:
            raise self.error(
                name,
                "no such key is known here: correct its spelling or take it out",
                "此处没有这样的键：请更正拼写或将其删去",
            )
