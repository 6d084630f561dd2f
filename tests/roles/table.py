"""Read the tables of roles that were written by hand; nothing here asks the code."""

from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent


class Said(NamedTuple):
    """Who may say a type, by the table."""

    speakers: frozenset[str]
    by_author: bool
    voice: str
    serves: tuple[str, ...]


def read_statements() -> tuple[dict[str, tuple[str, ...]], dict[str, Said]]:
    """Return the kinds of department of each role, and who may say each type."""
    roles: dict[str, tuple[str, ...]] = {}
    groups: dict[str, frozenset[str]] = {}
    types: dict[str, Said] = {}
    for line in (HERE / "statements.txt").read_text("utf-8").splitlines():
        words = line.split()
        if not words or words[0] == "#":
            continue
        if words[0] == "role":
            roles[words[1]] = tuple(words[2:]) if words[2:] != ["-"] else ()
        elif words[0] == "group":
            groups[words[1]] = _roles_of(words[2:], groups)
        else:
            types[f"zelian.{words[0]}.v1"] = _said(line, groups)
    return roles, types


def _said(line: str, groups: dict[str, frozenset[str]]) -> Said:
    columns = [part.split() for part in line.split("  ") if part.strip()]
    _, speakers, (voice,), serves = columns
    by_author = "spoken-it" in speakers
    named = [word for word in speakers if word != "spoken-it"]
    return Said(_roles_of(named, groups), by_author, voice, tuple(serves))


def _roles_of(words: list[str], groups: dict[str, frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*(groups.get(word, {word}) for word in words))
