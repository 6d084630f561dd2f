"""What a watcher tells: a code for programs, words for people, how bad it is."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from ledger.events.wording import Wording


class Kind(NamedTuple):
    """One kind of alarm; *ends*: the log can no longer be followed."""

    ends: bool
    title: Wording


ALARMS: Final = {
    "forked": Kind(True, Wording("The log signed two histories", "日志签署了两种历史")),
    "rolled_back": Kind(True, Wording("The log shows less than before", "日志内容较之前减少")),
    "unexplained": Kind(
        True,
        Wording("What the log serves does not make what it signed", "日志所供内容与其签名不符"),
    ),
    "broken": Kind(True, Wording("Entries do not follow one another", "条目前后不衔接")),
    "untrusted": Kind(True, Wording("The checkpoint is not the log's", "检查点并非由该日志签署")),
    "incomplete": Kind(False, Wording("Files of the log are missing", "日志文件缺失")),
    "unreachable": Kind(False, Wording("The log cannot be reached", "无法访问日志")),
    "silent": Kind(False, Wording("The log says nothing new", "日志长时间没有更新")),
    "held_back": Kind(
        False, Wording("The log shows less than a witness saw", "日志所示少于见证者所见")
    ),
    "witness_behind": Kind(False, Wording("A witness has fallen behind", "见证者落后")),
    "witness_unread": Kind(
        False, Wording("A witness does not tell what it saw", "见证者未告知其所见")
    ),
    "clock_off": Kind(False, Wording("The log's clock runs off", "日志时钟偏差")),
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that is wrong; *code* is a key of :data:`ALARMS`."""

    code: str
    en: str
    zh: str

    @property
    def ends(self) -> bool:
        return ALARMS[self.code].ends

    def to_json(self) -> dict[str, object]:
        """Return it for programs."""
        title = ALARMS[self.code].title
        return {
            "code": self.code,
            "detail": {"en": self.en, "zh": self.zh},
            "ends": self.ends,
            "title": {"en": str(title), "zh": title.zh},
        }
