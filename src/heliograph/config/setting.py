"""One setting: as it is explained, and how a value that somebody wrote becomes one.

In: a value with its place. Out: the value in its type, or a `ConfigError` that names the place, the setting
and the reason.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, get_type_hints

import msgspec
from msgspec import Meta, Struct

HIDDEN = "(hidden)"


class ConfigError(Exception):
    """A setting that cannot be used. The text names the place, the setting and the reason."""


class Secret:
    """Annotates a setting whose value is told nowhere: not where settings are shown, not in what is wrong."""


class Setting(Struct, frozen=True):
    """One setting, explained. A secret's value is not in it."""

    name: str  # as in `messages.lane_limit`
    about: str
    default: Any
    value: Any
    origin: str  # default, the file, or the variable


class Given(Struct, frozen=True):
    value: Any
    origin: str
    strict: bool  # a file has types; a variable is text


def setting(name: str, hint: Any, default: Any, value: Any, origin: str) -> Setting:
    return Setting(name, about(hint), default, HIDDEN if value and is_secret(hint) else value, origin)


def is_secret(hint: Any) -> bool:
    return Secret in getattr(hint, "__metadata__", ())


def hints_of(section: type) -> dict[str, Any]:
    return get_type_hints(section, include_extras=True)


def about(hint: Any) -> str:
    descriptions = [
        meta.description for meta in hint.__metadata__ if isinstance(meta, Meta) and meta.description
    ]
    return str(descriptions[-1])


def check_known(name: str, names: Iterable[str], place: str, prefix: str) -> None:
    known = list(names)
    if name in known:
        return
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f" Did you mean {prefix}{near[0]}?" if near else f" Known are: {', '.join(known)}."
    raise ConfigError(f"{place}: {prefix}{name}: there is no such setting.{hint}")


def convert(given: Given, hint: Any, name: str) -> Any:
    try:
        return msgspec.convert(given.value, hint, strict=given.strict)
    except msgspec.ValidationError as error:
        told = "" if is_secret(hint) else f" (given: {given.value!r})"
        raise ConfigError(f"{given.origin}: {name}: {error}{told}.") from None
