"""A mapping is read strictly: what is wrong is named by its key, in both languages."""

from pathlib import Path

import pytest

from cli.failures import USAGE, Failure
from cli.importing.constants import constants_of
from cli.importing.declared import Last
from cli.importing.mapping import read_mapping
from tests.unit.importing.sample import sample_mapping, sample_toml

EXAMPLE = Path(__file__).parents[3] / "examples" / "receipt.toml"
USE = '[activities."核验"]\nevent = "use"\ncode = "C1"'


def test_the_sample_is_read() -> None:
    mapping = sample_mapping()
    assert list(mapping.activities) == ["送达", "核验", "决定", "更正"]
    assert mapping.activities["核验"].rule.family == "use"
    first, second = mapping.activities["更正"].rule.parents
    assert first == Last(frozenset({"核验", "决定"}), frozenset())
    assert second == Last(frozenset(), frozenset({"use", "share"}))
    assert mapping.departments.naming("not-stated").kind == "authorised_org"
    assert mapping.departments.naming("permits").kind == "gov"


def test_the_example_is_read() -> None:
    mapping = read_mapping(EXAMPLE.read_bytes(), EXAMPLE.name)
    assert len(mapping.activities) == 27


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("mapping = 1\n", "mapping = 2\n", "mapping"),
        ("mapping = 1\n", "", "mapping"),
        ('format = "csv"', 'format = "parquet"', "format"),
        ('name = "sample"', 'name = "../x"', "name"),
        ('name = "sample"', 'name = "Sample"', "name"),
        ("ignore = [", "ignored = [", "ignored"),
        ('ignore = ["归档"]', 'ignore = ["送达"]', "ignore"),
        ('ignore = ["归档"]', 'ignore = ["归档"]\ndelimiter = ";;"', "delimiter"),
        ('column = "编号"', 'colum = "编号"', "fields.event"),
        ('column = "编号"', 'column = "编号"\nsize = 1', "fields.event.size"),
        ('column = "编号"', 'column = "编号"\nconstant = "x"', "fields.event"),
        ('column = "编号"\nas = "id"', 'column = "编号"', "fields.event.as"),
        ('column = "编号"\nas = "id"', 'column = "编号"\nas = "text"', "fields.event.as"),
        ('column = "环节"', 'column = "环节"\nas = "id"', "fields.activity.as"),
        ("[fields.case]", "[fields.cases]", "fields.case"),
        ("[fields.records]", "[fields.Records]", "fields.Records"),
        ("[fields.records]", "[fields.code]", "fields.code"),
        ('column = "案件"', 'column = "案件"\nmay_be_empty = true', "fields.case.may_be_empty"),
        ('column = "案件"', 'column = "案件"\nmay_be_empty = 1', "fields.case.may_be_empty"),
        ('column = "案件"', 'column = "案件"\noffset = "+08:00"', "fields.case.offset"),
        ('column = "时间"', 'column = "时间"\noffset = "8"', "fields.time.offset"),
        ('column = "时间"', 'column = "时间"\nvalues = { x = "y" }', "fields.time.values"),
        ('"未载明" = "not-stated"', '"未载明" = "not stated"', 'fields.department.values."未载明"'),
        ('"未载明" = "not-stated"', '"未" = "x", "无" = "x"', "fields.department.values"),
        ('"状态" = "完成"', '"状态" = 1', 'expect."状态"'),
        ('owner = "yunling"', 'event = "yunling"', "constants.event"),
        ('owner = "yunling"', "owner = 1", "constants.owner"),
        ('kind = "gov"', 'kind = "office"', "departments.kind"),
        ('zh = "云岭省{source}"', 'zh = "云岭省{event}"', "departments.name.zh"),
        ('zh = "云岭省{source}"', 'zh = "云岭省{"', "departments.name.zh"),
        ('zh = "云岭省{source}"', 'de = "云岭省"', "departments.name.zh"),
        ('en = "not stated"', 'de = "not stated"', "departments.named.not-stated.name.de"),
        ('tiers = ["handler"]', 'tiers = ["boss"]', "posts.tiers"),
        ('tiers = ["handler"]', "tiers = []", "posts.tiers"),
        ('post = "经办岗"', 'post = "\\u0001"', "posts.post"),
        ("zelian.delivery.sent.v1", "zelian.delivery.sent.v2", "events.share.type"),
        ("zelian.delivery.sent.v1", "zelian.key.enrolled.v1", "events.share.type"),
        ('family = "share"', "family = 1", "events.share.family"),
        ('delivery = "{department}/{event}"', 'use = "x/y"', "events.share.refs.use"),
        (', delivery = "{department}/{event}"', "", "events.share.refs.delivery"),
        ("channel =", "chanel =", "events.share.data.chanel"),
        (', channel = "not_stated"', "", 'activities."送达".data.channel'),
        ('channel = "not_stated", ', 'channel = "not_stated", x = 1, ', "events.share.data.x"),
        ('channel = "not_stated", ', 'channel = "not_stated", signers = [], ', "data.signers"),
        ('channel = "not_stated"', "channel = 1.5", "events.share.data.channel"),
        ('channel = "not_stated"', 'channel = "{}"', "events.share.data.channel"),
        ('records = "{records}"', 'records = "{number}"', 'activities."送达"'),
        ("{next.department|external}", "{next.owner|external}", 'activities."送达"'),
        (USE, USE.replace("use", "using"), 'activities."核验".event'),
        (USE, USE.replace('code = "C1"', ""), 'activities."核验"'),
        (USE, USE.replace("C1", "C 1"), 'activities."核验".code'),
        (USE, USE.replace("C1", "C2"), 'activities."决定"'),
        (USE, USE + "\nx = 1", 'activities."核验".x'),
        (
            'activities = ["C1", "决定"]',
            'activities = ["C3"]',
            'activities."更正".parents[0].activities',
        ),
        ('families = ["use", "share"]', 'families = ["x"]', ".parents[1].families"),
        ('activities = ["C1", "决定"]', "activities = []", 'activities."更正".parents[0]'),
        ('activities = ["C1", "决定"]', 'activities = ["C2"], n = 1', ".parents[0].n"),
    ],
)
def test_an_error_names_the_key(old: str, new: str, key: str) -> None:
    with pytest.raises(Failure) as caught:
        read_mapping(sample_toml((old, new)), "sample.toml")
    assert caught.value.exit_code == USAGE
    assert caught.value.en.startswith("sample.toml: ")
    assert f"{key}: " in caught.value.en
    assert f"{key}：" in caught.value.zh


@pytest.mark.parametrize(
    "raw", [b"mapping = ", b"\xff", b"a = 1\na = 2", b"#" * 1_000_001, b"a = " + b"[" * 9_000]
)
def test_what_is_not_toml_is_refused(raw: bytes) -> None:
    with pytest.raises(Failure, match=r"sample\.toml is not TOML"):
        read_mapping(raw, "sample.toml")


def test_every_constant_is_told() -> None:
    told = constants_of(sample_mapping())
    for expected in (
        ("owner", "yunling"),
        ('department "未载明"', "not-stated"),
        ("departments kind", "gov"),
        ("posts", "经办岗, handler"),
        ("delivery.sent.v1 channel", "not_stated"),
        ("delivery.sent.v1 consumer, where there is no next.department", "external"),
        ("use.recorded.v1 use_kind", "act"),
    ):
        assert expected in told
    assert not any("{event}" in what for _, what in told)
