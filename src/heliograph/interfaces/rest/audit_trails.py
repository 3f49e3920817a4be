"""Whose audit trails tell of what a caller may change: the organisation's own, and for the organisation that
the installation belongs to also that of what all share.
"""

from collections.abc import Sequence
from typing import Any

from heliograph.core.upstream import EVERYONE


def trails_of(services: Any, org: int) -> Sequence[int]:
    return (org, EVERYONE) if services.upstreams.is_host(org) else (org,)
