"""Why an SMS waits or ended has its words in each language of the portal."""

import json
from pathlib import Path

import pytest

from heliograph.core.outcome import MEANINGS
from heliograph.core.story.reasons import ENDS

TEXTS = Path(__file__).parents[2] / "portal/src/texts"


@pytest.mark.parametrize("language", ["en", "de"])
def test_each_cause_has_its_words(language: str) -> None:
    said = json.loads((TEXTS / language / "causes.json").read_text("utf-8"))
    assert set(said) == {*MEANINGS, *ENDS}


def test_english_is_what_the_timeline_says() -> None:
    said = json.loads((TEXTS / "en/causes.json").read_text("utf-8"))
    sentences = {code: meaning.sentence for code, meaning in MEANINGS.items()} | ENDS
    assert said == {code: f"{text[0].upper()}{text[1:]}." for code, text in sentences.items()}
