"""Saving a ledger while it is served, and bringing it back without forking it."""
