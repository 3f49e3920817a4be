"""The clock: wall time in milliseconds. The only place that reads it."""

import time


class WallClock:
    def now(self) -> int:
        return time.time_ns() // 1_000_000
