"""Read X-Road operational monitoring records, of which each side of an exchange makes one.

Three forms are read: a JSON list of records, the object ``{"records": […]}`` in which
a security server hands them over, and a record a line. Members that are known must be
of their type; others, which a later version or a collector may add, are left alone. A
record says at least what X-Road's own schema requires of one: which side it is, when
the request came in and the response went out, and whether that succeeded.

Units: milliseconds since 1970 for all ``…Ts`` but ``monitoringDataTs``, seconds.

Source: X-Road op-monitor-core, the schema of stored operational data.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from crypto.notation import format_time
from ledger.errors import BadRequest

MAX_RECORDS = 500_000
Side = Literal["Client", "Producer"]

_SIDES: Mapping[str, Side] = {"Client": "Client", "Producer": "Producer"}
_TEXTS = (
    "securityServerInternalIp", "securityServerType", "clientXRoadInstance", "clientMemberClass",
    "clientMemberCode", "clientSubsystemCode", "serviceXRoadInstance", "serviceMemberClass",
    "serviceMemberCode", "serviceSubsystemCode", "serviceCode", "serviceVersion", "restMethod",
    "restPath", "xRoadVersion", "representedPartyClass", "representedPartyCode", "messageId",
    "messageUserId", "messageIssue", "messageProtocolVersion", "clientSecurityServerAddress",
    "serviceSecurityServerAddress", "faultCode", "faultString", "xRequestId", "serviceType",
)  # fmt: skip
INSTANTS = ("requestInTs", "requestOutTs", "responseInTs", "responseOutTs")
_NUMBERS = (
    "monitoringDataTs", "requestSize", "responseSize", "requestMimeSize", "responseMimeSize",
    "requestAttachmentCount", "responseAttachmentCount", "statusCode",
)  # fmt: skip
MEMBERS = (*_TEXTS, *INSTANTS, *_NUMBERS, "succeeded")
_MAX_TEXT = 2_048  # characters
_MAX_MS = 253_402_300_799_999


@dataclass(frozen=True, slots=True)
class Record:
    """What one side says of one exchange.

    Attributes:
        number: its place in the file, from 1; ``file``: the file's name.
        began, ended: when the request came in, and the response went out; milliseconds.
        client, provider: ``INSTANCE/CLASS/CODE[/SUBSYSTEM]``; None: not said.
        service: ``<provider>/<service code>[/<version>]``.
        members: the known ones, written as texts; instants as T.
    """

    file: str
    number: int
    side: Side
    succeeded: bool
    began: int
    ended: int
    client: str | None
    provider: str | None
    service: str | None
    message: str | None
    request: str | None
    fault: str | None
    members: Mapping[str, str]

    @property
    def key(self) -> str | None:
        """What both sides call the exchange: the request's own id, else the message's."""
        return self.request or self.message


def read_records(text: str, file: str) -> list[Record]:
    """Return the records in *text*, in their order, repeats too.

    Raises:
        BadRequest: it holds no such records; says which one and which member is at fault.
    """
    values = _values(text, file)
    if len(values) > MAX_RECORDS:
        raise BadRequest(
            f"{file}: more than {MAX_RECORDS} records: split it",
            f"{file}：超过 {MAX_RECORDS} 条记录：请拆分",
        )
    return [_record(value, file, number) for number, value in enumerate(values, 1)]


def _values(text: str, file: str) -> Sequence[Any]:
    try:
        whole = _parse(text)
    except ValueError:
        whole = list(_lines(text, file))
    except RecursionError:
        raise _wrong(file, "nested too deeply", "嵌套过深") from None
    if isinstance(whole, dict) and isinstance(whole.get("records"), list):
        return list(whole["records"])
    if isinstance(whole, list):
        return whole
    return [whole]  # one record alone, or nothing that is one


def _lines(text: str, file: str) -> Iterator[Any]:
    """Yield the value of each line; one that is no JSON tells where."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield _parse(line)
            except (ValueError, RecursionError):
                raise _wrong(
                    f"{file}, line {number}", "not JSON", "不是 JSON", f"{file}，第 {number} 行"
                ) from None


