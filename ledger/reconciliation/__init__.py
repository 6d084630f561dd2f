"""Compare what a platform counted with what the ledger holds. Pure: values in, values out.

``xroad`` reads operational monitoring records, ``exchanges`` puts both sides of each
together, ``counts`` reads a platform's own counts, ``recorded`` what statements say of
exchanges; ``compare`` and ``compare_counts`` lay one beside the other, and ``sample``
draws entries to look at.
"""
