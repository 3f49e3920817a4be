"""The simulator while no server runs: a person says how the next start shall find devices.

In: the same words as for devices that live. Out: what is kept for the start, as plain dicts.
"""

from collections.abc import Sequence
from pathlib import Path

from heliograph.networks.simulator.checks import Unusable, check
from heliograph.networks.simulator.fleet import Identity
from heliograph.networks.simulator.kept import BadKept, KeptStates
from heliograph.networks.simulator.picture import Picture
from heliograph.networks.simulator.radio import STATES


class RestingSimulator:
    """Needs the data folder for itself, as a server does."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def set_state(self, imsi: str, msisdn: str, state: str) -> Picture:
        """How the device will be."""
        kept = await self._note([(imsi, msisdn)], state)
        found = kept.of(Identity(imsi, msisdn).key)
        memory = "full" if found.memory_full else "free"
        return {
            "imsi": imsi,
            "msisdn": msisdn,
            "coverage": found.coverage,
            "memory": memory,
            "fault": found.fault,
        }

    async def crowd(self, state: str, devices: Sequence[tuple[str, str]]) -> Picture:
        await self._note(devices, state)
        return {"devices": len(devices), "seconds": None}

    async def _note(self, devices: Sequence[tuple[str, str]], state: str) -> KeptStates:
        check(state, STATES, "state")
        try:
            kept = KeptStates(self._path)
            for device in devices:
                kept.note(Identity(*device).key, state)
            if kept.not_kept:
                raise Unusable(f"{kept.not_kept} devices are more than are kept for the next start")
            await kept.save()
        except (BadKept, OSError) as error:
            raise Unusable(f"nothing is kept for the next start: {error}") from error
        return kept
