"""F17, F40: how something is recorded: when, and by whom.

Source: seed S38; design, record and do not gate.
"""

from collections.abc import Iterator

from crypto.notation import parse_time
from ledger.events.wording import Wording
from ledger.supervision.china import china
from ledger.supervision.reading import DAY_MS
from ledger.supervision.rule import Found, Rule, types
from ledger.supervision.scene import Scene, Spoken

_MINUTE_MS = 60_000


def _recorder(said: Spoken) -> tuple[str, ...]:
    """Return the memory only where it may be asked for: most statements are of their day."""
    of_its_day = said.event["time"][:10] == said.recorded_at[:10]
    return () if of_its_day else (f"F17/{said.source}",)


def _out_of_time(scene: Scene) -> Iterator[Found]:
    """Told once a department and day: whoever records an old log is late with all of it."""
    said = scene.said
    if scene.time[:13] == said.recorded_at[:13] and scene.time <= said.recorded_at:
        return  # of the same hour, which no parameter is as short as
    behind = parse_time(said.recorded_at) - parse_time(scene.time)
    if behind > scene.value("F17", "late") * DAY_MS:
        why = "late"
    elif -behind > scene.value("F17", "early") * _MINUTE_MS:
        why = "future"
    else:
        return
    day = china(said.recorded_at)[:10]
    name = f"F17/{said.source}"
    if scene.memory(name).get(why) != day:
        scene.keep(name)[why] = day
        facts = {"at": scene.time, "recorded": said.recorded_at, "why": why, "type": said.type}
        yield Found(said.source, facts)


_MOST = 50  # departments that are remembered with one thing
# Who takes a complaint in, or answers it, speaks of what others did (decree 809, article 37).
_COMPLAINTS = types("complaint.received", "complaint.answered")


def _answers(scene: Scene) -> bool:
    """Whether a provider answers a correction; then it may name what its question named."""
    step = scene.step("correction")
    return scene.said.type == "correction.resulted" and step is not None and step.fits


def _no_party(scene: Scene) -> Iterator[Found]:
    """Whoever speaks of another's act, item or grant, and is no party to it, changed nothing.

    Told once a department and thing: the first of its statements that names it.
    """
    said = scene.said
    if said.type in _COMPLAINTS or _answers(scene):
        return
    for (kind, ref), step in scene.steps.items():
        if step.reason != "no_party" or kind == "matter":  # a matter is everybody's to name
            continue
        told = scene.notes(kind, ref).get("F40", ())
        if said.source not in told and len(told) < _MOST:
            scene.note(kind, ref)["F40"] = [*told, said.source]
            yield Found(said.source, {"kind": kind, "ref": ref, "type": said.type})


RULES = (
    Rule(
        "F17", "recording", "low", "policy", ("S38",),
        Wording("Recorded late, or ahead of time", "记录滞后或者早于发生"),
        Wording(
            "{type} of {at} was recorded at {recorded}: {why}; told once a day",
            "{at} 的 {type} 记录于 {recorded}：{why}；每日提示一次",
        ),
        _out_of_time, frozenset(), ("late", "early"), _recorder,
    ),
    Rule(
        "F40", "recording", "medium", "policy", ("S08", "S14"),
        Wording("Speaks of what is another's", "陈述涉及他人事项"),
        Wording(
            "{type} names {kind} {ref}, to which who said it is no party; it changed nothing; told "
            "once",
            "{type} 涉及 {kind} {ref}，陈述方并非其当事方；该陈述未改变其状态；仅提示一次",
        ),
        _no_party,
    ),
)  # fmt: skip
