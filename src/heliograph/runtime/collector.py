"""The garbage collector, told to stay out of the way: what lives since the start is not walked again, and
the rest is looked at in small portions. A full walk of the heap stops every caller for tens of
milliseconds.
"""

import gc

YOUNG = 10_000  # new containers before a look at the young
MIDDLE = 50
OLD = 100


def calm_collector() -> None:
    """Called once, when everything that stays is there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
