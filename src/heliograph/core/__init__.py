"""Decisions: what is allowed, counted, ordered, scheduled and refused. Values in, values out; no I/O, no
clock.
"""
