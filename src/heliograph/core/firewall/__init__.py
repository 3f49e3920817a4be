"""The firewall's decisions: rules as people write them, what is remembered of a device, may this SMS pass.
Never in here: loading, counting in rows, events.
"""
