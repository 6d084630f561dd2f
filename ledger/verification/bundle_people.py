"""Judge who spoke in a bundle: fold the registry statements in it, ask as of each index.

The rule is the one by which the ledger admitted (``ledger.admission.checks.judge``).
A bundle holds a part of the registry only, so two things are asked beside it: that the
chain on which a key's own statements lie is shown from its first entry on, and that no
entry of it could be a registry statement that is withheld. Every registry statement
continues the registrar's chain, whose id is the only one in entry 0's header: an entry
that does not continue it is none.

Source: spec 7 (keys and posts, absence) and 8.
"""

from crypto.chain import REGISTRY_TYPES
from crypto.errors import CryptoError
from crypto.notation import parse_time
from crypto.statement import Statement
from ledger.access.citations import citations_of
from ledger.admission.checks import examine, judge
from ledger.errors import Refused
from ledger.evidence.bundle import ERASED
from ledger.registry.records import REGISTRAR, KeyRecord
from ledger.registry.state import Registry
from ledger.verification.bundle_checks import Known, Work
from ledger.verification.cited import count, unjudged
from ledger.verification.report import FAILED, INCOMPLETE, Verdict

REGISTRAR_CHAIN = f"department/{REGISTRAR}"
REGISTRAR_LINKS = 2  # chains of what is said of the registrar itself: its own and its registry's

_ORDERS = {
    "zelian.statement.erased.v1": ("erased", "withheld"),
    "zelian.statement.withheld.v1": ("withheld",),
}
_NO_ORDER = (
    "it is not here, and nothing in the bundle orders that",
    "不在包内，且包内没有相应命令",
)
# What may follow from a statement that the bundle does not show.
_MAY_LACK = frozenset({"unknown_key", "unknown_reference"})
_OF_THE_REGISTRY = _MAY_LACK | {"revoked_key", "out_of_role", "conflict"}


def chain_of_key(key: KeyRecord) -> str:
    """Return the name of the chain on which the statements about *key* lie."""
    if key.holder is not None:
        return f"official/{key.holder}"
    return f"department/{key.department}"


