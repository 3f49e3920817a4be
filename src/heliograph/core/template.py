"""Templates: texts with liquid variables, made into a text per recipient. Bounded, so that no text of a user
holds up anybody.

In: a text, then the fields of each recipient. Out: texts, or the refusal that says what is wrong.
"""

from collections.abc import Mapping

from liquid import Environment, StrictUndefined
from liquid.exceptions import LiquidError

from heliograph.core.content import LONGEST_BODY
from heliograph.core.refusal import Refusal, refuse

MOST_LOOPS = 1_000
MOST_NESTED = 10
MOST_NAMESPACE = 10_000
LONGEST_TEMPLATE = 10_000

Fields = Mapping[str, object]


class _Bounded(Environment):
    loop_iteration_limit = MOST_LOOPS
    context_depth_limit = MOST_NESTED
    local_namespace_limit = MOST_NAMESPACE
    output_stream_limit = LONGEST_BODY


# No loader: a template includes nothing. A variable that nobody gave is an error, not an empty place.
_ENVIRONMENT = _Bounded(undefined=StrictUndefined)


class Template:
    """A text that was read once, for many recipients."""

    def __init__(self, text: str) -> None:
        """Raises `LiquidError`; callers use `template_of`."""
        self._parsed = _ENVIRONMENT.from_string(text)

    def text(self, fields: Fields) -> str | Refusal:
        try:
            return self._parsed.render(**fields)
        except LiquidError as error:
            return refuse("bad_template", reason=f"The template cannot be filled in: {_said(error)}.")


def template_of(text: str) -> Template | Refusal | None:
    """None: the text has no variables and is sent as it is."""
    if "{{" not in text and "{%" not in text:
        return None
    if len(text) > LONGEST_TEMPLATE:
        return refuse("bad_template", reason=f"A template has at most {LONGEST_TEMPLATE} characters.")
    try:
        return Template(text)
    except LiquidError as error:
        return refuse("bad_template", reason=f"The template cannot be read: {_said(error)}.")


def _said(error: LiquidError) -> str:
    return (str(error).splitlines() or ["error"])[0].rstrip(".")[:200]
