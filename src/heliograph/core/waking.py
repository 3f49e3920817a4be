"""Waking: what made a lane due before its own clock, as a word that its row keeps as its code until the next
attempt, whose line in the timeline follows it. A lane that its own clock made due needs none.
"""

AWAY = "away"  # the device said goodbye: its return wakes the lane
AWAY_RETRY_MS = 6 * 3600 * 1000  # it is tried this often, in case its return goes unheard

ATTACHED = "attached"
MEMORY_FREE = "memory_free"
GATE_OPENED = "gate_opened"
MOVED = "moved"  # to another network
NUMBERED = "numbered"  # it got a SIM or a number, or another one
RESET = "reset"  # somebody asked to forget where it is


def attached(settling_seconds: int) -> str:
    """The code of a lane whose device attached, with how long it is left alone."""
    return f"{ATTACHED}:{settling_seconds}"


def gate_opened(at: int) -> str:
    """The code of a lane that goes by the age of what waits on it, with when its gate opened."""
    return f"{GATE_OPENED}:{at}"


def what_woke(code: str) -> tuple[str, int]:
    """The word, and its number: for how many seconds the device is left alone, or when the gate opened. No
    word when the code is an outcome's.
    """
    why, _, number = code.partition(":")
    return (why, int(number or 0)) if why in _WAKES else ("", 0)


_WAKES = frozenset({ATTACHED, MEMORY_FREE, GATE_OPENED, MOVED, NUMBERED, RESET})
