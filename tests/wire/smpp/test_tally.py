"""Commands are counted each way, and nobody grows the table."""

from heliograph.wire.smpp.tally import Tally


def header(command: int) -> bytes:
    return b"\0\0\0\x10" + command.to_bytes(4, "big") + bytes(8)


def test_each_command_is_counted_by_its_way() -> None:
    tally = Tally()
    for command in (0x04, 0x04, 0x80000004):
        tally.note(False, header(command))
    tally.note(True, header(0x80000004))
    assert sorted(tally.read()) == [
        (False, "submit_sm", 2),
        (False, "submit_sm_resp", 1),
        (True, "submit_sm_resp", 1),
    ]


def test_commands_that_there_are_not_are_one() -> None:
    tally = Tally()
    for command in range(0x200, 0x300):
        tally.note(False, header(command))
    assert list(tally.read()) == [(False, "unknown", 256)]
