"""What is owed, by whom, until when: one obligation for each period that a statement starts.

    take(said: Said, seen: Seen, store: Store) -> list[Body]

is called once for each entry whose statement is there, in order, after the bodies of
what it touches were folded. It returns the obligations that changed, whole, in the
order of their refs; each was put into the store as ``obligation/<ref>`` too. What it
keeps besides are lists of refs under ``open/<name>``; :func:`names_asked` of
``ledger.supervision.seen`` says which of those an entry may ask for, so that a store
can be read ahead. ``Seen``, ``Store`` and ``Departments`` stand there as well.

Source: decree 809, articles 17, 21, 22 and 26 to 28; domain, 4.5.
"""
