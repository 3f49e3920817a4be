"""Templates: texts with liquid variables, made into a text per recipient. Bounded, so that no text of a user
holds up anybody.

In: a text, then the fields of each recipient. Out: texts, or the refusal that says what is wrong.
"""

from collections.abc import Mapping
from functools import cached_property

from liquid import Environment, StrictDefaultUndefined
from liquid.exceptions import LiquidError

from heliograph.core.content import LONGEST_BODY
from heliograph.core.refusal import Refusal, refuse

MOST_NESTED = 10
LONGEST_TEMPLATE = 10_000
# What costs no more than the template is long: no loop, no variable of its own, no filter that multiplies a
# text or formats to a width. What a filter makes on the way is bounded by nothing else.
FILTERS = ("upcase", "downcase", "capitalize", "strip", "lstrip", "rstrip", "truncate", "default")
TAGS = ("content", "output", "illegal", "if", "unless", "case", "comment", "#", "echo")

Fields = Mapping[str, object]


class Group(dict[str, object]):
    """Fields under one name. The name alone is no text: whoever writes `{{ device }}` means one of them."""

    def __str__(self) -> str:
        raise ValueError(f"a group of fields is no text, name one of them: {', '.join(self)}")


class _Bounded(Environment):
    context_depth_limit = MOST_NESTED
    output_stream_limit = LONGEST_BODY

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        self.filters = {name: self.filters[name] for name in FILTERS}
        self.tags = {name: self.tags[name] for name in TAGS}


# No loader: a template includes nothing. A variable that nobody gave is an error, not an empty place, unless
# the filter `default` says what stands there.
_ENVIRONMENT = _Bounded(undefined=StrictDefaultUndefined)
_FAILURES = (LiquidError, ArithmeticError, RecursionError, TypeError, ValueError)


class Template:
    """A text that was read once, for many recipients."""

    def __init__(self, text: str) -> None:
        """Raises `LiquidError`; callers use `template_of`."""
        self._parsed = _ENVIRONMENT.from_string(text)

    def text(self, fields: Fields) -> str | Refusal:
        try:
            return self._parsed.render(**fields)
        except _FAILURES as error:
            return refuse("bad_template", "payload", f"The template cannot be filled in: {_said(error)}.")

    @cached_property
    def variables(self) -> frozenset[str]:
        """What it asks for: `code`, `device.name`; `device` alone where it cannot be told which of it."""
        try:
            return frozenset(path.partition("[")[0] for path in self._parsed.global_variable_paths())
        except _FAILURES:
            return frozenset({"device"})


def template_of(text: str) -> Template | Refusal | None:
    """None: the text has no variables and is sent as it is."""
    if "{{" not in text and "{%" not in text:
        return None
    if len(text) > LONGEST_TEMPLATE:
        return refuse("bad_template", reason=f"A template has at most {LONGEST_TEMPLATE} characters.")
    try:
        return Template(text)
    except _FAILURES as error:
        return refuse("bad_template", reason=f"The template cannot be read: {_said(error)}.")


def _said(error: Exception) -> str:
    return (str(error).splitlines() or ["error"])[0].rstrip(".")[:200]
