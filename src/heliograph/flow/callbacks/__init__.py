"""What applications are told: events announced to their callbacks, a feed for those that cannot be called,
the log of the calls, and what is told once more.
"""
