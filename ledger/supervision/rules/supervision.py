"""F28, F38: those who supervise, read and lay down rules.

Source: seed S61, S63, S64.
"""

from collections.abc import Iterator

from ledger.events.wording import Wording
from ledger.supervision.rule import Found, Rule, types
from ledger.supervision.scene import Scene, Spoken


def _without_reason(scene: Scene) -> Iterator[Found]:
    reading = scene.said.data["reading"]
    if reading["reason"] == "not_stated" and reading["result"] == "given":
        facts = {
            "reader": reading["reader"], "query": reading["query"], "entries": reading["entries"],
        }  # fmt: skip
        yield Found(reading["reader"], facts)


def _consulted(said: Spoken) -> Iterator[str]:
    yield f"F38/{said.source}"


def _unconsulted(scene: Scene) -> Iterator[Found]:
    """A consultation counts that is named, among the parents too, or was recorded on the topic."""
    said = scene.said
    name = f"F38/{said.source}"
    if said.type == "consultation.recorded":
        kept = scene.keep(name)
        kept[said.data["topic"]] = said.index
        kept["said"] = [*kept.get("said", ()), said.digest][-_MOST:]
        return
    recorded = scene.memory(name)
    named = said.data.get("consultations") or set(said.data["parents"]) & set(
        recorded.get("said", ())
    )
    if not named and _TOPICS[said.type] not in recorded:
        facts = {"type": said.type, "version": said.data["version"]}
        yield Found(said.source, facts)


_MOST = 50  # consultations of one body that are remembered
_TOPICS = {"rules.adopted": "rules", "matrix.adopted": "matrix", "kpi.adopted": "kpi"}

RULES = (
    Rule(
        "F28", "supervision", "medium", "seed", ("S64",),
        Wording("Read without a stated reason", "查阅未说明理由"),
        Wording(
            "{reader} was shown {entries} entries ({query}) and stated no reason",
            "{reader} 查阅 {entries} 条（{query}），未说明理由",
        ),
        _without_reason, types("access.recorded"),
    ),
    Rule(
        "F38", "supervision", "low", "seed", ("S61", "S63"),
        Wording("Adopted without consultation", "发布前未见征求意见"),
        Wording(
            "{type}, version {version}, names no consultation",
            "{type}（版本 {version}）未写明征求意见记录",
        ),
        _unconsulted, types(*_TOPICS, "consultation.recorded"),
        (),
        _consulted,
    ),
)  # fmt: skip