class People:
    """The registry as far as a bundle shows it."""

    def __init__(self, work: Work) -> None:
        self.registry = Registry()
        self._work = work
        self._orders: dict[int, tuple[str, bytes]] = {}  # type and target of those that hold
        self._recorded_at = ""
        first = work.known.get(0)
        alone = first.chains if first is not None else frozenset()
        self._registrar = alone if len(alone) == 1 else frozenset()
        self._hidden = {
            chain.name: self._first_hidden(chain.name) for chain in work.contents.chains
        }

    def check(self) -> None:
        """Judge every statement, in order, and then what is absent."""
        for index, known in self._work.known.items():
            if known.names is not None:
                self._check(index, known)
        self._check_absences()

    # Keys and posts

    def _check(self, index: int, known: Known) -> None:
        work, statement, header = self._work, known.statement, known.header
        assert statement is not None
        assert header is not None
        if index and self.registry.opening() is None:
            work.lack("speakers", index, "entry 0 is not shown", "未示出第 0 条")
            return
        examined = examine(statement, work.contents.origin, self.registry.public_keys)
        now_ms = parse_time(header.recorded_at)
        try:
            judge(examined, self.registry, index, header.recorded_at, now_ms, self._source_of)
        except Refused as refusal:
            self._refused(index, known, refusal)
            return
        work.tallies["signatures"].done += 1
        if self._fold(index, known) and self._is_shown_whole(index, known):
            work.tallies["speakers"].done += 1
        self._tell_citations(index, statement)
        if statement.type in _ORDERS:
            self._orders[index] = statement.type, bytes.fromhex(statement.data["target"])

    def _tell_citations(self, index: int, statement: Statement) -> None:
        """What was judged by a policy held; of the others nothing is known."""
        tally = self._work.tallies["citations"]
        citations = citations_of(statement.event, self.registry, index)
        cited = count(citations)
        tally.of += cited.of
        tally.done += cited.verified
        tally.add(list(unjudged(index, citations)))

    def _refused(self, index: int, known: Known, refusal: Refused) -> None:
        work = self._work
        if refusal.code == "bad_signature":
            work.find("signatures", index, refusal.en, refusal.zh)
        elif refusal.code not in _OF_THE_REGISTRY:
            work.find("statements", index, refusal.en, refusal.zh)
        elif self._verdict(index, known, refusal.code) == FAILED:
            work.find("speakers", index, refusal.en, refusal.zh)
        else:
            work.lack("speakers", index, refusal.en, refusal.zh)

    def _verdict(self, index: int, known: Known, code: str) -> Verdict:
        """What refuses may be for want of a statement that the bundle does not show."""
        if code in _MAY_LACK:
            return INCOMPLETE
        assert known.statement is not None
        source = self.registry.department(known.statement.source, index)
        if code == "out_of_role" and (source is None or self._gaps(index, known)):
            return INCOMPLETE
        return FAILED

    def _fold(self, index: int, known: Known) -> bool:
        assert known.statement is not None
        assert known.header is not None
        if known.statement.type not in REGISTRY_TYPES:
            return True
        self._recorded_at = max(self._recorded_at, known.header.recorded_at)
        try:
            self.registry.apply(index, self._recorded_at, known.statement.event)
        except (ValueError, LookupError, CryptoError) as error:
            text = str(error)
            self._work.find(
                "speakers", index, f"it cannot be folded: {text}", f"无法并入登记簿：{text}"
            )
            return False
        return True

    def _is_shown_whole(self, index: int, known: Known) -> bool:
        gaps = self._gaps(index, known)
        for en, zh in gaps:
            self._work.lack("speakers", index, en, zh)
        return not gaps

    def _gaps(self, index: int, known: Known) -> list[tuple[str, str]]:
        """What is missing of the chains of the keys that sign."""
        assert known.statement is not None
        keys = [self.registry.key(signer) for signer in known.statement.signers]
        names = sorted({chain_of_key(key) for key in keys if key is not None})
        return [gap for name in names if (gap := self._gap(index, name)) is not None]

    def _gap(self, index: int, name: str) -> tuple[str, str] | None:
        if self._work.whole.get(name, 0) <= index:
            return (
                f"{name} is not shown whole up to it: a revocation or release may be missing",
                f"未完整示出至此的 {name}：可能缺少吊销或离任",
            )
        hidden = self._hidden.get(name)
        if hidden is not None and hidden < index:
            return (
                f"entry {hidden} of {name} is not shown and may revoke or release",
                f"{name} 的第 {hidden} 条未示出，可能是吊销或离任",
            )
        return None

    def _first_hidden(self, name: str) -> int | None:
        """The first entry of a chain that may be a registry statement and is not shown."""
        chain = self._work.chain(name)
        for index in chain.entries if chain is not None else ():
            known = self._work.known.get(index)
            if known is None or known.shown.statement is not None:
                continue
            if name == REGISTRAR_CHAIN and len(known.chains) != REGISTRAR_LINKS:
                continue
            if not self._registrar or self._registrar <= known.chains:
                return index
        return None

    # Absence

    def _source_of(self, digest: str) -> str | None:
        """Who spoke a statement: by itself, or by the chains of its header."""
        target = bytes.fromhex(digest)
        for known in self._work.known.values():
            if known.header is not None and known.header.statement == target:
                return self._speaker(known)
        return None

    def _speaker(self, known: Known) -> str | None:
        if known.statement is not None:
            return known.statement.source
        for department in self.registry.departments():
            registered = self._work.known.get(department.registered_at)
            own = (
                frozenset()
                if registered is None
                else self._own_chain(registered, department.department)
            )
            if own and own <= known.chains:
                return department.department
        return None

    def _own_chain(self, registered: Known, department: str) -> frozenset[bytes]:
        """The chain of a department: what its registration shares with something that it said."""
        for known in self._work.known.values():
            if known.statement is not None and known.statement.source == department:
                found = (registered.chains & known.chains) - self._registrar
                if len(found) == 1:
                    return found
        return frozenset()

    def _check_absences(self) -> None:
        work, tally = self._work, self._work.tallies["absences"]
        asked = set(work.contents.asked())
        for index, known in work.known.items():
            absent = known.shown.absent
            if absent is None or (absent.by is None and index not in asked):
                # What only proves that a chain has no gap needs no statement, but for erased ones.
                if absent is not None and absent.reason == ERASED:
                    tally.of += 1
                    work.lack("absences", index, *_NO_ORDER)
                continue
            tally.of += 1
            if self._is_ordered(known, absent.by, absent.reason):
                tally.done += 1
            else:
                work.lack("absences", index, *_NO_ORDER)

    def _is_ordered(self, known: Known, by: int | None, reason: str) -> bool:
        """Whether entry *by* is shown, was allowed to, and orders just this."""
        order = None if by is None else self._orders.get(by)
        if order is None or known.header is None or by is None or by <= known.shown.index:
            return False
        return reason in _ORDERS[order[0]] and order[1] == known.header.statement
