"""Templates: what they say of each recipient, and that none costs more than it is long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.core.content import LONGEST_BODY
from heliograph.core.refusal import Refusal
from heliograph.core.template import LONGEST_TEMPLATE, Template, template_of

FIELDS = {"device": {"name": "tracker-1", "tags": ""}, "code": 7}


def filled(text: str) -> str | Refusal:
    template = template_of(text)
    assert isinstance(template, Template), template
    return template.text(FIELDS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ device.name }}: {{ code }}", "tracker-1: 7"),
        ("{{ device.name | upcase }}", "TRACKER-1"),
        ("{{ device.tags | default: 'none' }}", "none"),
        ("{% if code == 7 %}seven{% else %}other{% endif %}", "seven"),
        ("{{ device.name | truncate: 5, '' }}", "track"),
    ],
)
def test_fields_are_filled_in(text: str, said: str) -> None:
    assert filled(text) == said


def test_a_text_without_variables_is_no_template() -> None:
    assert template_of("100 % { of } it") is None


@pytest.mark.parametrize("name", ["replace", "append", "prepend", "times", "date", "join", "split", "round"])
def test_what_could_grow_a_text_is_no_filter(name: str) -> None:
    assert isinstance(template_of("{{ code | " + name + ": 1 }}"), Refusal) or isinstance(
        filled("{{ code | " + name + ": 1 }}"), Refusal
    )


@pytest.mark.parametrize("tag", ["for i in (1..9)", "assign a = 1", "capture a", "include 'x'", "render 'x'"])
def test_what_repeats_or_remembers_is_no_tag(tag: str) -> None:
    assert isinstance(template_of("{% " + tag + " %}"), Refusal)


def test_a_long_template_is_refused() -> None:
    assert isinstance(template_of("{{ code }}" + "x" * LONGEST_TEMPLATE), Refusal)


@given(st.text("{}%|:,'\" .()[]0123456789abcdeifnrxu=<>", max_size=80))
def test_whatever_is_written_it_is_a_text_or_a_refusal(text: str) -> None:
    template = template_of("{{" + text)
    if isinstance(template, Template):
        said = template.text(FIELDS)
        assert isinstance(said, Refusal) or len(said) <= LONGEST_BODY
