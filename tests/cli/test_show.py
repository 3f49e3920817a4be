"""What anybody sent is shown, and commands no terminal."""

import pytest

from heliograph.cli.show import fields, harmless, line, pairs, table


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ÄÖ 東京 🙂", "plain ÄÖ 東京 🙂"),
        ("\x1b]0;owned\x07", "␛]0;owned␇"),
        ("one\ntwo\ttabs\r", "one␊two␉tabs␍"),
        ("\u202eright to left\u202c", "\ufffdright to left\ufffd"),
        ("\x9b31m", "\ufffd31m"),
        ("a\u2028b", "a\ufffdb"),
        ("👩\u200d🚀", "👩\u200d🚀"),
    ],
)
def test_control_and_direction_marks_become_visible(text: str, shown: str) -> None:
    assert harmless(text) == shown


def test_rows_stay_rows(capsys: pytest.CaptureFixture[str]) -> None:
    table(["text"], [["a\nb"], ["c\x1b[2J"]])
    pairs([("name", "x\ny")])
    line("told \x1b[31m")
    assert capsys.readouterr().out.splitlines() == ["text", "a␊b", "c␛[2J", "name  x␊y", "told ␛[31m"]


@pytest.mark.parametrize("name", ["at", "since", "created_at"])
def test_a_time_is_shown_once_and_readable(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    fields({name: 1_767_225_600_000})
    assert capsys.readouterr().out == f"{name}  2026-01-01 00:00:00\n"
