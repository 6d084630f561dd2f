"""The demo's stories: who takes part, what each of them says, and how it is told.

Story modules hold data alone. ``line`` and ``case`` give that data its form,
``teller`` turns it into signed statements. Nothing in here opens a ledger.

云岭省, its departments and everybody in it are invented.
"""
