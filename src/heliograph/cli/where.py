"""What every command is told: where the data is, whose, and how to answer."""

from pathlib import Path

from msgspec import Struct


class Where(Struct, frozen=True):
    data: Path
    config: Path | None
    org: str | None
    json: bool
