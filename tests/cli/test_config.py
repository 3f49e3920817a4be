"""Settings: where they come from, what is refused and in which words, and what defaults are."""

from pathlib import Path

import pytest

from heliograph.app.settings import accept_settings, retry_schedule
from heliograph.config import Config, ConfigError, Setting, load
from heliograph.core.schedule import RetrySchedule
from heliograph.flow.accept import Settings


def setting(name: str, file: Path | None = None, environment: dict[str, str] | None = None) -> Setting:
    loaded = load(file, environment or {})
    return next(setting for setting in loaded.settings if setting.name == name)


def refusal(file: Path | None = None, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load(file, environment or {})
    return str(caught.value)


def toml(folder: Path, text: str) -> Path:
    path = folder / "heliograph.toml"
    path.write_text(text)
    return path


def test_the_defaults_are_the_engines_own() -> None:
    assert retry_schedule(Config()) == RetrySchedule()
    assert accept_settings(Config()) == Settings()


def test_every_setting_says_what_it_is() -> None:
    settings = load(None, {}).settings
    assert len(settings) > 15
    assert not [setting.name for setting in settings if len(setting.about) < 20]
    assert {setting.origin for setting in settings} == {"default"}


def test_a_file_is_over_the_default_and_the_environment_over_both(tmp_path: Path) -> None:
    file = toml(tmp_path, "[messages]\nlane_limit = 5\n[retry]\nabsent = [10, 20]\n")
    assert setting("messages.lane_limit", file).value == 5
    assert setting("messages.lane_limit", file).origin == str(file)
    assert setting("retry.absent", file).value == (10, 20)
    environment = {"HELIOGRAPH_MESSAGES__LANE_LIMIT": "6", "HELIOGRAPH_DATA": "elsewhere", "PATH": "/bin"}
    over = setting("messages.lane_limit", file, environment)
    assert (over.value, over.default, over.origin) == (6, 1000, "environment HELIOGRAPH_MESSAGES__LANE_LIMIT")


def test_a_list_in_the_environment_has_commas() -> None:
    assert setting("retry.unknown", None, {"HELIOGRAPH_RETRY__UNKNOWN": "1, 2,3"}).value == (1, 2, 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[messages]\nlane_limt = 5\n", ["messages.lane_limt", "Did you mean messages.lane_limit?"]),
        ("[mesages]\nlane_limit = 5\n", ["mesages", "Did you mean messages?"]),
        ("[zzz]\n", ["zzz", "Known are: messages, retry"]),
        ("[messages]\nlane_limit = 0\n", ["messages.lane_limit", ">= 1", "given: 0"]),
        ('[messages]\nlane_limit = "many"\n', ["messages.lane_limit", "Expected `int`", "'many'"]),
        ('[messages]\ncountry_code = "+49"\n', ["messages.country_code", "+49"]),
        ("[retry]\nabsent = []\n", ["retry.absent", "length >= 1"]),
        ('[log]\nlevel = "loud"\n', ["log.level", "loud"]),
        ("messages = 3\n", ["messages", "needs a table"]),
        ("[messages\n", ["no valid TOML", "line 1"]),
    ],
)
def test_a_bad_file_is_refused_by_place_setting_and_reason(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    said = refusal(toml(tmp_path, text))
    assert str(tmp_path) in said
    assert not [word for word in words if word not in said], said


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("variable", "value", "word"),
    [
        ("HELIOGRAPH_MESSAGES__LANE_LIMIT", "x", "Expected `int`"),
        ("HELIOGRAPH_MESSAGES__LANE", "5", "Did you mean messages.lane_limit?"),
        ("HELIOGRAPH_MESSAGES", "5", "names no setting"),
        ("HELIOGRAPH_RETRY__ABSENT", "5,0", "retry.absent"),
    ],
)
def test_a_bad_variable_is_refused_by_its_name(variable: str, value: str, word: str) -> None:
    said = refusal(None, {variable: value})
    assert variable in said
    assert word in said


def test_a_secret_is_shown_nowhere(tmp_path: Path) -> None:
    assert setting("smpp.outbind_password").value == ""
    file = toml(tmp_path, '[smpp]\noutbind_password = "sesame"\n')
    loaded = load(file, {})
    assert loaded.config.smpp.outbind_password == "sesame"
    assert setting("smpp.outbind_password", file).value == "(hidden)"
    assert "sesame" not in str(loaded.settings)


@pytest.mark.parametrize(
    "value", ['"much-too-long much-too-long much-too-long much-too-long much-too-long"', '"sésame"', "4711"]
)
def test_a_secret_that_cannot_be_is_not_told(tmp_path: Path, value: str) -> None:
    said = refusal(toml(tmp_path, f"[smpp]\noutbind_password = {value}\n"))
    assert "smpp.outbind_password: Expected `str`" in said
    assert value.strip('"')[:13] not in said
