"""Put what receipts are made of under a checkpoint that witnesses cosigned.

Source: spec 6.
"""

from collections.abc import Sequence

import msgspec

from crypto.tlog_proof import parse_tlog_proof
from ledger.log.candidate import Accepted
from ledger.log.reader import LogReader
from ledger.store.log_rows import KeptRow


def under(reader: LogReader, made: Sequence[Accepted], note: str) -> list[Accepted]:
    """Return committed entries with their paths to the root that *note*, of ours, signs.

    Raises:
        ReadOnly: ``damaged``: tiles or entries do not lead there.
    """
    proofs = reader.inclusion_proofs([KeptRow(one.index, one.header, note) for one in made])
    return [
        msgspec.structs.replace(one, note=note, path=parse_tlog_proof(proof).path)
        for one, proof in zip(made, proofs, strict=True)
    ]
