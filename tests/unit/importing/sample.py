"""A small invented event log and its mapping. 云岭省 and everybody in it are invented."""

from cli.importing.declared import LogMapping
from cli.importing.mapping import read_mapping
from cli.importing.rows import Source
from cli.importing.values import Rows, read_rows
from crypto.keys import PrivateKey
from tests.world import seed

HEADER = "编号,案件,环节,部门,经办,时间,份数,状态"
ROWS = [
    "E-1,A-1,送达,Archive 1,Li,2026-01-05 09:00:00.123456+08:00,3,完成",
    "E-5,A-2,送达,Archive 1,li,2026-01-05 09:30:00+08:00,,完成",
    "E-2,A-1,核验,Permits,Wang,2026-01-05 10:00:00+08:00,,完成",
    "E-3,A-1,更正,Permits,,2026-01-05 11:00:00+08:00,,完成",
    "E-4,A-1,决定,未载明,Wang,2026-01-06 08:00:00+08:00,,完成",
    "E-6,A-2,核验,Permits,Wang,2026-01-06 09:00:00+08:00,,完成",
]
KEYS: dict[str, PrivateKey] = {"archive-1": seed(11), "permits": seed(12), "not-stated": seed(13)}
MAPPING = """
mapping = 1
name = "sample"
format = "csv"
ignore = ["归档"]

[fields.event]
column = "编号"
as = "id"
[fields.case]
column = "案件"
as = "id"
[fields.activity]
column = "环节"
[fields.department]
column = "部门"
as = "words"
values = { "未载明" = "not-stated" }
[fields.official]
column = "经办"
as = "words"
may_be_empty = true
[fields.time]
column = "时间"
[fields.records]
column = "份数"
as = "integer"
may_be_empty = true

[expect]
"状态" = "完成"

[constants]
owner = "yunling"

[departments]
kind = "gov"
[departments.name]
zh = "云岭省{source}"
[departments.named.not-stated]
kind = "authorised_org"
name = { zh = "未载明部门", en = "not stated" }

[posts]
post = "经办岗"
tiers = ["handler"]

[events.share]
type = "zelian.delivery.sent.v1"
family = "share"
subject = "act/{owner}/{case}"
refs = { act = "{owner}/{case}", item = "{owner}/I-1", delivery = "{department}/{event}" }
data = { consumer = "{next.department|external}", channel = "not_stated", records = "{records}" }

[events.use]
type = "zelian.use.recorded.v1"
family = "use"
subject = "act/{owner}/{case}"
refs = { act = "{owner}/{case}", item = "{owner}/I-1", use = "{department}/{event}" }
data = { purpose_code = "{code}", use_kind = "act", reliance = "not_stated" }
parents = [{ families = ["share"] }]

[events.fix]
type = "zelian.feedback.quality.v1"
family = "feedback"
subject = "item/{owner}/I-1"
refs = { item = "{owner}/I-1", feedback = "{department}/{event}" }
data = { defect = "not_stated", description = "{activity}" }
parents = [{ families = ["use"] }]

[activities."送达"]
event = "share"
[activities."核验"]
event = "use"
code = "C1"
[activities."决定"]
event = "use"
code = "C2"
[activities."更正"]
event = "fix"
parents = [{ activities = ["C1", "决定"] }, { families = ["use", "share"] }]
"""


def csv_text(*rows: str, header: str = HEADER) -> str:
    """A whole file of these rows."""
    return "".join(f"{line}\n" for line in (header, *rows))


def sample_mapping(*edits: tuple[str, str]) -> LogMapping:
    """The sample's mapping with some of its text replaced."""
    return read_mapping(sample_toml(*edits), "sample.toml")


def sample_toml(*edits: tuple[str, str]) -> bytes:
    """The sample's mapping with some of its text replaced, as bytes."""
    text = MAPPING
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return text.encode()


def sample_rows(*rows: str, mapping: LogMapping | None = None) -> Rows:
    """The events of these rows, or of the sample's."""
    source = Source("log.csv", csv_text(*(rows or ROWS)))
    return read_rows(source, mapping or sample_mapping())
