"""Reading old entries and tiles again and again while a ledger is served, to find what decayed."""
