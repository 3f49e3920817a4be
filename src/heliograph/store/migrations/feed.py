"""The order in which applications that fetch what is theirs read it."""

TEXT = """
CREATE INDEX delivery_feed ON delivery(receiver, position) WHERE receiver > 0 AND place = 0
"""
