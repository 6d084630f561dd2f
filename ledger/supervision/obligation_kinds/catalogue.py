"""O3: the catalogue follows the law and the duties, and the authority reviews what changed.

Source: decree 809, article 17.
"""

from collections.abc import Iterator

from ledger.access.terms import owner_of
from ledger.events.wording import Wording
from ledger.sharing.machine import Said
from ledger.supervision.obligation_kinds.kind import Case, Kind, Start, last
from ledger.supervision.seen import Seen

_CAUSES = ("law_changed", "duty_changed")


def _changed(said: Said, _seen: Seen) -> Iterator[Start]:
    for item in said.data.get("items", ()):
        yield Start(
            owner_of(item),
            f"item/{item}",
            item=item,
            parameter="update",
            # SPEC: decree 809, article 17, from the day of the change on.
            since=said.data["effective"],
            facts={"cause": said.type},
        )


def _is_amended(said: Said, seen: Seen) -> bool:
    item = seen.thing("item", said.refs["item"])
    version = None if item is None else last(item["versions"])
    return version is not None and version["until"] == said.index


def _amended(case: Case) -> None:
    data = case.said.data
    if not _is_amended(case.said, case.seen) or data["cause"] not in _CAUSES:
        return
    if "extension" in data:
        # Said with what met it: the consent had been given before.
        case.extend(data["extension"]["working_days"], case.value("extension_ceiling"), None)
    case.fulfil()


def _taken_out(case: Case) -> None:
    item = case.about()
    if item is not None and case.did(item.get("withdrawn")):
        case.fulfil()


UPDATE = Kind(
    "O3",
    "update",
    Wording("Update the catalogue", "更新政务数据目录"),
    "sharing_office",
    "office_head",
    starts={"law.changed": _changed, "duty.transferred": _changed},
    moves={"item.amended": _amended, "item.withdrawn": _taken_out},
)


def _to_review(said: Said, seen: Seen) -> Iterator[Start]:
    item = said.refs["item"]
    authority = seen.departments.authority(owner_of(item))
    if authority is not None and _is_amended(said, seen):
        yield Start(
            authority,
            f"item/{item}",
            owner_of(item),
            item,
            "review",
            facts={"item_version": said.data["item_version"]},
        )


def _reviewed(case: Case) -> None:
    item = case.about()
    same = case.said.data["item_version"] == case.facts["item_version"]
    if same and item is not None and case.did(item["review"]):
        # SPEC: decree 809, article 17, from the receipt on.
        case.received(case.said.data["received_at"])
        case.fulfil()


def _overtaken(case: Case) -> None:
    if _is_amended(case.said, case.seen):
        case.cancel("overtaken")


REVIEW = Kind(
    "O3",
    "review",
    Wording("Review and publish an update of the catalogue", "审核并发布更新后的目录"),
    "authority",
    "office_head",
    starts={"item.amended": _to_review},
    moves={"item.reviewed": _reviewed, "item.amended": _overtaken},
)

KINDS = (UPDATE, REVIEW)
