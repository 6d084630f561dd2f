"""Give X-Road operational monitoring records as rows of an event log.

A row is a record, and has as columns the record's own members (instants as times), and
these, made of them:

=============  ==========================================================================
``side``       ``Producer`` or ``Client``; ``, failed`` behind it where it says so
``exchange``   the request's id, which both sides record; else the message's
``id``         the same with ``-producer`` or ``-client`` behind it
``client``     ``INSTANCE/CLASS/CODE[/SUBSYSTEM]``; ``provider`` likewise
``service``    ``<provider>/<service code>[/<version>]``
``relation``   ``<client> > <service>``
``consumer``   the client's department by ``[subsystems]``, or the client's own name
``source``     the provider's department, likewise
``speaker``    that of the side whose record it is
``item``       the service's item by ``[services]``, or nothing
``grant``      the relation's grant by ``[grants]``, or nothing
``exchanged``  when the response had gone out on both sides: to put events in order by,
               so that a client whose clock is behind still comes after the provider
=============  ==========================================================================

A record that says the same as an earlier one, but for when it was collected, repeats it;
it is ignored, and so is one of a service that the mapping passes over.
"""

from collections.abc import Iterator, Mapping

from cli.failures import usage
from cli.importing.declared import LogMapping
from cli.importing.rows import Cells, Source, wanted_columns
from crypto.notation import format_time
from ledger.errors import BadRequest
from ledger.reconciliation.exchanges import distinct
from ledger.reconciliation.names import Names, relation
from ledger.reconciliation.xroad import MEMBERS, Record, read_records

DERIVED = (
    "side", "exchange", "id", "client", "provider", "service", "relation", "consumer", "source",
    "speaker", "item", "grant", "exchanged",
)  # fmt: skip


def read_xroad(source: Source, mapping: LogMapping) -> Iterator[Cells]:
    """Yield the records of *source*; those of providers first, then those of clients.

    Raises:
        Failure: a record is not as it must be, or the mapping names a column of none.
    """
    wanted = wanted_columns(mapping)
    for column in wanted:
        if column not in MEMBERS and column not in DERIVED:
            raise source.error(
                1, column, "no record has such a member", "运行监测记录没有这样的成员"
            )
    try:
        records = read_records(source.text, source.name)
    except BadRequest as error:
        raise usage(f"{error.en}; nothing was sent", f"{error.zh}；未发送任何内容") from None
    once = {id(record) for record in distinct(records)}
    ended = _ended(records)
    for side in ("Producer", "Client"):
        for record in records:
            if record.side == side:
                cells = _cells(record, mapping.names, ended)
                passed = record.service in mapping.names.passed_over
                yield Cells(
                    record.number,
                    {column: cells.get(column, "") for column in wanted},
                    passed or id(record) not in once,
                )


def _ended(records: list[Record]) -> Mapping[str, int]:
    """Return of each exchange when the response had gone out on both sides."""
    found: dict[str, int] = {}
    for record in records:
        if record.key is not None:
            found[record.key] = max(record.ended, found.get(record.key, 0))
    return found


def _cells(record: Record, names: Names, ended: Mapping[str, int]) -> dict[str, str]:
    client, provider, service = (
        text or "" for text in (record.client, record.provider, record.service)
    )
    key = record.key or ""
    between = relation(client, service) if client and service else ""
    consumer = names.subsystems.get(client, client)
    source = names.subsystems.get(provider, provider)
    return {
        **record.members,
        "side": record.side if record.succeeded else f"{record.side}, failed",
        "exchange": key,
        "id": f"{key}-{record.side.lower()}" if key else "",
        "client": client,
        "provider": provider,
        "service": service,
        "relation": between,
        "consumer": consumer,
        "source": source,
        "speaker": source if record.side == "Producer" else consumer,
        "item": names.services.get(service, ""),
        "grant": names.grants.get(between, ""),
        "exchanged": format_time(ended.get(key, record.ended)),
    }
