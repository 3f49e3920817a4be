"""So many calls in so long, per address; neighbours in IPv6 are one."""

from heliograph.interfaces.rest.callers.windows import MOST_CALLERS, Windows


class SetTime:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_window_holds_exactly_so_many() -> None:
    time = SetTime()
    windows = Windows(3, 300, time)
    for _ in range(3):
        assert windows.wait_seconds("a") == 0
        time.now += 1
    assert windows.wait_seconds("a") == 297
    assert windows.wait_seconds("b") == 0
    time.now += 296.5
    assert windows.wait_seconds("a") == 0.5
    time.now += 0.5
    assert windows.wait_seconds("a") == 0
    assert windows.wait_seconds("a") == 1


def test_callers_of_long_ago_are_forgotten_and_those_of_now_are_not() -> None:
    time = SetTime()
    windows = Windows(1, 300, time)
    for number in range(MOST_CALLERS - 1):
        windows.wait_seconds(str(number))
    time.now += 299
    windows.wait_seconds("now")
    time.now += 2
    assert windows.wait_seconds("new") == 0
    assert windows.wait_seconds("now") == 298
    assert windows.wait_seconds("0") == 0
