"""Company registrations: the canonical story, one act a time, laid into a ledger again and again.

Seven providers deliver, one department uses, two officials consent, a third decides, the
effect is credited to all seven. The catalogue, the duties and the papers of the seven
shares are told once; each act then has statements of its own, told with the calls and
the cast of the demo's stories. Everybody is invented.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from benchmarks.cast import ORIGIN
from benchmarks.errors import BenchError
from cli.stories import company_registration, registration, standing
from cli.stories.case import Case
from cli.stories.keyring import Keyring
from cli.stories.line import Line, at, in_order
from cli.stories.record import start_before
from cli.stories.script import law, sharing_law
from cli.stories.teller import Teller
from crypto.keys import PrivateKey
from crypto.notation import parse_time
from crypto.statement import read_statement
from ledger.bootstrap import open_ledger
from ledger.log.clock import system_clock
from ledger.service import Ledger, Submitted
from ledger.settings import Settings

CLERK, REVIEWER, HEAD = "cs-7215", "cs-7208", "cs-7201"
_BUREAU = "cs"
_SENDERS = {
    "population": "ga", "premises": "zj-2046", "fire": "xf-1187", "labour": "rs-4420",
    "tax": "sw-5309", "legal_entity": "sc", "address": "zr",
}  # fmt: skip
_CITED = 8  # times seven shares that a decision cites: a list holds 64 values
_MATTER = "QYSL-001"
_PURPOSE = ("company-registration", "市场主体设立登记材料核验")
_LAW = (law("中华人民共和国市场主体登记管理条例"), sharing_law("第十九条"))
_GROUP = 500  # statements that are submitted together


class Registrations:
    """Tells acts into the ledger of one home, which holds nothing of the stories before.

    Attributes:
        acts: refs of all that were told, by how many times over their seven shares were made.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.acts: dict[int, list[str]] = {}
        self._told = False

    def lay(self, counts: Mapping[int, int]) -> None:
        """Tell further acts: how many, by how many times over their seven shares are made."""
        lines = [] if self._told else _beforehand()
        for times, count in counts.items():
            known = sum(map(len, self.acts.values()))
            cases = [_case(number, times) for number in range(known, known + count)]
            lines += [line for case in cases for line in case.lines]
            self.acts.setdefault(times, []).extend(case.act for case in cases)
        self._tell(lines)

    def clerk_key(self) -> PrivateKey:
        """Return the key of the official who asks and uses."""
        ledger = open_ledger(self._settings, writes=False)
        try:
            return Keyring(ledger.parts.home).key(CLERK)
        finally:
            ledger.close()

    def _tell(self, lines: Sequence[Line]) -> None:
        ledger = open_ledger(self._settings)
        try:
            if not self._told:
                start = parse_time(start_before(system_clock()))
                self._teller = Teller(ORIGIN, start, Keyring(ledger.parts.home))
                self._told = True
            for begin in range(0, len(lines), _GROUP):
                _submit(ledger, list(self._signed(lines[begin : begin + _GROUP])))
        finally:
            ledger.close()

    def _signed(self, lines: Iterable[Line]) -> Iterator[bytes]:
        for line in lines:
            statement = self._teller.statement(line)
            self._teller.note(line, read_statement(statement).digest.hex())
            yield statement


def _submit(ledger: Ledger, lines: list[bytes]) -> None:
    answer = ledger.submit_batch(lines)
    refused = [one for one in answer.lines if not isinstance(one, Submitted)]
    if refused:
        raise BenchError(f"the ledger does not take a statement: {refused[0]}")


def _beforehand() -> list[Line]:
    """Who takes part, the catalogue, the rules, and the papers of the seven shares."""
    papers = [line for line in company_registration.lines() if line.act is None]
    told = [*registration.before(), *standing.lines(), *papers]
    return in_order(line for line in told if line.when.offset_ms < at("0 00:00:00").offset_ms)


def _case(number: int, times: int) -> Case:
    name = f"company-{number:06d}"
    act = f"SL-2026-{number:06d}"
    case = Case(company_registration.STORY, name, _BUREAU, act, _MATTER, _PURPOSE, _LAW)
    case.open((CLERK, "0 08:41:26"), "registration")
    cited = []
    for turn in range(times):
        suffix = f"-{turn}" if turn else ""
        for item, sender in _SENDERS.items():
            case.share(
                item, (sender, "0 09:12:04"), (_BUREAU, "0 09:12:05"), (CLERK, "0 09:16:40"),
                suffix=suffix, used={"reliance": "decisive"},
            )  # fmt: skip
            if turn < _CITED:
                cited.append(f"{item.replace('_', '-')}{suffix}")
    _decide(case, number, cited)
    return case


def _decide(case: Case, number: int, cited: Sequence[str]) -> None:
    reviewed = case.countersign("review", (REVIEWER, "0 16:24:11"), cited, reason="同意报批")
    approved = case.countersign(
        "approve", (HEAD, "0 17:02:38"), cited, also=(reviewed,), reason="准予设立登记"
    )
    decided = case.decide(
        (HEAD, "0 17:10:20"), "registration", "registered", f"青市监登字〔2026〕{number} 号",
        cited, own=(CLERK,), also=(approved,),
    )  # fmt: skip
    case.effect(
        (CLERK, "2 10:30:00"), cited,
        {
            "benefit": "materials_saved",
            "metrics": [{"baseline": 11, "name": "申请人提交材料", "unit": "份", "value": 3}],
        },
        relies_on=(decided,),
        acknowledged=[(sender, "3 08:30:02") for sender in _SENDERS.values()],
    )  # fmt: skip
