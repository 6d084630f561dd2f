"""What departments are called, for pages that people read."""

from collections.abc import Iterable, Mapping

from ledger.registry.state import Registry

Names = Mapping[str, str]


def names_of(registry: Registry, departments: Iterable[str], at: int) -> dict[str, str]:
    """Return by id what departments were called at the tree size *at*, in both languages.

    One that was not registered then is left out.
    """
    found = {one: registry.department(one, at) for one in sorted(set(departments))}
    return {
        id_: known.name_zh if known.name_en is None else f"{known.name_zh} · {known.name_en}"
        for id_, known in found.items()
        if known is not None
    }


def called(department: str, names: Names) -> str:
    """Return a department's name with its id, or the id alone."""
    name = names.get(department)
    return department if name is None else f"{name}（{department}）"
