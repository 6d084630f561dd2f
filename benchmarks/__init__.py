"""How fast the ledger is, each figure beside the limit that was measured in the same run.

``python -m benchmarks`` (or ``make bench``) prints one table; README.md in this
folder says what each row measures and which floors there are. Nothing of the
product imports this package.
"""
