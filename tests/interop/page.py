"""The configurations that docs/interop.md shows, as tests run them: with ports and names of their own."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "interop.md"


def block(language: str) -> str:
    """The one fenced block in it."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return str(found)


def replaced(text: str, values: dict[str, str]) -> str:
    """Each text that stands there, by another; what does not stand there is an error."""
    for old, new in values.items():
        assert old in text, f"{PAGE.name} does not say {old!r}"
        text = text.replace(old, new)
    return text
