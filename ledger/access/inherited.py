"""What a department reads in the place of another, since it goes on with what that one did.

Where it goes on with all of it, or keeps its records, it reads what the other may read;
where it goes on with a function alone, what says that it is of that function.

Source: decree 809, article 34; the seed, on institutional reform.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Inherited:
    """Whom a department stands for as a reader, itself left out.

    Attributes:
        departments: as a whole.
        functions: (department, matter code).
    """

    departments: frozenset[str] = frozenset()
    functions: frozenset[tuple[str, str]] = frozenset()

    @property
    def terms(self) -> frozenset[str]:
        """The terms that this adds to a sight."""
        wholes = {f"reader/{department}" for department in self.departments}
        return frozenset(wholes | {function_term(*one) for one in self.functions})

    @property
    def predecessors(self) -> frozenset[str]:
        """The departments of either kind."""
        return self.departments | {department for department, _ in self.functions}


NOTHING_INHERITED = Inherited()


def function_term(department: str, matter_code: str) -> str:
    """Return the term of what a department may read and what says that it is of a function."""
    return f"function/{department}/{matter_code}"