def _parse(text: str) -> Any:
    # A fraction (a collector's own time) is of no use here: it stays the text that it is.
    return json.loads(text, object_pairs_hook=_object, parse_float=str, parse_constant=_no_constant)


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found


def _no_constant(_name: str) -> Any:
    raise ValueError("no number")


def _wrong(where: str, en: str, zh: str, where_zh: str | None = None) -> BadRequest:
    return BadRequest(f"{where}: {en}", f"{where_zh or where}：{zh}")


def _record(value: Any, file: str, number: int) -> Record:
    if not isinstance(value, dict):
        raise BadRequest(
            f"{file}, record {number}: is no object", f"{file}，第 {number} 条记录：不是对象"
        )
    reader = _Reader(value, file, number)
    texts = {name: text for name in _TEXTS if (text := reader.text(name)) is not None}
    instants = {name: ms for name in INSTANTS if (ms := reader.number(name)) is not None}
    numbers = {name: found for name in _NUMBERS if (found := reader.number(name)) is not None}
    succeeded = reader.succeeded()
    began, ended = (reader.needed(instants, name) for name in ("requestInTs", "responseOutTs"))
    client, provider = _member("client", texts), _member("service", texts)
    return Record(
        file=file,
        number=number,
        side=reader.side(texts),
        succeeded=succeeded,
        began=began,
        ended=ended,
        client=client,
        provider=provider,
        service=_service(provider, texts),
        message=texts.get("messageId"),
        request=texts.get("xRequestId"),
        fault=texts.get("faultCode"),
        members={
            **texts,
            **{name: format_time(ms) for name, ms in instants.items()},
            **{name: str(found) for name, found in numbers.items()},
            "succeeded": "true" if succeeded else "false",
        },
    )


def _member(whose: str, texts: Mapping[str, str]) -> str | None:
    """Return X-Road's name of a client or provider; None unless all of it is said."""
    parts = [texts.get(f"{whose}{part}") for part in ("XRoadInstance", "MemberClass", "MemberCode")]
    if None in parts:
        return None
    subsystem = texts.get(f"{whose}SubsystemCode")
    return "/".join([*map(str, parts), *([subsystem] if subsystem else [])])


def _service(provider: str | None, texts: Mapping[str, str]) -> str | None:
    if provider is None or "serviceCode" not in texts:
        return None
    version = texts.get("serviceVersion")
    return "/".join([provider, texts["serviceCode"], *([version] if version else [])])


class _Reader:
    """Takes members of one record, each of its type."""

    def __init__(self, value: Mapping[str, Any], file: str, number: int) -> None:
        self._value, self._file, self._number = value, file, number

    def text(self, name: str) -> str | None:
        """An empty text says nothing, as an absent one."""
        value = self._value.get(name)
        if value is None or value == "":
            return None
        if type(value) is not str or len(value) > _MAX_TEXT:
            raise self._error(
                name, f"must be a text of at most {_MAX_TEXT}", f"应为不超过 {_MAX_TEXT} 字的文本"
            )
        return value

    def number(self, name: str) -> int | None:
        value = self._value.get(name)
        if value is None:
            return None
        if type(value) is not int or not 0 <= value <= _MAX_MS:
            raise self._error(name, "must be a whole number", "应为整数")
        return value

    def succeeded(self) -> bool:
        value = self._value.get("succeeded")
        if type(value) is not bool:
            raise self._error("succeeded", "must be true or false", "应为 true 或 false")
        return value

    def side(self, texts: Mapping[str, str]) -> Side:
        side = _SIDES.get(texts.get("securityServerType", ""))
        if side is None:
            raise self._error(
                "securityServerType", "must be Client or Producer", "应为 Client 或 Producer"
            )
        return side

    def needed(self, instants: Mapping[str, int], name: str) -> int:
        if name not in instants:
            raise self._error(name, "is missing", "缺少此项")
        return instants[name]

    def _error(self, name: str, en: str, zh: str) -> BadRequest:
        return BadRequest(
            f"{self._file}, record {self._number}, {name}: {en}",
            f"{self._file}，第 {self._number} 条记录，{name}：{zh}",
        )
