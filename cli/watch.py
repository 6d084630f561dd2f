"""``zelian watch``: follow a log from outside, and raise the alarm.

It keeps a copy of all that the log publishes and the checkpoint that it verified last,
in a folder of its own; whoever runs it need not trust whoever runs the log.
"""

import json
import shlex
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click
from prometheus_client import CollectorRegistry, Gauge, start_http_server

from cli.client import Client
from cli.command import command, option
from cli.failures import DONE, FAILED, UNVERIFIED, Failure, usage
from cli.invocation import JSON, LANG, POLICY, SERVER, here
from cli.output import data, data_json, talk
from cli.receipts import trust_policy
from cli.speech import pick
from ledger.errors import LedgerError, NotFound
from ledger.exchange import Unanswered
from ledger.log.tile_store import CHECKPOINT
from ledger.watching.alarms import ALARMS, Alarm
from ledger.watching.watcher import Limits, Seen, Watcher
from ledger.watching.witnessed import Unreachable
from ledger.witnessing.ask import Asker

TELLING_S = 30  # for a command or a webhook
READ_S = 120.0  # for one file of the log
_MINUTE_S = 60
_MINUTES = click.IntRange(1, 100_000)


class Panel:
    """What a monitoring system reads, on loopback."""

    def __init__(self, port: int) -> None:
        registry = CollectorRegistry()
        self._size = Gauge("zelian_watch_verified_size", "entries verified", registry=registry)
        self._looked = Gauge(
            "zelian_watch_last_look_timestamp_seconds", "when it looked last", registry=registry
        )
        self._alarms = Gauge("zelian_watch_alarm", "1 while it holds", ["code"], registry=registry)
        start_http_server(port, "127.0.0.1", registry)

    def show(self, seen: Seen) -> None:
        self._size.set(seen.size)
        self._looked.set(time.time())
        raised = {alarm.code for alarm in seen.alarms}
        for code in ALARMS:
            self._alarms.labels(code).set(code in raised)


@command(
    "Watch a log from outside.\n\n"
    "Fetches what it publishes, verifies that nothing before was changed, re-computes root and "
    "chains, and keeps a copy that can serve in its place. On a fork or a rollback it writes a "
    "report that anybody verifies with `zelian verify fork-report`, and ends with exit code 1. "
    "It notices silence, witnesses that fall behind and a clock that runs off.\n\n"
    "--once looks once: exit code 0 where all is well, 3 where something is missing.",
    "从外部监视日志。\n\n"
    "获取其公布的内容，验证既往未被更改，重新计算根与各链，并保存可替代其提供服务的副本。"
    "发现分叉或回退时写出报告（任何人可用 `zelian verify fork-report` 核验），并以退出码 1 结束。"
    "日志沉默、见证者落后、时钟偏差均予提示。\n\n"
    "--once 只查看一次：正常为 0，有缺失为 3。",
    options=(SERVER, POLICY, JSON, LANG),
)
@option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    en="Where copy and evidence are kept.",
    zh="副本与证据的保存目录。",
)
@option(
    "--every",
    type=click.IntRange(1, 86_400),
    default=60,
    show_default=True,
    en="Seconds between two looks.",
    zh="两次查看之间的秒数。",
)
@option("--once", is_flag=True, en="Look once and end.", zh="只查看一次。")
@option(
    "--silent",
    type=_MINUTES,
    default=120,
    show_default=True,
    metavar="MINUTES",
    en="Tell of a log that says nothing new for so long, and of witnesses likewise.",
    zh="日志或见证者沉默超过多少分钟即提示。",
)
@option(
    "--on-alarm",
    "run",
    metavar="COMMAND",
    en="Run this where alarms change; it gets them as JSON on stdin.",
    zh="告警变化时运行此命令；告警以 JSON 由 stdin 给出。",
)
@option(
    "--webhook", metavar="URL", en="Post alarms there where they change.", zh="告警变化时发送至此。"
)
@option(
    "--metrics",
    "port",
    type=click.IntRange(1, 65_535),
    metavar="PORT",
    en="Show metrics on this port of loopback.",
    zh="在本机此端口提供指标。",
)
def watch(
    folder: Path,
    every: int,
    once: bool,
    silent: int,
    run: str | None,
    webhook: str | None,
    port: int | None,
) -> None:
    """Watch a log."""
    server = here().server
    if server is None:
        raise usage("give --server URL", "请给出 --server URL")
    seconds = silent * _MINUTE_S
    watcher = Watcher(
        folder,
        trust_policy(),
        _reader(Client(server)),
        _ask,
        lambda: time.time_ns() // 1_000_000,
        Limits(silent_s=seconds, witness_s=seconds),
    )
    panel = None if port is None else Panel(port)
    with closing(watcher):
        code = _watch(watcher, None if once else every, _Telling(run, webhook), panel)
    click.get_current_context().exit(code)


