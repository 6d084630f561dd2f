"""The HTTP edge: requests in, answers and problem documents out.

Everything that is true of the ledger comes from ``ledger.service.Ledger``; this
package parses requests strictly, calls it, and shapes what it says. It holds no
rule about statements, touches no database and keeps no state of its own but
counters.
"""
