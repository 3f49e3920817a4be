"""Applications: who hears of SMS from devices and of final states. They fail, hang, go away and come back."""

from functools import partial

from heliograph.core.outcome import DELIVERED, Permanent, Temporary
from tests.simulation.world import Attempt, World

MODES = ("up", "fails", "hangs")


class Receiver:
    """A far end of the world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.mode = "up"
        self.receipts: dict[int, list[tuple[int, str]]] = {}  # by message: state and who was told

    def carry(self, attempt: Attempt) -> None:
        self._world.later(5, 200, partial(self._take, attempt))

    def _take(self, attempt: Attempt) -> None:
        if attempt.answered:
            return
        world, rng = self._world, self._world.rng
        if self.mode == "fails":
            world.coverage.hit("application fails")
            attempt.answer(Temporary("receiver_error", rng.choice((None, None, 7))))
        elif self.mode == "hangs":
            world.coverage.hit("application hangs")
            if rng.random() < 0.5:
                attempt.arrive()
        elif rng.random() < 0.01:
            world.coverage.hit("application rejects")
            attempt.answer(Permanent("application_rejected"))
        else:
            attempt.arrive()
            world.later(1, 60, partial(attempt.answer, DELIVERED))
