"""Bytes to values and back, one package per protocol.

Comes in: octets as they travel. Goes out: typed values, or `WireError`.
Never here: I/O, a clock, chance, logging, or any decision about a message.
"""
