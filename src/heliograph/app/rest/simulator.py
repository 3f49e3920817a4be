"""What the API does with virtual devices, put together: the simulator of the app, whenever one runs."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from heliograph.app import App
from heliograph.app.settings import SIMULATOR
from heliograph.core.device import Device
from heliograph.core.refusal import Refusal, refuse
from heliograph.flow.manage.simulated import NoteSimulatedDevices
from heliograph.interfaces.rest.services import SimulatorServices
from heliograph.networks.simulator import Simulator, Unusable

Picture = dict[str, Any]
LOOK_SECONDS = 0.02
LOOKS = 100  # until the answer is that it waits


def simulator_services(app: App) -> SimulatorServices:
    return SimulatorServices(VirtualDevices(lambda: app.simulator), NoteSimulatedDevices())


class VirtualDevices:
    """The seam `interfaces/rest/simulator_desk.SimulatorDesk`. Who asks has looked whether it runs."""

    network = SIMULATOR

    def __init__(self, simulator: Callable[[], Simulator | None]) -> None:
        self._simulator = simulator

    @property
    def runs(self) -> bool:
        return self._simulator() is not None

    @property
    def _on(self) -> Simulator:
        simulator = self._simulator()
        assert simulator is not None
        return simulator

    def glance(self, device: Device) -> Picture:
        return self._on.glance(device.imsi, device.msisdn)

    def show(self, device: Device) -> Picture:
        return self._on.show(device.imsi, device.msisdn)

    def last_read(self, device: Device) -> Picture | None:
        return self._on.last_read(device.imsi, device.msisdn)

    def inbox(self, device: Device) -> list[Picture]:
        return self._on.inbox(device.imsi, device.msisdn)

    def profiles(self) -> list[Picture]:
        return self._on.profiles()

    def assign(self, device: Device, profile: str) -> Refusal | None:
        return _tried(lambda: self._on.assign_profile(device.imsi, device.msisdn, profile), "profile")

    def set_reading(self, device: Device, name: str, value: float) -> Refusal | None:
        return _tried(lambda: self._on.set_reading(device.imsi, device.msisdn, name, value), "readings")

    async def set_states(self, device: Device, words: list[str]) -> Refusal | None:
        for word in words:
            refusal = _tried(partial(self._on.set_state, device.imsi, device.msisdn, word), "state")
            if refusal is not None:
                return refusal
        try:
            await self._on.save()
        except Unusable as unusable:
            return refuse("store_full", "state", f"{unusable}.")
        return None

    async def send(self, device: Device, to: str, text: str) -> Picture | Refusal:
        before = self.show(device)
        refusal = _tried(lambda: self._on.send(device.imsi, device.msisdn, to, text), "payload")
        if refusal is not None:
            return refusal
        after = self.show(device)
        for _ in range(LOOKS):
            if not after["sending"] or not self.runs:
                break
            await asyncio.sleep(LOOK_SECONDS)
            after = self.show(device)
        return _fate(before, after, to, text)


def _tried(act: Callable[[], object], rule: str) -> Refusal | None:
    try:
        act()
    except Unusable as unusable:
        words = str(unusable)
        return refuse("bad_value", rule, f"{words[:1].upper()}{words[1:]}.")
    return None


def _fate(before: Picture, after: Picture, to: str, text: str) -> Picture:
    """What became of an SMS between two looks at its device."""
    for refused in after["refused"]:
        if refused not in before["refused"] and (refused["to"], refused["text"]) == (to, text):
            return {"state": "refused", "cause": refused["cause"], "reason": refused["reason"]}
    for letter in after["sending"]:
        if (letter["to"], letter["text"]) == (to, text):
            return {"state": "waiting", "tries": letter["tries"]}
    return {"state": "accepted"}
