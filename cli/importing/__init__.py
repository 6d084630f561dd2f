"""From the rows of an event log to statements, by a mapping and by no code of its own.

``mapping`` reads what the operator declares, ``formats`` the file (CSV, XES, X-Road's
records), ``events`` builds, ``registering`` makes known who speaks, ``sending`` logs.
All but the last two are pure: bytes in, values or an error out.
"""