def _watch(watcher: Watcher, every: int | None, telling: "_Telling", panel: Panel | None) -> int:
    while True:
        seen = watcher.look()
        if panel is not None:
            panel.show(seen)
        _print(seen, always=every is None)
        telling.tell(seen)
        if seen.ends:
            return FAILED
        if every is None:
            return UNVERIFIED if seen.alarms else DONE
        time.sleep(every)


class _Telling:
    """Tells of alarms where they changed."""

    def __init__(self, run: str | None, webhook: str | None) -> None:
        self._run = None if run is None else shlex.split(run)
        self._webhook = webhook
        if webhook is not None and not webhook.startswith(("http://", "https://")):
            raise usage("--webhook takes an http address", "--webhook 应为 http 地址")
        self._told: frozenset[str] = frozenset()

    def tell(self, seen: Seen) -> None:
        codes = frozenset(alarm.code for alarm in seen.alarms)
        if codes == self._told:
            return
        self._told = codes
        body = json.dumps(_members(seen), ensure_ascii=False).encode()
        if self._run is not None:
            self._command(self._run, body)
        if self._webhook is not None:
            self._post(self._webhook, body)

    def _command(self, run: Sequence[str], body: bytes) -> None:
        try:
            done = subprocess.run(run, input=body, timeout=TELLING_S, check=False)
            if done.returncode:
                talk(
                    f"{run[0]} ended with {done.returncode}", f"{run[0]} 以 {done.returncode} 结束"
                )
        except (OSError, subprocess.TimeoutExpired) as error:
            name = type(error).__name__
            talk(f"{run[0]} could not be run ({name})", f"无法运行 {run[0]}（{name}）")

    def _post(self, url: str, body: bytes) -> None:
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=TELLING_S):
                pass
        except (OSError, urllib.error.URLError, ValueError) as error:
            name = type(error).__name__
            talk(f"the webhook did not take it ({name})", f"webhook 未接收（{name}）")


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise TimeoutError where the block takes longer.

    Whoever sends a byte now and then keeps any timeout of a socket from ending.
    """

    def late(*_: object) -> None:
        raise TimeoutError(f"no whole answer within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _reader(client: Client) -> Any:
    """Return what reads the published files of a server."""

    def read(path: str) -> bytes | None:
        try:
            with _within(READ_S):
                return client.checkpoint().encode() if path == CHECKPOINT else client.tile(path)
        except NotFound:
            return None
        except (Failure, LedgerError) as error:
            raise Unreachable(error.en, error.zh) from None

    return read


def _ask(url: str, origin: str) -> bytes | None:
    """Return what a witness publishes of a log."""
    asker = Asker(url)
    try:
        answer = asker.checkpoint(origin)
    except Unanswered as error:
        raise Unreachable(
            f"{url} cannot be reached ({error})", f"无法访问 {url}（{error}）"
        ) from None
    finally:
        asker.close()
    if answer.status not in (200, 404):
        raise Unreachable(
            f"{url} answers HTTP {answer.status}", f"{url} 的应答为 HTTP {answer.status}"
        )
    return answer.body if answer.status == 200 else None


def _print(seen: Seen, *, always: bool) -> None:
    if here().as_json:
        data_json(_members(seen))
        return
    if seen.added or seen.alarms or always:
        root = "-" if seen.root is None else seen.root.hex()
        data(
            pick(
                f"verified {seen.size} entries, {seen.added} new, root {root}",
                f"已验证 {seen.size} 条，新增 {seen.added} 条，根 {root}",
            )
        )
    for alarm in seen.alarms:
        data(f"{'!!' if alarm.ends else '!'} {_words(alarm)}")
    if seen.report is not None:
        talk(f"the evidence is in {seen.report}", f"证据见 {seen.report}")


def _words(alarm: Alarm) -> str:
    title = ALARMS[alarm.code].title
    return pick(f"{title}: {alarm.en}", f"{title.zh}：{alarm.zh}")


def _members(seen: Seen) -> Mapping[str, Any]:
    return {
        "added": seen.added,
        "alarms": [alarm.to_json() for alarm in seen.alarms],
        "ends": seen.ends,
        "report": None if seen.report is None else str(seen.report),
        "root": None if seen.root is None else seen.root.hex(),
        "size": seen.size,
    }
