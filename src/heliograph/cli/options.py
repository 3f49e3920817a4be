"""Options that every command has, and the two ways out: for people and as JSON."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from heliograph.cli.where import Where

DATA = "HELIOGRAPH_DATA"
CONFIG = "HELIOGRAPH_CONFIG"
NO_LIMIT = "none"
ON_OFF = click.Choice(["on", "off"])


def everywhere(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command `--data`, `--config`, `--org` and `--json`, as its first argument `where`."""

    @click.option("--data", type=click.Path(path_type=Path), help="The data folder (default ./data).")
    @click.option("--config", type=click.Path(path_type=Path), help="A TOML file with settings.")
    @click.option("--org", help="The organisation (default: the first one).")
    @click.option("--json", "as_json", is_flag=True, help="JSON instead of text.")
    @wraps(command)
    def with_where(
        *arguments: Any,
        data: Path | None,
        config: Path | None,
        org: str | None,
        as_json: bool,
        **options: Any,
    ) -> Any:
        file = config or (Path(os.environ[CONFIG]) if os.environ.get(CONFIG) else None)
        folder = data or Path(os.environ.get(DATA) or "data")
        return command(Where(folder.absolute(), file, org, as_json), *arguments, **options)

    return with_where


def given(options: dict[str, Any]) -> dict[str, Any]:
    """Those that were typed."""
    return {name: value for name, value in options.items() if value is not None}


def changes(options: dict[str, Any]) -> dict[str, Any]:
    """Those that were typed, at least one."""
    found = given(options)
    if not found:
        raise click.UsageError("Say what to change.")
    return found


def number_or_none(name: str, value: str) -> int | None:
    """What was typed as the option of this name: a number, or that there is no limit."""
    if value == NO_LIMIT:
        return None
    if not (value.isascii() and value.isdecimal()):
        option = f"--{name.replace('_', '-')}"
        raise click.BadParameter(f"{option}: {value!r} is neither a number nor {NO_LIMIT}.")
    return int(value)


def switch(value: str) -> int:
    """Of an option that is `ON_OFF`."""
    return int(value == "on")


def is_for_people() -> bool:
    return sys.stdout.isatty()
