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


def read_sights() -> dict[str, tuple[str, ...]]:
    """Return the words that open statements to each role."""
    return {
        words[0]: tuple(words[1:]) if words[1:] != ["nothing"] else ()
        for words in _rows("sights.txt")
    }


def read_routes() -> dict[str, dict[str, str]]:
    """Return what each role gets at each address, ``METHOD path``."""
    groups: dict[str, list[str]] = {}
    columns: list[str] = []
    routes: dict[str, dict[str, str]] = {}
    for first, second, *rest in _rows("routes.txt"):
        if first == "group":
            groups[second] = rest
        elif first == "column":
            columns = [second, *rest]
        else:
            said = zip(columns, rest, strict=True)
            routes[f"{first} {second}"] = {
                role: word for column, word in said for role in groups.get(column, [column])
            }
    return routes


def _rows(name: str) -> list[list[str]]:
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]
