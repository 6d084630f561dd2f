"""Serve the public log: checkpoint, tiles, consistency proofs. No authentication.

Everything here is what outside verifiers and witnesses read, in the C2SP
tlog-tiles layout; tiles come from the tile store as they are.

Source: spec 5; C2SP tlog-tiles.
"""

import base64

from flask import Response
from flask_smorest import Blueprint

from api.answers import A_DAY, A_MOMENT, BYTES, FOR_EVER, TEXT, json_answer, tagged
from api.context import ledger
from api.languages import Words
from api.operations import CHECKPOINT, CONSISTENCY, TILE
from api.parameters import needed_number, takes
from api.problems import not_found
from crypto.errors import Malformed
from crypto.tiles import TILE_WIDTH, parse_tile_path

blp = Blueprint("log", __name__, description="The public log: checkpoint, tiles, proofs")


@blp.route("/log/checkpoint")
@blp.doc(**CHECKPOINT)
def get_checkpoint() -> Response:
    """Answer the published checkpoint; it may trail receipts by a moment."""
    return tagged(ledger().published().encode(), TEXT, A_MOMENT)


@blp.route("/log/tile/<path:path>")
@blp.doc(**TILE)
def get_tile(path: str) -> Response:
    """Answer one tile of hashes, or one bundle of entry headers."""
    name = f"tile/{path}"
    try:
        tile = parse_tile_path(name)
    except Malformed as error:
        raise not_found(Words(error.en, error.zh)) from None
    # A full tile never changes and never goes; a partial one goes once it is full.
    return tagged(ledger().tile(name), BYTES, FOR_EVER if tile.width == TILE_WIDTH else A_DAY)


@blp.route("/api/v1/proofs/consistency")
@blp.doc(**CONSISTENCY)
@takes("old", "new")
def get_consistency() -> Response:
    """Answer the proof that the tree of size ``new`` extends that of size ``old``."""
    old, new = needed_number("old"), needed_number("new")
    proof = [base64.b64encode(digest).decode() for digest in ledger().consistency_proof(old, new)]
    return json_answer({"new": new, "old": old, "proof": proof}, FOR_EVER)
