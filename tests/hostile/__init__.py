"""What strangers do to a served ledger: odd requests, slow ones, and text that runs elsewhere."""
