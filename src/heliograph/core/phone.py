"""A phone outside the fleet, as an organisation sees it that sends to it.

It has no policy and no limits: who may send to it is the sender's, and the suppression list is asked each
time.
"""

from msgspec import Struct


class Phone(Struct, gc=False):
    """As a batch sees it: each decision sees the changes of those before it."""

    queued: int  # waiting, under way or scheduled, counted up to the lane's limit
    busy: int  # 1: something is in the lane already
