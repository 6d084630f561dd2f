"""Loads the rule pack, the parameters and the calendars that ship with the ledger.

Nobody has adopted them: what rests on them says so until an authority's statement
adopts a pack or a calendar of its own.
"""

import json
from functools import cache
from importlib import resources
from typing import Any

from ledger.events.wording import Wording
from ledger.supervision.calendar import WorkCalendar, calendar_of
from ledger.supervision.instruments import Instruments
from ledger.supervision.pack_values import declared_of, pack_of
from ledger.supervision.packs import Packs

_DATA = resources.files("ledger.supervision") / "data"


@cache
def built_in() -> Instruments:
    """Return the instruments of a ledger in which nothing was adopted yet."""
    packs = tuple(pack_of(data) for data in _read_all("packs"))
    calendars = WorkCalendar(calendar_of(data) for data in _read_all("calendars"))
    declared = declared_of(json.loads((_DATA / "parameters.json").read_text("utf-8")))
    return Instruments(Packs(declared, packs), calendars)


@cache
def demands() -> dict[str, Wording]:
    """Return the numbered demands that rules cite, in this project's words, by their number."""
    read = json.loads((_DATA / "demands.json").read_text("utf-8"))
    return {number: Wording(said["en"], said["zh"]) for number, said in read.items()}


def _read_all(folder: str) -> list[dict[str, Any]]:
    files = sorted((_DATA / folder).iterdir(), key=lambda file: file.name)
    return [json.loads(file.read_text("utf-8")) for file in files]
