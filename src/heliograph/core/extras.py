"""Extras: what people keep with a policy and nothing here reads, as JSON. In: what is kept, and what shall be
kept too. Out: both in one, or the refusal.
"""

from msgspec import MsgspecError, Raw
from msgspec.json import Decoder, encode

from heliograph.core.refusal import Refusal, refuse

LONGEST_EXTRAS = 8_192
_NULL = b"null"
_READ = Decoder(dict[str, Raw]).decode


def merged(kept: str, more: str) -> str | Refusal:
    """Fields take the place of those before them; null takes one away."""
    try:
        fields = _READ(kept) | _READ(more)
    except MsgspecError:
        return refuse("bad_value", "extras", "What is kept is a JSON object.")
    left = {name: value for name, value in fields.items() if bytes(value) != _NULL}
    text = encode(left).decode()
    if len(text) > LONGEST_EXTRAS:
        return refuse("bad_value", "extras", f"What is kept has at most {LONGEST_EXTRAS} characters.")
    return text


def has(kept: str, name: str) -> bool:
    return name in _READ(kept)
