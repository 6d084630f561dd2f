"""Loads the fixtures of rules that ship with the ledger: what each finds, and what it does not."""

import json
from functools import cache
from importlib import resources
from typing import Any

from ledger.supervision.fixture import Fixture, fixture_of

_FIXTURES = resources.files("ledger.supervision") / "fixtures"
_USUAL = "usual.json"


@cache
def fixtures() -> dict[str, Fixture]:
    """Return the fixture of each rule, by its id."""
    files = (file for file in _FIXTURES.iterdir() if file.name != _USUAL)
    found = (fixture_of(json.loads(file.read_text("utf-8"))) for file in files)
    return {one.rule: one for one in found}


@cache
def usual() -> dict[str, dict[str, Any]]:
    """Return the data that a statement of each type usually has."""
    data: dict[str, dict[str, Any]] = json.loads((_FIXTURES / _USUAL).read_text("utf-8"))
    return data
